//! The headers that say how long to wait. A clock that differs from ours is told by the answer's own `Date`.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Reads a `Retry-After` header: seconds, or a date, measured against the answer's own `Date` where it has
/// one. A date gone by is no wait; anything else is `None`.
///
/// Source: RFC 9110, section 10.2.3.
#[must_use]
pub fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = DateTime::parse_from_rfc2822(value).ok()?.to_utc();
    Some((until - answered_at(date)).to_std().unwrap_or(Duration::ZERO))
}

/// Reads an `X-Ratelimit-Reset` header, seconds since the epoch, against the answer's own `Date` where it has
/// one.
pub(super) fn until_reset(value: &str, date: Option<&str>) -> Option<Duration> {
    let reset = DateTime::from_timestamp(value.trim().parse().ok()?, 0)?;
    Some((reset - answered_at(date)).to_std().unwrap_or(Duration::ZERO))
}

/// The time of an answer, by its `Date`, else now.
fn answered_at(date: Option<&str>) -> DateTime<Utc> {
    date.and_then(server_time).unwrap_or_else(Utc::now)
}

/// The time that a `Date` header states.
pub(super) fn server_time(date: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc2822(date.trim()).ok()?.to_utc())
}
