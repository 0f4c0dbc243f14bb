//! 12-1 momentum: the year's return without its last month. Centre and scale of the score are the median and spread of
//! S&P 500 names, 1999 to 2021.

use super::entry::{Formula, Model, ModelEntry, Raw, no_gaps, single};
use super::normal::score_of_z;
use crate::measure::fields::Field as F;

/// 12-1 momentum.
pub const MODEL: Model = Model(&ModelEntry {
    name: "twelve-one",
    meaning: "return of the last 12 months without the last one",
    bars: 253,
    inputs: &[F::Return12x1],
    raw: Raw::Field(F::Return12x1),
    scored_by: F::Raw,
    score,
    tie_breaker: F::Return6x1,
    relative: None,
    gaps: no_gaps,
    explain: single,
    formula: Formula {
        raw: &["return_12_1 = C[t−21] / C[t−252] − 1"],
        score: &["10 Φ((raw − 0.10) / 0.40)"],
        source: "Jegadeesh and Titman 1993",
    },
});

/// The raw value as a z-score.
#[must_use]
pub fn z(raw: f64) -> f64 {
    (raw - 0.10) / 0.40
}

fn score(raw: f64) -> f64 {
    score_of_z(z(raw))
}
