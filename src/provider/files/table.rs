//! A file of any columns as texts: a CSV with a header, or Parquet.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{DataType, ParquetReader, PolarsResult, SerReader};

use super::damage::{has_ending, or_damaged};
use super::error::FilesError;

/// Rows of a file that is to be joined; a longer one is no table of tickers, and is refused.
const MAX_ROWS: usize = 1_000_000;

/// A file's header and rows.
pub struct TextTable {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The cells of each row; empty where there is nothing.
    pub rows: Vec<Vec<String>>,
    /// Columns that hold no plain values, and are left out.
    pub unreadable: Vec<String>,
}

/// Reads a file as texts.
///
/// # Errors
/// [`FilesError`] names the file.
pub fn text_table(path: &Path) -> Result<TextTable, FilesError> {
    let table = if has_ending(path, "parquet") { parquet(path) } else { csv(path) }?;
    if table.rows.len() > MAX_ROWS {
        return Err(FilesError::TooLong(path.into()));
    }
    Ok(table)
}

fn csv(path: &Path) -> Result<TextTable, FilesError> {
    let bad = |source| FilesError::BadCsv { path: path.into(), source };
    let file = open(path)?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
    let header = texts(reader.headers().map_err(bad)?);
    let header = header.iter().map(|name| name.trim_start_matches('\u{feff}').into()).collect();
    let mut rows = Vec::new();
    for record in reader.records().take(MAX_ROWS + 1) {
        rows.push(texts(&record.map_err(bad)?));
    }
    Ok(TextTable { header, rows, unreadable: Vec::new() })
}

fn open(path: &Path) -> Result<File, FilesError> {
    File::open(path).map_err(|source| FilesError::Unreadable { path: path.into(), source })
}

fn texts(record: &csv::StringRecord) -> Vec<String> {
    record.iter().map(Into::into).collect()
}

fn parquet(path: &Path) -> Result<TextTable, FilesError> {
    let bytes =
        fs::read(path).map_err(|source| FilesError::Unreadable { path: path.into(), source })?;
    or_damaged(|| read_parquet(&bytes))
        .map_err(|source| FilesError::BadParquet { path: path.into(), source })
}

fn read_parquet(bytes: &[u8]) -> PolarsResult<TextTable> {
    let frame =
        ParquetReader::new(Cursor::new(bytes)).with_slice(Some((0, MAX_ROWS + 1))).finish()?;
    let mut table = TextTable {
        header: Vec::with_capacity(frame.width()),
        rows: vec![Vec::with_capacity(frame.width()); frame.height()],
        unreadable: Vec::new(),
    };
    for column in frame.columns() {
        let name = column.name().to_string();
        let Ok(texts) = column.cast(&DataType::String) else {
            table.unreadable.push(name);
            continue;
        };
        let is_time = matches!(column.dtype(), DataType::Datetime(..));
        table.header.push(name);
        for (row, text) in table.rows.iter_mut().zip(texts.str()?.iter()) {
            let text = text.unwrap_or_default();
            row.push(if is_time { day_of(text) } else { text }.into());
        }
    }
    Ok(table)
}

/// The day of a time at midnight; another time as it is.
fn day_of(time: &str) -> &str {
    match time.split_once(' ') {
        Some((day, clock)) if clock.bytes().all(|b| b"0:.".contains(&b)) => day,
        _ => time,
    }
}
