//! Why prices could not be loaded from files.

use std::io;
use std::path::PathBuf;

use chrono::NaiveDate;
use polars::prelude::PolarsError;

/// Why prices could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file or folder cannot be opened.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what its ending says.
    #[error("{path} is not valid CSV: {source}")]
    BadCsv {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        source: csv::Error,
    },
    /// A file is not what its ending says.
    #[error("{path} is not valid Parquet: {source}")]
    BadParquet {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        source: PolarsError,
    },
    /// A file lacks a column that bars need.
    #[error("{path} has no {missing} column; it has {found}")]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The missing column.
        missing: &'static str,
        /// The columns it has.
        found: String,
    },
    /// Files with rows, none of which can be a bar.
    #[error("{path} has no row with a date and a price in {rows} rows")]
    NoBar {
        /// The file.
        path: PathBuf,
        /// How many rows there are.
        rows: usize,
    },
    /// Files whose prices all come after the day that is asked about.
    #[error("the data of {path} begin on {first}, after {until}")]
    BeginLater {
        /// The file.
        path: PathBuf,
        /// The first day that has a price.
        first: NaiveDate,
        /// The day that is asked about.
        until: NaiveDate,
    },
    /// More rows than any table of tickers has.
    #[error("{0} has more than a million rows, which no table of tickers has")]
    TooLong(PathBuf),
    /// Nothing to read.
    #[error("{0} holds no CSV or Parquet file with prices")]
    Empty(PathBuf),
}
