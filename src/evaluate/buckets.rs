//! One date of one score: rank correlation with what came after, and the mean of each bucket.

use super::ranks::{RankCorrelation, mean_ranks, sorted};

/// What one date shows.
#[derive(Clone, Debug, PartialEq)]
pub struct DateOutcome {
    /// The session, as its place in the calendar.
    pub session: usize,
    /// Symbols with a score and a return.
    pub names: usize,
    /// Correlation of the mean ranks of scores and returns.
    pub ic: f64,
    /// The mean return of all of them.
    pub mean_return: f64,
    /// Each bucket's mean return less that, the lowest scores first; NaN of an empty one.
    pub buckets: Vec<f64>,
    /// The owners in the bucket of the highest scores, in order.
    pub top: Vec<u32>,
}

impl DateOutcome {
    /// Whether ties left a bucket empty.
    #[must_use]
    pub fn has_empty_bucket(&self) -> bool {
        self.buckets.iter().any(|bucket| bucket.is_nan())
    }
}

/// What came after one date.
pub(super) struct Returns {
    /// Of each symbol; NaN where there is none.
    pub(super) values: Vec<f64>,
    sorted: Vec<(f64, u32)>,
    /// Symbols whose series ended before the sale.
    ended_early: Vec<usize>,
}

impl Returns {
    pub(super) fn new(values: Vec<f64>, ended_early: Vec<usize>) -> Self {
        let sorted = sorted(&values);
        Self { values, sorted, ended_early }
    }

    /// How many of those with a score could not be bought, and of how many the series ended before the sale.
    pub(super) fn gaps(&self, scores: &[f64]) -> (usize, usize) {
        let missed = self
            .values
            .iter()
            .zip(scores)
            .filter(|(change, score)| change.is_nan() && !score.is_nan());
        let ended = self.ended_early.iter().filter(|owner| !scores[**owner].is_nan());
        (missed.count(), ended.count())
    }
}

/// Room that is used again for each date.
#[derive(Default)]
pub(super) struct Scratch {
    both: Vec<(f64, u32)>,
    score_ranks: Vec<f64>,
    ranks: Vec<f64>,
    return_ranks: Vec<f64>,
}

/// What a date shows of scores and returns; `quantiles` buckets. `None`: too few symbols have both, or one of the two
/// does not vary.
#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
pub(super) fn outcome(
    session: usize,
    scores: &[f64],
    sorted_scores: &[(f64, u32)],
    returns: &Returns,
    quantiles: usize,
    scratch: &mut Scratch,
) -> Option<DateOutcome> {
    let Scratch { both, score_ranks, ranks, return_ranks } = scratch;
    both.clear();
    both.extend(returns.sorted.iter().filter(|(_, owner)| !scores[*owner as usize].is_nan()));
    mean_ranks(both, ranks);
    return_ranks.resize(scores.len(), 0.0);
    for ((_, owner), rank) in both.iter().zip(&*ranks) {
        return_ranks[*owner as usize] = *rank;
    }
    both.clear();
    both.extend(
        sorted_scores.iter().filter(|(_, owner)| !returns.values[*owner as usize].is_nan()),
    );
    mean_ranks(both, score_ranks);
    let n = both.len();
    if n < 2 * quantiles {
        return None;
    }
    let mut correlation = RankCorrelation::among(n);
    let mut sums = vec![(0.0, 0_usize); quantiles];
    let mut sum = 0.0;
    let mut top = Vec::with_capacity(n / quantiles + 1);
    for ((_, owner), rank) in both.iter().zip(&*score_ranks) {
        correlation.add(*rank, return_ranks[*owner as usize]);
        let bucket = bucket(*rank, n, quantiles);
        let change = returns.values[*owner as usize];
        sums[bucket].0 += change;
        sums[bucket].1 += 1;
        sum += change;
        if bucket + 1 == quantiles {
            top.push(*owner);
        }
    }
    let ic = correlation.value()?;
    top.sort_unstable();
    let mean_return = sum / n as f64;
    let mut buckets = Vec::with_capacity(quantiles);
    for (sum, count) in sums {
        buckets.push(sum / count as f64 - mean_return);
    }
    Some(DateOutcome { session, names: n, ic, mean_return, buckets, top })
}

/// The bucket, from 0, of a mean rank, from 0, among `n`: what `qcut` of pandas makes of numbers without ties, which
/// share one here.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of symbols"
)]
fn bucket(rank: f64, n: usize, quantiles: usize) -> usize {
    let place = (rank * quantiles as f64 / (n as f64 - 1.0)).ceil() as usize;
    place.clamp(1, quantiles) - 1
}
