//! CSV by RFC 4180: one header, a line a row. Failures are not in it; the command line lists them.

use std::io::{self, Write};

use super::numbers::note_names;
use super::report::Report;
use crate::screen::columns::Cell;
use crate::universe::printable;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = report.columns();
    let header = columns.iter().map(|column| column.name().to_owned()).collect();
    let unpriced = report.unpriced();
    let rows = report
        .listed(&unpriced)
        .map(|(rank, row)| columns.iter().map(|column| text(column.of(row, rank))).collect());
    write_rows(std::iter::once(header).chain(rows), out)
}

/// Writes rows of texts, the header first.
pub(super) fn write_rows(
    rows: impl Iterator<Item = Vec<String>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush()
}

/// A cell as other programs read it.
pub(super) fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => inert(text),
        Cell::Count(count) => count.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Notes(notes) => note_names(notes, ";"),
        Cell::Series(values) => {
            values.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
        }
        Cell::Number(value, _) => value.to_string(),
    }
}

/// A text cell that a spreadsheet could take for a formula is quoted with `'`.
pub(super) fn inert(text: &str) -> String {
    let text = printable(text);
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}
