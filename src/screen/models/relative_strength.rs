//! Relative strength over the universe asked for: `0.4 C/C[t−63] + 0.2 C/C[t−126] + 0.2 C/C[t−189] +
//! 0.2 C/C[t−252]`, ranked from 1 to 99.
//!
//! Needs 253 bars. Source: the community form of the IBD rating. `rs_rating` = 1 + 98 · (rank − 1)/(n − 1),
//! rank ascending over the scored universe, the mean rank for ties; undefined for n = 1. The score is
//! `rs_rating` / 10.

/// The rating of a mean rank (from 1) among `n` symbols. `None`: there is nothing to compare with.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
pub fn rating(rank: f64, n: usize) -> Option<f64> {
    (n > 1).then(|| 1.0 + 98.0 * (rank - 1.0) / (n as f64 - 1.0))
}

/// The score of a rating.
#[must_use]
pub fn score(rating: f64) -> f64 {
    rating / 10.0
}
