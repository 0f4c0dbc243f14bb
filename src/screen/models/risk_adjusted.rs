//! Risk-adjusted momentum over the universe asked for: `½ z(MR12) + ½ z(MR6)`.
//!
//! MR12 = `(C[t−21]/C[t−273] − 1)/σ`, MR6 = `(C[t−21]/C[t−147] − 1)/σ`, σ the annualised volatility of the
//! last 252 daily log returns. Each z is taken over the names that have both (population standard
//! deviation) and clipped to ±3 once. Needs 274 bars and 10 names. Source: the NSE Nifty200 Momentum 30
//! method. The score is 10 · Φ(raw).

use crate::screen::indicators::{mean, standard_deviation};

/// Names that z-scores need to mean anything.
pub const MIN_NAMES: usize = 10;

/// The z-score of one momentum ratio among all of them, clipped to ±3. `None`: they do not vary.
#[must_use]
pub fn clipped_z(value: f64, all: &[f64]) -> Option<f64> {
    let spread = standard_deviation(all, 0).filter(|spread| *spread > 0.0)?;
    Some(((value - mean(all)?) / spread).clamp(-3.0, 3.0))
}
