//! Relative strength over the universe asked for, ranked from 1 to 99.

use super::component::Component;
use super::entry::{Formula, Model, ModelEntry, Raw, no_gaps, of_fields};
use crate::measure::fields::Field as F;
use crate::measure::snapshot::Snapshot;

/// Relative strength.
pub const MODEL: Model = Model(&ModelEntry {
    name: "relative-strength",
    meaning: "weighted returns of a year, ranked among the others",
    bars: 253,
    inputs: &[F::RelativeStrengthRaw],
    raw: Raw::Field(F::RelativeStrengthRaw),
    scored_by: F::RsRating,
    score: |rating| rating / 10.0,
    tie_breaker: F::Continuity,
    relative: None,
    gaps: no_gaps,
    explain,
    formula: Formula {
        raw: &[
            "relative_strength_raw = 0.4 C/C[t−63] + 0.2 C/C[t−126] + 0.2 C/C[t−189]",
            "  + 0.2 C/C[t−252]",
        ],
        score: &[
            "rs_rating / 10; rs_rating = 1 + 98 (rank − 1) / (n − 1) among the tickers",
            "  compared, equals share the mean rank",
        ],
        source: "the community form of the IBD rating",
    },
});

/// The rating of a mean rank (from 1) among `n` symbols. `None`: there is nothing to compare with.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
pub fn rating(rank: f64, n: usize) -> Option<f64> {
    (n > 1).then(|| 1.0 + 98.0 * (rank - 1.0) / (n as f64 - 1.0))
}

fn explain(model: Model, snapshot: &Snapshot, _: Option<&str>) -> Vec<Component> {
    vec![of_fields(model, snapshot, &[F::RelativeStrengthRaw, F::RsRating])]
}
