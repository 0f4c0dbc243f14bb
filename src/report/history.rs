//! What was seen before, as rows of named columns.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use serde_json::{Map, Value};

use super::Format;

/// Columns and rows of what is asked of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryTable {
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows' values.
    pub rows: Vec<Vec<Value>>,
}

/// Writes rows of the past.
///
/// # Errors
/// Those of `out`.
pub fn write_history(past: &HistoryTable, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let object = |row: &Vec<Value>| -> Map<String, Value> {
        past.columns.iter().map(ToString::to_string).zip(row.iter().cloned()).collect()
    };
    match format {
        Format::Json => {
            let all: Vec<_> = past.rows.iter().map(object).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            writeln!(out)
        }
        Format::Ndjson => past.rows.iter().try_for_each(|row| {
            serde_json::to_writer(&mut *out, &object(row))?;
            writeln!(out)
        }),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(&past.columns)?;
            for row in &past.rows {
                writer.write_record(row.iter().map(plain))?;
            }
            writer.flush()
        }
        // The command line offers no others.
        Format::Table | Format::Markdown | Format::Parquet => table(past, out),
    }
}

fn table(past: &HistoryTable, out: &mut dyn Write) -> io::Result<()> {
    // An object in a cell is no reading for a person.
    let is_shown = |i: &usize| !past.rows.iter().any(|row| row[*i].is_object());
    let places: Vec<usize> = (0..past.columns.len()).filter(is_shown).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    table.set_header(places.iter().map(|i| past.columns[*i]));
    for row in &past.rows {
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
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Bool(is) => if *is { "yes" } else { "no" }.into(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, |n| format!("{n:.2}")),
        other => plain(other),
    }
}
