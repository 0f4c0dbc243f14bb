//! Risk-adjusted momentum over the universe asked for: `½ z(MR12) + ½ z(MR6)`.
//!
//! MR12 = `(C[t−21]/C[t−273] − 1)/σ`, MR6 = `(C[t−21]/C[t−147] − 1)/σ`, σ the annualised volatility of the
//! last 252 daily log returns. Each z is taken over the names that have both (population standard
//! deviation) and clipped to ±3 once. Needs 274 bars and 10 names. Source: the NSE Nifty200 Momentum 30
//! method. The score is 10 · Φ(raw).

use crate::screen::indicators::{mean, standard_deviation};

/// Names that z-scores need to mean anything.
pub const MIN_NAMES: usize = 10;

/// Mean and population standard deviation of a momentum ratio among all names.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    /// Of all names' ratios. `None`: they do not vary.
    #[must_use]
    pub fn of(all: &[f64]) -> Option<Self> {
        let deviation = standard_deviation(all, 0).filter(|deviation| *deviation > 0.0)?;
        Some(Self { mean: mean(all)?, deviation })
    }

    /// The z-score of one of the ratios, clipped to ±3.
    #[must_use]
    pub fn clipped_z(self, value: f64) -> f64 {
        ((value - self.mean) / self.deviation).clamp(-3.0, 3.0)
    }
}
