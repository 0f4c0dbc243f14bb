//! What stands in a cell of a table that is written, whatever the table is about.

use chrono::NaiveDate;
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::printable::printable;

/// How a number is to be read, and so shown to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 10.
    Score,
    /// An adjusted price, or a difference of such, in the currency's major unit and on the basis of the as-of day.
    Price,
    /// Money as it was traded or paid, adjusted for splits only.
    Traded,
    /// Money in large amounts.
    Money,
    /// A fraction: 0.05 is 5 %.
    Fraction,
    /// In percent already: 5 is 5 %.
    Percent,
    /// 0 to 100, or nearly.
    Index,
    /// A plain number.
    Plain,
    /// A whole number.
    Count,
    /// Shares, perhaps a mean of them.
    Shares,
    /// A number of the user's own.
    Own,
}

impl Unit {
    /// What the unit is, in a word or two.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "0 to 10",
            Self::Price => "price",
            Self::Traded => "price as traded",
            Self::Money => "money",
            Self::Fraction => "fraction",
            Self::Percent => "percent",
            Self::Index => "0 to 100",
            Self::Plain => "plain",
            Self::Count => "count",
            Self::Shares => "shares",
            Self::Own => "your own",
        }
    }
}

/// Whether a cell is good or bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good news.
    Good,
    /// Neither.
    Fair,
    /// Bad news.
    Bad,
    /// No news.
    None,
}

/// What stands in one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Undefined.
    Null,
    /// A text.
    Text(&'a str),
    /// A text as a person is to read it, and whether it is good news.
    Shown(String, Option<Tone>),
    /// Yes or no.
    Flag(bool),
    /// A count.
    Count(usize),
    /// A session.
    Date(NaiveDate),
    /// Texts, perhaps none.
    Texts(Vec<&'a str>),
    /// Numbers, oldest first.
    Series(&'a [f64]),
    /// A finite number.
    Number(f64, Unit),
    /// A number or more, as it was written before.
    Json(&'a Value),
}

impl Cell<'_> {
    /// The number of that unit. `None`: null.
    #[must_use]
    pub fn number(value: Option<f64>, unit: Unit) -> Self {
        value.map_or(Self::Null, |value| Self::Number(value, unit))
    }

    /// The cell as other programs read it; empty where it is undefined.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => inert(text),
            Self::Shown(text, _) => inert(text),
            Self::Flag(flag) => flag.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Texts(texts) => texts.join(";"),
            Self::Series(values) => {
                values.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
            }
            Self::Number(value, _) => value.to_string(),
            Self::Json(value) => printable(&value.to_string()),
        }
    }
}

/// A text cell that a spreadsheet could take for a formula is quoted with `'`.
fn inert(text: &str) -> String {
    let text = printable(text);
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => text.serialize(serializer),
            Self::Shown(text, _) => text.serialize(serializer),
            Self::Flag(flag) => flag.serialize(serializer),
            Self::Count(count) => count.serialize(serializer),
            Self::Date(date) => serializer.collect_str(date),
            Self::Texts(texts) => texts.serialize(serializer),
            Self::Series(values) => values.serialize(serializer),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a whole number that a count can be"
            )]
            Self::Number(value, Unit::Count) if is_whole(*value) => {
                (*value as i64).serialize(serializer)
            }
            Self::Number(value, _) => value.serialize(serializer),
            Self::Json(value) => value.serialize(serializer),
        }
    }
}

/// Whether a number is whole, and exact as an integer.
fn is_whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() < 9e15
}
