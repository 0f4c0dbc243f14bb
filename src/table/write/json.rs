//! Rows as JSON objects of their columns' keys: an array of them, or a line each.

use std::io::{self, Write};

use serde::ser::{Serialize, Serializer};

use crate::table::cell::Cell;
use crate::table::sheet::{Heading, Sheet};

/// A row under its columns' keys.
pub(super) struct RowObject<'a>(pub(super) &'a [Heading], pub(super) &'a [Cell<'a>]);

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|column| &column.key).zip(self.1))
    }
}

/// The rows as an array.
impl Serialize for Sheet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|row| RowObject(&self.columns, row)))
    }
}

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, sheet)?;
    writeln!(out)
}

pub(super) fn write_lines(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    for row in &sheet.rows {
        serde_json::to_writer(&mut *out, &RowObject(&sheet.columns, row))?;
        writeln!(out)?;
    }
    Ok(())
}
