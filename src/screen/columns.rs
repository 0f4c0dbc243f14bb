//! The columns of reports: the fields of the registry, and what a row has besides numbers.
//!
//! What a column holds is read from a [`Row`]; how it is shown is for the report.

use chrono::NaiveDate;

use super::fields::{FIELDS, Field, Group, Unit};
use super::note::Note;
use super::row::Row;

/// Names less like a word than this are not suggested for it.
const MIN_LIKENESS: f64 = 0.8;

/// One column of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Place in the ranking, from 1.
    Rank,
    /// The ticker as the user wrote it.
    Ticker,
    /// The score in words.
    Rating,
    /// Date of the last bar used.
    AsOf,
    /// Bars used.
    Bars,
    /// What a reader should know about the row.
    Notes,
    /// The sector, where it is known.
    Sector,
    /// Rows of the source that were dropped or out of order.
    BadRows,
    /// The year's closes as a small picture.
    Year,
    /// A number.
    Value(Field),
}

/// Columns that are not numbers of the registry.
const PLAIN: [Column; 9] = [
    Column::Rank,
    Column::Ticker,
    Column::Rating,
    Column::Sector,
    Column::AsOf,
    Column::Bars,
    Column::BadRows,
    Column::Notes,
    Column::Year,
];

/// The short name of the overall score.
const SCORE: &str = "score";

/// What stands in one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Undefined.
    Null,
    /// A text.
    Text(&'a str),
    /// A count.
    Count(usize),
    /// A session.
    Date(NaiveDate),
    /// Notes, perhaps none.
    Notes(&'a [Note]),
    /// Closes, oldest first.
    Series(&'a [f64]),
    /// A finite number.
    Number(f64, Unit),
}

impl Column {
    /// The column's name in JSON and CSV.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Ticker => "ticker",
            Self::Rating => "rating",
            Self::AsOf => "as_of",
            Self::Bars => "bars",
            Self::Notes => "notes",
            Self::Sector => "sector",
            Self::BadRows => "bad_rows",
            Self::Year => "year",
            Self::Value(field) => field.name(),
        }
    }

    /// The column's heading in tables.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Rank => "#",
            Self::Ticker => "Ticker",
            Self::Rating => "Rating",
            Self::AsOf => "As of",
            Self::Bars => "Bars",
            Self::Notes => "Notes",
            Self::Sector => "Sector",
            Self::BadRows => "Bad rows",
            Self::Year => "Year",
            Self::Value(field) => field.entry().heading,
        }
    }

    /// Every column that a report can show.
    pub fn all() -> impl Iterator<Item = Self> {
        let fields = FIELDS.iter().filter(|entry| entry.group != Group::Model);
        PLAIN.into_iter().chain(fields.map(|entry| Self::Value(entry.field)))
    }

    /// The column of that name; `score` is short for the overall score.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name == SCORE {
            return Some(Self::Value(Field::OverallMomentumScore));
        }
        Self::all().find(|column| column.name() == name)
    }

    /// The name most like `name`, if any is much like it.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        let mut best = None;
        let mut best_likeness = MIN_LIKENESS;
        for known in Self::all().map(Self::name).chain([SCORE]) {
            let likeness = strsim::jaro_winkler(&name, known);
            if likeness >= best_likeness && likeness > MIN_LIKENESS {
                best = Some(known);
                best_likeness = likeness;
            }
        }
        best
    }

    /// Whether it holds text (a date among them), not numbers.
    #[must_use]
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Value(_) | Self::Rank | Self::Bars | Self::BadRows)
    }

    /// Whether rows can be compared by it.
    #[must_use]
    pub fn is_comparable(self) -> bool {
        !matches!(self, Self::Rank | Self::Notes | Self::Year)
    }

    /// The number it shows, if it shows one.
    #[must_use]
    pub fn field(self) -> Option<Field> {
        match self {
            Self::Value(field) => Some(field),
            _ => None,
        }
    }

    /// What a row holds in this column; `rank` is its place.
    #[must_use]
    pub fn of(self, row: &Row, rank: usize) -> Cell<'_> {
        match self {
            Self::Rank => Cell::Count(rank),
            Self::Ticker => Cell::Text(row.symbol.as_str()),
            Self::Rating => Cell::Text(row.rating().name()),
            Self::AsOf => row.as_of.map_or(Cell::Null, Cell::Date),
            Self::Bars => Cell::Count(row.bars),
            Self::Notes => Cell::Notes(&row.notes),
            Self::Sector => row.sector.as_deref().map_or(Cell::Null, Cell::Text),
            Self::BadRows => Cell::Count(row.bad_rows),
            Self::Year => Cell::Series(&row.year),
            Self::Value(field) => match row.get(field) {
                Some(value) => Cell::Number(value, field.unit()),
                None => Cell::Null,
            },
        }
    }
}

impl Cell<'_> {
    /// The cell as a number. `None`: it is undefined, or not a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of bars")]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value, _) => Some(*value),
            Self::Count(count) => Some(*count as f64),
            _ => None,
        }
    }

    /// The cell as a text; dates are texts, too. `None`: it is undefined, or not a text.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some((*text).into()),
            Self::Date(date) => Some(date.to_string()),
            _ => None,
        }
    }
}
