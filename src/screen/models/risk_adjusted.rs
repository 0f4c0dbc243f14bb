//! Risk-adjusted momentum over the universe asked for: `½ z(MR12) + ½ z(MR6)`.
//!
//! MR12 = `(C[t−21]/C[t−273] − 1)/σ`, MR6 = `(C[t−21]/C[t−147] − 1)/σ`, σ the annualised volatility of the
//! last 252 daily log returns. Each z is taken over the names that have both (population standard
//! deviation) and clipped to ±3 once. Needs 274 bars and 10 names. Source: the NSE Nifty200 Momentum 30
//! method. The score is 10 · Φ(raw).

use super::score_of_z;
use crate::screen::fields::Field as F;
use crate::screen::indicators::{mean, standard_deviation};
use crate::screen::row::Row;

/// Names that z-scores need to mean anything.
pub const NEEDS: usize = 10;

/// Sets raw value and score of every row that has the bars; tells how many have. With fewer than
/// [`NEEDS`] none is scored.
pub fn apply(rows: &mut [Row]) -> usize {
    let both = |row: &Row| row.get(F::MomentumRatio12).zip(row.get(F::MomentumRatio6));
    let ratios: Vec<(f64, f64)> = rows.iter().filter_map(both).collect();
    if ratios.len() >= NEEDS {
        let (long, short): (Vec<f64>, Vec<f64>) = ratios.iter().copied().unzip();
        for row in rows {
            let raw = both(row).and_then(|(twelve, six)| {
                Some(f64::midpoint(clipped_z(twelve, &long)?, clipped_z(six, &short)?))
            });
            row.set(F::Raw, raw);
            row.set(F::OverallMomentumScore, raw.map(score_of_z));
        }
    }
    ratios.len()
}

fn clipped_z(value: f64, all: &[f64]) -> Option<f64> {
    let spread = standard_deviation(all, 0).filter(|spread| *spread > 0.0)?;
    Some(((value - mean(all)?) / spread).clamp(-3.0, 3.0))
}
