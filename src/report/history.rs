//! What a watch stored, as rows of named columns.

use std::io::{self, Write};

use serde_json::Value;

use crate::table::{self, Cell, Format, Heading, Sheet, Style, printable};

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
    let mut places: Vec<usize> = (0..history.columns.len()).collect();
    if format == Format::Table {
        // A person does not read objects in a cell.
        places.retain(|place| !history.rows.iter().any(|row| row[*place].is_object()));
    }
    let mut sheet = Sheet::default();
    for place in &places {
        let name = history.columns[*place];
        sheet.columns.push(Heading::text(name, name));
    }
    for row in &history.rows {
        sheet.rows.push(places.iter().map(|place| cell(&row[*place], format)).collect());
    }
    table::write(&sheet, format, Style::default(), out)
}

fn cell(value: &Value, format: Format) -> Cell<'_> {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(flag) => Cell::Flag(*flag),
        // Not cut: an error is read to its end.
        Value::String(text) if format == Format::Table => Cell::Shown(printable(text), None),
        Value::String(text) => Cell::Text(text),
        other => Cell::Json(other),
    }
}
