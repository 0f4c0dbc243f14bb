//! One page that holds everything: the ranking to sort and search, a chart for each ticker, what failed. It needs
//! no network and loads nothing.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::groups::shown_sheet as shown_groups;
use super::report::Report;
use super::sheet::{columns_of_table, is_right, shown_text, tone};
use super::summary::summary;
use super::totals;
use crate::ask::columns::Column;
use crate::ask::criteria::TableColumn;
use crate::compare::groups::{self, Grouping};
use crate::compare::row::{History, Row};
use crate::measure::fields::Field;
use crate::models::rating::Rating;
use crate::table::{Cell, Tone, cell_text};

const PAGE: &str = include_str!("page.html");
/// Tickers of a kind that the summary spells out.
const MAX_NAMED: usize = 5;

#[derive(Serialize)]
struct Page<'a> {
    title: String,
    summary: String,
    columns: Vec<PageColumn>,
    rows: Vec<PageRow<'a>>,
    groups: Option<PageGroups>,
    scores: Vec<f64>,
    failures: Vec<PageFailure<'a>>,
}

#[derive(Serialize)]
struct PageColumn {
    heading: String,
    right: bool,
    /// What the column is.
    hint: String,
}

#[derive(Serialize)]
struct PageGroups {
    columns: Vec<PageColumn>,
    rows: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct PageRow<'a> {
    ticker: &'a str,
    /// What is searched besides the ticker.
    words: String,
    cells: Vec<String>,
    /// Of each cell whether it is good or bad news.
    tones: Vec<&'static str>,
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
    volumes: Option<Vec<f64>>,
}

#[derive(Serialize)]
struct PageFailure<'a> {
    ticker: &'a str,
    kind: &'static str,
    message: String,
}

/// What a page says of itself, besides what the report knows.
#[derive(Clone, Debug)]
pub struct PageFacts {
    /// The list, as it was asked for.
    pub list: String,
    /// The condition on rows.
    pub filter: Option<String>,
    /// When the page is made.
    pub made: DateTime<Utc>,
}

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub fn write_page(report: &Report, facts: &PageFacts, out: &mut dyn Write) -> io::Result<()> {
    let mut columns = columns_of_table(report);
    columns.retain(|(column, _)| *column != Column::Year);
    let unpriced = report.unpriced();
    let page = Page {
        title: title(report, facts),
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
    let sheet = shown_groups(&groups);
    let columns = sheet.columns.iter().map(|column| PageColumn {
        heading: column.heading.clone(),
        right: column.is_right,
        hint: String::new(),
    });
    let rows = sheet.rows.iter().map(|row| row.iter().map(cell_text).collect());
    (!groups.is_empty()).then(|| PageGroups { columns: columns.collect(), rows: rows.collect() })
}

fn title(report: &Report, facts: &PageFacts) -> String {
    let criteria = &report.screen.criteria;
    let mut parts = vec![criteria.name().to_owned()];
    if !facts.list.is_empty() {
        parts.push(facts.list.clone());
    }
    parts.extend(criteria.momentum().map(|momentum| momentum.model.name.to_owned()));
    parts.extend(facts.filter.clone());
    parts.push(report.provider.clone());
    parts.extend(report.as_of.map(|date| format!("as of {date}")));
    parts.push(format!("made {}", facts.made.format("%Y-%m-%d %H:%M UTC")));
    parts.join(" · ")
}

fn page_summary(report: &Report) -> String {
    let mut parts = Vec::new();
    for line in totals::lines(report) {
        parts.push(format!("{}: {}", line.label, line.figures.join(", the other's ")));
    }
    parts.push(summary(report, MAX_NAMED));
    parts.join(" · ")
}

fn heading((column, heading): &TableColumn) -> PageColumn {
    let hint = format!("{}: {}", column.name(), column.meaning());
    PageColumn { heading: heading.clone(), right: is_right(column), hint }
}

fn page_row<'a>(
    report: &Report,
    row: &'a Row,
    rank: usize,
    columns: &'a [TableColumn],
) -> PageRow<'a> {
    let mut cells = Vec::with_capacity(columns.len());
    let mut tones = Vec::with_capacity(columns.len());
    let mut values = Vec::with_capacity(columns.len());
    for (column, _) in columns {
        let cell = column.of(row, rank);
        cells.push(shown_text(report, column, row, rank));
        tones.push(tone_class(tone(column, &cell, row.rating())));
        values.push(match column {
            Column::Rating => strength(row.rating()),
            _ => sort_key(cell),
        });
    }
    PageRow {
        ticker: row.symbol.as_str(),
        words: format!(
            "{} {}",
            row.rating().name(),
            row.about.sector.as_deref().unwrap_or_default()
        ),
        cells,
        tones,
        values,
        history: row.about.history.as_deref().map(page_history),
    }
}

fn tone_class(tone: Option<Tone>) -> &'static str {
    match tone {
        Some(Tone::Good) => "up",
        Some(Tone::Bad) => "down",
        Some(Tone::None) => "soft",
        Some(Tone::Fair) | None => "",
    }
}

/// Ratings are sorted by how strong they are, not by their letters.
fn strength(rating: Rating) -> SortKey<'static> {
    match rating {
        Rating::StrongBuy => SortKey::Number(5.0),
        Rating::Buy => SortKey::Number(4.0),
        Rating::Hold => SortKey::Number(3.0),
        Rating::WeakHold => SortKey::Number(2.0),
        Rating::Sell => SortKey::Number(1.0),
        Rating::InsufficientData => SortKey::None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rank")]
fn sort_key(cell: Cell<'_>) -> SortKey<'_> {
    match cell {
        Cell::Null | Cell::Series(_) => SortKey::None,
        Cell::Number(value, _) => SortKey::Number(value),
        Cell::Count(count) => SortKey::Number(count as f64),
        Cell::Text(text) => SortKey::Text(text),
        cell => SortKey::Owned(cell_text(&cell)),
    }
}

fn page_history(history: &History) -> PageHistory {
    PageHistory {
        dates: history.dates.iter().map(ToString::to_string).collect(),
        closes: history.closes.iter().copied().map(rounded).collect(),
        volumes: history.volumes.as_ref().map(|all| all.iter().copied().map(rounded).collect()),
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
            kind: failure.reason.kind().label(),
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
