//! Order across symbols: mean ranks of numbers, places by a model.

use std::cmp::Ordering;

use super::row::Row;
use crate::measure::fields::Field as F;
use crate::measure::snapshot::Snapshot;
use crate::models::Model;

/// The greater first; what is undefined last.
#[must_use]
pub fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => (b + 0.0).total_cmp(&(a + 0.0)), // −0 and 0 are a tie
        _ => b.is_some().cmp(&a.is_some()),
    }
}

/// The place of each row by the model, from 1, at the session that `snapshot` gives. `None`: it has no score then, or
/// is not compared.
pub fn ranks(
    rows: &[Row],
    model: Model,
    snapshot: impl Fn(&Row) -> Option<&Snapshot>,
) -> Vec<Option<f64>> {
    let mut scored: Vec<(usize, &Snapshot)> = Vec::with_capacity(rows.len());
    for (owner, row) in rows.iter().enumerate() {
        let then = snapshot(row).filter(|then| then.is_scored() && !row.is_set_aside);
        scored.extend(then.map(|then| (owner, then)));
    }
    scored.sort_by(|(a, one), (b, other)| {
        descending(one.get(F::Raw), other.get(F::Raw))
            .then_with(|| descending(one.get(model.tie_breaker), other.get(model.tie_breaker)))
            .then_with(|| rows[*a].symbol.cmp(&rows[*b].symbol))
    });
    let mut ranks = vec![None; rows.len()];
    for (place, (owner, _)) in (1..).zip(scored) {
        ranks[owner] = Some(f64::from(place));
    }
    ranks
}
/// Mean ranks of numbers among each other, ascending, from 1: equal numbers share the mean of their ranks.
pub struct MeanRanks {
    sorted: Vec<f64>,
}

impl MeanRanks {
    /// Ranks among these numbers.
    #[must_use]
    pub fn among(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        Self { sorted: numbers }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The mean rank of one of the numbers, and how many there are; of another number, as if it were one of them.
    #[must_use]
    pub fn place_of(&self, number: f64, is_among_them: bool) -> (f64, usize) {
        if is_among_them {
            return (self.of(number), self.len());
        }
        // One more of its equals moves their mean rank up by a half.
        (self.of(number) + 0.5, self.len() + 1)
    }

    /// The mean rank of one of the numbers.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
    pub fn of(&self, number: f64) -> f64 {
        let below = self.sorted.partition_point(|other| *other < number) as f64;
        let not_above = self.sorted.partition_point(|other| *other <= number) as f64;
        f64::midpoint(below + 1.0, not_above)
    }
}
