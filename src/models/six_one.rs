//! 6-1 momentum: the half-year's return without its last month. Centre and scale of the score are the median and spread
//! of S&P 500 names, 1999 to 2021.

use super::entry::{Formula, Model, ModelEntry, Raw, no_gaps, single};
use super::normal::score_of_z;
use crate::measure::fields::Field as F;

/// 6-1 momentum.
pub const MODEL: Model = Model(&ModelEntry {
    name: "six-one",
    meaning: "return of the last 6 months without the last one",
    bars: 127,
    inputs: &[F::Return6x1],
    raw: Raw::Field(F::Return6x1),
    scored_by: F::Raw,
    score,
    tie_breaker: F::Clenow,
    relative: None,
    gaps: no_gaps,
    explain: single,
    formula: Formula {
        raw: &["return_6_1 = C[t−21] / C[t−126] − 1"],
        score: &["10 Φ((raw − 0.04) / 0.27)"],
        source: "Jegadeesh and Titman 1993",
    },
});

/// The raw value as a z-score.
#[must_use]
pub fn z(raw: f64) -> f64 {
    (raw - 0.04) / 0.27
}

fn score(raw: f64) -> f64 {
    score_of_z(z(raw))
}
