//! 6-1 momentum: `C[t−21] / C[t−126] − 1`, the half-year's return without its last month.
//!
//! Needs 127 bars. Source: Jegadeesh and Titman 1993. The score is 10 · Φ((raw − 0.04) / 0.27); centre and
//! scale are the median and spread of S&P 500 names, 1999 to 2021.

use super::normal::score_of_z;

/// The raw value as a z-score.
#[must_use]
pub fn z(raw: f64) -> f64 {
    (raw - 0.04) / 0.27
}

/// The score of a raw value.
#[must_use]
pub fn score(raw: f64) -> f64 {
    score_of_z(z(raw))
}
