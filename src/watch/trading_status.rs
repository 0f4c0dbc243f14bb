//! Whether an exchange is open, by the hours that came with the bars. Holidays are not known.

use chrono::{DateTime, Datelike, Days, TimeDelta, TimeZone, Utc, Weekday};

use crate::bars::Hours;

/// A session as long as this is followed by the next at once.
const ALL_DAY: TimeDelta = TimeDelta::hours(23);

/// What the exchanges of a list are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradingStatus {
    /// One of them has its session, or the hours are unknown.
    Open,
    /// None has; the first opens then, unless it is a holiday.
    Closed {
        /// When the first opens.
        opens: DateTime<Utc>,
    },
}

/// What the exchanges with these hours do at `now`. The stated session may be the last, the present or the next
/// one; after it the next weekday has one at the same hour.
#[must_use]
pub fn trading_status(hours: impl IntoIterator<Item = Hours>, now: DateTime<Utc>) -> TradingStatus {
    let mut opens: Option<DateTime<Utc>> = None;
    for hours in hours {
        let is_always_open = hours.end - hours.start >= ALL_DAY;
        if is_always_open || (hours.start <= now && now < hours.end) {
            return TradingStatus::Open;
        }
        if let Some(opening) = next_opening(&hours, now) {
            opens = Some(opens.map_or(opening, |earlier| earlier.min(opening)));
        }
    }
    match opens {
        Some(opens) => TradingStatus::Closed { opens },
        None => TradingStatus::Open,
    }
}

fn next_opening(hours: &Hours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let time = hours.start.with_timezone(&hours.zone).time();
    let today = now.with_timezone(&hours.zone).date_naive();
    for days in 0..8 {
        let day = today.checked_add_days(Days::new(days))?;
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        let opening = hours.zone.from_local_datetime(&day.and_time(time)).earliest();
        if let Some(opening) = opening.map(|opening| opening.to_utc())
            && opening > now
            && opening >= hours.start
        {
            return Some(opening);
        }
    }
    None
}
