//! The user's own prices: a CSV or Parquet file, or a folder of them, in long form (a symbol column) or one file
//! a symbol, named after it.
//!
//! Column names are found in any common spelling and only the needed ones are read. Rows before the window are
//! dropped before anything is built of them. A row that cannot be a bar is counted, never fatal; a file that
//! cannot be read is.

mod chunk;
mod columns;
mod damage;
mod dates;
mod error;
mod range;
mod rows;
mod table;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use polars::prelude::{DataFrame, ParquetReader, PolarsError, SerReader};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use chunk::Chunk;
pub(super) use chunk::numbers;
use columns::{ColumnPlaces, ColumnRole, with_plain_types};
use damage::{has_ending, or_damaged};
use dates::date_of_text;
pub use error::FilesError;
use range::DayRange;
use rows::{CsvRow, SymbolRows};
pub use table::{TextTable, text_table};

use super::local::LocalBars;

/// Loads the bars of `path` that a window of `days` up to `until` (or the newest session) can hold. Rows dated
/// after `today` are bad rows.
///
/// # Errors
/// [`FilesError`] names the file.
pub fn files(
    path: &Path,
    until: Option<NaiveDate>,
    days: Days,
    today: NaiveDate,
) -> Result<LocalBars, FilesError> {
    let rows = SymbolRows::default();
    let mut loading = Loading { until, days, today, newest: None, first_later: None, rows };
    for file in sources(path)? {
        if has_ending(&file, "parquet") { loading.parquet(&file)? } else { loading.csv(&file)? }
    }
    let from = loading.day_range().from; // the newest day may have been seen late
    let Loading { rows, newest, first_later, .. } = loading;
    if rows.is_empty() {
        return Err(FilesError::Empty(path.into()));
    }
    if newest.is_none() {
        if let (Some(first), Some(until)) = (first_later, until) {
            return Err(FilesError::BeginLater { path: path.into(), first, until });
        }
        return Err(FilesError::NoBar { path: path.into(), rows: rows.bad_rows() });
    }
    Ok(rows.into_local_bars(from))
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
    files.retain(|file| has_ending(file, "csv") || has_ending(file, "parquet"));
    files.sort();
    Ok(files)
}

/// What is known while files are read.
struct Loading {
    until: Option<NaiveDate>,
    days: Days,
    today: NaiveDate,
    /// The newest session of any bar.
    newest: Option<NaiveDate>,
    /// The first day with a price, as long as none is early enough to be of use.
    first_later: Option<NaiveDate>,
    rows: SymbolRows,
}

impl Loading {
    /// The days that can matter, as far as is known.
    fn day_range(&self) -> DayRange {
        // A day after the last one counts from the last one; the newest is never beyond what is wanted.
        let until = self.newest.or(self.until).unwrap_or(self.today);
        let from = until.checked_sub_days(self.days).unwrap_or(NaiveDate::MIN);
        DayRange { from, last: self.until.unwrap_or(self.today), today: self.today }
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
            let row = CsvRow { places: &places, record: &record };
            let date = row.field(ColumnRole::Date).and_then(date_of_text);
            let close = row.number(ColumnRole::Close);
            if close.is_finite() && close > 0.0 {
                let last = self.day_range().last;
                self.newest = self.newest.max(date.filter(|date| *date <= last));
                if self.newest.is_none() {
                    self.first_later = self.first_later.into_iter().chain(date).min();
                }
            }
            let range = self.day_range();
            let place = self.rows.place(row.field(ColumnRole::Symbol).unwrap_or(&stem));
            let lacks = |role| places.of(role).is_none();
            self.rows.note_lacks(place, lacks(ColumnRole::Adjusted), lacks(ColumnRole::Split));
            self.rows.push(place, range, date, row.split_ratio(), |date| row.bar(date));
        }
        Ok(())
    }

    fn parquet(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::BadParquet { path: path.into(), source };
        let unreadable = |source| FilesError::Unreadable { path: path.into(), source };
        let file = File::open(path).map_err(unreadable)?;
        let same_file = file.try_clone().map_err(unreadable)?;
        let schema = or_damaged(|| ParquetReader::new(same_file).schema()).map_err(bad)?;
        let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let places = ColumnPlaces::find(path, &names)?;
        let needed = places.names(&names);
        let reader = ParquetReader::new(file).with_columns(Some(needed));
        let frame = or_damaged(|| reader.finish()).map_err(bad)?;
        self.frame(frame, &places, &names, &stem(path)).map_err(bad)
    }

    /// Takes a frame's rows, chunk by chunk and several chunks at a time, in their order.
    fn frame(
        &mut self,
        frame: DataFrame,
        places: &ColumnPlaces,
        names: &[String],
        stem: &str,
    ) -> Result<(), PolarsError> {
        let mut frame = with_plain_types(frame, places, names)?;
        let frames: Vec<DataFrame> = frame.split_chunks().collect();
        let chunks: Result<Vec<Chunk<'_>>, _> =
            frames.par_iter().map(|frame| Chunk::of(frame, places, names)).collect();
        let chunks = chunks?;
        // Known before the rows are taken, so that old ones are dropped at once.
        let last = self.day_range().last;
        let newest = chunks.par_iter().filter_map(|chunk| chunk.columns.newest(last)).max();
        self.newest = self.newest.max(newest);
        if self.newest.is_none() {
            let first = chunks.iter().filter_map(|chunk| chunk.columns.first()).min();
            self.first_later = self.first_later.into_iter().chain(first).min();
        }
        let range = self.day_range();
        let taken: Vec<SymbolRows> =
            chunks.par_iter().map(|chunk| SymbolRows::of_chunk(chunk, range, stem)).collect();
        for rows in taken {
            self.rows.append(rows);
        }
        Ok(())
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
