//! One session, and what is known of all sessions of a series.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// The years of bars and of what is known about them: a time of another year is damaged data.
pub const YEARS: RangeInclusive<i32> = 1900..=2200;

/// One session as a provider reports it. Prices in the currency's major unit; undefined numbers are NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The session's date at the exchange.
    pub date: NaiveDate,
    /// Opening price, split-adjusted.
    pub open: f64,
    /// Highest price, split-adjusted.
    pub high: f64,
    /// Lowest price, split-adjusted.
    pub low: f64,
    /// Closing price, split-adjusted but not dividend-adjusted.
    pub close: f64,
    /// Closing price adjusted for splits and dividends.
    pub adjusted: f64,
    /// Shares traded, split-adjusted.
    pub volume: f64,
}

impl Bar {
    /// A bar of which only the close is known.
    #[must_use]
    pub fn of_close(date: NaiveDate, close: f64) -> Self {
        let unknown = f64::NAN;
        Self {
            date,
            open: unknown,
            high: unknown,
            low: unknown,
            close,
            adjusted: close,
            volume: unknown,
        }
    }
}

/// What the adjusted closes of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceBasis {
    /// Adjusted for splits and dividends.
    Adjusted,
    /// Only the plain closes were available and stand in for the adjusted ones.
    Unadjusted,
}

/// The exchange's regular session as a provider states it with the bars: the current one, else the last or the
/// next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Where the exchange is.
    pub zone: Tz,
    /// When the session begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// The last trade.
    pub last_trade: Option<DateTime<Utc>>,
}

/// Whether it is a price.
pub(crate) fn is_price(price: f64) -> bool {
    price.is_finite() && price > 0.0
}

/// A price, or NaN where there is none: indices often come with a high and low of 0.
pub(crate) fn price_or_nan(price: f64) -> f64 {
    if is_price(price) { price } else { f64::NAN }
}
