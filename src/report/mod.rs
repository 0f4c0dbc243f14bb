//! What is shown: the result of a run, and the formats it can be written in.
//!
//! Everything here writes into a `Write` it is given. Nothing knows a terminal, except the width and the colour
//! that [`Style`] states.

mod chart;
mod comparison;
mod csv;
mod evaluation;
mod explanation;
mod format;
mod frame;
mod groups;
mod history;
mod html;
mod json;
mod markdown;
mod numbers;
mod parquet;
mod prices;
#[expect(clippy::module_inception, reason = "the report is what this module is about")]
mod report;
mod schema;
mod stats;
mod summary;
mod table;
mod totals;

use std::io::{self, Write};

use crate::screen::Screen;
use crate::screen::columns::Column;

pub use chart::write_charts;
pub use comparison::{Comparison, WorkerRun, write_comparison};
pub use evaluation::{
    EvaluationAsked, EvaluationReport, MembersUsed, write_evaluation, write_evaluation_page,
};
pub use explanation::write_explanation;
pub use format::{Format, Style};
pub use frame::frame;
pub use groups::write_groups;
pub use history::{HistoryTable, write_history};
pub use html::{PageFacts, write_page};
pub use json::{object, write_failures};
pub use numbers::{number, plural};
pub use prices::{PRICE_FORMATS, PricesWriter};
pub use report::{Report, RunCost};
pub use schema::{documents_schema, row_schema};
pub use stats::{Stats, resident_memory};
pub use summary::{failures, summary};
pub use table::hidden_columns;

/// The columns that a report on a screen shows in a format.
#[must_use]
pub fn columns_of(screen: &Screen, format: Format) -> Vec<Column> {
    match format {
        Format::Json => screen.all_columns(),
        Format::Table | Format::Markdown => {
            table::layout(screen).into_iter().map(|(column, _)| column).collect()
        }
        Format::Csv | Format::Ndjson | Format::Parquet => {
            screen.columns.clone().unwrap_or_else(|| screen.all_columns())
        }
    }
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
