//! Why prices could not be loaded from files.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::table::parquet::BadParquet;
use crate::table::{Foreign, TooLarge};

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
    #[error("{path} is not valid Parquet: {why}")]
    BadParquet {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        why: String,
    },
    /// A file with more in it than may be read.
    #[error("{path} is {why}")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// By which bound.
        why: TooLarge,
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
    /// A file that is no text.
    #[error("{path} is {what}, not a table of prices")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        what: Foreign,
    },
    /// Dates that may be of two days.
    #[error(
        "the dates of {0} have the day or the month first, and nothing in it shows which: --date-format says it"
    )]
    UnclearDates(PathBuf),
    /// Numbers that may be read in two ways.
    #[error(
        "the numbers of {0} have a comma that may be of thousands or of the fraction: --decimal says it"
    )]
    UnclearNumbers(PathBuf),
    /// Several series in a file, and no column known to name them.
    #[error(
        "{path} has several rows a day, and no column is known to hold tickers: --symbol-column names it; it has {found}"
    )]
    UnknownTickers {
        /// The file.
        path: PathBuf,
        /// The columns it has.
        found: String,
    },
    /// Two prices for one ticker and day, again and again.
    #[error(
        "{path} has two closes of {ticker} on {date}, {} and {}, and so on other days: --symbol-column names the column that tells these series apart{found}",
        .closes[0], .closes[1]
    )]
    SeveralPrices {
        /// The file or folder.
        path: PathBuf,
        /// The ticker.
        ticker: String,
        /// The first such day.
        date: NaiveDate,
        /// The lowest and the highest of that day.
        closes: [f64; 2],
        /// `; it has …`, the columns of the last file.
        found: String,
    },
    /// A file of one series that is not named after a ticker.
    #[error(
        "{path} has no column of tickers, and its name is no ticker: --symbol-column names the column; it has {found}"
    )]
    NoTicker {
        /// The file.
        path: PathBuf,
        /// The columns it has.
        found: String,
    },
    /// More rows than any table of tickers has.
    #[error("{0} has more than a million rows, which no table of tickers has")]
    TooLong(PathBuf),
    /// Nothing to read.
    #[error("{0} holds no CSV or Parquet file with prices")]
    Empty(PathBuf),
}

impl FilesError {
    /// What is wrong with the text of a file.
    pub(super) fn of_foreign(path: &Path, what: Foreign) -> Self {
        match what {
            Foreign::TooLarge(why) => Self::TooLarge { path: path.into(), why },
            what => Self::Foreign { path: path.into(), what },
        }
    }

    /// What is wrong with a Parquet file.
    pub(super) fn of_parquet(path: &Path, bad: BadParquet) -> Self {
        match bad {
            BadParquet::TooLarge(why) => Self::TooLarge { path: path.into(), why },
            BadParquet::Damaged(why) => Self::BadParquet { path: path.into(), why },
        }
    }

    /// Whether it is about a file that holds no prices, as others in a folder may.
    pub(super) fn is_of_no_prices(&self) -> bool {
        use FilesError::{BadCsv, BadParquet, Foreign, NoColumn, NoTicker, Unreadable};
        matches!(
            self,
            NoTicker { .. }
                | BadCsv { .. }
                | BadParquet { .. }
                | Foreign { .. }
                | NoColumn { .. }
                | Unreadable { .. }
        )
    }
}
