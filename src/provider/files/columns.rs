//! Which column is what, and what stands in it: the spellings people use for names and dates.

use std::path::Path;

use chrono::{DateTime, NaiveDate};
use polars::prelude::{Column, DataType, PolarsError};

use super::FilesError;

/// What a column is for. Bars need a date and a close; the others may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Symbol,
    Date,
    High,
    Low,
    Close,
    Adjusted,
    Volume,
}

impl Role {
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
pub(super) struct Places([Option<usize>; 7]);

impl Places {
    pub(super) fn find(path: &Path, names: &[String]) -> Result<Self, FilesError> {
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
                let names: Vec<String> =
                    names.iter().map(|n| n.escape_debug().to_string()).collect();
                let found = names.join(", ");
                return Err(FilesError::NoColumn { path: path.into(), missing, found });
            }
        }
        Ok(places)
    }

    pub(super) fn of(&self, role: Role) -> Option<usize> {
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

pub(super) fn dates(column: &Column) -> Result<Vec<Option<NaiveDate>>, PolarsError> {
    Ok(match column.dtype() {
        DataType::String => column.str()?.iter().map(|text| text.and_then(date_of_text)).collect(),
        DataType::Date | DataType::Datetime(..) => {
            let days = column.cast(&DataType::Date)?.cast(&DataType::Int32)?;
            let epoch = |days: i32| NaiveDate::from_epoch_days(days);
            days.i32()?.iter().map(|days| days.and_then(epoch)).collect()
        }
        _ => {
            let stamps = column.cast(&DataType::Int64)?;
            stamps.i64()?.iter().map(|stamp| stamp.and_then(date_of_number)).collect()
        }
    })
}

/// A column as numbers, NaN where there is none.
pub(in crate::provider) fn numbers(column: &Column) -> Result<Vec<f64>, PolarsError> {
    let column = column.cast(&DataType::Float64)?;
    Ok(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}
