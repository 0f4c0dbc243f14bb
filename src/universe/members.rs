//! Who was in an index on a past day. Ranking a past day with today's members ranks winners that are in the list
//! because they won.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::embedded::LISTS;
use super::error::UniverseError;
use super::symbol::Symbol;
use super::text::{self, MEMBERS_LIMIT, csv_reader};
use crate::table::line_of;

/// Name and members of each list whose changes are known: symbol, from (included), to (excluded).
const MEMBERS: [(&str, &str); 3] = [
    ("dow30", include_str!("../../tickers/members/dow30.csv")),
    ("nasdaq100", include_str!("../../tickers/members/nasdaq100.csv")),
    ("sp500", include_str!("../../tickers/members/sp500.csv")),
];
/// How many members those lists have: on early days fewer are known.
const SIZES: [(&str, usize); 3] = [("dow30", 30), ("nasdaq100", 100), ("sp500", 500)];
/// Of the members of earlier years many are gone, and so are their prices.
const FIRST_YEAR_WITH_PRICES: i32 = 2016;

/// An embedded list as it was used for a past day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastList {
    /// The list's name.
    pub list: String,
    /// The day.
    pub day: String,
    /// How many members it had then. `None`: that is not known, and today's were used.
    pub members: Option<usize>,
    /// How many of them are not in today's list.
    pub no_longer: usize,
    /// Whether many of them have no prices any more.
    pub is_old: bool,
}

impl fmt::Display for PastList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { list, day, members, no_longer, is_old } = self;
        let Some(members) = members else {
            return write!(f, "{list}: today's members, for those of {day} are not known");
        };
        let size = SIZES.iter().find(|(name, _)| name == list).map_or(0, |(_, size)| *size);
        if members * 20 < size * 19 {
            write!(f, "{list}: only {members} of some {size} members of {day} are known")?;
        } else {
            write!(f, "{list}: members of {day}: {members}")?;
        }
        write!(f, ", of which {no_longer} are not in today's list")?;
        if *is_old { write!(f, " (many have no prices any more)") } else { Ok(()) }
    }
}

/// The first day of which a list's members are known. `None`: they are known of no past day.
pub(super) fn first_day(list: &str) -> Option<NaiveDate> {
    spells(list)?.into_iter().map(|spell| spell.from).min()
}

/// The members of an embedded list on a day, and what is to be said of that; today's where no others are known.
pub(super) fn on(list: &str, day: NaiveDate) -> (Option<Vec<String>>, PastList) {
    let members = spells(list).map(|spells| {
        let own = spells.into_iter().filter(|spell| spell.holds(day));
        let mut members: Vec<String> = own.map(|spell| spell.symbol).collect();
        let mut seen = HashSet::new();
        members.retain(|symbol| seen.insert(symbol.clone())); // some spells overlap
        members
    });
    let today = LISTS.iter().find(|(name, _)| *name == list).map_or("", |(_, text)| text);
    let todays: HashSet<&str> = today.lines().map(str::trim).collect();
    let then = members.iter().flatten();
    let past = PastList {
        list: list.into(),
        day: day.to_string(),
        members: members.as_ref().map(Vec::len),
        no_longer: then.filter(|symbol| !todays.contains(symbol.as_str())).count(),
        is_old: members.is_some() && day.year() < FIRST_YEAR_WITH_PRICES,
    };
    (members, past)
}

/// Some time that a symbol was in a list.
#[derive(Clone, Debug)]
pub struct Spell {
    symbol: String,
    from: NaiveDate,
    to: Option<NaiveDate>,
}

impl Spell {
    /// That of a row: symbol, from, to. `None`: it is none.
    fn of(record: &csv::StringRecord) -> Option<Self> {
        let from = record.get(1)?.parse().ok()?;
        let to = record.get(2).and_then(|to| to.parse().ok());
        Some(Self { symbol: record.get(0)?.into(), from, to })
    }

    /// Whether a day is within it.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

fn spells(list: &str) -> Option<Vec<Spell>> {
    let (_, text) = MEMBERS.iter().find(|(name, _)| *name == list)?;
    Some(csv_reader(text).records().flatten().filter_map(|record| Spell::of(&record)).collect())
}

/// When each symbol was in a list.
#[derive(Clone, Debug, Default)]
pub struct Memberships {
    symbols: Vec<Symbol>,
    by_symbol: HashMap<Symbol, Vec<Spell>>,
}

impl Memberships {
    /// Those of an embedded list. `None`: they are not known.
    #[must_use]
    pub fn embedded(list: &str) -> Option<Self> {
        let mut members = Self::default();
        members.add_list(list).then_some(members)
    }

    /// Reads a table of members: symbol, from (included) and to (excluded, empty for who is one still).
    ///
    /// # Errors
    /// [`UniverseError`] names the file, and the first line that is wrong.
    pub fn read(path: &str) -> Result<Self, UniverseError> {
        let text = text::read_file(path, MEMBERS_LIMIT)?;
        let mut members = Self::default();
        let mut reader = csv_reader(&text);
        let bad = |line: u64| UniverseError::BadMembers { list: path.into(), line };
        let names = reader.headers().map(|header| header.iter().map(str::to_lowercase).collect());
        let names: Vec<String> = names.unwrap_or_default();
        if names.len() < 3 || names[1] != "from" || names[2] != "to" {
            return Err(bad(1));
        }
        for record in reader.records() {
            let record = record.map_err(|_| bad(0))?;
            let line = line_of(&record, &text, true);
            let has_end = record.get(2).is_some_and(|to| !to.is_empty());
            let spell = Spell::of(&record).filter(|spell| spell.to.is_some() == has_end);
            members.add(spell.ok_or_else(|| bad(line))?);
        }
        if members.symbols.is_empty() {
            return Err(UniverseError::Empty(path.into()));
        }
        Ok(members)
    }

    /// Adds a symbol that is always a member.
    pub(super) fn add_always(&mut self, symbol: &Symbol) {
        self.add(Spell { symbol: symbol.to_string(), from: NaiveDate::MIN, to: None });
    }

    /// Adds an embedded list's members. Returns whether they are known.
    pub(super) fn add_list(&mut self, list: &str) -> bool {
        let Some(spells) = spells(list) else { return false };
        for spell in spells {
            self.add(spell);
        }
        true
    }

    fn add(&mut self, spell: Spell) {
        let Ok(symbol) = Symbol::parse(&spell.symbol) else { return };
        if !self.by_symbol.contains_key(&symbol) {
            self.symbols.push(symbol.clone());
        }
        self.by_symbol.entry(symbol).or_default().push(spell);
    }

    /// Everyone who was a member on a day or later, in the order of the list.
    #[must_use]
    pub fn since(&self, day: NaiveDate) -> Vec<Symbol> {
        let symbols = self.symbols.iter();
        symbols.filter(|symbol| self.was_one(symbol, day, NaiveDate::MAX)).cloned().collect()
    }

    /// Whether a symbol was a member on any day from one on to another.
    #[must_use]
    pub fn was_one(&self, symbol: &Symbol, from: NaiveDate, to: NaiveDate) -> bool {
        let mut spells = self.spells(symbol).iter();
        spells.any(|spell| spell.from <= to && spell.to.is_none_or(|end| from < end))
    }

    /// When a symbol, however its class share is spelt, was a member.
    #[must_use]
    pub fn spells(&self, symbol: &Symbol) -> &[Spell] {
        let own = self.by_symbol.get(symbol);
        let spells = own.or_else(|| {
            let mut others = symbol.spellings();
            others.find_map(|spelling| self.by_symbol.get(&spelling))
        });
        spells.map_or(&[], Vec::as_slice)
    }
}
