//! Relative strength over the universe asked for: `0.4 C/C[t−63] + 0.2 C/C[t−126] + 0.2 C/C[t−189] +
//! 0.2 C/C[t−252]`, ranked from 1 to 99.
//!
//! Needs 253 bars. Source: the community form of the IBD rating. `rs_rating` = 1 + 98 · (rank − 1)/(n − 1),
//! rank ascending over the scored universe, the mean rank for ties; undefined for n = 1. The score is
//! `rs_rating` / 10.

use crate::screen::fields::Field as F;
use crate::screen::row::Row;

/// Sets raw value, rating and score of every row that has the bars.
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
pub fn apply(rows: &mut [Row]) {
    let mut sorted: Vec<f64> =
        rows.iter().filter_map(|row| row.get(F::RelativeStrengthRaw)).collect();
    sorted.sort_by(f64::total_cmp);
    for row in rows {
        let raw = row.get(F::RelativeStrengthRaw);
        row.set(F::Raw, raw);
        let rating = raw.filter(|_| sorted.len() > 1).map(|raw| {
            let below = sorted.partition_point(|other| *other < raw) as f64;
            let not_above = sorted.partition_point(|other| *other <= raw) as f64;
            let rank = f64::midpoint(below + 1.0, not_above);
            1.0 + 98.0 * (rank - 1.0) / (sorted.len() as f64 - 1.0)
        });
        row.set(F::RsRating, rating);
        row.set(F::OverallMomentumScore, rating.map(|rating| rating / 10.0));
    }
}
