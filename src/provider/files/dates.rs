//! The spellings of dates in price files, as text and as numbers.

use chrono::{DateTime, NaiveDate};
use polars::prelude::{ChunkAgg, Column, DataType, Int32Chunked, PolarsError};

/// Three centuries of days.
const MAX_DAYS: i64 = 100_000;

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
        let year = i32::try_from(number / 10_000).ok()?;
        let day = u32::try_from(number % 10_000).ok()?;
        return NaiveDate::from_ymd_opt(year, day / 100, day % 100);
    }
    date_of_stamp(number)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn date_of_stamp(stamp: i64) -> Option<NaiveDate> {
    let seconds = match stamp.unsigned_abs() {
        0..100_000_000_000 => stamp,
        100_000_000_000..100_000_000_000_000 => stamp / 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => stamp / 1_000_000,
        _ => stamp / 1_000_000_000,
    };
    Some(DateTime::from_timestamp(seconds, 0)?.date_naive())
}

/// The dates of a column of dates, times, numbers or texts.
pub(super) fn dates(column: &Column) -> Result<Vec<Option<NaiveDate>>, PolarsError> {
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

/// Days since 1970 as dates. Rows have few different ones: each is converted once.
fn calendar_dates(days: &Int32Chunked) -> Vec<Option<NaiveDate>> {
    let first = days.min().unwrap_or(0);
    let last = days.max().unwrap_or(0);
    if i64::from(last) - i64::from(first) > MAX_DAYS {
        return days.iter().map(|day| NaiveDate::from_epoch_days(day?)).collect();
    }
    let dates: Vec<_> = (first..=last).map(NaiveDate::from_epoch_days).collect();
    days.iter().map(|day| dates[usize::try_from(day? - first).ok()?]).collect()
}
