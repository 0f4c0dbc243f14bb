//! Which column is what, and what stands in it: the spellings people use for names and dates.

use std::borrow::Cow;
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use polars::prelude::{
    ChunkAgg, Column, DataFrame, DataType, Int32Chunked, PolarsError, StringChunked,
};

use super::FilesError;
use crate::bars::Bar;

/// Three centuries.
const MAX_DAYS: i64 = 100_000;

/// What a column is for. Bars need a date and a close; the others may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnRole {
    Symbol,
    Date,
    High,
    Low,
    Close,
    Adjusted,
    Volume,
}

impl ColumnRole {
    pub(super) const ALL: [Self; 7] = [
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
pub(super) struct ColumnPlaces([Option<usize>; 7]);

impl ColumnPlaces {
    pub(super) fn find(path: &Path, names: &[String]) -> Result<Self, FilesError> {
        let plain: Vec<String> = names
            .iter()
            .map(|name| name.to_lowercase().replace([' ', '_', '-', '.'], ""))
            .collect();
        let place = |role: ColumnRole| {
            role.spellings().iter().find_map(|spelling| plain.iter().position(|n| n == spelling))
        };
        let places = Self(ColumnRole::ALL.map(place));
        for (role, missing) in [(ColumnRole::Date, "date"), (ColumnRole::Close, "close")] {
            if places.of(role).is_none() {
                let names: Vec<String> =
                    names.iter().map(|n| n.escape_debug().to_string()).collect();
                let found = names.join(", ");
                return Err(FilesError::NoColumn { path: path.into(), missing, found });
            }
        }
        Ok(places)
    }

    pub(super) fn of(&self, role: ColumnRole) -> Option<usize> {
        self.0[role as usize]
    }
}

/// A date in ISO or RFC 3339, or the seconds or milliseconds since 1970 in UTC.
pub(super) fn date_of_text(text: &str) -> Option<NaiveDate> {
    if let Some(date) = text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()) {
        return Some(date);
    }
    date_of_number(text.parse().ok()?)
}

/// `20240131`, or a time since 1970.
fn date_of_number(number: i64) -> Option<NaiveDate> {
    if (19_000_101..=22_001_231).contains(&number) {
        let (year, day) =
            (i32::try_from(number / 10_000).ok()?, u32::try_from(number % 10_000).ok()?);
        return NaiveDate::from_ymd_opt(year, day / 100, day % 100);
    }
    date_of_stamp(number)
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

/// The same columns, numbers as 64-bit ones and symbols as text: nothing is copied where they are.
pub(super) fn plain(
    mut frame: DataFrame,
    name: &impl Fn(ColumnRole) -> Option<String>,
) -> Result<DataFrame, PolarsError> {
    for role in ColumnRole::ALL.into_iter().filter(|role| *role != ColumnRole::Date) {
        let Some(name) = name(role) else { continue };
        let kind = if role == ColumnRole::Symbol { DataType::String } else { DataType::Float64 };
        let column = frame.column(&name)?.cast(&kind)?;
        frame.with_column(column)?;
    }
    Ok(frame)
}

/// Rows of a [`plain`] frame that are in one piece.
pub(super) struct Chunk<'a> {
    /// Each row's symbol, where there is such a column.
    pub(super) symbols: Option<&'a StringChunked>,
    pub(super) dates: Vec<Option<NaiveDate>>,
    high: Option<Cow<'a, [f64]>>,
    low: Option<Cow<'a, [f64]>>,
    close: Cow<'a, [f64]>,
    adjusted: Option<Cow<'a, [f64]>>,
    volume: Option<Cow<'a, [f64]>>,
}

impl<'a> Chunk<'a> {
    /// `name` gives the column of a role.
    pub(super) fn of(
        frame: &'a DataFrame,
        name: &impl Fn(ColumnRole) -> Option<String>,
    ) -> Result<Self, PolarsError> {
        let column = |role| name(role).map(|name| frame.column(&name)).transpose();
        let known = |role| column(role)?.map(slice).transpose();
        Ok(Self {
            symbols: column(ColumnRole::Symbol)?.map(Column::str).transpose()?,
            dates: column(ColumnRole::Date)?.map(dates).transpose()?.unwrap_or_default(),
            high: known(ColumnRole::High)?,
            low: known(ColumnRole::Low)?,
            close: known(ColumnRole::Close)?.unwrap_or_default(),
            adjusted: known(ColumnRole::Adjusted)?,
            volume: known(ColumnRole::Volume)?,
        })
    }

    /// The newest date up to `last` that has a price.
    pub(super) fn newest(&self, last: NaiveDate) -> Option<NaiveDate> {
        let sound = self.dates.iter().zip(self.close.iter()).filter(|(_, close)| **close > 0.0);
        sound.filter_map(|(date, _)| date.filter(|date| *date <= last)).max()
    }

    pub(super) fn is_unadjusted(&self) -> bool {
        self.adjusted.is_none()
    }

    pub(super) fn bar(&self, row: usize, date: NaiveDate) -> Bar {
        let close = self.close[row];
        let number = |column: &Option<Cow<'_, [f64]>>| column.as_ref().map(|values| values[row]);
        Bar {
            date,
            high: number(&self.high).unwrap_or(f64::NAN),
            low: number(&self.low).unwrap_or(f64::NAN),
            close,
            adjusted: number(&self.adjusted).unwrap_or(close),
            volume: number(&self.volume).unwrap_or(f64::NAN),
        }
    }
}

/// Days since 1970 as dates. Rows have few different ones: each is converted once.
fn calendar_dates(days: &Int32Chunked) -> Vec<Option<NaiveDate>> {
    let (first, last) = (days.min().unwrap_or(0), days.max().unwrap_or(0));
    if i64::from(last) - i64::from(first) > MAX_DAYS {
        return days.iter().map(|day| NaiveDate::from_epoch_days(day?)).collect();
    }
    let dates: Vec<_> = (first..=last).map(NaiveDate::from_epoch_days).collect();
    days.iter().map(|day| dates[usize::try_from(day? - first).ok()?]).collect()
}

fn dates(column: &Column) -> Result<Vec<Option<NaiveDate>>, PolarsError> {
    Ok(match column.dtype() {
        DataType::String => column.str()?.iter().map(|text| text.and_then(date_of_text)).collect(),
        DataType::Date | DataType::Datetime(..) => {
            let days = column.cast(&DataType::Date)?.cast(&DataType::Int32)?;
            calendar_dates(days.i32()?)
        }
        _ => {
            let stamps = column.cast(&DataType::Int64)?;
            stamps.i64()?.iter().map(|stamp| stamp.and_then(date_of_number)).collect()
        }
    })
}

/// A column as numbers, NaN where there is none.
pub(in crate::provider) fn numbers(column: &Column) -> Result<Vec<f64>, PolarsError> {
    Ok(slice(&column.cast(&DataType::Float64)?)?.into_owned())
}

fn slice(column: &Column) -> Result<Cow<'_, [f64]>, PolarsError> {
    let numbers = column.f64()?;
    Ok(match numbers.cont_slice() {
        Ok(numbers) => numbers.into(),
        Err(_) => numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect(), // some are null
    })
}
