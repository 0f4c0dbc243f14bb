//! One date of one score: rank correlation with what came after, and the mean of each bucket.

use super::ranks::{correlation, set_mean_ranks, sorted};

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

/// Returns of symbols after one date; NaN where there is none.
pub(super) struct Returns {
    pub(super) values: Vec<f64>,
    sorted: Vec<(f64, u32)>,
}

impl Returns {
    pub(super) fn new(values: Vec<f64>) -> Self {
        let sorted = sorted(&values);
        Self { values, sorted }
    }
}

/// Numbers of some size that are used anew for each date.
#[derive(Clone, Default)]
pub(super) struct Scratch {
    score_ranks: Vec<f64>,
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
    let has_return = |(_, owner): &&(f64, u32)| !returns.values[*owner as usize].is_nan();
    let with_return: Vec<(f64, u32)> = sorted_scores.iter().filter(has_return).copied().collect();
    let has_score = |(_, owner): &&(f64, u32)| !scores[*owner as usize].is_nan();
    let with_score: Vec<(f64, u32)> = returns.sorted.iter().filter(has_score).copied().collect();
    let n = with_return.len();
    if n < 2 * quantiles {
        return None;
    }
    let Scratch { score_ranks, return_ranks } = scratch;
    score_ranks.resize(scores.len(), 0.0);
    return_ranks.resize(scores.len(), 0.0);
    set_mean_ranks(&with_return, score_ranks);
    set_mean_ranks(&with_score, return_ranks);
    let owners: Vec<u32> = with_return.iter().map(|(_, owner)| *owner).collect();
    let ic = correlation(&owners, score_ranks, return_ranks)?;
    let mut sums = vec![(0.0, 0_usize); quantiles];
    let mut sum = 0.0;
    let mut top = Vec::with_capacity(n / quantiles + 1);
    for owner in owners {
        let bucket = bucket(score_ranks[owner as usize], n, quantiles);
        let change = returns.values[owner as usize];
        sums[bucket].0 += change;
        sums[bucket].1 += 1;
        sum += change;
        if bucket + 1 == quantiles {
            top.push(owner);
        }
    }
    top.sort_unstable();
    let mean_return = sum / n as f64;
    let excess = |(sum, count): (f64, usize)| sum / count as f64 - mean_return;
    let buckets = sums.into_iter().map(excess).collect();
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
