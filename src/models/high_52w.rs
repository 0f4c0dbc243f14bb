//! Nearness to the 52-week high: 1 at a new high.

use super::entry::{Formula, Model, ModelEntry, Raw, no_gaps, single};
use crate::measure::fields::Field as F;

/// Nearness to the 52-week high.
pub const MODEL: Model = Model(&ModelEntry {
    name: "high-52w",
    meaning: "last close against the highest of 52 weeks",
    bars: 252,
    inputs: &[F::High52wRatio],
    raw: Raw::Field(F::High52wRatio),
    scored_by: F::Raw,
    score: |raw| 10.0 * raw,
    tie_breaker: F::RelativeStrengthRaw,
    relative: None,
    gaps: no_gaps,
    explain: single,
    formula: Formula {
        raw: &["high_52w_ratio = C[t] / the highest C of 252"],
        score: &["10 raw"],
        source: "George and Hwang 2004",
    },
});
