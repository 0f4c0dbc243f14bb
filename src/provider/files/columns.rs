//! Which column of a price file is what, and what stands in it.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame, DataType, PolarsError, StringChunked};

use super::dates::dates;
use super::error::FilesError;
use super::range::DayRange;
use crate::bars::{Bar, Bars, PriceBasis, price_or_nan};

/// What a column is for. Bars need a date and a close; the others may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnRole {
    Symbol,
    Date,
    Open,
    High,
    Low,
    Close,
    Adjusted,
    Volume,
}

impl ColumnRole {
    const ALL: [Self; 8] = [
        Self::Symbol,
        Self::Date,
        Self::Open,
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
            Self::Open => &["open"],
            Self::High => &["high"],
            Self::Low => &["low"],
            Self::Close => &["close", "closeprice"],
            Self::Adjusted => &["adjclose", "adjusted", "adjustedclose", "closeadj"],
            Self::Volume => &["volume", "vol"],
        }
    }
}

/// Where each role's column is.
pub(super) struct ColumnPlaces([Option<usize>; 8]);

impl ColumnPlaces {
    /// Finds the columns among the names of a file.
    pub(super) fn find(path: &Path, names: &[String]) -> Result<Self, FilesError> {
        let mut plain_names = Vec::with_capacity(names.len());
        for name in names {
            plain_names.push(name.to_lowercase().replace([' ', '_', '-', '.'], ""));
        }
        let places = Self(ColumnRole::ALL.map(|role| place_of(role, &plain_names)));
        for (role, missing) in [(ColumnRole::Date, "date"), (ColumnRole::Close, "close")] {
            if places.of(role).is_none() {
                let escaped: Vec<String> =
                    names.iter().map(|name| name.escape_debug().to_string()).collect();
                let found = escaped.join(", ");
                return Err(FilesError::NoColumn { path: path.into(), missing, found });
            }
        }
        Ok(places)
    }

    pub(super) fn of(&self, role: ColumnRole) -> Option<usize> {
        self.0[role as usize]
    }

    /// The names of the columns that have a role.
    pub(super) fn names(&self, names: &[String]) -> Vec<String> {
        self.0.iter().flatten().map(|place| names[*place].clone()).collect()
    }

    /// A role's column in a frame that has these columns.
    fn column<'a>(
        &self,
        role: ColumnRole,
        frame: &'a DataFrame,
        names: &[String],
    ) -> Result<Option<&'a Column>, PolarsError> {
        self.of(role).map(|place| frame.column(&names[place])).transpose()
    }
}

fn place_of(role: ColumnRole, plain_names: &[String]) -> Option<usize> {
    let mut spellings = role.spellings().iter();
    spellings.find_map(|spelling| plain_names.iter().position(|name| name == spelling))
}

/// The same frame, numbers as 64-bit ones and symbols as text: nothing is copied where they are.
pub(super) fn with_plain_types(
    mut frame: DataFrame,
    places: &ColumnPlaces,
    names: &[String],
) -> Result<DataFrame, PolarsError> {
    for role in ColumnRole::ALL {
        if role == ColumnRole::Date {
            continue;
        }
        let kind = if role == ColumnRole::Symbol { DataType::String } else { DataType::Float64 };
        let plain = match places.column(role, &frame, names)? {
            Some(column) => column.cast(&kind)?,
            None => continue,
        };
        frame.with_column(plain)?;
    }
    Ok(frame)
}

/// Rows of a frame of plain types that are in one piece.
pub(super) struct Chunk<'a> {
    /// Each row's symbol, where there is such a column.
    pub(super) symbols: Option<&'a StringChunked>,
    pub(super) dates: Vec<Option<NaiveDate>>,
    open: Option<Cow<'a, [f64]>>,
    high: Option<Cow<'a, [f64]>>,
    low: Option<Cow<'a, [f64]>>,
    close: Cow<'a, [f64]>,
    adjusted: Option<Cow<'a, [f64]>>,
    volume: Option<Cow<'a, [f64]>>,
}

impl<'a> Chunk<'a> {
    pub(super) fn of(
        frame: &'a DataFrame,
        places: &ColumnPlaces,
        names: &[String],
    ) -> Result<Self, PolarsError> {
        let column = |role| places.column(role, frame, names);
        let values = |role| column(role)?.map(as_slice).transpose();
        let date = column(ColumnRole::Date)?.map(dates).transpose()?;
        Ok(Self {
            symbols: column(ColumnRole::Symbol)?.map(Column::str).transpose()?,
            dates: date.unwrap_or_default(),
            open: values(ColumnRole::Open)?,
            high: values(ColumnRole::High)?,
            low: values(ColumnRole::Low)?,
            close: values(ColumnRole::Close)?.unwrap_or_default(),
            adjusted: values(ColumnRole::Adjusted)?,
            volume: values(ColumnRole::Volume)?,
        })
    }

    /// A row's symbol. `None`: there is no such column.
    pub(super) fn symbol(&self, row: usize) -> Option<&str> {
        self.symbols.map(|symbols| symbols.get(row).unwrap_or_default())
    }

    /// The bars of rows of one symbol that need no mending: dates in order and none of the future, a price in each.
    /// `None`: they do.
    pub(super) fn sound_bars(&self, rows: Range<usize>, range: DayRange) -> Option<Bars> {
        let all = &self.dates[rows.clone()];
        let days: Option<Vec<NaiveDate>> = all.iter().copied().collect();
        let days = days.filter(|days| days.is_sorted_by(|a, b| a < b))?;
        if days.last().is_some_and(|last| *last > range.today) {
            return None;
        }
        let first = days.partition_point(|day| *day < range.from);
        let end = days.partition_point(|day| *day <= range.last);
        let rows = rows.start + first..rows.start + end;
        if rows.is_empty() {
            return None;
        }
        let prices = |column: Option<&[f64]>| match column {
            Some(values) => values[rows.clone()].iter().map(|price| price_or_nan(*price)).collect(),
            None => vec![f64::NAN; rows.len()],
        };
        let close = self.close[rows.clone()].to_vec();
        let adjusted =
            self.adjusted.as_ref().map_or_else(|| close.clone(), |a| a[rows.clone()].to_vec());
        let volume = match &self.volume {
            Some(volume) => volume[rows.clone()].to_vec(),
            None => vec![f64::NAN; rows.len()],
        };
        let (open, high) = (prices(self.open.as_deref()), prices(self.high.as_deref()));
        let low = prices(self.low.as_deref());
        let columns = [open, high, low, close, adjusted, volume];
        let is_unadjusted = self.is_unadjusted();
        let basis = if is_unadjusted { PriceBasis::Unadjusted } else { PriceBasis::Adjusted };
        Bars::of_checked(days[first..end].to_vec(), columns, basis, false)
    }

    /// The newest date up to `last` that has a price.
    pub(super) fn newest(&self, last: NaiveDate) -> Option<NaiveDate> {
        let mut newest = None;
        for (date, close) in self.dates.iter().zip(self.close.iter()) {
            if *close > 0.0 {
                newest = newest.max(date.filter(|date| *date <= last));
            }
        }
        newest
    }

    pub(super) fn is_unadjusted(&self) -> bool {
        self.adjusted.is_none()
    }

    pub(super) fn bar(&self, row: usize, date: NaiveDate) -> Bar {
        let close = self.close[row];
        Bar {
            date,
            open: value_at(self.open.as_deref(), row).unwrap_or(f64::NAN),
            high: value_at(self.high.as_deref(), row).unwrap_or(f64::NAN),
            low: value_at(self.low.as_deref(), row).unwrap_or(f64::NAN),
            close,
            adjusted: value_at(self.adjusted.as_deref(), row).unwrap_or(close),
            volume: value_at(self.volume.as_deref(), row).unwrap_or(f64::NAN),
        }
    }
}

fn value_at(column: Option<&[f64]>, row: usize) -> Option<f64> {
    column.map(|values| values[row])
}

/// A column as numbers, NaN where a value is null.
pub(in crate::provider) fn numbers(column: &Column) -> Result<Vec<f64>, PolarsError> {
    Ok(as_slice(&column.cast(&DataType::Float64)?)?.into_owned())
}

fn as_slice(column: &Column) -> Result<Cow<'_, [f64]>, PolarsError> {
    let numbers = column.f64()?;
    Ok(match numbers.cont_slice() {
        Ok(numbers) => numbers.into(),
        Err(_) => numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect(), // some are null
    })
}
