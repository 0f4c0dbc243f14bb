//! What is shown: the result of a run, and the formats it can be written in.
//!
//! Everything here writes into a `Write` it is given. Nothing knows a terminal, but for the width and the
//! colour it is told.

mod chart;
mod comparison;
mod csv;
mod explanation;
mod history;
mod html;
mod json;
mod markdown;
mod parquet;
mod stats;
mod summary;
mod table;
mod totals;

use std::io::{self, Write};
use std::time::Duration;

use chrono::NaiveDate;

use crate::failure::Failure;
use crate::fetch::{Counts, StopReason};

use crate::screen::fields::Column;
use crate::screen::row::{Note, Row};
use crate::screen::{Criteria, Ranking, Screen};
use crate::universe::Shard;

pub use chart::write_charts;
pub use comparison::write_comparison;
pub use explanation::write_explanation;
pub use history::{HistoryTable, write_history};
pub use html::write_page;
pub use json::{error, object};
pub use stats::{Stats, resident_memory};
pub use summary::{failures, plural, summary};

/// The result of a run. Requested = rows + failures, always.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub screen: Screen,
    /// The part of the list that it is about, where it is not all of it.
    pub part: Option<Shard>,
    /// Where the bars came from.
    pub provider: String,
    /// The newest bar used.
    pub as_of: Option<NaiveDate>,
    /// Every symbol with bars: those to show and the rest.
    pub result: Ranking,
    /// Every symbol without, in the order asked for.
    pub failures: Vec<Failure>,
    /// Why the run ended before every symbol was asked for, if it did.
    pub stopped: Option<StopReason>,
    /// Time and requests.
    pub cost: RunCost,
}

/// What a run cost.
#[derive(Clone, Copy, Debug)]
pub struct RunCost {
    /// Wall time.
    pub elapsed: Duration,
    /// Requests and throttles.
    pub counts: Counts,
    /// Median and 95th percentile of a request's time.
    pub latency: Option<(Duration, Duration)>,
}

impl Report {
    /// Every symbol with bars, those to show first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.result.shown.iter().map(|(_, row)| row).chain(&self.result.rest)
    }

    /// Symbols with bars.
    #[must_use]
    pub fn successful(&self) -> usize {
        self.result.shown.len() + self.result.rest.len()
    }

    /// Symbols asked for.
    #[must_use]
    pub fn requested(&self) -> usize {
        self.successful() + self.failures.len()
    }

    /// Symbols whose bars were not fetched, because their closes did not promise enough.
    #[must_use]
    pub fn judged_on_closes(&self) -> usize {
        self.rows().filter(|row| row.notes.contains(&Note::ClosesOnly)).count()
    }

    /// Why the run ended before its end, unless the user allowed it to.
    #[must_use]
    pub fn cut_short(&self) -> Option<&StopReason> {
        self.stopped.as_ref().filter(|stop| !matches!(stop, StopReason::Missing(_)))
    }

    /// The rows to show with their ranks.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.result.shown.iter().map(|(rank, row)| (*rank, row))
    }

    /// Rows of failures, where they are listed all the same: holdings that have no price.
    fn unpriced(&self) -> Vec<Row> {
        match &self.screen.criteria {
            Criteria::Portfolio(portfolio) if self.screen.filter.is_none() => {
                self.failures.iter().map(|failure| portfolio.unpriced(&failure.symbol)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The rows to show, then those of [`Report::unpriced`].
    fn listed<'a>(&'a self, unpriced: &'a [Row]) -> impl Iterator<Item = (usize, &'a Row)> {
        let next = self.result.shown.len() + 1;
        self.shown().chain((next..).zip(unpriced))
    }

    /// The columns of formats in which they can be chosen.
    fn columns(&self) -> Vec<Column> {
        self.screen.columns.clone().unwrap_or_else(|| self.screen.usual_columns())
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Table,
    /// One header, a line a row (RFC 4180).
    Csv,
    /// One document.
    Json,
    /// One JSON object a line, failures too.
    Ndjson,
    /// A table for an issue or a wiki.
    Markdown,
    /// A row a ticker, failures too.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Table, Self::Csv, Self::Json, Self::Ndjson, Self::Markdown, Self::Parquet];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "markdown",
            Self::Parquet => "parquet",
        }
    }

    /// Whether failures have a place in it; else the command line tells them.
    #[must_use]
    pub fn holds_failures(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Parquet)
    }

    /// The format of a file by its ending.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Table),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "md" | "markdown" => Some(Self::Markdown),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// How a table is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Columns are dropped from the right until the table is no wider; none shows them all.
    pub width: Option<u16>,
    /// Whether ratings and returns are coloured.
    pub color: bool,
}

/// Writes a report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Csv => csv::write(report, out),
        Format::Json => json::write(report, out),
        Format::Ndjson => json::write_lines(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Parquet => parquet::write(report, out),
    }
}
