//! Continuity of the year's rise: `c = sign(r12_1) · (share of up days − share of down days)` over the 231 daily
//! changes from t−252 to t−21, see [`indicators::continuity`](crate::screen::indicators::continuity).
//!
//! The raw value of a share that rose is c; of one that fell or stood still it is −½ − ½ c, so that the steadiest
//! loser comes last and no loser before a score of 5. Needs 253 bars; from −1 to 1. Source: Da, Gurun, Warachka 2014
//! (their information discreteness, turned round). The score is 5 + 5 · raw.

/// The raw value of a year's return to a month ago and its continuity.
#[must_use]
pub fn raw(return_12_1: f64, continuity: f64) -> f64 {
    if return_12_1 > 0.0 { continuity } else { -0.5 - 0.5 * continuity }
}

/// The score of a raw value.
#[must_use]
pub fn score(raw: f64) -> f64 {
    5.0 + 5.0 * raw
}
