//! Conditions on rows.
//!
//! Logic has three values: a comparison with something undefined is neither true nor false, and a row passes only
//! when the whole is true. So an undefined value never matches, with or without a `not`.

use std::cmp::Ordering;

use crate::screen::columns::Column;
use crate::screen::row::Row;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Compare(Operand, Comparison, Operand),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Column(Column),
    Number(f64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Condition {
    /// Collects the columns it asks about.
    pub(super) fn collect_columns(&self, columns: &mut Vec<Column>) {
        match self {
            Self::Compare(left, _, right) => {
                columns.extend(left.column());
                columns.extend(right.column());
            }
            Self::Not(inner) => inner.collect_columns(columns),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.collect_columns(columns);
                }
            }
        }
    }

    /// Whether a row satisfies it. `None`: undefined.
    pub(super) fn judge(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Compare(left, comparison, right) => {
                Some(comparison.holds(left.compare(right, row)?))
            }
            Self::Not(inner) => inner.judge(row).map(|truth| !truth),
            Self::All(parts) => judge_all(parts, row, false),
            Self::Any(parts) => judge_all(parts, row, true),
        }
    }
}

/// `deciding` as soon as one part is, undefined if any part is undefined, else its opposite.
fn judge_all(parts: &[Condition], row: &Row, deciding: bool) -> Option<bool> {
    let mut all_known = true;
    for part in parts {
        match part.judge(row) {
            Some(truth) if truth == deciding => return Some(deciding),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!deciding)
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
        }
    }
}

impl Operand {
    pub(super) fn is_text(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Text(_) => true,
            Self::Column(column) => column.is_text(),
        }
    }

    fn column(&self) -> Option<Column> {
        match self {
            Self::Column(column) => Some(*column),
            Self::Number(_) | Self::Text(_) => None,
        }
    }

    /// The order of two operands for a row. `None`: one is undefined.
    fn compare(&self, other: &Self, row: &Row) -> Option<Ordering> {
        match (self.number(row), other.number(row)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(self.text(row)?.cmp(&other.text(row)?)),
        }
    }

    fn number(&self, row: &Row) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
            Self::Column(column) => column.of(row, 0).number(),
        }
    }

    /// Texts are compared without regard to case.
    fn text(&self, row: &Row) -> Option<String> {
        match self {
            Self::Number(_) => None,
            Self::Text(text) => Some(text.to_lowercase()),
            Self::Column(column) => Some(column.of(row, 0).text()?.to_lowercase()),
        }
    }
}
