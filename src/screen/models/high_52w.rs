//! Nearness to the 52-week high: `C[t] / max of the last 252 closes`.
//!
//! Needs 252 bars; 1 at a new high. Source: George and Hwang 2004. The score is 10 · raw.

/// The score of a raw value.
#[must_use]
pub fn score(raw: f64) -> f64 {
    10.0 * raw
}
