//! A file of any columns as texts: a CSV with a header, or Parquet.

use std::path::Path;

use super::bytes::{bytes_of, has_ending};
use super::error::FilesError;
use crate::table::parquet::{ParquetFile, Values};
use crate::table::{ByteLimit, delimiter, text_of};

/// Rows of a file that is to be joined; a longer one is no table of tickers, and is refused.
const MAX_ROWS: usize = 1_000_000;
/// Bytes of such a file, unpacked.
const LIMIT: ByteLimit = ByteLimit::of(64 << 20);

/// A file's header and rows.
pub struct TextTable {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The cells of each row; empty where there is nothing.
    pub rows: Vec<Vec<String>>,
    /// Columns that hold no plain values, and are left out.
    pub unreadable: Vec<String>,
    /// What parts its columns; a comma in Parquet, which has no numbers as texts by itself.
    pub delimiter: u8,
}

/// Reads a file as texts.
///
/// # Errors
/// [`FilesError`] names the file.
pub fn text_table(path: &Path) -> Result<TextTable, FilesError> {
    let bytes = bytes_of(path, LIMIT)?;
    let table = if has_ending(path, "parquet") { parquet(path, bytes) } else { csv(path, bytes) }?;
    if table.rows.len() > MAX_ROWS {
        return Err(FilesError::TooLong(path.into()));
    }
    Ok(table)
}

fn csv(path: &Path, bytes: Vec<u8>) -> Result<TextTable, FilesError> {
    let bad = |source| FilesError::BadCsv { path: path.into(), source };
    let text = text_of(bytes, LIMIT).map_err(|what| FilesError::of_foreign(path, what))?;
    let delimiter = delimiter(&text);
    // Excel states the delimiter in a line of its own.
    let has_line = text.starts_with("sep=");
    let table = if has_line { text.split_once('\n').map_or("", |(_, rest)| rest) } else { &text };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(table.as_bytes());
    let header = texts(reader.headers().map_err(bad)?);
    let mut rows = Vec::new();
    for record in reader.records().take(MAX_ROWS + 1) {
        rows.push(texts(&record.map_err(bad)?));
    }
    Ok(TextTable { header, rows, unreadable: Vec::new(), delimiter })
}

fn texts(record: &csv::StringRecord) -> Vec<String> {
    record.iter().map(Into::into).collect()
}

fn parquet(path: &Path, bytes: Vec<u8>) -> Result<TextTable, FilesError> {
    let bad = |source| FilesError::of_parquet(path, source);
    let file = ParquetFile::open(bytes).map_err(bad)?;
    if file.rows() > MAX_ROWS {
        return Err(FilesError::TooLong(path.into()));
    }
    let (header, unreadable): (Vec<String>, Vec<String>) =
        file.names().into_iter().partition(|name| file.is_plain(name));
    file.check_size(&header, LIMIT, 0).map_err(bad)?;
    let mut rows = Vec::new();
    let mut bytes = 0;
    for group in file.read(&header).map_err(bad)? {
        let start = rows.len();
        rows.resize(start + group.first().map_or(0, Values::len), Vec::new());
        for column in group {
            // A text that stands once in the file may be of every row.
            bytes += column.text_bytes();
            if let Err(why) = LIMIT.check(None, bytes) {
                return Err(FilesError::TooLarge { path: path.into(), why });
            }
            for (row, text) in rows[start..].iter_mut().zip(column.texts()) {
                row.push(text.unwrap_or_default());
            }
        }
    }
    Ok(TextTable { header, rows, unreadable, delimiter: b',' })
}
