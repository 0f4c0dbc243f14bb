//! One writer a format, each for every table.

mod csv;
mod grid;
mod json;
mod markdown;
mod parquet;
mod stream;

use std::io::{self, Write};

use super::format::{Format, Style};
use super::sheet::Sheet;

pub use grid::{Grid, fitted};
pub use markdown::write_bullet;
pub use parquet::columns_data;
pub use stream::{STREAMED_FORMATS, SheetWriter};

/// Writes a sheet.
///
/// # Errors
/// Those of `out`.
pub fn write(
    sheet: &Sheet<'_>,
    format: Format,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Csv => csv::write(sheet, out),
        Format::Json => json::write(sheet, out),
        Format::Ndjson => json::write_lines(sheet, out),
        Format::Markdown => markdown::write(sheet, out),
        Format::Parquet => parquet::write(sheet, out),
        Format::Table => grid::write(sheet, style, out),
    }
}
