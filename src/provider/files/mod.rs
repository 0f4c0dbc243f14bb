//! The user's own prices: a CSV or Parquet file, or a folder of them, in long form (a symbol column) or one file
//! a symbol, named after it.
//!
//! Column names are found in any common spelling and only the needed ones are read. Rows before the window are
//! dropped before anything is built of them. A row that cannot be a bar is counted, never fatal; a file that
//! cannot be read is.

mod bytes;
mod checks;
mod chunk;
mod columns;
mod csv_row;
mod dates;
mod error;
mod file_name;
mod layout;
mod range;
mod rows;
mod side_by_side;
mod table;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use bytes::{bytes_of, has_ending};
use chunk::{Chunk, PriceColumns};
use columns::{ByHand, ColumnPlaces, ColumnRole};
use csv_row::CsvRow;
pub(super) use dates::dates;
use dates::has_time;
pub use error::FilesError;
use file_name::ticker_of;
pub use layout::FilesOptions;
use layout::{Layout, no_column, shown};
use range::{DayRange, session};
use rows::{Conflict, SymbolRows};
use side_by_side::{SeriesColumns, by_names};
pub use table::{TextTable, text_table};

use super::local::LocalBars;
use crate::table::parquet::ParquetFile;
use crate::table::{Foreign, date_of_text, printable, text_of};
use crate::universe::Symbol;

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
    options: &FilesOptions,
) -> Result<LocalBars, FilesError> {
    let rows = SymbolRows::default();
    let mut loading = Loading {
        until,
        days,
        today,
        newest: None,
        first_later: None,
        rows,
        options,
        unpacked: 0,
        names: String::new(),
    };
    let files = sources(path)?;
    let mut left_out = Vec::new();
    let mut first_error = None;
    for file in &files {
        let is_parquet = has_ending(file, "parquet") || has_ending(file, "pq");
        let loaded = if is_parquet { loading.parquet(file) } else { loading.csv(file) };
        match loaded {
            Ok(()) => {}
            // A folder may hold other files, too; one that is named may not be another.
            Err(error) if path.is_dir() && error.is_of_no_prices() => {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                left_out.push(name.unwrap_or_default());
                first_error.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(error) = first_error.filter(|_| left_out.len() == files.len()) {
        return Err(error);
    }
    let Loading { mut rows, newest, first_later, names, .. } = loading;
    let divided = rows.divide_billionths();
    if let Some(Conflict { name, date, closes }) = rows.conflict() {
        let found = if names.is_empty() { names } else { format!("; it has {names}") };
        return Err(FilesError::SeveralPrices {
            path: path.into(),
            ticker: printable(&name),
            date,
            closes,
            found,
        });
    }
    let session = session(rows.lasts()).or(newest);
    let from = session.and_then(|day| day.checked_sub_days(days)).unwrap_or(NaiveDate::MIN);
    if rows.is_empty() {
        return Err(FilesError::Empty(path.into()));
    }
    if newest.is_none() {
        if let (Some(first), Some(until)) = (first_later, until) {
            return Err(FilesError::BeginLater { path: path.into(), first, until });
        }
        return Err(FilesError::NoBar { path: path.into(), rows: rows.bad_rows() });
    }
    let local = rows.into_local_bars(from, session.unwrap_or(NaiveDate::MAX));
    Ok(local.without_files(left_out).dividing(divided))
}

/// The endings of files that may hold prices.
const ENDINGS: [&str; 8] = ["csv", "txt", "tsv", "parquet", "pq", "gz", "zst", "zip"];
/// Partitions within partitions that are looked into.
const MAX_DEPTH: usize = 4;
/// So many series show which session the data are of, whatever comes.
const MANY_SERIES: usize = 20;

/// The file itself, or the files of a folder in the order of their names.
fn sources(path: &Path) -> Result<Vec<PathBuf>, FilesError> {
    let unreadable = |source| FilesError::Unreadable { path: path.into(), source };
    if !path.is_dir() {
        File::open(path).map_err(unreadable)?;
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    collect(path, MAX_DEPTH, &mut files).map_err(unreadable)?;
    files.sort();
    Ok(files)
}

/// Collects the files of a folder that may hold prices, and those of its partitions, such as `symbol=AAPL`.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        let is_partition = || entry.file_name().to_string_lossy().contains('=');
        if depth > 0 && path.is_dir() && is_partition() {
            collect(&path, depth - 1, files)?;
        } else if path.is_file() && may_hold_prices(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a file of a folder is read, by its ending.
#[must_use]
pub fn may_hold_prices(file: &Path) -> bool {
    ENDINGS.iter().any(|ending| has_ending(file, ending))
}

/// What is known while files are read.
struct Loading<'a> {
    options: &'a FilesOptions,
    until: Option<NaiveDate>,
    days: Days,
    today: NaiveDate,
    /// The newest session of any bar.
    newest: Option<NaiveDate>,
    /// The first day with a price, as long as none is early enough to be of use.
    first_later: Option<NaiveDate>,
    rows: SymbolRows,
    /// Bytes that the files so far unpacked to.
    unpacked: u64,
    /// The columns of the last file, for messages.
    names: String,
}

impl Loading<'_> {
    /// The days that can matter. Of many series the session is known well enough to drop what is far too old.
    fn day_range(&self, more: Vec<NaiveDate>) -> DayRange {
        let mut lasts = self.rows.lasts();
        lasts.extend(more);
        let session = session(lasts.clone()).filter(|_| lasts.len() >= MANY_SERIES);
        let from = session.and_then(|day| day.checked_sub_days(self.days));
        DayRange { from: from.unwrap_or(NaiveDate::MIN), last: self.last_day(), today: self.today }
    }

    /// The last day that is wanted.
    fn last_day(&self) -> NaiveDate {
        self.until.unwrap_or(self.today)
    }

    fn csv(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::BadCsv { path: path.into(), source };
        let limit = self.options.limit;
        let text = text_of(bytes_of(path, self.options.limit)?, limit)
            .map_err(|what| FilesError::of_foreign(path, what))?;
        self.unpacked += text.len() as u64;
        if let Err(why) = limit.check(None, self.unpacked) {
            return Err(FilesError::TooLarge { path: path.into(), why });
        }
        if text.trim_start().starts_with(['{', '[']) {
            return Err(FilesError::Foreign { path: path.into(), what: Foreign::Json });
        }
        let layout = Layout::of(path, &text, self.options)?;
        self.names = shown(&layout.names);
        let range = self.day_range(Vec::new());
        let ticker = ticker_of(path);
        let needs_name = layout
            .series
            .iter()
            .any(|one| one.ticker.is_none() && one.places.of(ColumnRole::Symbol).is_none());
        if needs_name && Symbol::parse(&ticker).is_err() {
            let found = shown(&layout.names);
            return Err(FilesError::NoTicker { path: path.into(), found });
        }
        let mut days = RepeatedDays::default();
        let mut reader = layout.reader(&text);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(bad)? {
            for SeriesColumns { ticker: own, places } in &layout.series {
                let row = CsvRow { places, record: &record, decimal: layout.decimal };
                let text = row.field(ColumnRole::Date);
                let date = text.and_then(|text| date_of_text(text, layout.date_order));
                let close = row.number(ColumnRole::Close);
                if own.is_some() && row.field(ColumnRole::Close).is_none_or(str::is_empty) {
                    continue; // a wide table has rows in which a ticker has nothing
                }
                if close.is_finite() && close > 0.0 {
                    self.see(date);
                }
                let named = row.field(ColumnRole::Symbol).or(own.as_deref());
                if named.is_none() {
                    days.add(text.unwrap_or_default(), date);
                }
                let place = self.rows.place(named.unwrap_or(&ticker));
                let lacks = |role| places.of(role).is_none();
                self.rows.note_lacks(place, lacks(ColumnRole::Adjusted), lacks(ColumnRole::Split));
                self.rows.note_currency(place, row.field(ColumnRole::Currency));
                self.rows.note_times(place, text.is_some_and(has_time));
                self.rows.push(place, range, date, row.split_ratio(), |date| row.bar(date));
            }
        }
        if days.are_of_several() {
            return Err(FilesError::UnknownTickers {
                path: path.into(),
                found: shown(&layout.names),
            });
        }
        Ok(())
    }

    /// Takes note of the date of a price.
    fn see(&mut self, date: Option<NaiveDate>) {
        let last = self.last_day();
        self.newest = self.newest.max(date.filter(|date| *date <= last));
        if self.newest.is_none() {
            self.first_later = self.first_later.into_iter().chain(date).min();
        }
    }

    fn parquet(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::of_parquet(path, source);
        // Read, and not mapped: a file that is rewritten meanwhile would end the program.
        let file = ParquetFile::open(bytes_of(path, self.options.limit)?).map_err(bad)?;
        let names = file.names();
        let by_hand = ByHand { symbol: self.options.symbol_column.as_deref() };
        let series = match ColumnPlaces::find(&names, &by_hand) {
            Some(places) => vec![SeriesColumns { ticker: None, places }],
            None => by_names(&names).ok_or_else(|| no_column(path, &names, &by_hand))?,
        };
        self.names = shown(&names);
        for SeriesColumns { ticker, places } in &series {
            let read = places.names(&names);
            let size = file.check_size(&read, self.options.limit, self.unpacked).map_err(bad)?;
            self.unpacked += size;
            let groups = file.read(&read).map_err(bad)?;
            let columns = PriceColumns { places, names: &names, read: &read, groups: &groups };
            let stem = ticker.clone().unwrap_or_else(|| ticker_of(path));
            self.take(&columns.chunks(), &stem);
        }
        Ok(())
    }

    /// Takes rows chunk by chunk, several chunks at a time, in their order.
    fn take(&mut self, chunks: &[Chunk], stem: &str) {
        // Known before the rows are taken, so that old ones are dropped at once.
        let last = self.last_day();
        let newest = chunks.par_iter().filter_map(|chunk| chunk.columns.newest(last)).max();
        self.newest = self.newest.max(newest);
        if self.newest.is_none() {
            let first = chunks.iter().filter_map(|chunk| chunk.columns.first()).min();
            self.first_later = self.first_later.into_iter().chain(first).min();
        }
        let range = self.day_range(lasts(chunks, last, stem));
        let taken: Vec<SymbolRows> =
            chunks.par_iter().map(|chunk| SymbolRows::of_chunk(chunk, range, stem)).collect();
        for rows in taken {
            self.rows.append(rows);
        }
    }
}

/// The last day of each series in some chunks.
fn lasts(chunks: &[Chunk], until: NaiveDate, stem: &str) -> Vec<NaiveDate> {
    let of_chunk = |chunk: &Chunk| -> Vec<(String, NaiveDate)> { chunk.lasts(until, stem) };
    let all: Vec<Vec<(String, NaiveDate)>> = chunks.par_iter().map(of_chunk).collect();
    let mut lasts: HashMap<String, NaiveDate> = HashMap::new();
    for (name, day) in all.into_iter().flatten() {
        let last = lasts.entry(name).or_insert(day);
        *last = day.max(*last);
    }
    lasts.into_values().collect()
}

/// Days of rows that no column names a ticker of.
#[derive(Default)]
struct RepeatedDays {
    seen: HashSet<NaiveDate>,
    repeated: usize,
}

impl RepeatedDays {
    fn add(&mut self, text: &str, date: Option<NaiveDate>) {
        let is_long = text.len() > 11;
        if let Some(date) = date.filter(|_| !is_long) {
            self.repeated += usize::from(!self.seen.insert(date));
        }
    }

    /// Whether so many are there twice that they are of several series.
    fn are_of_several(&self) -> bool {
        self.repeated * 4 > self.seen.len() && self.repeated > 4
    }
}
