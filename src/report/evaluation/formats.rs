//! An evaluation in every format; here the flat ones, a row a model and horizon.

use std::io::{self, Write};

use super::facts::EvaluationReport;
use super::figures::{Figure, flat};
use super::{json, table};
use crate::report::csv::write_rows;
use crate::report::format::{Format, Style};
use crate::table::parquet::{ColumnData, write_parquet as write_columns};

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
        Format::Csv => write_csv(report, out),
        Format::Parquet => write_parquet(report, out),
    }
}

/// A line a score and horizon.
fn write_csv(report: &EvaluationReport, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<_> = report.evaluation.summaries.iter().map(flat).collect();
    let Some(first) = rows.first() else { return Ok(()) };
    let names = first.iter().map(|(name, _)| name.clone()).collect();
    let texts = rows.iter().map(|row| row.iter().map(|(_, figure)| figure.to_string()).collect());
    write_rows(std::iter::once(names).chain(texts), out)
}

/// The same in columns of their own types.
fn write_parquet(report: &EvaluationReport, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<_> = report.evaluation.summaries.iter().map(flat).collect();
    let names: Vec<&String> = rows.iter().take(1).flatten().map(|(name, _)| name).collect();
    let mut columns = Vec::with_capacity(names.len());
    for (place, name) in names.into_iter().enumerate() {
        columns.push((name.clone(), column(rows.iter().map(|row| &row[place].1))));
    }
    write_columns(columns, Vec::new(), out)
}

fn column<'a>(figures: impl Iterator<Item = &'a Figure> + Clone) -> ColumnData {
    let is = |of: fn(&Figure) -> bool| figures.clone().any(of);
    if is(|figure| matches!(figure, Figure::Text(_))) {
        ColumnData::Texts(figures.map(|figure| Some(figure.to_string())).collect())
    } else if is(|figure| matches!(figure, Figure::Count(_))) {
        ColumnData::Integers(figures.map(Figure::count).collect())
    } else {
        ColumnData::Numbers(figures.map(Figure::number).collect())
    }
}
