//! The columns of reports: the fields of the registry, what a row has besides numbers, and what a user adds.
//!
//! What a column holds is read from a [`Row`]; how it is shown is for the report.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::expression::{Expression, Variables};
use crate::compare::groups::Grouping;
use crate::compare::row::Row;
use crate::measure::entry::Group;
use crate::measure::fields::{self, Field};
use crate::table::{self, Cell, Unit};
use crate::universe::Symbol;

/// One column of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Place in the ranking, from 1.
    Rank,
    /// The ticker as the user wrote it.
    Ticker,
    /// The score in words.
    Rating,
    /// The currency of its prices, where the provider states it.
    Currency,
    /// Date of the last bar used.
    AsOf,
    /// Bars used.
    Bars,
    /// What a reader should know about the row.
    Notes,
    /// The sector, where it is known.
    Sector,
    /// The industry within the sector, where it is known.
    SubIndustry,
    /// Rows of the source that were dropped or out of order.
    BadRows,
    /// The year's closes as a small picture.
    Year,
    /// A number.
    Value(Field),
    /// A column that the user adds.
    Extra(Arc<ExtraColumn>),
}

/// Columns that are not numbers of the registry, and what they are.
const PLAIN: [(Column, &str, &str, &str); 11] = [
    (Column::Rank, "rank", "#", "Place in the report, from 1"),
    (Column::Ticker, "ticker", "Ticker", "The ticker as you wrote it"),
    (Column::Rating, "rating", "Rating", "The score in words: fixed ranges, not advice"),
    (Column::Sector, "sector", "Sector", "GICS sector, or that of your own list"),
    (Column::SubIndustry, "sub_industry", "Sub-industry", "GICS sub-industry, where it is known"),
    (
        Column::Currency,
        "currency",
        "Currency",
        "Currency of the prices, where the provider states it",
    ),
    (Column::AsOf, "as_of", "As of", "Date of the last bar used"),
    (Column::Bars, "bars", "Bars", "Bars used: at most 300, or 435 of a series with weekends"),
    (Column::BadRows, "bad_rows", "Bad rows", "Invalid rows of the source, left out"),
    (Column::Notes, "notes", "Notes", "What to know about the row"),
    (Column::Year, "year", "Year", "The year's closes, drawn"),
];

/// The short name of the overall score.
const SCORE: &str = "score";

/// A column that the user adds: worked out of others, or read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraColumn {
    /// Its name in every format.
    pub name: String,
    /// What it holds.
    pub content: Content,
    /// Columns that it is made of, itself and those of these among them.
    pub size: usize,
}

/// What a column of the user's holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A number worked out of others.
    Computed(Expression<Column>),
    /// Numbers by ticker.
    Numbers(HashMap<Symbol, f64>),
    /// Texts by ticker.
    Texts(HashMap<Symbol, String>),
}

impl Column {
    /// The column's name in JSON and CSV.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Value(field) => field.name(),
            Self::Extra(extra) => &extra.name,
            plain => plain.plain().1,
        }
    }

    /// The column's heading in tables.
    #[must_use]
    pub fn heading(&self) -> &str {
        match self {
            Self::Value(field) => field.entry().heading,
            Self::Extra(extra) => &extra.name,
            plain => plain.plain().2,
        }
    }

    /// What it is, in one line.
    #[must_use]
    pub fn meaning(&self) -> &str {
        match self {
            Self::Value(field) => field.entry().meaning,
            Self::Extra(_) => "a column of your own",
            plain => plain.plain().3,
        }
    }

    fn plain(&self) -> &'static (Self, &'static str, &'static str, &'static str) {
        PLAIN.iter().find(|(column, ..)| column == self).unwrap_or(&PLAIN[0])
    }

    /// Every column that a report can show.
    pub fn all() -> impl Iterator<Item = Self> {
        let fields = fields::all().filter(|field| field.entry().group != Group::Model);
        PLAIN.iter().map(|(column, ..)| column.clone()).chain(fields.map(Self::Value))
    }

    /// The column of that name or heading; `score` is short for the overall score.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::find_preferring(name, &[])
    }

    /// The same; of two with one heading, the one among `preferred` is meant.
    #[must_use]
    pub fn find_preferring(name: &str, preferred: &[Self]) -> Option<Self> {
        let name = name.trim();
        if name.eq_ignore_ascii_case(SCORE) {
            return Some(Self::Value(Field::OverallMomentumScore));
        }
        let named = Self::all().find(|column| column.name().eq_ignore_ascii_case(name));
        named.or_else(|| {
            let mut columns = preferred.iter().cloned().chain(Self::all());
            columns.find(|column| column.heading().eq_ignore_ascii_case(name))
        })
    }

    /// The name most like `name`, if any is much like it.
    #[must_use]
    pub fn nearest(name: &str) -> Option<String> {
        let name = name.to_ascii_lowercase();
        if let Some((_, meant)) = OTHER_NAMES.iter().find(|(other, _)| *other == name) {
            return Some((*meant).into());
        }
        let columns: Vec<Self> = Self::all().collect();
        let names = columns.iter().map(Self::name).chain([SCORE]);
        table::nearest(&name, names).map(String::from)
    }

    /// The column that holds a row's group.
    #[must_use]
    pub fn of_group(by: Grouping) -> Self {
        match by {
            Grouping::Sector => Self::Sector,
            Grouping::SubIndustry => Self::SubIndustry,
        }
    }

    /// Whether it holds text (a date among them), not numbers.
    #[must_use]
    pub fn is_text(&self) -> bool {
        match self {
            Self::Value(_) | Self::Rank | Self::Bars | Self::BadRows => false,
            Self::Extra(extra) => matches!(extra.content, Content::Texts(_)),
            _ => true,
        }
    }

    /// Whether rows can be compared by it.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        !matches!(self, Self::Rank | Self::Notes | Self::Year)
    }

    /// The number of the registry it shows, if it shows one.
    #[must_use]
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::Value(field) => Some(*field),
            _ => None,
        }
    }

    /// How many columns it is made of.
    #[must_use]
    pub fn size(&self) -> usize {
        if let Self::Extra(extra) = self { extra.size } else { 1 }
    }

    /// Calls `visit` with every number of the registry that it is made of.
    pub fn visit_fields(&self, visit: &mut dyn FnMut(Field)) {
        match self {
            Self::Value(field) => visit(*field),
            Self::Extra(extra) => {
                if let Content::Computed(expression) = &extra.content {
                    expression.visit(false, &mut |column, _| column.visit_fields(visit));
                }
            }
            _ => {}
        }
    }

    /// What a row holds in this column; `rank` is its place.
    #[must_use]
    pub fn of<'a>(&'a self, row: &'a Row, rank: usize) -> Cell<'a> {
        match self {
            Self::Rank => Cell::Count(rank),
            Self::Ticker => Cell::Text(row.symbol.as_str()),
            Self::Rating => Cell::Text(row.rating().name()),
            Self::Currency => row.about.currency.as_deref().map_or(Cell::Null, Cell::Text),
            Self::AsOf => row.now.as_of.map_or(Cell::Null, Cell::Date),
            Self::Bars => Cell::Count(row.now.bars),
            Self::Notes => Cell::Texts(row.notes.iter().map(|note| note.name()).collect()),
            Self::Sector => row.about.sector.as_deref().map_or(Cell::Null, Cell::Text),
            Self::SubIndustry => row.about.sub_industry.as_deref().map_or(Cell::Null, Cell::Text),
            Self::BadRows => Cell::Count(row.about.bad_rows),
            Self::Year => Cell::Series(&row.about.year),
            Self::Value(field) => number_or_null(row.get(*field), field.unit()),
            Self::Extra(extra) => match &extra.content {
                Content::Computed(expression) => number_or_null(expression.number(row), Unit::Own),
                Content::Numbers(numbers) => {
                    number_or_null(find(numbers, &row.symbol).copied(), Unit::Own)
                }
                Content::Texts(texts) => {
                    find(texts, &row.symbol).map_or(Cell::Null, |text| Cell::Text(text))
                }
            },
        }
    }
}

/// Names that people know from elsewhere, and what they are called here.
const OTHER_NAMES: [(&str, &str); 14] = [
    ("rs_line_high", "sessions_since_rs_high"),
    ("rs", "rs_rating"),
    ("rsi", "rsi_14"),
    ("atr", "atr_14"),
    ("adx", "adx_14"),
    ("adr", "adr_20"),
    ("mfi", "mfi_14"),
    ("close", "current_price"),
    ("price", "current_price"),
    ("rvol", "volume_ratio"),
    ("relative_volume", "volume_ratio"),
    ("volume", "current_volume"),
    ("industry", "sub_industry"),
    ("symbol", "ticker"),
];

/// What a ticker has in a file, however its class share is spelt there.
fn find<'a, T>(values: &'a HashMap<Symbol, T>, symbol: &Symbol) -> Option<&'a T> {
    let found = values.get(symbol);
    found.or_else(|| symbol.spellings().find_map(|spelling| values.get(&spelling)))
}

fn number_or_null<'a>(number: Option<f64>, unit: Unit) -> Cell<'a> {
    number.map_or(Cell::Null, |number| Cell::Number(number, unit))
}

impl Variables<Column> for Row {
    #[expect(clippy::cast_precision_loss, reason = "counts of bars")]
    fn number(&self, column: &Column) -> Option<f64> {
        match column.of(self, 0) {
            Cell::Number(value, _) => Some(value),
            Cell::Count(count) => Some(count as f64),
            _ => None,
        }
    }

    fn text(&self, column: &Column) -> Option<Cow<'_, str>> {
        // The text may be the column's own, so it is copied.
        match column.of(self, 0) {
            Cell::Text(text) => Some(text.to_owned().into()),
            Cell::Date(date) => Some(date.to_string().into()),
            _ => None,
        }
    }
}
