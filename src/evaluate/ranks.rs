//! Mean ranks within one date, and how alike two orders are.

/// Numbers and whose they are, ascending; NaN are left out.
#[must_use]
pub(super) fn sorted(values: &[f64]) -> Vec<(f64, u32)> {
    let mut sorted: Vec<(f64, u32)> = Vec::with_capacity(values.len());
    for (owner, value) in (0..).zip(values) {
        if !value.is_nan() {
            sorted.push((*value + 0.0, owner)); // −0 and 0 are a tie
        }
    }
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    sorted
}

/// The mean ranks, from 0, of numbers in ascending order; equals share the mean of theirs.
#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
pub(super) fn mean_ranks(among: &[(f64, u32)], ranks: &mut Vec<f64>) {
    ranks.clear();
    let mut start = 0;
    while start < among.len() {
        let value = among[start].0.to_bits();
        let rest = among[start + 1..].iter();
        let equal = 1 + rest.take_while(|(other, _)| other.to_bits() == value).count();
        let rank = start as f64 + (equal as f64 - 1.0) / 2.0;
        ranks.resize(start + equal, rank);
        start += equal;
    }
}

/// Pearson's correlation of two mean ranks of each symbol: Spearman's of what was ranked.
pub(super) struct RankCorrelation {
    /// The mean of all ranks from 0, equals or not.
    mean: f64,
    xy: f64,
    xx: f64,
    yy: f64,
}

impl RankCorrelation {
    /// Among `n` symbols, none of them yet.
    #[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
    pub(super) fn among(n: usize) -> Self {
        Self { mean: (n as f64 - 1.0) / 2.0, xy: 0.0, xx: 0.0, yy: 0.0 }
    }

    pub(super) fn add(&mut self, x: f64, y: f64) {
        let (dx, dy) = (x - self.mean, y - self.mean);
        self.xy += dx * dy;
        self.xx += dx * dx;
        self.yy += dy * dy;
    }

    /// `None`: one of the ranks does not vary.
    pub(super) fn value(&self) -> Option<f64> {
        (self.xx > 0.0 && self.yy > 0.0).then(|| self.xy / (self.xx * self.yy).sqrt())
    }
}

/// Spearman's correlation of numbers, all of them defined, with their places.
#[must_use]
pub(super) fn monotonicity(values: &[f64]) -> Option<f64> {
    let order = sorted(values);
    let mut ranks = Vec::new();
    mean_ranks(&order, &mut ranks);
    let mut correlation = RankCorrelation::among(order.len());
    for ((_, place), rank) in order.iter().zip(ranks) {
        correlation.add(f64::from(*place), rank);
    }
    correlation.value()
}
