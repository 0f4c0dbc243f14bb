//! The composite model: price, technical and relative momentum, weighed 0.50, 0.35 and 0.15.
//!
//! - price: `½ z(r12_1) + ½ z(r6_1)`, see [`twelve_one`] and [`six_one`]; with 127 to 252 bars `z(r6_1)`
//!   alone, noted as `short_history`
//! - technical: z of Clenow's slope times R², see [`clenow`]
//! - relative: `(r63 − r63 of the benchmark) / 0.16`; without a benchmark the other weights are rescaled,
//!   noted as `no_benchmark`
//!
//! Raw value: `Σ w z / Σ w`, score: 10 · Φ(raw), each pillar 10 · Φ(its z). It is continuous, has no cliff at a bar
//! count and no ties at a ceiling.

use super::component::{Component, inputs, too_few_bars};
use super::entry::{Formula, Model, ModelEntry, Raw, RelativePillar};
use super::normal::score_of_z;
use super::{clenow, six_one, twelve_one};
use crate::measure::fields::Field as F;
use crate::measure::note::Note;
use crate::measure::snapshot::Snapshot;

/// The composite.
pub const MODEL: Model = Model(&ModelEntry {
    name: "composite",
    meaning: "price, technical and relative momentum in one",
    bars: BARS,
    inputs: &[F::Return12x1, F::Return6x1, F::ClenowSlope, F::ClenowR2, F::Clenow, F::Return3m],
    raw: Raw::OfSnapshot(set_raw),
    scored_by: F::Raw,
    score: score_of_z,
    tie_breaker: F::Return12x1,
    relative: Some(RelativePillar {
        benchmark: F::BenchmarkReturn3m,
        takes_median: true,
        without: "no benchmark: scores without the relative pillar",
    }),
    gaps,
    explain,
    formula: Formula {
        raw: &[
            "composite_z = (0.50 price + 0.35 technical + 0.15 relative) / weights there are",
            "price = ½ (return_12_1 − 0.10) / 0.40 + ½ (return_6_1 − 0.04) / 0.27;",
            "  with fewer than 253 bars (return_6_1 − 0.04) / 0.27",
            "technical = (clamp(clenow, −1, 3) − 0.12) / 0.45",
            "relative = (return_3m − return_3m of the benchmark) / 0.16; without a",
            "  benchmark of the median of 20 tickers or more, else left out",
        ],
        score: &["10 Φ(raw); each pillar 10 Φ(its value)"],
        source: "",
    },
});

/// Bars a ticker needs for a score.
const BARS: usize = 127;

/// The weights of the price, technical and relative pillars.
pub const WEIGHTS: [f64; 3] = [0.50, 0.35, 0.15];

/// The fields that hold the pillars' scores.
pub const PILLARS: [F; 3] = [F::PriceMomentum, F::TechnicalMomentum, F::RelativeMomentum];

/// The z-scores of the pillars; all are undefined without the bars the model needs.
#[must_use]
pub fn z_scores(snapshot: &Snapshot) -> [Option<f64>; 3] {
    let Some(return_6_1) = snapshot.get(F::Return6x1) else { return [None; 3] };
    let price = match snapshot.get(F::Return12x1) {
        Some(return_12_1) => f64::midpoint(twelve_one::z(return_12_1), six_one::z(return_6_1)),
        None => six_one::z(return_6_1),
    };
    let returns = snapshot.get(F::Return3m).zip(snapshot.get(F::BenchmarkReturn3m));
    let relative = returns.map(|(own, other)| (own - other) / 0.16);
    [Some(price), snapshot.get(F::Clenow).map(clenow::z), relative]
}

/// Sets the composite's z-score, whatever model ranks.
pub fn set_composite_z(snapshot: &mut Snapshot) {
    snapshot.set(F::CompositeZ, weighed(z_scores(snapshot)));
}

/// Sets the pillars, too.
pub fn set_pillars(snapshot: &mut Snapshot) {
    let z_scores = z_scores(snapshot);
    for (pillar, z) in PILLARS.into_iter().zip(z_scores) {
        snapshot.set(pillar, z.map(score_of_z));
    }
    snapshot.set(F::CompositeZ, weighed(z_scores));
}

fn set_raw(snapshot: &mut Snapshot) {
    set_composite_z(snapshot);
    snapshot.set(F::Raw, snapshot.get(F::CompositeZ));
}

/// The pillars that are defined in one. `None`: none is.
fn weighed(z_scores: [Option<f64>; 3]) -> Option<f64> {
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

fn gaps(snapshot: &Snapshot) -> Vec<Note> {
    let mut gaps = Vec::new();
    if snapshot.is_scored() && snapshot.get(F::Return12x1).is_none() {
        gaps.push(Note::ShortHistory);
    }
    if snapshot.is_scored() && snapshot.get(F::BenchmarkReturn3m).is_none() {
        gaps.push(Note::NoBenchmark);
    }
    gaps
}

fn explain(_: Model, snapshot: &Snapshot, benchmark: Option<&str>) -> Vec<Component> {
    let fields: [&[F]; 3] = [
        &[F::Return12x1, F::Return6x1],
        &[F::ClenowSlope, F::ClenowR2, F::Clenow],
        &[F::Return3m, F::BenchmarkReturn3m],
    ];
    let z_scores = z_scores(snapshot);
    let mut weights = 0.0;
    for (weight, z) in WEIGHTS.into_iter().zip(z_scores) {
        if z.is_some() {
            weights += weight;
        }
    }
    let mut components = Vec::new();
    for (i, pillar) in PILLARS.into_iter().enumerate() {
        let z = z_scores[i];
        components.push(Component {
            name: pillar.name(),
            inputs: inputs(snapshot, fields[i]),
            z,
            weight: z.map(|_| WEIGHTS[i] / weights),
            missing: z.is_none().then(|| why_missing(pillar, snapshot, benchmark)),
        });
    }
    components
}

fn why_missing(pillar: F, snapshot: &Snapshot, benchmark: Option<&str>) -> String {
    if pillar != F::RelativeMomentum || !snapshot.is_scored() {
        return too_few_bars(snapshot, snapshot.calendar.bars(BARS));
    }
    match benchmark {
        Some(name) => format!("{name} has no bars on these dates"),
        None => "there is no benchmark, and fewer than 20 tickers to take a median of".into(),
    }
}
