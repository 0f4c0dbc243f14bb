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

use super::{clenow, score_of_z, six_one, twelve_one};
use crate::screen::fields::Field as F;
use crate::screen::row::{Note, Row};

/// The pillars and their weights.
pub const PILLARS: [(F, f64); 3] =
    [(F::PriceMomentum, 0.50), (F::TechnicalMomentum, 0.35), (F::RelativeMomentum, 0.15)];

/// Whether a row has the bars the model needs.
#[must_use]
pub fn is_defined(row: &Row) -> bool {
    row.get(F::Return6x1).is_some()
}

/// The z-scores of the [`PILLARS`]; none is defined for a row without the bars the model needs.
#[must_use]
pub fn z_scores(row: &Row) -> [Option<f64>; 3] {
    let Some(r6_1) = row.get(F::Return6x1) else { return [None; 3] };
    let price = match row.get(F::Return12x1) {
        Some(r12_1) => f64::midpoint(twelve_one::z(r12_1), six_one::z(r6_1)),
        None => six_one::z(r6_1),
    };
    let technical = row.get(F::Clenow).map(clenow::z);
    let own = row.get(F::Return3m);
    let relative = own.zip(row.benchmark_return).map(|(own, other)| (own - other) / 0.16);
    [Some(price), technical, relative]
}

/// Sets the pillars and the raw value of a row, whose benchmark return must stand already.
pub fn apply(row: &mut Row) {
    let (mut sum, mut weights) = (0.0, 0.0);
    for ((field, weight), z) in PILLARS.into_iter().zip(z_scores(row)) {
        row.set(field, z.map(score_of_z));
        if let Some(z) = z {
            sum += weight * z;
            weights += weight;
        }
    }
    row.set(F::CompositeZ, Some(sum / weights)); // 0 / 0, undefined, where there is no pillar
}

/// Notes what a scored row's composite had to do without.
pub fn note_gaps(row: &mut Row) {
    if row.get(F::Return12x1).is_none() {
        row.notes.push(Note::ShortHistory);
    }
    if row.get(F::RelativeMomentum).is_none() {
        row.notes.push(Note::NoBenchmark);
    }
}
