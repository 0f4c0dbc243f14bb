//! Continuity of the year's move: `sign(r12_1) · (share of up days − share of down days)` over the 231 daily
//! changes from t−252 to t−21, see [`indicators::continuity`](crate::screen::indicators::continuity).
//!
//! Needs 253 bars; from −1 to 1. Source: Da, Gurun, Warachka 2014 (their information discreteness, turned
//! round). The score is 5 + 5 · raw.

/// The score of a raw value.
#[must_use]
pub fn score(raw: f64) -> f64 {
    5.0 + 5.0 * raw
}
