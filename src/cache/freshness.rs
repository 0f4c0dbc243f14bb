//! Until when a fetched series is as good as a new one: by session, not by age alone.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};

use crate::bars::{Bars, Hours};

/// Until when bars fetched at `fetched_at` are what a new fetch would bring.
///
/// While a session is open, or its bar is not there yet though there was trade, that is `ttl`. A series
/// whose last bar is a finished session is good until the next session's close could be: weekends are
/// known, a holiday costs one fetch that brings nothing new. Without the exchange's hours it is `ttl`.
#[must_use]
pub fn valid_until(bars: &Bars, fetched_at: DateTime<Utc>, ttl: TimeDelta) -> DateTime<Utc> {
    let soon = fetched_at + ttl;
    let (Some(hours), Some(last)) = (bars.hours(), bars.dates().last().copied()) else {
        return soon;
    };
    let is_open = hours.start <= fetched_at && fetched_at < hours.end;
    let traded = hours.last_trade.map(|time| time.with_timezone(&hours.zone).date_naive());
    if is_open || bars.is_partial() || traded.is_some_and(|day| day > last) {
        return soon;
    }
    next_close(bars, hours, fetched_at).unwrap_or(soon)
}

/// The first close after `now`, at the hour of the told session, on a day that can have one.
fn next_close(bars: &Bars, hours: &Hours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_weekend = |day: NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let every_day = bars.dates().iter().any(|day| is_weekend(*day));
    let at = hours.end.with_timezone(&hours.zone).time();
    let today = now.with_timezone(&hours.zone).date_naive();
    (0..8)
        .filter_map(|days| today.checked_add_days(Days::new(days)))
        .filter(|day| every_day || !is_weekend(*day))
        .filter_map(|day| hours.zone.from_local_datetime(&day.and_time(at)).earliest())
        .map(|close| close.to_utc())
        .find(|close| *close > now)
}
