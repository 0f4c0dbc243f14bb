//! The spellings of dates in tables, as text and as numbers. No clock and no time zone is asked here.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Weekday};

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
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Option<Self>, ()> {
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
pub fn date_of_text(text: &str, order: Option<DateOrder>) -> Option<NaiveDate> {
    if let Some(date) = text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()) {
        return Some(date);
    }
    if let Some((day, _)) = text.split_once('T')
        && day.len() == 8
        && let Ok(number) = day.parse::<i64>()
    {
        return date_of_number(number);
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
pub fn date_of_number(number: i64) -> Option<NaiveDate> {
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

/// A time since 1970 in seconds, whatever it is counted in.
pub fn second_of_stamp(stamp: i64) -> i64 {
    match stamp.unsigned_abs() {
        0..100_000_000_000 => stamp,
        100_000_000_000..100_000_000_000_000 => stamp / 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => stamp / 1_000_000,
        _ => stamp / 1_000_000_000,
    }
}

/// The time of day behind a date: `T15:00:00.000Z`, ` 10:15 AM`.
pub fn time_of_text(text: &str) -> Option<NaiveTime> {
    let colon = text.find(':')?;
    let start = text[..colon].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let time = text[start..].trim_end_matches(['Z', ' ']);
    ["%I:%M %p", "%I:%M:%S %p", "%H:%M", "%H:%M:%S%.f", "%H:%M:%S%.f%:z"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(time, form).ok())
}
