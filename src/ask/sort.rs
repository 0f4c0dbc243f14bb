//! The one order of rows.

use std::cmp::Ordering;

use super::columns::Column;
use crate::compare::ranks::descending;
use crate::compare::row::Row;
use crate::measure::fields::Field;
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
