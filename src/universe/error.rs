//! Why no universe could be made of what was asked for, and the way out.

use std::fmt;

use chrono::NaiveDate;

use super::embedded;
use super::symbol::BadTicker;
use crate::table::named;
use crate::table::{Foreign, TooLarge};

/// How many bad entries an error message spells out before it only counts.
const MAX_NAMED: usize = 8;

/// A line of holdings that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadHolding {
    pub(super) line: Option<u64>,
    pub(super) ticker: String,
    pub(super) why: String,
}

impl fmt::Display for BadHolding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line} ")?;
        }
        write!(f, "{:?}: {}", self.ticker, self.why)
    }
}

/// Why no universe could be made of what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum UniverseError {
    /// A positional that looks like a path, with nothing there.
    #[error("no such list: {0:?} is neither a file nor an embedded list")]
    NoSuchList(String),
    /// A positional that is the name of an index, but not of a list.
    #[error("no list is called {word:?}")]
    Index {
        /// The word.
        word: String,
        /// The list that is meant; empty where there is none.
        list: &'static str,
    },
    /// A positional that is nothing known.
    #[error("{0} is neither a file, an embedded list nor a ticker")]
    NotATicker(BadTicker),
    /// A day on which an embedded list had no members yet, as far as is known.
    #[error("the members of {list} on {day} are not known: they are from {first} on")]
    NoMembers {
        /// The list.
        list: String,
        /// The day.
        day: NaiveDate,
        /// The first day of which they are known.
        first: String,
    },
    /// Entries of a list that are not tickers; all of them, in order.
    #[error("{} in {list}: {}", count(bad.len(), "bad ticker"), shown(bad))]
    BadTickers {
        /// The list they stand in.
        list: String,
        /// Every one of them.
        bad: Vec<BadTicker>,
    },
    /// Lines of holdings that cannot be read; all of them, in order.
    #[error("{} in {list}: {}", count(bad.len(), "bad holding"), shown(bad))]
    BadHoldings {
        /// Where they stand.
        list: String,
        /// Every one of them.
        bad: Vec<BadHolding>,
    },
    /// A table without a column that holdings need.
    #[error("{list} has no {missing} column; it has {found}")]
    NoHoldings {
        /// The table.
        list: String,
        /// The missing column.
        missing: String,
        /// The columns it has.
        found: String,
    },
    /// Numbers that may be read in two ways.
    #[error(
        "the numbers of {0} have a comma that may be of thousands or of the fraction: --decimal says it"
    )]
    UnclearNumbers(String),
    /// Dates that may be read in two ways, where it matters.
    #[error(
        "in the dates of {0} either the day or the month may come first, and what was sold depends on it: --date-format says it"
    )]
    UnclearDates(String),
    /// Costs that may be of one share or of all.
    #[error("{list}: {column:?} may be what one share cost or all of them: --cost says it")]
    UnclearCost {
        /// The table.
        list: String,
        /// The column.
        column: String,
    },
    /// A table without names of securities, of which only some kinds are wanted.
    #[error("{0} has no column of names of securities, by which --only chooses")]
    NoNames(String),
    /// A table of members that is none.
    #[error(
        "{list}, line {line}: a table of members has the columns symbol, from, to, with days as 2024-06-28"
    )]
    BadMembers {
        /// The table.
        list: String,
        /// The first line that is wrong.
        line: u64,
    },
    /// There was something to read and no ticker in it.
    #[error("{0} has no tickers")]
    Empty(String),
    /// A list longer than any list of tickers is.
    #[error("{list} is {why}, which no ticker list is")]
    TooLarge {
        /// The list's name.
        list: String,
        /// By which bound.
        why: TooLarge,
    },
    /// A list that is no text.
    #[error("{list} is {what}, not a list of tickers")]
    Foreign {
        /// The list's name.
        list: String,
        /// What it seems to be.
        what: Foreign,
    },
    /// The list could not be read.
    #[error("cannot read {list}: {source}")]
    Unreadable {
        /// The list's name.
        list: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A CSV list with a row that is not CSV.
    #[error("{list} is not readable as CSV: {source}")]
    BadCsv {
        /// The list's name.
        list: String,
        /// What the CSV reader said.
        source: csv::Error,
    },
}

impl UniverseError {
    /// The way out, as a sentence without its period.
    #[must_use]
    pub fn hint(&self) -> String {
        if let Self::Index { word, list } = self {
            let ticker = format!("-t {word} asks for the ticker");
            return match *list {
                "" => format!("a file of its tickers works: screener top {word}.txt; {ticker}"),
                list => format!("did you mean {list}? {ticker}"),
            };
        }
        if let Self::NoSuchList(word) = self
            && let Some(name) = embedded::nearest(word)
        {
            return format!("did you mean {name}? screener lists shows the embedded lists");
        }
        let nearest = match self {
            Self::NotATicker(bad) => bad.nearest(),
            Self::BadTickers { bad, .. } => bad.iter().find_map(BadTicker::nearest),
            _ => None,
        };
        if let Some(symbol) = nearest {
            return format!("did you mean {symbol}?");
        }
        match self {
            Self::NoSuchList(_) | Self::NotATicker(_) => {
                format!("embedded lists are {}; -t AAPL,MSFT names tickers", embedded::names())
            }
            Self::Foreign { .. } => "save it as CSV, or as text with a ticker a line".into(),
            Self::BadMembers { .. } | Self::NoMembers { .. } => {
                "--members today takes today's list".into()
            }
            Self::NoNames(_) => "leave out --only, or name the column \"Security Name\"".into(),
            Self::Unreadable { .. } => "check the path and its permissions".into(),
            _ => "a list has one ticker per line or separated by commas, # starts a comment; \
                  a CSV needs a column named symbol or ticker"
                .into(),
        }
    }
}

/// `1 bad ticker`, `2 bad tickers`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn shown<B: fmt::Display>(bad: &[B]) -> String {
    named(bad, MAX_NAMED)
}
