//! Conditions on rows, and the names that stand in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::columns::{Column, Content, ExtraColumn};
use super::criteria::TableColumn;
use super::expression::{Condition, Expression, ExpressionError, Vocabulary, condition, value};
use crate::compare::row::Row;
use crate::measure::fields::Field;
use crate::models::rating::Rating;
use crate::table::{Unit, nearest};
use crate::universe::IndustryNames;

/// A condition on rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Condition<Column>);

/// The columns that a condition or an expression can name.
#[derive(Clone, Debug, Default)]
pub struct ColumnNames {
    /// The columns that a screen fills; of two with one heading these are meant.
    pub filled: Vec<Column>,
    /// The columns of the screen's table with their headings.
    pub table: Vec<TableColumn>,
    /// Columns that the user added; they go before the others.
    pub extra: Vec<Arc<ExtraColumn>>,
    /// The sectors and sub-industries that rows can have. Empty: any.
    pub industries: IndustryNames,
}

impl Filter {
    /// Reads a filter on the columns there are.
    ///
    /// # Errors
    /// [`ExpressionError`] points at the mistake.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        Self::parse_with(text, &ColumnNames::default())
    }

    /// Reads a filter on these columns.
    ///
    /// # Errors
    /// [`ExpressionError`] points at the mistake.
    pub fn parse_with(text: &str, names: &ColumnNames) -> Result<Self, ExpressionError> {
        condition(text, names).map(Self)
    }

    /// Both this filter and another.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Condition::All(vec![self.0, other.0]))
    }

    /// The columns it asks about, and whether it is of use there that they are undefined.
    #[must_use]
    pub fn columns(&self) -> Vec<(Column, bool)> {
        let mut columns = Vec::new();
        self.0.visit(&mut |column, may_be_undefined| {
            columns.push((column.clone(), may_be_undefined));
        });
        columns
    }

    /// Whether a row passes.
    #[must_use]
    pub fn matches(&self, row: &Row) -> bool {
        self.0.judge(row) == Some(true)
    }
}

impl ColumnNames {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<Column> {
        let wanted = name.trim();
        let own = self.extra.iter().find(|extra| extra.name.eq_ignore_ascii_case(wanted));
        if let Some(extra) = own {
            return Some(Column::Extra(Arc::clone(extra)));
        }
        for column in &self.filled {
            if column.name().eq_ignore_ascii_case(wanted) {
                return Some(column.clone());
            }
        }
        for (column, heading) in &self.table {
            if heading.eq_ignore_ascii_case(wanted) {
                return Some(column.clone());
            }
        }
        Column::find_preferring(name, &self.filled)
    }

    /// Reads an expression of numbers.
    ///
    /// # Errors
    /// [`ExpressionError`] points at the mistake.
    pub fn expression(&self, text: &str) -> Result<Expression<Column>, ExpressionError> {
        value(text, self)
    }

    /// The texts that rows can hold in a column. `None`: any.
    fn texts(&self, column: &Column) -> Option<Vec<String>> {
        match column {
            Column::Rating => Some(Rating::ALL.map(|rating| rating.name().into()).into()),
            Column::Sector => some_texts(&self.industries.sectors),
            Column::SubIndustry => some_texts(&self.industries.sub_industries),
            Column::Extra(extra) => match &extra.content {
                Content::Texts(texts) => Some(texts.values().cloned().collect()),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Texts, unless there are none.
fn some_texts(names: &BTreeSet<Arc<str>>) -> Option<Vec<String>> {
    (!names.is_empty()).then(|| names.iter().map(ToString::to_string).collect())
}

impl Vocabulary for ColumnNames {
    type Variable = Column;

    fn find(&self, name: &str) -> Result<Option<Column>, String> {
        match self.column(name) {
            Some(column) if !column.is_comparable() => {
                Err(format!("the column {name} cannot be compared"))
            }
            found => Ok(found),
        }
    }

    fn is_text(&self, column: &Column) -> bool {
        column.is_text()
    }

    fn nearest(&self, name: &str) -> Option<String> {
        Column::nearest(name)
    }

    fn other_meaning(&self, column: Option<&Column>, number: f64) -> Option<String> {
        let unit = column.map(|column| column.field().map(Field::unit));
        let is_of_returns = unit.is_none_or(|unit| unit == Some(Unit::Fraction));
        let found = RETURNS.iter().find(|(millions, _)| (millions - number).abs() < 0.5);
        found.filter(|_| is_of_returns).map(|(_, name)| (*name).into())
    }

    fn noun(&self) -> &'static str {
        "column"
    }

    fn check_text(&self, column: &Column, text: &str) -> Result<(), Option<String>> {
        let Some(known) = self.texts(column) else { return Ok(()) };
        if known.iter().any(|known| known.to_lowercase() == text.to_lowercase()) {
            return Ok(());
        }
        Err(most_like(text, &known))
    }
}

/// Headings of returns that read as numbers of millions, and their columns.
const RETURNS: [(f64, &str); 4] =
    [(1e6, "return_1m"), (3e6, "return_3m"), (6e6, "return_6m"), (12e6, "return_12m")];

/// The text that `text` is a part of, or else is most like.
fn most_like(text: &str, known: &[String]) -> Option<String> {
    let wanted = text.to_lowercase();
    for known in known {
        if known.to_lowercase().split([' ', '-']).any(|word| word.starts_with(&wanted)) {
            return Some(known.clone());
        }
    }
    nearest(text, known.iter().map(String::as_str)).map(String::from)
}
