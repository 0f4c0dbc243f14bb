//! The dates of a column of a price file: texts, numbers, days and times.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::table::parquet::Values;
use crate::table::{DateOrder, date_of_number, date_of_text, second_of_stamp};

/// Three centuries of days.
const MAX_DAYS: i64 = 100_000;
/// Whether a date has a time of day behind it, but midnight.
pub(super) fn has_time(text: &str) -> bool {
    text.len() > 11 && text.contains(':') && !text.contains("00:00:00")
}

/// Whole numbers above this are times since 1970, and no days.
const FIRST_STAMP: i64 = 100_000_000;

/// Times of day that daily bars may have in UTC: those of a zone with summer time.
const MAX_TIMES_OF_DAY: usize = 2;

/// Whether a column is of times within days.
pub(super) fn has_times(column: &Values) -> bool {
    match column {
        Values::Times { stamps, per_second, .. } => {
            let day = per_second * DAY;
            are_many(stamps.iter().flatten().map(|stamp| stamp.rem_euclid(day)))
        }
        Values::Integers(stamps) => {
            let stamps = stamps.iter().flatten().filter(|stamp| **stamp > FIRST_STAMP);
            are_many(stamps.map(|stamp| second_of_stamp(*stamp).rem_euclid(DAY)))
        }
        Values::Texts(texts) => texts.iter().flatten().any(has_time),
        Values::Numbers(_) | Values::Days(_) | Values::Nulls(_) => false,
    }
}

/// Whether there are more times of day than daily bars have.
fn are_many(times: impl Iterator<Item = i64>) -> bool {
    let mut seen: Vec<i64> = Vec::new();
    for time in times {
        if !seen.contains(&time) {
            seen.push(time);
        }
        if seen.len() > MAX_TIMES_OF_DAY {
            return true;
        }
    }
    false
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The dates of a column of dates, times, numbers or texts; a time with a zone is of the zone's own day.
pub(in crate::provider) fn dates(
    column: &Values,
    order: Option<DateOrder>,
) -> Vec<Option<NaiveDate>> {
    match column {
        Values::Texts(texts) => {
            let order = match order {
                None => DateOrder::of(texts.iter().flatten()).unwrap_or(None),
                order => order,
            };
            texts.iter().map(|text| date_of_text(text?, order)).collect()
        }
        Values::Times { stamps, per_second, zone: Some(zone) } => {
            let local = local_date(zone);
            let date = |stamp: i64| {
                Some(local(DateTime::from_timestamp(stamp.div_euclid(*per_second), 0)?))
            };
            stamps.iter().map(|stamp| date(*stamp?)).collect()
        }
        Values::Times { stamps, per_second, zone: None } => {
            let day = |stamp: i64| i32::try_from(stamp.div_euclid(per_second * DAY)).ok();
            calendar_dates(stamps.iter().map(|stamp| day(*stamp?)))
        }
        Values::Days(days) => calendar_dates(days.iter().map(Option::<&i32>::copied)),
        Values::Integers(stamps) => {
            stamps.iter().map(|stamp| stamp.and_then(|stamp| date_of_number(*stamp))).collect()
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast saturates, and such a time is no date"
        )]
        Values::Numbers(stamps) => {
            let date =
                |stamp: f64| if stamp.is_nan() { None } else { date_of_number(stamp as i64) };
            stamps.iter().map(|stamp| date(*stamp?)).collect()
        }
        Values::Nulls(count) => vec![None; *count],
    }
}

/// The day of a time in a zone; in UTC, where nobody knows the zone.
fn local_date(zone: &str) -> Box<dyn Fn(DateTime<Utc>) -> NaiveDate> {
    if let Ok(zone) = zone.parse::<Tz>() {
        return Box::new(move |time| time.with_timezone(&zone).date_naive());
    }
    match zone.parse::<FixedOffset>() {
        Ok(zone) => Box::new(move |time| time.with_timezone(&zone).date_naive()),
        Err(_) => Box::new(|time| time.date_naive()),
    }
}

/// Days since 1970 as dates. Rows have few different ones: each is converted once.
fn calendar_dates(days: impl Iterator<Item = Option<i32>> + Clone) -> Vec<Option<NaiveDate>> {
    let (mut first, mut last) = (i32::MAX, i32::MIN);
    for day in days.clone().flatten() {
        first = first.min(day);
        last = last.max(day);
    }
    if i64::from(last) - i64::from(first) > MAX_DAYS {
        return days.map(|day| NaiveDate::from_epoch_days(day?)).collect();
    }
    let dates: Vec<_> = (first..=last).map(NaiveDate::from_epoch_days).collect();
    days.map(|day| dates[usize::try_from(day? - first).ok()?]).collect()
}
