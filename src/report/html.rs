//! One page that holds everything: the ranking to sort and search, a chart for each ticker, what failed. It needs
//! no network and loads nothing.

use std::io::{self, Write};

use serde::Serialize;

use super::groups::{headings as group_headings, texts as group_texts};
use super::numbers::cell_text;
use super::report::Report;
use super::summary::summary;
use super::table::{columns_of_table, is_right, shown_text};
use super::totals;
use crate::screen::columns::{Cell, Column};
use crate::screen::criteria::TableColumn;
use crate::screen::fields::Field;
use crate::screen::groups::{self, Grouping};
use crate::screen::row::{History, Row};

const PAGE: &str = include_str!("page.html");
/// Tickers of a kind that the summary spells out.
const MAX_NAMED: usize = 5;

#[derive(Serialize)]
struct Page<'a> {
    title: String,
    summary: String,
    columns: Vec<Heading>,
    rows: Vec<PageRow<'a>>,
    groups: Option<PageGroups>,
    scores: Vec<f64>,
    failures: Vec<PageFailure<'a>>,
}

#[derive(Serialize)]
struct Heading {
    heading: String,
    right: bool,
}

#[derive(Serialize)]
struct PageGroups {
    columns: Vec<Heading>,
    rows: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct PageRow<'a> {
    ticker: &'a str,
    /// What is searched besides the ticker.
    words: String,
    cells: Vec<String>,
    values: Vec<SortKey<'a>>,
    history: Option<PageHistory>,
}

/// What a column is sorted by.
#[derive(Serialize)]
#[serde(untagged)]
enum SortKey<'a> {
    Number(f64),
    Text(&'a str),
    Owned(String),
    None,
}

#[derive(Serialize)]
struct PageHistory {
    dates: Vec<String>,
    closes: Vec<f64>,
    volumes: Vec<f64>,
}

#[derive(Serialize)]
struct PageFailure<'a> {
    ticker: &'a str,
    kind: String,
    message: String,
}

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub fn write_page(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut columns = columns_of_table(report);
    columns.retain(|(column, _)| *column != Column::Year);
    let unpriced = report.unpriced();
    let page = Page {
        title: title(report),
        summary: page_summary(report),
        columns: columns.iter().map(heading).collect(),
        rows: report
            .listed(&unpriced)
            .map(|(rank, row)| page_row(report, row, rank, &columns))
            .collect(),
        groups: page_groups(report),
        scores: report.rows().filter_map(|row| row.get(Field::OverallMomentumScore)).collect(),
        failures: page_failures(report),
    };
    // In a script element only `<` could end it.
    let data = serde_json::to_string(&page)?.replace('<', "\\u003c");
    out.write_all(PAGE.replacen("{{data}}", &data, 1).as_bytes())
}

/// The sectors, or whatever the rows are ranked by, where there are groups large enough.
fn page_groups(report: &Report) -> Option<PageGroups> {
    let by = report.screen.by.unwrap_or(Grouping::Sector);
    let groups = groups::groups(by, report.rows());
    let columns = group_headings().into_iter().map(|(heading, right)| Heading { heading, right });
    (!groups.is_empty())
        .then(|| PageGroups { columns: columns.collect(), rows: group_texts(&groups) })
}

fn title(report: &Report) -> String {
    let title = format!("{} · {}", report.screen.criteria.name(), report.provider);
    match report.as_of {
        Some(date) => format!("{title} · {date}"),
        None => title,
    }
}

fn page_summary(report: &Report) -> String {
    let mut parts = Vec::new();
    for line in totals::lines(report) {
        parts.push(format!("{}: {}", line.label, line.figures.join(", the other's ")));
    }
    parts.push(summary(report, MAX_NAMED));
    parts.join(" · ")
}

fn heading((column, heading): &TableColumn) -> Heading {
    Heading { heading: heading.clone(), right: is_right(column) }
}

fn page_row<'a>(
    report: &Report,
    row: &'a Row,
    rank: usize,
    columns: &'a [TableColumn],
) -> PageRow<'a> {
    let mut cells = Vec::with_capacity(columns.len());
    let mut values = Vec::with_capacity(columns.len());
    for (column, _) in columns {
        cells.push(shown_text(report, column, row, rank));
        values.push(sort_key(column.of(row, rank)));
    }
    PageRow {
        ticker: row.symbol.as_str(),
        words: format!("{} {}", row.rating().name(), row.sector.as_deref().unwrap_or_default()),
        cells,
        values,
        history: row.history.as_deref().map(page_history),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rank")]
fn sort_key(cell: Cell<'_>) -> SortKey<'_> {
    match cell {
        Cell::Null | Cell::Series(_) => SortKey::None,
        Cell::Number(value, _) => SortKey::Number(value),
        Cell::Count(count) => SortKey::Number(count as f64),
        Cell::Text(text) => SortKey::Text(text),
        Cell::Date(_) | Cell::Notes(_) => SortKey::Owned(cell_text(cell)),
    }
}

fn page_history(history: &History) -> PageHistory {
    PageHistory {
        dates: history.dates.iter().map(ToString::to_string).collect(),
        closes: history.closes.iter().map(|close| rounded(*close)).collect(),
        volumes: history.volumes.iter().map(|volume| rounded(*volume)).collect(),
    }
}

/// Six significant digits are as good as all of them in a picture.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

fn page_failures(report: &Report) -> Vec<PageFailure<'_>> {
    let mut failures = Vec::with_capacity(report.failures.len());
    for failure in &report.failures {
        failures.push(PageFailure {
            ticker: failure.symbol.as_str(),
            kind: failure.reason.kind().name(),
            message: failure.reason.to_string(),
        });
    }
    failures
}

/// A text as it may stand in a page, in an attribute, too.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            c => safe.push(c),
        }
    }
    safe
}
