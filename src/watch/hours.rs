//! Whether an exchange is open, by the hours that came with the bars.

use chrono::{DateTime, Datelike, Days, TimeDelta, TimeZone, Utc, Weekday};

use crate::bars::Hours;

/// A session as long as this is followed by the next at once.
const ALL_DAY: TimeDelta = TimeDelta::hours(23);

/// What the exchanges of a list are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradingStatus {
    /// One of them has its session, or nobody told any hours.
    Open,
    /// None has; the first opens then, unless it is a holiday.
    Closed {
        /// When.
        opens: DateTime<Utc>,
    },
}

/// What the exchanges with these hours do at `now`. The told session may be the last, the present or the
/// next one; after it the next weekday has one at the same hour.
#[must_use]
pub fn trading_status(hours: impl IntoIterator<Item = Hours>, now: DateTime<Utc>) -> TradingStatus {
    let mut opens: Option<DateTime<Utc>> = None;
    for hours in hours {
        let is_always_open = hours.end - hours.start >= ALL_DAY;
        if is_always_open || (hours.start <= now && now < hours.end) {
            return TradingStatus::Open;
        }
        let next = next_opening(&hours, now);
        opens = opens.into_iter().chain(next).min();
    }
    opens.map_or(TradingStatus::Open, |opens| TradingStatus::Closed { opens })
}

fn next_opening(hours: &Hours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = hours.start.with_timezone(&hours.zone).time();
    let today = now.with_timezone(&hours.zone).date_naive();
    (0..8)
        .filter_map(|days| today.checked_add_days(Days::new(days)))
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .filter_map(|day| hours.zone.from_local_datetime(&day.and_time(at)).earliest())
        .map(|opening| opening.to_utc())
        .find(|opening| *opening > now && *opening >= hours.start)
}
