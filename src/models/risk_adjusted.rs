//! Risk-adjusted momentum over the universe asked for: the returns of 12 and 6 months per unit of volatility, as z-scores
//! among the names.

use super::entry::{Formula, Model, ModelEntry, Raw, RawAmong, TooFewToCompare, no_gaps, single};
use super::normal::score_of_z;
use crate::measure::fields::Field as F;
use crate::measure::indicators::{mean, standard_deviation};
use crate::measure::snapshot::Snapshot;

/// Risk-adjusted momentum.
pub const MODEL: Model = Model(&ModelEntry {
    name: "risk-adjusted",
    meaning: "12- and 6-month returns per volatility, z-scores",
    bars: 274,
    inputs: &[F::MomentumRatio12, F::MomentumRatio6, F::Volatility1y],
    raw: Raw::Across(compared),
    scored_by: F::Raw,
    score: score_of_z,
    tie_breaker: F::Clenow,
    relative: None,
    gaps: no_gaps,
    explain: single,
    formula: Formula {
        raw: &[
            "½ z(momentum_ratio_12) + ½ z(momentum_ratio_6), each z over the tickers that",
            "  have both (10 at least), with the population's deviation, clipped to ±3",
            "momentum_ratio_12 = (C[t−21] / C[t−273] − 1) / volatility_1y",
            "momentum_ratio_6 = (C[t−21] / C[t−147] − 1) / volatility_1y",
        ],
        score: &["10 Φ(raw)"],
        source: "NSE Nifty200 Momentum 30",
    },
});

/// Names that z-scores need to mean anything.
pub const MIN_NAMES: usize = 10;

/// Mean and population standard deviation of a momentum ratio among all names.
#[derive(Clone, Copy)]
struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    /// Of all names' ratios. `None`: they do not vary.
    fn of(all: &[f64]) -> Option<Self> {
        let deviation = standard_deviation(all, 0).filter(|deviation| *deviation > 0.0)?;
        Some(Self { mean: mean(all)?, deviation })
    }

    /// The z-score of one of the ratios, clipped to ±3.
    fn clipped_z(self, value: f64) -> f64 {
        ((value - self.mean) / self.deviation).clamp(-3.0, 3.0)
    }
}

fn compared(all: &[&Snapshot]) -> Result<RawAmong, TooFewToCompare> {
    let (long, short): (Vec<f64>, Vec<f64>) = all.iter().copied().filter_map(ratios).unzip();
    if long.len() < MIN_NAMES {
        return Err(TooFewToCompare { model: MODEL, needed: MIN_NAMES, scored: long.len() });
    }
    let (long, short) = (Spread::of(&long), Spread::of(&short));
    Ok(Box::new(move |snapshot| {
        let (twelve, six) = ratios(snapshot)?;
        Some(f64::midpoint(long?.clipped_z(twelve), short?.clipped_z(six)))
    }))
}

fn ratios(snapshot: &Snapshot) -> Option<(f64, f64)> {
    Some((snapshot.get(F::MomentumRatio12)?, snapshot.get(F::MomentumRatio6)?))
}
