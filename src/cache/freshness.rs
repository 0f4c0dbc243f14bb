//! Until when a fetched series is as good as a new one: by session, not by age alone. It reads no clock.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};

use crate::bars::{Bars, Hours};

/// Until when bars fetched at `fetched_at` are what a new fetch would bring.
///
/// While a session is open, or its bar is missing though there was trade, that is `ttl`. A series that ends with
/// a finished session stays valid until the next session's scheduled close: weekends are known, a holiday costs
/// one fetch that brings nothing new. Without the exchange's hours it is `ttl`.
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

/// The first close after `now`, at the hour of the stated session, on a day that can have one.
fn next_close(bars: &Bars, hours: &Hours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let trades_on_weekends = bars.dates().iter().any(|day| is_weekend(*day));
    let time = hours.end.with_timezone(&hours.zone).time();
    let today = now.with_timezone(&hours.zone).date_naive();
    for days in 0..8 {
        let day = today.checked_add_days(Days::new(days))?;
        if is_weekend(day) && !trades_on_weekends {
            continue;
        }
        let close = hours.zone.from_local_datetime(&day.and_time(time)).earliest();
        if let Some(close) = close.map(|close| close.to_utc())
            && close > now
        {
            return Some(close);
        }
    }
    None
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
