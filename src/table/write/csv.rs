//! CSV by RFC 4180: one header, a line a row.

use std::io::{self, Write};

use crate::table::cell::Cell;
use crate::table::sheet::Sheet;

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(sheet.columns.iter().map(|column| &column.key))?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(Cell::plain))?;
    }
    writer.flush()
}
