//! The spellings of dates in price files, as text and as numbers.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use crate::table::parquet::Values;

/// Three centuries of days.
const MAX_DAYS: i64 = 100_000;
/// The days of spreadsheets count from here.
const SPREADSHEET_EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date");
/// Numbers of days that are dates of a spreadsheet: 1954 to 2119.
const SPREADSHEET_DAYS: std::ops::RangeInclusive<i64> = 20_000..=80_000;

/// Whether a day or a month comes first where both are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/01/2024.
    DayFirst,
    /// 01/31/2024.
    MonthFirst,
}

impl DateOrder {
    /// What dates show. `Err`: they could be either; `Ok(None)`: none of them is so written.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Option<Self>, ()> {
        let mut is_unclear = false;
        for text in texts {
            let Some([first, second, _]) = parts(text).filter(|parts| parts[2] > 99) else {
                if is_unclear {
                    continue;
                }
                break;
            };
            match (first > 12, second > 12) {
                (true, _) => return Ok(Some(Self::DayFirst)),
                (_, true) => return Ok(Some(Self::MonthFirst)),
                _ if text.contains('.') => return Ok(Some(Self::DayFirst)),
                _ => is_unclear = true,
            }
        }
        if is_unclear { Err(()) } else { Ok(None) }
    }
}

/// Whether a date has a time of day behind it, but midnight.
pub(super) fn has_time(text: &str) -> bool {
    text.len() > 11 && text.contains(':') && !text.contains("00:00:00")
}

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

/// Whole numbers above this are times since 1970, and no days.
const FIRST_STAMP: i64 = 100_000_000;

/// Three numbers with the same mark between them; the time of day behind them is left out.
fn parts(text: &str) -> Option<[u32; 3]> {
    let day = text.trim().split([' ', 'T', ',']).next()?;
    let mark = day.chars().find(|c| !c.is_ascii_digit()).filter(|c| "/.-".contains(*c))?;
    let mut numbers = day.split(mark).map(|part| part.parse::<u32>().ok());
    let parts = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(parts)
}

/// A date in ISO or RFC 3339, padded or not, with the day or the month first, with the month's name, of a spreadsheet,
/// or the time since 1970 in UTC.
pub(super) fn date_of_text(text: &str, order: Option<DateOrder>) -> Option<NaiveDate> {
    if let Some(date) = text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()) {
        return Some(date);
    }
    if let Some([first, second, third]) = parts(text) {
        let (year, month, day) = match order {
            // Taiwan counts its years from 1912.
            _ if (100..=130).contains(&first) => (first + 1911, second, third),
            _ if first > 99 => (first, second, third),
            Some(DateOrder::DayFirst) => (third, second, first),
            Some(DateOrder::MonthFirst) => (third, first, second),
            None => return None,
        };
        return NaiveDate::from_ymd_opt(i32::try_from(year).ok().filter(|y| *y > 99)?, month, day);
    }
    if let Ok(number) = text.parse::<i64>() {
        return date_of_number(number);
    }
    if let Ok(number) = text.parse::<f64>() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast saturates, and such a time is no date"
        )]
        return date_of_number(number as i64);
    }
    date_with_month_name(text)
}

/// `Jan 31, 2024`, `31-Jan-2024`, `31 January 2024`, `Wed Jan 31 2024 00:00:00`.
fn date_with_month_name(text: &str) -> Option<NaiveDate> {
    let words = text.split([' ', ',', '-', '.', '/']).filter(|word| !word.is_empty());
    let words: Vec<&str> =
        words.skip_while(|word| word.parse::<Weekday>().is_ok()).take(3).collect();
    let [first, second, year] = words[..] else { return None };
    let year: i32 = year.parse().ok().filter(|year| *year > 99)?;
    let (name, day) = if first.starts_with(|c: char| c.is_ascii_digit()) {
        (second, first)
    } else {
        (first, second)
    };
    let month: chrono::Month = name.parse().ok()?;
    NaiveDate::from_ymd_opt(year, month.number_from_month(), day.parse().ok()?)
}

/// `20240131`, days of a spreadsheet, or a time since 1970.
fn date_of_number(number: i64) -> Option<NaiveDate> {
    if (19_000_101..=22_001_231).contains(&number) {
        let year = i32::try_from(number / 10_000).ok()?;
        let day = u32::try_from(number % 10_000).ok()?;
        return NaiveDate::from_ymd_opt(year, day / 100, day % 100);
    }
    if SPREADSHEET_DAYS.contains(&number) {
        return SPREADSHEET_EPOCH.checked_add_days(Days::new(number.unsigned_abs()));
    }
    date_of_stamp(number)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn date_of_stamp(stamp: i64) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp(second_of_stamp(stamp), 0)?.date_naive())
}

fn second_of_stamp(stamp: i64) -> i64 {
    match stamp.unsigned_abs() {
        0..100_000_000_000 => stamp,
        100_000_000_000..100_000_000_000_000 => stamp / 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => stamp / 1_000_000,
        _ => stamp / 1_000_000_000,
    }
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
