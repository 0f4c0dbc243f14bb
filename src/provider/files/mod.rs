//! Prices of one's own: a CSV or Parquet file, or a folder of them, in long form (a symbol column) or one
//! file a symbol, named after it.
//!
//! Column names are found in any common spelling and only the needed ones are read. Rows before the window
//! are dropped before anything is built of them. A row that cannot be a bar is counted, never fatal; a file
//! that cannot be read is.

mod columns;
mod rows;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Days as Span, NaiveDate};
use polars::prelude::{DataFrame, ParquetReader, PolarsError, SerReader};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

pub(super) use columns::numbers;
use columns::{Chunk, ColumnPlaces, ColumnRole, date_of_text, plain};
use rows::{DayRange, SymbolRows};

use super::LocalBars;
use crate::bars::Bar;

/// Why prices could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file or folder cannot be opened.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what its ending says.
    #[error("{path} is no sound CSV: {source}")]
    BadCsv {
        /// Which.
        path: PathBuf,
        /// What the reader said.
        source: csv::Error,
    },
    /// A file is not what its ending says.
    #[error("{path} is no sound Parquet: {source}")]
    BadParquet {
        /// Which.
        path: PathBuf,
        /// What the reader said.
        source: PolarsError,
    },
    /// A file lacks a column that bars need.
    #[error("{path} has no {missing} column; it has {found}")]
    NoColumn {
        /// Which.
        path: PathBuf,
        /// What is missing.
        missing: &'static str,
        /// The columns it has.
        found: String,
    },
    /// Files with rows, none of which can be a bar.
    #[error("{path} has no row with a date and a price in {rows} rows")]
    NoBar {
        /// Which.
        path: PathBuf,
        /// How many rows there are.
        rows: usize,
    },
    /// Nothing to read.
    #[error("{0} holds no CSV or Parquet file with prices")]
    Empty(PathBuf),
}

/// Loads the bars of `path` that a window of `days` up to `until` (or the newest session) can hold. Rows
/// dated after `today` are no bars.
///
/// # Errors
/// [`FilesError`] names the file.
pub fn files(
    path: &Path,
    until: Option<NaiveDate>,
    days: Span,
    today: NaiveDate,
) -> Result<LocalBars, FilesError> {
    let mut loading = Loading { until, days, today, newest: None, rows: SymbolRows::default() };
    for file in sources(path)? {
        if is(&file, "parquet") { loading.parquet(&file)? } else { loading.csv(&file)? }
    }
    let days = loading.days(); // the newest day may have been seen late
    let Loading { rows, newest, .. } = loading;
    if rows.is_empty() {
        return Err(FilesError::Empty(path.into()));
    }
    if newest.is_none() {
        return Err(FilesError::NoBar { path: path.into(), rows: rows.bad_rows() });
    }
    Ok(rows.into_local(days.from))
}

/// The file itself, or the files of a folder in the order of their names.
fn sources(path: &Path) -> Result<Vec<PathBuf>, FilesError> {
    let unreadable = |source| FilesError::Unreadable { path: path.into(), source };
    if !path.is_dir() {
        File::open(path).map_err(unreadable)?;
        return Ok(vec![path.into()]);
    }
    let entries = fs::read_dir(path).map_err(unreadable)?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| is(file, "csv") || is(file, "parquet"));
    files.sort();
    Ok(files)
}

fn is(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// What is known while files are read.
struct Loading {
    until: Option<NaiveDate>,
    days: Span,
    today: NaiveDate,
    /// The newest session of any bar.
    newest: Option<NaiveDate>,
    rows: SymbolRows,
}

impl Loading {
    /// The days that can matter, as far as is known.
    fn days(&self) -> DayRange {
        let until = self.until.or(self.newest).unwrap_or(self.today);
        let from = until.checked_sub_days(self.days).unwrap_or(NaiveDate::MIN);
        DayRange { from, last: self.until.unwrap_or(self.today), today: self.today }
    }

    fn saw(&mut self, day: Option<NaiveDate>) {
        self.newest = self.newest.max(day);
    }

    fn csv(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::BadCsv { path: path.into(), source };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_path(path)
            .map_err(bad)?;
        let names: Vec<String> = reader.headers().map_err(bad)?.iter().map(Into::into).collect();
        let places = ColumnPlaces::find(path, &names)?;
        let stem = stem(path);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(bad)? {
            let field = |role| places.of(role).and_then(|place| record.get(place));
            let number = |role| field(role).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
            let (date, close) =
                (field(ColumnRole::Date).and_then(date_of_text), number(ColumnRole::Close));
            if close.is_finite() && close > 0.0 {
                let last = self.days().last;
                self.saw(date.filter(|date| *date <= last));
            }
            let adjusted = places.of(ColumnRole::Adjusted).map(|_| number(ColumnRole::Adjusted));
            let place = self.rows.place(field(ColumnRole::Symbol).unwrap_or(&stem));
            self.rows.push(place, self.days(), date, adjusted.is_none(), |date| Bar {
                date,
                high: number(ColumnRole::High),
                low: number(ColumnRole::Low),
                close,
                adjusted: adjusted.unwrap_or(close),
                volume: number(ColumnRole::Volume),
            });
        }
        Ok(())
    }

    fn parquet(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::BadParquet { path: path.into(), source };
        let unreadable = |source| FilesError::Unreadable { path: path.into(), source };
        let file = File::open(path).map_err(unreadable)?;
        let schema =
            ParquetReader::new(file.try_clone().map_err(unreadable)?).schema().map_err(bad)?;
        let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let places = ColumnPlaces::find(path, &names)?;
        let needed =
            ColumnRole::ALL.iter().filter_map(|role| Some(names[places.of(*role)?].clone()));
        let frame =
            ParquetReader::new(file).with_columns(Some(needed.collect())).finish().map_err(bad)?;
        let name = |role| places.of(role).map(|place| names[place].clone());
        self.frame(frame, &name, &stem(path)).map_err(bad)
    }

    /// Takes a frame's rows, part by part and several parts at a time, in their order.
    fn frame(
        &mut self,
        frame: DataFrame,
        names: &(impl Fn(ColumnRole) -> Option<String> + Sync),
        stem: &str,
    ) -> Result<(), PolarsError> {
        let mut frame = plain(frame, names)?;
        let parts: Vec<DataFrame> = frame.split_chunks().collect();
        let parts: Result<Vec<Chunk<'_>>, _> =
            parts.par_iter().map(|part| Chunk::of(part, names)).collect();
        let parts = parts?;
        // Known before the rows are taken, so that old ones are dropped at once.
        let last = self.days().last;
        self.saw(parts.iter().filter_map(|part| part.newest(last)).max());
        let days = self.days();
        let taken: Vec<SymbolRows> =
            parts.par_iter().map(|part| SymbolRows::of_part(part, days, stem)).collect();
        for rows in taken {
            self.rows.append(rows);
        }
        Ok(())
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
