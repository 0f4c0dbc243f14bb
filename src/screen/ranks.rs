//! Order across symbols: mean ranks of numbers, and the one order of rows.

use std::cmp::Ordering;

use super::columns::Column;
use super::row::Row;

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what; rows where it is undefined come last, ties are broken by symbol.
    pub column: Column,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Sort {
    /// Puts rows in order.
    pub fn apply(self, rows: &mut [Row]) {
        if self.column.is_text() {
            self.apply_by(rows, |row| self.column.of(row, 0).text(), String::cmp);
        } else {
            // −0 and 0 are a tie.
            let key = |row: &Row| self.column.of(row, 0).number().map(|number| number + 0.0);
            self.apply_by(rows, key, f64::total_cmp);
        }
    }

    fn apply_by<K>(
        self,
        rows: &mut [Row],
        key: impl Fn(&Row) -> Option<K>,
        compare: impl Fn(&K, &K) -> Ordering,
    ) {
        rows.sort_by(|a, b| {
            let order = match (key(a), key(b)) {
                (Some(a), Some(b)) if self.descending => compare(&b, &a),
                (Some(a), Some(b)) => compare(&a, &b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            };
            order.then_with(|| a.symbol.cmp(&b.symbol))
        });
    }
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

    /// The mean rank of one of the numbers.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
    pub fn of(&self, number: f64) -> f64 {
        let below = self.sorted.partition_point(|other| *other < number) as f64;
        let not_above = self.sorted.partition_point(|other| *other <= number) as f64;
        f64::midpoint(below + 1.0, not_above)
    }
}
