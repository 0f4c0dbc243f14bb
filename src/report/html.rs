//! One page that holds everything: the ranking to sort and search, a chart for each ticker, what failed.
//! It needs no network and loads nothing.

use std::io::{self, Write};

use serde::Serialize;

use super::table::{is_right, layout, text};
use super::{Report, summary, totals};
use crate::screen::fields::{Cell, Column, Field};
use crate::screen::row::{History, Row};

const PAGE: &str = include_str!("page.html");

#[derive(Serialize)]
struct Page<'a> {
    title: String,
    summary: String,
    columns: Vec<Heading>,
    rows: Vec<Line<'a>>,
    scores: Vec<f64>,
    failures: Vec<Failed<'a>>,
}

#[derive(Serialize)]
struct Heading {
    heading: &'static str,
    right: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    ticker: &'a str,
    /// What is searched beside the ticker.
    words: String,
    cells: Vec<String>,
    values: Vec<Value<'a>>,
    history: Option<Drawn>,
}

/// What a column is sorted by.
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Number(f64),
    Text(&'a str),
    Owned(String),
    None,
}

#[derive(Serialize)]
struct Drawn {
    dates: Vec<String>,
    closes: Vec<f64>,
    volumes: Vec<f64>,
}

#[derive(Serialize)]
struct Failed<'a> {
    ticker: &'a str,
    kind: String,
    message: &'a str,
}

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub fn write_page(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<_> =
        layout(report).into_iter().filter(|(column, _)| *column != Column::Year).collect();
    let unpriced = report.unpriced();
    let totals = totals::lines(report).into_iter();
    let totals =
        totals.map(|(label, figures)| format!("{label}: {}", figures.join(", the other's ")));
    let words: Vec<String> = totals.chain([summary(report, 5)]).collect();
    let page = Page {
        title: match report.as_of {
            Some(date) => format!("{} · {} · {date}", report.screen.name(), report.provider),
            None => format!("{} · {}", report.screen.name(), report.provider),
        },
        summary: words.join(" · "),
        rows: report.listed(&unpriced).map(|(rank, row)| line(row, rank, &columns)).collect(),
        columns: columns
            .iter()
            .map(|(column, heading)| Heading { heading, right: is_right(*column) })
            .collect(),
        scores: report.rows().filter_map(|row| row.get(Field::OverallMomentumScore)).collect(),
        failures: report
            .failures
            .iter()
            .map(|failure| Failed {
                ticker: failure.symbol.as_str(),
                kind: failure.fault.kind.name(),
                message: &failure.fault.message,
            })
            .collect(),
    };
    // In a script element only `<` could end it.
    let data = serde_json::to_string(&page)?.replace('<', "\\u003c");
    out.write_all(PAGE.replacen("{{data}}", &data, 1).as_bytes())
}

fn line<'a>(row: &'a Row, rank: usize, columns: &[(Column, &'static str)]) -> Line<'a> {
    let cells = columns.iter().map(|(column, _)| column.of(row, rank));
    Line {
        ticker: row.symbol.as_str(),
        words: format!("{} {}", row.rating().name(), row.sector.as_deref().unwrap_or_default()),
        cells: cells.clone().map(text).collect(),
        values: cells.map(value).collect(),
        history: row.history.as_deref().map(drawn),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rank")]
fn value(cell: Cell<'_>) -> Value<'_> {
    match cell {
        Cell::Null | Cell::Series(_) => Value::None,
        Cell::Number(value, _) => Value::Number(value),
        Cell::Count(count) => Value::Number(count as f64),
        Cell::Text(text) => Value::Text(text),
        Cell::Date(_) | Cell::Notes(_) => Value::Owned(text(cell)),
    }
}

/// Prices to six significant digits are as good as all of them in a picture.
fn drawn(history: &History) -> Drawn {
    let short = |value: f64| format!("{value:.5e}").parse().unwrap_or(value);
    Drawn {
        dates: history.dates.iter().map(ToString::to_string).collect(),
        closes: history.closes.iter().copied().map(short).collect(),
        volumes: history.volumes.iter().copied().map(short).collect(),
    }
}
