//! Prices of one's own: a CSV or Parquet file, or a folder of them, in long form (a symbol column) or one
//! file a symbol, named after it.
//!
//! Column names are found in any common spelling and only the needed ones are read. Rows before the window
//! are dropped before anything is built of them. A row that cannot be a bar is counted, never fatal; a file
//! that cannot be read is.

mod columns;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use polars::prelude::{DataFrame, DataType, ParquetReader, PolarsError, SerReader};

pub(super) use columns::numbers;
use columns::{Places, Role, date_of_text, dates};

use super::Local;
use crate::bars::{Bar, Bars, Basis};
use crate::universe::Symbol;

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
    days: Days,
    today: NaiveDate,
) -> Result<Local, FilesError> {
    let mut rows = Rows { until, days, today, newest: None, by_symbol: BTreeMap::new() };
    for file in sources(path)? {
        if is(&file, "parquet") { rows.read_parquet(&file)? } else { rows.read_csv(&file)? }
    }
    if rows.by_symbol.is_empty() {
        return Err(FilesError::Empty(path.into()));
    }
    if rows.newest.is_none() {
        let rows = rows.by_symbol.values().map(|series| series.bad_rows).sum();
        return Err(FilesError::NoBar { path: path.into(), rows });
    }
    Ok(rows.into_local())
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

/// Rows collected so far.
struct Rows {
    until: Option<NaiveDate>,
    days: Days,
    today: NaiveDate,
    /// The newest session of any bar.
    newest: Option<NaiveDate>,
    by_symbol: BTreeMap<String, Series>,
}

#[derive(Default)]
struct Series {
    bars: Vec<Bar>,
    /// Rows without a date, or dated in the future.
    bad_rows: usize,
    /// Whether a file of it had no adjusted closes: then none are used, for one series has one basis.
    is_unadjusted: bool,
}

/// A row's date and numbers: high, low, close, adjusted close where its file has them, volume.
struct RawRow {
    date: Option<NaiveDate>,
    high: f64,
    low: f64,
    close: f64,
    adjusted: Option<f64>,
    volume: f64,
}

impl Rows {
    /// The first day that can matter, as far as is known.
    fn from(&self) -> NaiveDate {
        let until = self.until.or(self.newest).unwrap_or(self.today);
        until.checked_sub_days(self.days).unwrap_or(NaiveDate::MIN)
    }

    /// Takes one row; one outside the window is dropped at once.
    fn push(&mut self, symbol: &str, row: &RawRow) {
        let (until, today) = (self.until, self.today);
        let RawRow { date, high, low, close, adjusted, volume } = *row;
        if close.is_finite() && close > 0.0 {
            self.newest = self.newest.max(date.filter(|date| *date <= until.unwrap_or(today)));
        }
        let from = self.from();
        let series = self.series(symbol);
        series.is_unadjusted |= adjusted.is_none();
        match date.filter(|date| *date <= today) {
            None => series.bad_rows += 1,
            Some(date) if date < from || until.is_some_and(|until| date > until) => {}
            Some(date) => {
                let adjusted = adjusted.unwrap_or(close);
                series.bars.push(Bar { date, high, low, close, adjusted, volume });
            }
        }
    }

    /// The series of a name, without regard to case.
    fn series(&mut self, name: &str) -> &mut Series {
        let is_plain = !name.bytes().any(|b| b.is_ascii_lowercase() || b.is_ascii_whitespace());
        let key =
            if is_plain { Cow::Borrowed(name) } else { name.trim().to_ascii_uppercase().into() };
        if !self.by_symbol.contains_key(key.as_ref()) {
            self.by_symbol.insert(key.clone().into_owned(), Series::default());
        }
        self.by_symbol.get_mut(key.as_ref()).expect("it was just put there")
    }

    fn read_csv(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::BadCsv { path: path.into(), source };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_path(path)
            .map_err(bad)?;
        let names: Vec<String> = reader.headers().map_err(bad)?.iter().map(Into::into).collect();
        let places = Places::find(path, &names)?;
        let stem = stem(path);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(bad)? {
            let field = |role| places.of(role).and_then(|place| record.get(place));
            let number = |role| field(role).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
            let row = RawRow {
                date: field(Role::Date).and_then(date_of_text),
                high: number(Role::High),
                low: number(Role::Low),
                close: number(Role::Close),
                adjusted: places.of(Role::Adjusted).map(|_| number(Role::Adjusted)),
                volume: number(Role::Volume),
            };
            self.push(field(Role::Symbol).unwrap_or(&stem), &row);
        }
        Ok(())
    }

    fn read_parquet(&mut self, path: &Path) -> Result<(), FilesError> {
        let bad = |source| FilesError::BadParquet { path: path.into(), source };
        let unreadable = |source| FilesError::Unreadable { path: path.into(), source };
        let file = File::open(path).map_err(unreadable)?;
        let schema =
            ParquetReader::new(file.try_clone().map_err(unreadable)?).schema().map_err(bad)?;
        let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let places = Places::find(path, &names)?;
        let needed = Role::ALL.iter().filter_map(|role| Some(names[places.of(*role)?].clone()));
        let frame =
            ParquetReader::new(file).with_columns(Some(needed.collect())).finish().map_err(bad)?;
        let column = |role| places.of(role).map(|place| &names[place]);
        self.take_frame(&frame, &column, &stem(path)).map_err(bad)
    }

    fn take_frame<'a>(
        &mut self,
        frame: &DataFrame,
        column: &impl Fn(Role) -> Option<&'a String>,
        stem: &str,
    ) -> Result<(), PolarsError> {
        let dates = dates(frame.column(column(Role::Date).map_or("", |name| name))?)?;
        let numbers = |role| match column(role) {
            Some(name) => numbers(frame.column(name)?),
            None => Ok(vec![f64::NAN; frame.height()]),
        };
        let [high, low, close] = [numbers(Role::High)?, numbers(Role::Low)?, numbers(Role::Close)?];
        let volume = numbers(Role::Volume)?;
        let adjusted = column(Role::Adjusted).map(|_| numbers(Role::Adjusted)).transpose()?;
        // Known before the rows are taken, so that old ones are dropped at once.
        let last = self.until.unwrap_or(self.today);
        let sound = dates.iter().zip(&close).filter(|(_, close)| **close > 0.0);
        let newest = sound.filter_map(|(date, _)| date.filter(|date| *date <= last)).max();
        self.newest = self.newest.max(newest);
        let symbols = match column(Role::Symbol) {
            Some(name) => Some(frame.column(name)?.cast(&DataType::String)?),
            None => None,
        };
        let symbols = symbols.as_ref().map(|column| column.str()).transpose()?;
        for (i, date) in dates.into_iter().enumerate() {
            let symbol = symbols.map_or(Some(stem), |symbols| symbols.get(i)).unwrap_or_default();
            let adjusted = adjusted.as_ref().map(|adjusted| adjusted[i]);
            let (high, low, close, volume) = (high[i], low[i], close[i], volume[i]);
            self.push(symbol, &RawRow { date, high, low, close, adjusted, volume });
        }
        Ok(())
    }

    fn into_local(self) -> Local {
        let from = self.from();
        let mut nameless = Vec::new();
        let mut bars = BTreeMap::new();
        for (name, mut series) in self.by_symbol {
            series.bars.retain(|bar| bar.date >= from); // the newest day may have been seen late
            let basis = if series.is_unadjusted { Basis::Unadjusted } else { Basis::Adjusted };
            if series.is_unadjusted {
                series.bars.iter_mut().for_each(|bar| bar.adjusted = bar.close);
            }
            match Symbol::parse(&name) {
                Ok(symbol) => {
                    let checked =
                        Bars::new(series.bars, basis, false).with_bad_rows(series.bad_rows);
                    bars.insert(symbol, checked);
                }
                Err(bad) => nameless.push(bad.to_string()),
            }
        }
        Local::new("files", bars).without(nameless)
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
