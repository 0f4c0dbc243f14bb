//! A universe: distinct symbols in the order in which the user named them, in lists or one by one.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use super::embedded;
use super::entries::{Entries, Entry, LeftOut, Reason};
use super::error::UniverseError;
use super::industries::{self, Industry, IndustryNames};
use super::members::{self, Memberships, PastList};
use super::shard::Shard;
use super::symbol::Symbol;
use super::text::{self, LIST_LIMIT, STANDARD_INPUT};
use crate::table::named;
use crate::table::plural;
use crate::table::printable;

/// Rows that a sentence on left-out ones names, and characters of each.
const MAX_TOLD: usize = 5;
const MAX_CELL: usize = 30;
/// Characters of a missing list's name that an error message shows.
const MAX_SHOWN: usize = 200;

/// Distinct symbols in the order in which they were first asked for.
#[derive(Clone, Debug, Default)]
pub struct Universe {
    symbols: Vec<Symbol>,
    /// The sectors that the user's own lists name.
    sectors: HashMap<Symbol, Arc<str>>,
    seen: HashSet<Symbol>,
    past_lists: Vec<PastList>,
    left_out: Vec<String>,
    without_ticker: Option<String>,
}

/// How lists are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListOptions {
    /// An embedded list is that of this day. `None`: today's.
    pub on: Option<NaiveDate>,
    /// An embedded list has everyone who was a member on this day or later, where that is known.
    pub since: Option<NaiveDate>,
    /// Of tables with names of securities only common shares are taken.
    pub only_common: bool,
}

impl Universe {
    /// Makes a universe of command-line words: `lists` are files, embedded lists, `-` or tickers (resolved in
    /// that order), `tickers` are always tickers.
    ///
    /// # Errors
    /// [`UniverseError`] names the word, list or line that is wrong. Nothing is skipped.
    pub fn read(
        lists: &[String],
        tickers: &[String],
        options: ListOptions,
        stdin: &mut dyn Read,
    ) -> Result<Self, UniverseError> {
        let mut universe = Self::default();
        for word in lists {
            universe.add_word(word, options, stdin)?;
        }
        let mut entries = Vec::with_capacity(tickers.len());
        for ticker in tickers {
            entries.push(Entry { line: None, ticker: ticker.clone(), sector: None });
        }
        universe.add_entries("--tickers", entries)?;
        Ok(universe)
    }

    /// The embedded list of that name, as it was on a day. `None`: there is none.
    ///
    /// # Errors
    /// [`UniverseError::NoMembers`] when it had no members yet.
    pub fn embedded(name: &str, on: Option<NaiveDate>) -> Result<Option<Self>, UniverseError> {
        let Some((name, text)) = embedded::find(name) else { return Ok(None) };
        let mut universe = Self::default();
        universe.add_embedded(name, text, on)?;
        Ok(Some(universe))
    }

    /// The symbols, each once, in order.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// The embedded lists in it as they were on a past day.
    #[must_use]
    pub fn past_lists(&self) -> &[PastList] {
        &self.past_lists
    }

    /// Whether a symbol is in it.
    #[must_use]
    pub fn contains(&self, symbol: &Symbol) -> bool {
        self.seen.contains(symbol)
    }

    /// What a symbol's company does: the sector as the user's own list says, else all as the embedded lists do.
    #[must_use]
    pub fn industry(&self, symbol: &Symbol) -> Industry {
        let embedded = industries::industry(symbol);
        match self.sectors.get(symbol) {
            Some(sector) => Industry { sector: Some(Arc::clone(sector)), ..embedded },
            None => embedded,
        }
    }

    /// Every sector and sub-industry that a symbol can have.
    #[must_use]
    pub fn industries(&self) -> IndustryNames {
        let mut names = IndustryNames::embedded();
        names.sectors.extend(self.sectors.values().cloned());
        names
    }

    /// Adds a symbol unless it is there already, however its class share is spelt.
    pub fn add(&mut self, symbol: Symbol) {
        if !symbol.is_in(|spelling| self.seen.contains(spelling)) {
            self.seen.insert(symbol.clone());
            self.symbols.push(symbol);
        }
    }

    /// Adds every ticker of a list's text: one a line or comma-separated, or the `symbol` or `ticker` column of
    /// a CSV.
    ///
    /// # Errors
    /// [`UniverseError::BadTickers`] names every entry that is not a ticker, with its line; an empty list is an
    /// error too.
    pub fn add_list(&mut self, name: &str, text: &str) -> Result<(), UniverseError> {
        self.add_table(name, text, false)
    }

    /// The same; perhaps only what is a common share by the names of a table.
    fn add_table(
        &mut self,
        name: &str,
        text: &str,
        only_common: bool,
    ) -> Result<(), UniverseError> {
        let Entries { found: entries, left_out, listed } = text::entries(name, text, only_common)?;
        if entries.is_empty() {
            return Err(UniverseError::Empty(name.into()));
        }
        if let Some(sentence) = told(name, &left_out) {
            if left_out.iter().any(|row| row.reason == Reason::NoTicker) {
                self.without_ticker.get_or_insert_with(|| sentence.clone());
            }
            self.left_out.push(sentence);
        }
        if !listed.is_empty() {
            let tickers = plural(listed.len(), "ticker");
            let shown = named(&listed, MAX_TOLD);
            self.left_out.push(format!("{name}: {tickers} by their exchange ({shown})"));
        }
        self.add_entries(name, entries)
    }

    /// A sentence on rows of a table without a ticker, if there were any.
    #[must_use]
    pub fn without_ticker(&self) -> Option<&str> {
        self.without_ticker.as_deref()
    }

    /// What of tables was left out or read in another way than it is written, a sentence each.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The symbols of one shard, in their order; perhaps none.
    #[must_use]
    pub fn shard(&self, shard: Shard) -> Self {
        let mut own = Self {
            sectors: self.sectors.clone(),
            past_lists: self.past_lists.clone(),
            ..Self::default()
        };
        for symbol in self.symbols.iter().filter(|symbol| shard.holds(symbol)) {
            own.add(symbol.clone());
        }
        own
    }

    /// Adds an embedded list as it is called, as it was on a day. `None`: as it is today.
    fn add_embedded(
        &mut self,
        name: &str,
        text: &str,
        on: Option<NaiveDate>,
    ) -> Result<(), UniverseError> {
        let Some(day) = on else { return self.add_list(name, text) };
        let (members, past) = members::on(name, day);
        let Some(members) = members else {
            self.past_lists.push(past);
            return self.add_list(name, text);
        };
        if members.is_empty() {
            let first = members::first_day(name).map(|day| day.to_string()).unwrap_or_default();
            return Err(UniverseError::NoMembers { list: name.into(), day, first });
        }
        self.past_lists.push(past);
        let entries = members.into_iter();
        let entries = entries.map(|ticker| Entry { line: None, ticker, sector: None }).collect();
        self.add_entries(name, entries)
    }

    fn add_word(
        &mut self,
        word: &str,
        options: ListOptions,
        stdin: &mut dyn Read,
    ) -> Result<(), UniverseError> {
        let ListOptions { on, since, only_common } = options;
        if word == "-" {
            self.add_table(
                STANDARD_INPUT,
                &text::read_text(STANDARD_INPUT, stdin, LIST_LIMIT)?,
                only_common,
            )
        } else if is_file(word) {
            self.add_table(word, &text::read_file(word, LIST_LIMIT)?, only_common)
        } else if let Some((name, text)) = embedded::find(word) {
            match since.zip(Memberships::embedded(name)) {
                Some((since, members)) => {
                    self.extend(members.since(since));
                    Ok(())
                }
                None => self.add_embedded(name, text, on),
            }
        } else if let Some(list) = embedded::index(word) {
            Err(UniverseError::Index { word: word.into(), list })
        } else if looks_like_path(word) {
            Err(UniverseError::NoSuchList(word.chars().take(MAX_SHOWN).collect()))
        } else {
            self.add(Symbol::parse(word).map_err(UniverseError::NotATicker)?);
            Ok(())
        }
    }

    fn add_entries(&mut self, list: &str, entries: Vec<Entry>) -> Result<(), UniverseError> {
        let mut bad = Vec::new();
        for Entry { line, ticker, sector } in entries {
            match Symbol::parse(&ticker) {
                Ok(symbol) => {
                    if let Some(sector) = sector.filter(|sector| !sector.is_empty()) {
                        self.sectors.insert(symbol.clone(), printable(&sector).into());
                    }
                    self.add(symbol);
                }
                Err(error) => bad.push(error.on_line(line)),
            }
        }
        if bad.is_empty() {
            Ok(())
        } else {
            Err(UniverseError::BadTickers { list: list.into(), bad })
        }
    }
}

impl Extend<Symbol> for Universe {
    fn extend<T: IntoIterator<Item = Symbol>>(&mut self, symbols: T) {
        for symbol in symbols {
            self.add(symbol);
        }
    }
}

impl FromIterator<Symbol> for Universe {
    fn from_iter<T: IntoIterator<Item = Symbol>>(symbols: T) -> Self {
        let mut universe = Self::default();
        universe.extend(symbols);
        universe
    }
}

/// The embedded list that a word names. `None`: it names a file, a ticker or nothing.
pub(super) fn embedded_list(word: &str) -> Option<&'static str> {
    embedded::find(word).filter(|_| !is_file(word)).map(|(name, _)| name)
}

fn is_file(word: &str) -> bool {
    let path = Path::new(word);
    path.exists() && !path.is_dir()
}

/// A sentence on the rows of a table that are left out, by reason. `None`: there are none.
fn told(list: &str, left_out: &[LeftOut]) -> Option<String> {
    const REASONS: [(Reason, &str); 4] = [
        (Reason::NoTicker, "without a ticker"),
        (Reason::TestIssue, "of test issues"),
        (Reason::NotCommon, "of other securities than common shares"),
        (Reason::UnclearListing, "of which exchange and currency do not go together"),
    ];
    let mut groups = Vec::new();
    for (reason, label) in REASONS {
        let rows: Vec<&LeftOut> = left_out.iter().filter(|row| row.reason == reason).collect();
        if rows.is_empty() {
            continue;
        }
        let shown: Vec<String> = rows.iter().map(|row| row_told(row)).collect();
        groups.push(format!("{} {label} ({})", plural(rows.len(), "row"), named(&shown, MAX_TOLD)));
    }
    (!groups.is_empty()).then(|| format!("left out of {list}: {}", groups.join(", ")))
}

fn row_told(row: &LeftOut) -> String {
    let cell: String = printable(&row.cell).chars().take(MAX_CELL).collect();
    if cell.is_empty() {
        format!("line {}", row.line)
    } else {
        format!("line {} {cell:?}", row.line)
    }
}

/// Whether a word was meant as a path: the ending of a list, or a separator that is not the one of a class
/// share such as `BRK/B`.
fn looks_like_path(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let has_ending = [".txt", ".csv", ".tsv", ".json", ".ndjson", ".md", ".xlsx"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    has_ending || word.contains('\\') || (word.contains('/') && !is_class_share(word))
}

fn is_class_share(word: &str) -> bool {
    let Some((base, class)) = word.split_once('/') else { return false };
    let are_letters = base.bytes().chain(class.bytes()).all(|b| b.is_ascii_alphabetic());
    base.len() <= 5 && class.len() == 1 && are_letters
}
