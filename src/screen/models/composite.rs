//! The composite model: price, technical and relative momentum, weighed 0.50, 0.35 and 0.15.
//!
//! - price: `½ z(r12_1) + ½ z(r6_1)`, see [`twelve_one`] and [`six_one`]; with 127 to 252 bars `z(r6_1)`
//!   alone, noted as `short_history`
//! - technical: z of Clenow's slope times R², see [`clenow`]
//! - relative: `(r63 − r63 of the benchmark) / 0.16`; without a benchmark the other weights are rescaled,
//!   noted as `no_benchmark`
//!
//! Raw value: `Σ w z / Σ w`, score: 10 · Φ(raw), each pillar 10 · Φ(its z). Needs 127 bars. It is
//! continuous, has no cliff at a bar count and no ties at a ceiling.

use super::{clenow, six_one, twelve_one};

/// The weights of the price, technical and relative pillars.
pub const WEIGHTS: [f64; 3] = [0.50, 0.35, 0.15];

/// What the model takes of one symbol; the benchmark's return is over the same sessions as `return_3m`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Inputs {
    /// 12-1 momentum.
    pub return_12_1: Option<f64>,
    /// 6-1 momentum.
    pub return_6_1: Option<f64>,
    /// Clenow's raw value.
    pub clenow: Option<f64>,
    /// Return over 63 sessions.
    pub return_3m: Option<f64>,
    /// The benchmark's return over those sessions.
    pub benchmark_return_3m: Option<f64>,
}

/// The z-scores of the pillars; all are undefined without the bars the model needs.
#[must_use]
pub fn z_scores(inputs: &Inputs) -> [Option<f64>; 3] {
    let Some(return_6_1) = inputs.return_6_1 else { return [None; 3] };
    let price = match inputs.return_12_1 {
        Some(return_12_1) => f64::midpoint(twelve_one::z(return_12_1), six_one::z(return_6_1)),
        None => six_one::z(return_6_1),
    };
    let relative = match (inputs.return_3m, inputs.benchmark_return_3m) {
        (Some(own), Some(other)) => Some((own - other) / 0.16),
        _ => None,
    };
    [Some(price), inputs.clenow.map(clenow::z), relative]
}

/// The raw value of the pillars that are defined. `None`: none is.
#[must_use]
pub fn raw(z_scores: [Option<f64>; 3]) -> Option<f64> {
    let mut sum = 0.0;
    let mut weights = 0.0;
    for (weight, z) in WEIGHTS.into_iter().zip(z_scores) {
        if let Some(z) = z {
            sum += weight * z;
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}
