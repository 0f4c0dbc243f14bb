//! Which symbols a run is about: the ticker grammar and the lists people keep tickers in.
//!
//! Reads files, standard input and the embedded lists. It does not know what a provider calls a symbol
//! (that is the provider's business) and never drops a ticker it cannot read: a bad one is an error that
//! names its line.

mod holdings;
mod list;
mod shard;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};

pub use holdings::{BadHolding, Holding, Holdings};
use list::{CsvList, Entry, plain_entries, slurp};
pub use shard::{BadShard, Shard};

/// How many bad tickers an error message spells out before it only counts.
const MAX_NAMED: usize = 8;

/// Ticker lists compiled into the program: name and text, one symbol a line with `#` comments.
pub const LISTS: [(&str, &str); 4] = [
    ("dow30", include_str!("../../tickers/dow30.txt")),
    ("nasdaq100", include_str!("../../tickers/nasdaq100.txt")),
    ("sp500", include_str!("../../tickers/sp500.txt")),
    ("sp600", include_str!("../../tickers/sp600.txt")),
];

/// Words without control and direction characters, which have no business on a terminal.
pub(crate) fn printable(text: &str) -> String {
    let is_plain = |c: &char| {
        !c.is_control()
            && !matches!(*c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(is_plain).collect()
}

/// Sectors of the embedded constituents, by symbol.
static SECTORS: LazyLock<HashMap<Symbol, Arc<str>>> = LazyLock::new(|| {
    let lines = include_str!("../../tickers/sectors.csv").lines();
    lines.filter_map(|line| line.split_once(',')).filter_map(sector_entry).collect()
});

fn sector_entry((symbol, sector): (&str, &str)) -> Option<(Symbol, Arc<str>)> {
    Some((Symbol::parse(symbol).ok()?, sector.into()))
}

/// A ticker as the user wrote it, trimmed and upper-cased, known to match
/// `[A-Z0-9^][A-Z0-9.\-=^&/]{0,31}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(Arc<str>);

impl Symbol {
    /// Reads one ticker; surrounding blanks and lower case are forgiven, nothing else is.
    ///
    /// # Errors
    /// [`BadTicker`] when the text does not match the grammar.
    pub fn parse(text: &str) -> Result<Self, BadTicker> {
        let ticker = text.trim().to_ascii_uppercase();
        let starts_well =
            ticker.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '^');
        let goes_on_well = ticker
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b".-=^&/".contains(&b));
        if starts_well && goes_on_well && ticker.len() <= 32 {
            Ok(Self(ticker.into()))
        } else {
            Err(BadTicker { text: text.trim().chars().take(40).collect(), line: None })
        }
    }

    /// The ticker's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that is no ticker, and the line it stands on when it came from a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadTicker {
    text: String,
    line: Option<u64>,
}

impl fmt::Display for BadTicker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `{:?}` escapes control characters: what a file holds never reaches the terminal raw.
        match self.line {
            Some(line) => write!(f, "line {line} {:?}", self.text),
            None => write!(f, "{:?}", self.text),
        }
    }
}

/// Why no universe could be made of what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum UniverseError {
    /// A positional that looks like a path, with nothing there.
    #[error("no such list: {0:?} is neither a file nor an embedded list")]
    NoSuchList(String),
    /// A positional that is nothing we know.
    #[error("{0} is neither a file, an embedded list nor a ticker")]
    NotATicker(BadTicker),
    /// Entries of a list that are no tickers; all of them, in order.
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
        /// What is missing.
        missing: String,
        /// The columns it has.
        found: String,
    },
    /// There was something to read and no ticker in it.
    #[error("{0} holds no ticker")]
    Empty(String),
    /// A list longer than any list of tickers is.
    #[error("{0} is larger than 8 MiB, which no ticker list is")]
    TooLarge(String),
    /// The list could not be read.
    #[error("cannot read {list}: {source}")]
    Unreadable {
        /// The list's name.
        list: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A CSV list with a row that is no CSV.
    #[error("{list} is not readable as CSV: {source}")]
    BadCsv {
        /// The list's name.
        list: String,
        /// What the CSV reader said.
        source: csv::Error,
    },
}

/// The embedded list whose name is much like this one.
fn nearest_list(word: &str) -> Option<&'static str> {
    let stem = word.trim_end_matches(".txt").trim_end_matches(".csv").to_ascii_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(name, &stem);
    let names = LISTS.iter().map(|(name, _)| *name).filter(|name| likeness(name) > 0.85);
    names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

impl UniverseError {
    /// What to do about it, as a sentence without its period.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchList(word) if nearest_list(word).is_some() => {
                let near = nearest_list(word).unwrap_or_default();
                format!("did you mean {near}? screener lists names the embedded ones")
            }
            Self::NoSuchList(_) | Self::NotATicker(_) => {
                let names: Vec<_> = LISTS.iter().map(|(name, _)| *name).collect();
                format!("embedded lists are {}; -t AAPL,MSFT names tickers", names.join(", "))
            }
            Self::Unreadable { .. } => "check the path and its permissions".into(),
            _ => "a list has one ticker a line or separated by commas, # starts a comment; \
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
    let mut text: Vec<String> = bad.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    if bad.len() > MAX_NAMED {
        text.push(format!("and {} more", bad.len() - MAX_NAMED));
    }
    text.join(", ")
}

/// Distinct symbols in the order they were first asked for.
#[derive(Clone, Debug, Default)]
pub struct Universe {
    symbols: Vec<Symbol>,
    /// The sectors that the user's own lists name.
    sectors: HashMap<Symbol, Arc<str>>,
    seen: HashSet<Symbol>,
}

impl Universe {
    /// Makes a universe of command-line words: `lists` are files, embedded lists, `-` or tickers (resolved
    /// in that order), `tickers` are always tickers.
    ///
    /// # Errors
    /// [`UniverseError`] names the word, list or line that is wrong. Nothing is skipped.
    pub fn read(
        lists: &[String],
        tickers: &[String],
        stdin: &mut dyn Read,
    ) -> Result<Self, UniverseError> {
        let mut universe = Self::default();
        for word in lists {
            universe.add_word(word, stdin)?;
        }
        let named =
            tickers.iter().map(|ticker| Entry { line: None, ticker: ticker.clone(), sector: None });
        universe.add_entries("--tickers", named)?;
        Ok(universe)
    }

    /// The symbols, each once, in order.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// The sector of a symbol: as the user's own list says, else as the embedded constituents do.
    #[must_use]
    pub fn sector(&self, symbol: &Symbol) -> Option<Arc<str>> {
        let spelt = |separator: &str| {
            let other = symbol.as_str().replace(['.', '-', '/'], separator);
            SECTORS.get(&Symbol::parse(&other).ok()?)
        };
        let own = self.sectors.get(symbol);
        own.or_else(|| [".", "-", "/"].into_iter().find_map(spelt)).cloned()
    }

    /// Adds a symbol unless it is there already.
    pub fn add(&mut self, symbol: Symbol) {
        if self.seen.insert(symbol.clone()) {
            self.symbols.push(symbol);
        }
    }

    fn add_word(&mut self, word: &str, stdin: &mut dyn Read) -> Result<(), UniverseError> {
        let path = Path::new(word);
        if word == "-" {
            self.add_list("standard input", &slurp("standard input", stdin)?)
        } else if path.exists() && !path.is_dir() {
            let mut file = std::fs::File::open(path)
                .map_err(|source| UniverseError::Unreadable { list: word.into(), source })?;
            self.add_list(word, &slurp(word, &mut file)?)
        } else if let Some((name, text)) = embedded(word) {
            self.add_list(name, text)
        } else if looks_like_path(word) {
            Err(UniverseError::NoSuchList(word.chars().take(200).collect()))
        } else {
            self.add(Symbol::parse(word).map_err(UniverseError::NotATicker)?);
            Ok(())
        }
    }

    /// Adds every ticker of a list's text: one a line or comma-separated, or the `symbol`/`ticker` column
    /// of a CSV.
    ///
    /// # Errors
    /// [`UniverseError::BadTickers`] names every entry that is none, with its line; an empty list is an
    /// error too.
    pub fn add_list(&mut self, name: &str, text: &str) -> Result<(), UniverseError> {
        let entries = match CsvList::of(text) {
            Some(list) => list.entries(name)?,
            None => plain_entries(text),
        };
        if entries.is_empty() {
            return Err(UniverseError::Empty(name.into()));
        }
        self.add_entries(name, entries)
    }

    fn add_entries(
        &mut self,
        list: &str,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<(), UniverseError> {
        let mut bad = Vec::new();
        for Entry { line, ticker, sector } in entries {
            match Symbol::parse(&ticker) {
                Ok(symbol) => {
                    if let Some(sector) = sector.filter(|sector| !sector.is_empty()) {
                        self.sectors.insert(symbol.clone(), printable(&sector).into());
                    }
                    self.add(symbol);
                }
                Err(e) => bad.push(BadTicker { line, ..e }),
            }
        }
        if bad.is_empty() {
            Ok(())
        } else {
            Err(UniverseError::BadTickers { list: list.into(), bad })
        }
    }
}

/// The embedded list called `word`, with or without `.txt`.
fn embedded(word: &str) -> Option<(&'static str, &'static str)> {
    let name = word.strip_suffix(".txt").unwrap_or(word);
    LISTS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// Whether a word was meant as a path: an ending of a list, or a separator that is not the one of a class
/// share such as `BRK/B`.
fn looks_like_path(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let class_share = word.split_once('/').is_some_and(|(base, class)| {
        base.len() <= 5
            && base.bytes().all(|b| b.is_ascii_alphabetic())
            && class.len() == 1
            && class.bytes().all(|b| b.is_ascii_alphabetic())
    });
    [".txt", ".csv"].iter().any(|ending| lower.ends_with(ending))
        || word.contains('\\')
        || (word.contains('/') && !class_share)
}
