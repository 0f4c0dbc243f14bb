//! The formula of the AlphaVelocity engine (April 2026), kept for comparison: 0 to 100 there, a tenth here.
//!
//! Its indices count from the end as Python's do: `C[−21]` is 20 sessions before the last. It jumps at 249 bars and
//! ties at its ceiling; [`super::composite`], whose weights it shares, does neither.

use super::component::{Component, inputs, too_few_bars};
use super::composite::{PILLARS, WEIGHTS};
use super::entry::{Formula, Model, ModelEntry, Raw, RelativePillar};
use crate::measure::alphavelocity::MIN_BARS;
use crate::measure::fields::Field as F;
use crate::measure::note::Note;
use crate::measure::snapshot::Snapshot;

/// AlphaVelocity's formula.
pub const MODEL: Model = Model(&ModelEntry {
    name: "alphavelocity",
    meaning: "AlphaVelocity's formula, for comparison",
    bars: MIN_BARS,
    inputs: &[F::AlphavelocityPrice, F::AlphavelocityTechnical, F::AlphavelocityMonth],
    raw: Raw::OfSnapshot(set_raw),
    scored_by: F::Raw,
    score: |raw| raw / 10.0,
    tie_breaker: F::CompositeZ,
    relative: Some(RelativePillar {
        benchmark: F::AlphavelocityBenchmark,
        takes_median: false,
        without: "no benchmark: the relative pillar is 50",
    }),
    gaps,
    explain,
    formula: Formula {
        raw: &[
            "0.50 price + 0.35 technical + 0.15 relative, each 0 to 100; C[−n] is the n-th",
            "  close from the end, r1, r3, r6, r12 = C[−1] / C[−21], C[−63], C[−126], C[−249] − 1",
            "price (0 with fewer than 249 bars) = min(100, direction + magnitude + acceleration)",
            "direction = 7 [C > SMA20] + 6 [C > SMA50] + 7 [C > SMA200]",
            "magnitude = clamp(20 + 80 (0.4 r1 + 0.3 r3 + 0.2 r6 + 0.1 r12), 0, 40)",
            "acceleration = clamp(20 + 30 (0.7 (((1+r1)^12 − 1) − ((1+r3)^4 − 1))",
            "  + 0.3 · 25 (SMA20 / SMA20 ten bars ago − 1)), 0, 40)",
            "technical = 0.4 RSI part + 0.3 volume part + 0.3 rate-of-change part, 0 to 100",
            "RSI part (simple means of 14): 50 to 70 is 100, 30 to 50 is 2.5 (RSI − 30),",
            "  70 to 85 is 100 − 2 (RSI − 70), else 0",
            "volume part = min(100, 50 V / mean V of 30); rate-of-change part =",
            "  clamp(1000 (C[−1] / C[−10] − 1) + 50, 0, 100)",
            "relative, of d = r1 − the benchmark's: d > 0.05 is 100, d > 0 is 50 + 1000 d,",
            "  else max(0, 50 + 500 d); without a benchmark 50",
        ],
        score: &["raw / 10"],
        source: "AlphaVelocity, April 2026",
    },
});

/// The relative pillar, 0 to 100, of a symbol's return of a month and the benchmark's; without a benchmark 50.
#[must_use]
pub fn relative(own: f64, benchmark: Option<f64>) -> f64 {
    let Some(benchmark) = benchmark else { return 50.0 };
    match own - benchmark {
        lead if lead > 0.05 => 100.0,
        lead if lead > 0.0 => 50.0 + 1000.0 * lead,
        lag => (50.0 + 500.0 * lag).max(0.0),
    }
}

/// Sets pillars and raw value.
fn set_raw(snapshot: &mut Snapshot) {
    let (Some(price), Some(technical), Some(month)) = (
        snapshot.get(F::AlphavelocityPrice),
        snapshot.get(F::AlphavelocityTechnical),
        snapshot.get(F::AlphavelocityMonth),
    ) else {
        snapshot.set(F::Raw, None);
        return;
    };
    let benchmark = snapshot.get(F::AlphavelocityBenchmark);
    let mut raw = 0.0;
    let pillars = [price, technical, relative(month, benchmark)];
    for ((field, weight), pillar) in PILLARS.into_iter().zip(WEIGHTS).zip(pillars) {
        snapshot.set(field, Some(pillar / 10.0));
        raw += weight * pillar;
    }
    snapshot.set(F::Raw, Some(raw));
}

fn gaps(snapshot: &Snapshot) -> Vec<Note> {
    let has_benchmark = snapshot.get(F::AlphavelocityBenchmark).is_some();
    if has_benchmark { Vec::new() } else { vec![Note::NoBenchmark] }
}

fn explain(_: Model, snapshot: &Snapshot, _: Option<&str>) -> Vec<Component> {
    let mut components = Vec::new();
    for (field, weight) in PILLARS.into_iter().zip(WEIGHTS) {
        let is_scored = snapshot.is_scored();
        components.push(Component {
            name: field.name(),
            inputs: inputs(snapshot, &[field]),
            z: None,
            weight: is_scored.then_some(weight),
            missing: (!is_scored).then(|| too_few_bars(snapshot, MIN_BARS)),
        });
    }
    components
}
