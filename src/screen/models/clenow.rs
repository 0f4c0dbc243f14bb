//! Clenow's momentum: the annualised slope of the exponential regression through 90 closes, times its R².
//!
//! `(e^(250 b) − 1) · R²`, b being the slope of ln C on the session's number. Needs 90 bars; a flat series
//! is 0. Source: Clenow, Stocks on the Move, 2015. The score is 10 · Φ((clamp(raw, −1, 3) − 0.12) / 0.45);
//! centre and scale are the median and spread of S&P 500 names, 1999 to 2021. The raw value is
//! [`annualised`](crate::screen::indicators::annualised).

use super::normal::score_of_z;

/// Closes in the regression.
pub const CLOSES: usize = 90;

/// The raw value as a z-score.
#[must_use]
pub fn z(raw: f64) -> f64 {
    (raw.clamp(-1.0, 3.0) - 0.12) / 0.45
}

/// The score of a raw value.
#[must_use]
pub fn score(raw: f64) -> f64 {
    score_of_z(z(raw))
}
