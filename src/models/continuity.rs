//! Continuity of the year's rise, see [`continuity`](crate::measure::indicators::continuity). So that the steadiest loser
//! comes last and no loser before a score of 5, the raw value of a share that fell or stood still is −½ − ½ of it; from
//! −1 to 1.

use super::entry::{Formula, Model, ModelEntry, Raw, no_gaps, single};
use crate::measure::fields::Field as F;
use crate::measure::snapshot::Snapshot;

/// Continuity of the year's rise.
pub const MODEL: Model = Model(&ModelEntry {
    name: "continuity",
    meaning: "how steadily the year's move came",
    bars: 253,
    inputs: &[F::Return12x1, F::Continuity],
    raw: Raw::OfSnapshot(set_raw),
    scored_by: F::Raw,
    score: |raw| 5.0 + 5.0 * raw,
    tie_breaker: F::CompositeZ,
    relative: None,
    gaps: no_gaps,
    explain: single,
    formula: Formula {
        raw: &[
            "continuity, or where return_12_1 ≤ 0: −½ − ½ continuity",
            "continuity = sign(return_12_1) (share of days up − share of days down) of the",
            "  231 changes from t−252 to t−21",
        ],
        score: &["5 + 5 raw"],
        source: "Da, Gurun and Warachka 2014",
    },
});

fn set_raw(snapshot: &mut Snapshot) {
    let inputs = snapshot.get(F::Return12x1).zip(snapshot.get(F::Continuity));
    let raw =
        inputs.map(|(change, steady)| if change > 0.0 { steady } else { -0.5 - 0.5 * steady });
    snapshot.set(F::Raw, raw);
}
