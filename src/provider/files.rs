//! Prices of one's own: a CSV or Parquet file, or a folder of them, in long form (a symbol column) or one
//! file a symbol, named after it.
//!
//! Column names are found in any common spelling and only the needed ones are read. Rows before the window
//! are dropped before anything is built of them. A row that cannot be a bar is counted, never fatal; a file
//! that cannot be read is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate};
use polars::prelude::{Column, DataFrame, DataType, ParquetReader, PolarsError, SerReader};

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
    /// Nothing to read.
    #[error("{0} holds no CSV or Parquet file with prices")]
    Empty(PathBuf),
}

/// Loads the bars of `path` that a window of `days` up to `until` (or the newest session) can hold.
///
/// # Errors
/// [`FilesError`] names the file.
pub fn files(path: &Path, until: Option<NaiveDate>, days: Days) -> Result<Local, FilesError> {
    let mut rows = Rows { until, days, newest: None, by_symbol: BTreeMap::new(), adjusted: true };
    for file in sources(path)? {
        if is(&file, "parquet") { rows.read_parquet(&file)? } else { rows.read_csv(&file)? }
    }
    if rows.by_symbol.is_empty() {
        return Err(FilesError::Empty(path.into()));
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

/// What a column is for. Bars need a date and a close; the others may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Symbol,
    Date,
    High,
    Low,
    Close,
    Adjusted,
    Volume,
}

impl Role {
    const ALL: [Self; 7] = [
        Self::Symbol,
        Self::Date,
        Self::High,
        Self::Low,
        Self::Close,
        Self::Adjusted,
        Self::Volume,
    ];

    /// Spellings, without case, blanks, dots, hyphens and underscores, the surest first.
    fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Symbol => &["symbol", "ticker", "name"],
            Self::Date => &["date", "datetime", "timestamp", "time", "day"],
            Self::High => &["high"],
            Self::Low => &["low"],
            Self::Close => &["close", "closeprice"],
            Self::Adjusted => &["adjclose", "adjusted", "adjustedclose", "closeadj"],
            Self::Volume => &["volume", "vol"],
        }
    }
}

/// Where each role's column is.
struct Places([Option<usize>; 7]);

impl Places {
    fn find(path: &Path, names: &[String]) -> Result<Self, FilesError> {
        let plain: Vec<String> = names
            .iter()
            .map(|name| name.to_lowercase().replace([' ', '_', '-', '.'], ""))
            .collect();
        let place = |role: Role| {
            role.spellings().iter().find_map(|spelling| plain.iter().position(|n| n == spelling))
        };
        let places = Self(Role::ALL.map(place));
        for (role, missing) in [(Role::Date, "date"), (Role::Close, "close")] {
            if places.of(role).is_none() {
                let found = names.join(", ");
                return Err(FilesError::NoColumn { path: path.into(), missing, found });
            }
        }
        Ok(places)
    }

    fn of(&self, role: Role) -> Option<usize> {
        self.0[role as usize]
    }
}

/// Rows collected so far.
struct Rows {
    until: Option<NaiveDate>,
    days: Days,
    newest: Option<NaiveDate>,
    by_symbol: BTreeMap<String, Series>,
    /// Whether every file has adjusted closes.
    adjusted: bool,
}

#[derive(Default)]
struct Series {
    bars: Vec<Bar>,
    undated: usize,
}

impl Rows {
    /// The first day that can matter, as far as is known.
    fn from(&self) -> NaiveDate {
        let until = self.until.or(self.newest).unwrap_or(NaiveDate::MAX);
        until.checked_sub_days(self.days).unwrap_or(NaiveDate::MIN)
    }

    /// Takes one row; one outside the window is dropped at once.
    fn push(&mut self, symbol: &str, date: Option<NaiveDate>, numbers: [f64; 5]) {
        let [high, low, close, adjusted, volume] = numbers;
        let Some(date) = date else {
            return self.series(symbol).undated += 1;
        };
        if self.until.is_some_and(|until| date > until) {
            return;
        }
        self.newest = self.newest.max(Some(date));
        if date >= self.from() {
            self.series(symbol).bars.push(Bar { date, high, low, close, adjusted, volume });
        }
    }

    fn series(&mut self, symbol: &str) -> &mut Series {
        if !self.by_symbol.contains_key(symbol) {
            self.by_symbol.insert(symbol.into(), Series::default());
        }
        self.by_symbol.get_mut(symbol).expect("it was just put there")
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
        self.adjusted &= places.of(Role::Adjusted).is_some();
        let stem = stem(path);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(bad)? {
            let field = |role| places.of(role).and_then(|place| record.get(place));
            let number = |role| field(role).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
            let close = number(Role::Close);
            let adjusted =
                if places.of(Role::Adjusted).is_some() { number(Role::Adjusted) } else { close };
            let numbers =
                [number(Role::High), number(Role::Low), close, adjusted, number(Role::Volume)];
            let date = field(Role::Date).and_then(date_of_text);
            self.push(field(Role::Symbol).unwrap_or(&stem), date, numbers);
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
        self.adjusted &= places.of(Role::Adjusted).is_some();
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
        if self.until.is_none() {
            // Known before the rows are taken, so that old ones are dropped at once.
            self.newest = self.newest.max(dates.iter().flatten().max().copied());
        }
        let numbers = |role| match column(role) {
            Some(name) => numbers(frame.column(name)?),
            None => Ok(vec![f64::NAN; frame.height()]),
        };
        let [high, low, close] = [numbers(Role::High)?, numbers(Role::Low)?, numbers(Role::Close)?];
        let volume = numbers(Role::Volume)?;
        let adjusted =
            if column(Role::Adjusted).is_some() { numbers(Role::Adjusted)? } else { close.clone() };
        let symbols = match column(Role::Symbol) {
            Some(name) => Some(frame.column(name)?.cast(&DataType::String)?),
            None => None,
        };
        let symbols = symbols.as_ref().map(|column| column.str()).transpose()?;
        for (i, date) in dates.into_iter().enumerate() {
            let symbol = symbols.map_or(Some(stem), |symbols| symbols.get(i)).unwrap_or_default();
            self.push(symbol, date, [high[i], low[i], close[i], adjusted[i], volume[i]]);
        }
        Ok(())
    }

    fn into_local(self) -> Local {
        let (from, adjusted) = (self.from(), self.adjusted);
        let basis = if adjusted { Basis::Adjusted } else { Basis::Unadjusted };
        let mut nameless = Vec::new();
        let mut bars = BTreeMap::new();
        for (name, mut series) in self.by_symbol {
            series.bars.retain(|bar| bar.date >= from); // the newest day may have been seen late
            match Symbol::parse(&name) {
                Ok(symbol) => {
                    let checked =
                        Bars::new(series.bars, basis, false).with_bad_rows(series.undated);
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

/// A date in ISO or RFC 3339, or the seconds or milliseconds since 1970 in UTC.
fn date_of_text(text: &str) -> Option<NaiveDate> {
    if let Some(date) = text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()) {
        return Some(date);
    }
    date_of_stamp(text.parse().ok()?)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told by their size.
fn date_of_stamp(stamp: i64) -> Option<NaiveDate> {
    let seconds = match stamp.unsigned_abs() {
        0..100_000_000_000 => stamp,
        100_000_000_000..100_000_000_000_000 => stamp / 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => stamp / 1_000_000,
        _ => stamp / 1_000_000_000,
    };
    Some(DateTime::from_timestamp(seconds, 0)?.date_naive())
}

fn dates(column: &Column) -> Result<Vec<Option<NaiveDate>>, PolarsError> {
    Ok(match column.dtype() {
        DataType::String => column.str()?.iter().map(|text| text.and_then(date_of_text)).collect(),
        DataType::Date | DataType::Datetime(..) => {
            let days = column.cast(&DataType::Date)?.cast(&DataType::Int32)?;
            let epoch = |days: i32| NaiveDate::from_epoch_days(days);
            days.i32()?.iter().map(|days| days.and_then(epoch)).collect()
        }
        _ => {
            let stamps = column.cast(&DataType::Int64)?;
            stamps.i64()?.iter().map(|stamp| stamp.and_then(date_of_stamp)).collect()
        }
    })
}

/// A column as numbers, NaN where there is none.
pub(super) fn numbers(column: &Column) -> Result<Vec<f64>, PolarsError> {
    let column = column.cast(&DataType::Float64)?;
    Ok(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}
