//! An evaluation in every format.

use std::io::{self, Write};

use super::facts::EvaluationReport;
use super::{figures, json, table};
use crate::table::{Format, Style, write};

/// Writes an evaluation.
///
/// # Errors
/// Those of `out`.
pub fn write_evaluation(
    report: &EvaluationReport,
    format: Format,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Markdown => table::write_markdown(report, out),
        Format::Json => json::write(report, out),
        Format::Ndjson => json::write_lines(report, out),
        // Nothing to tell has no header either.
        Format::Csv | Format::Parquet if report.evaluation.summaries.is_empty() => Ok(()),
        Format::Csv | Format::Parquet => {
            write(&figures::sheet(&report.evaluation.summaries), format, style, out)
        }
    }
}
