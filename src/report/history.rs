//! What a watch stored, as rows of named columns.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use serde_json::{Map, Value};

use super::csv::inert;
use super::format::Format;
use crate::universe::printable;

/// Columns and rows of a question about the history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryTable {
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows' values.
    pub rows: Vec<Vec<Value>>,
}

/// Writes a history.
///
/// # Errors
/// Those of `out`.
pub fn write_history(
    history: &HistoryTable,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Json => {
            let all: Vec<_> = history.rows.iter().map(|row| object(history, row)).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            writeln!(out)
        }
        Format::Ndjson => history.rows.iter().try_for_each(|row| {
            serde_json::to_writer(&mut *out, &object(history, row))?;
            writeln!(out)
        }),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(&history.columns)?;
            for row in &history.rows {
                writer.write_record(row.iter().map(plain))?;
            }
            writer.flush()
        }
        // The command line offers no others.
        Format::Table | Format::Markdown | Format::Parquet => table(history, out),
    }
}

fn object(history: &HistoryTable, row: &[Value]) -> Map<String, Value> {
    history.columns.iter().map(ToString::to_string).zip(row.iter().cloned()).collect()
}

fn table(history: &HistoryTable, out: &mut dyn Write) -> io::Result<()> {
    // A person does not read objects in a cell.
    let mut places: Vec<usize> = (0..history.columns.len()).collect();
    places.retain(|place| !history.rows.iter().any(|row| row[*place].is_object()));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    table.set_header(places.iter().map(|i| history.columns[*i]));
    for row in &history.rows {
        table.add_row(places.iter().map(|i| short(&row[*i])));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    writeln!(out, "{}", table.trim_fmt())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => inert(text),
        other => printable(&other.to_string()),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Bool(truth) => if *truth { "yes" } else { "no" }.into(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, |n| format!("{n:.2}")),
        other => plain(other),
    }
}
