//! Order across symbols: mean ranks of numbers, and the one order of rows.

use std::cmp::Ordering;

use super::columns::Column;
use super::fields::Field;
use super::row::Row;
use crate::table::Cell;

/// An order of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// By what; rows where it is undefined come last.
    pub column: Column,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// What breaks ties, the greatest first; the symbol breaks the rest.
    pub tie_breaker: Option<Field>,
}

impl Sort {
    /// An order by a field, the greatest first.
    #[must_use]
    pub fn by(field: Field) -> Self {
        Self { column: Column::Value(field), descending: true, tie_breaker: None }
    }

    /// Puts rows in order.
    pub fn apply(&self, rows: &mut Vec<Row>) {
        // Rows are large: their places are sorted, and then each is moved once.
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places.sort_by(|a, b| {
            let (a, b) = (&rows[*a], &rows[*b]);
            self.compare(a, b).then_with(|| a.symbol.cmp(&b.symbol))
        });
        let mut unsorted: Vec<Option<Row>> = rows.drain(..).map(Some).collect();
        rows.extend(places.into_iter().filter_map(|place| unsorted[place].take()));
    }

    /// The order of two rows, symbols apart.
    #[must_use]
    pub fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let compared = self.compare_by_column(a, b);
        match self.tie_breaker {
            Some(field) => compared.then_with(|| descending(a.get(field), b.get(field))),
            None => compared,
        }
    }

    /// The order of two rows by the column alone; equal where it cannot tell them apart.
    #[must_use]
    pub fn compare_by_column(&self, a: &Row, b: &Row) -> Ordering {
        let (a, b) = (self.column.of(a, 0), self.column.of(b, 0));
        match (is_known(&a), is_known(&b)) {
            (true, true) if self.descending => compare_cells(&b, &a),
            (true, true) => compare_cells(&a, &b),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => Ordering::Equal,
        }
    }
}

/// The greater first; what is undefined last.
fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        _ => b.is_some().cmp(&a.is_some()),
    }
}

fn is_known(cell: &Cell<'_>) -> bool {
    !matches!(cell, Cell::Null | Cell::Texts(_) | Cell::Series(_))
}

fn compare_cells(a: &Cell<'_>, b: &Cell<'_>) -> Ordering {
    match (a, b) {
        (Cell::Number(a, _), Cell::Number(b, _)) => (a + 0.0).total_cmp(&(b + 0.0)), // −0 and 0 are a tie
        (Cell::Count(a), Cell::Count(b)) => a.cmp(b),
        (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
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
