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

/// Sets the mean rank, from 0, of each owner in `among`, which is in ascending order; equals share the mean of their
/// ranks.
#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
pub(super) fn set_mean_ranks(among: &[(f64, u32)], ranks: &mut [f64]) {
    let mut start = 0;
    while start < among.len() {
        let value = among[start].0;
        let equal =
            among[start..].iter().take_while(|(other, _)| other.total_cmp(&value).is_eq()).count();
        let rank = start as f64 + (equal as f64 - 1.0) / 2.0;
        for (_, owner) in &among[start..start + equal] {
            ranks[*owner as usize] = rank;
        }
        start += equal;
    }
}

/// Pearson's correlation of two numbers of each owner. `None`: one of them does not vary.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
pub(super) fn correlation(owners: &[u32], x: &[f64], y: &[f64]) -> Option<f64> {
    let n = owners.len() as f64;
    let mean = |of: &[f64]| owners.iter().map(|owner| of[*owner as usize]).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for owner in owners {
        let (dx, dy) = (x[*owner as usize] - mean_x, y[*owner as usize] - mean_y);
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// Spearman's correlation of numbers with their places.
#[must_use]
pub(super) fn monotonicity(values: &[f64]) -> Option<f64> {
    let order = sorted(values);
    let mut ranks = vec![f64::NAN; values.len()];
    set_mean_ranks(&order, &mut ranks);
    let owners: Vec<u32> = order.iter().map(|(_, owner)| *owner).collect();
    let places: Vec<f64> = (0..values.len()).map(place).collect();
    correlation(&owners, &places, &ranks)
}

#[expect(clippy::cast_precision_loss, reason = "a count of buckets")]
fn place(n: usize) -> f64 {
    n as f64
}
