//! What is shown: the result of a run, and the formats it can be written in.
//!
//! Everything here writes into a `Write` it is given. Nothing knows a terminal, except the width and the colour
//! that [`Style`] states.

mod chart;
mod comparison;
mod evaluation;
mod explanation;
mod frame;
mod groups;
mod history;
mod html;
mod json;
mod prices;
#[expect(clippy::module_inception, reason = "the report is what this module is about")]
mod report;
mod schema;
mod sheet;
mod stats;
mod summary;
mod table;
mod totals;

use std::io::{self, Write};

use crate::ask::Screen;
use crate::ask::columns::Column;
use crate::table::{Format, Style};

pub use chart::write_charts;
pub use comparison::{Comparison, WorkerRun, write_comparison};
pub use evaluation::{
    EvaluationAsked, EvaluationReport, MembersUsed, write_evaluation, write_evaluation_page,
};
pub use explanation::write_explanation;
pub use frame::frame;
pub use groups::write_groups;
pub use history::{HistoryTable, write_history};
pub use html::{PageFacts, write_page};
pub use json::{object, write_failures};
pub use prices::PricesWriter;
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
            sheet::layout(screen).into_iter().map(|(column, _)| column).collect()
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
    let unpriced = report.unpriced();
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Ndjson => json::write_lines(report, out),
        Format::Markdown => {
            crate::table::write(&sheet::shown_sheet(report, &unpriced), format, style, out)?;
            table::write_totals_as_list(report, out)
        }
        // Failures have no place in these; the command line lists them.
        Format::Csv | Format::Parquet => {
            let columns = report.columns();
            let sheet = sheet::sheet(&columns, report.listed(&unpriced));
            crate::table::write(&sheet, format, style, out)
        }
    }
}
