//! A table whose rows come a few at a time, in the formats that need not know the last row to write the first.

use std::io::{self, BufWriter, Write};

use super::json::RowObject;
use crate::table::cell::Cell;
use crate::table::format::Format;
use crate::table::parquet::{ColumnType, ParquetWriter};
use crate::table::sheet::Heading;
use crate::table::write::parquet::columns_data;

/// The formats of such a table.
pub const STREAMED_FORMATS: [Format; 4] =
    [Format::Csv, Format::Parquet, Format::Ndjson, Format::Json];

/// A table that is being written.
pub struct SheetWriter<'o> {
    columns: Vec<Heading>,
    sink: Sink<'o>,
}

enum Sink<'o> {
    Csv(Box<csv::Writer<&'o mut dyn Write>>),
    Lines(BufWriter<&'o mut dyn Write>),
    /// Whether a row was written.
    Array(BufWriter<&'o mut dyn Write>, bool),
    Parquet(Box<ParquetWriter<&'o mut dyn Write>>),
}

impl<'o> SheetWriter<'o> {
    /// Begins a table of these columns, as CSV unless the format is another of [`STREAMED_FORMATS`].
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(
        columns: Vec<Heading>,
        format: Format,
        out: &'o mut dyn Write,
    ) -> io::Result<Self> {
        let sink = match format {
            Format::Parquet => {
                let types: Vec<(String, ColumnType)> =
                    columns.iter().map(|column| (column.key.clone(), column.column_type)).collect();
                Sink::Parquet(ParquetWriter::begin(&types, out)?.into())
            }
            Format::Json => Sink::Array(BufWriter::new(out), false),
            Format::Ndjson => Sink::Lines(BufWriter::new(out)),
            Format::Csv | Format::Table | Format::Markdown => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(columns.iter().map(|column| &column.key))?;
                Sink::Csv(writer.into())
            }
        };
        Ok(Self { columns, sink })
    }

    /// Writes some rows; in Parquet they are a row group.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> io::Result<()> {
        match &mut self.sink {
            Sink::Parquet(writer) => {
                writer.write(columns_data(&self.columns, rows).collect())?;
            }
            Sink::Csv(writer) => {
                for row in rows {
                    writer.write_record(row.iter().map(Cell::plain))?;
                }
            }
            Sink::Lines(out) => {
                for row in rows {
                    serde_json::to_writer(&mut *out, &RowObject(&self.columns, row))?;
                    writeln!(out)?;
                }
            }
            Sink::Array(out, has_rows) => {
                for row in rows {
                    out.write_all(if *has_rows { b",\n" } else { b"[\n" })?;
                    serde_json::to_writer(&mut *out, &RowObject(&self.columns, row))?;
                    *has_rows = true;
                }
            }
        }
        Ok(())
    }

    /// Ends the document.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self) -> io::Result<()> {
        match self.sink {
            Sink::Parquet(writer) => writer.finish(Vec::new()),
            Sink::Csv(mut writer) => writer.flush(),
            Sink::Lines(mut out) => out.flush(),
            Sink::Array(mut out, has_rows) => {
                out.write_all(if has_rows { b"\n]\n" } else { b"[]\n" })?;
                out.flush()
            }
        }
    }
}
