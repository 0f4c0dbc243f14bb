//! Who was in an index on a past day. Ranking a past day with today's members ranks winners that are in the list
//! because they won.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::embedded::LISTS;
use super::text::csv_reader;

/// Name and members of each list whose changes are known: symbol, from (included), to (excluded).
const MEMBERS: [(&str, &str); 3] = [
    ("dow30", include_str!("../../tickers/members/dow30.csv")),
    ("nasdaq100", include_str!("../../tickers/members/nasdaq100.csv")),
    ("sp500", include_str!("../../tickers/members/sp500.csv")),
];
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
        write!(
            f,
            "{list}: members of {day}: {members}, of which {no_longer} are not in today's list"
        )?;
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
        own.map(|spell| spell.symbol).collect::<Vec<_>>()
    });
    let today = LISTS.iter().find(|(name, _)| *name == list).map_or("", |(_, text)| text);
    let is_gone = |symbol: &&String| !today.lines().any(|line| line.trim() == *symbol);
    let past = PastList {
        list: list.into(),
        day: day.to_string(),
        members: members.as_ref().map(Vec::len),
        no_longer: members.iter().flatten().filter(is_gone).count(),
        is_old: members.is_some() && day.year() < FIRST_YEAR_WITH_PRICES,
    };
    (members, past)
}

/// Some time that a symbol was in a list.
struct Spell {
    symbol: String,
    from: NaiveDate,
    to: Option<NaiveDate>,
}

impl Spell {
    fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

fn spells(list: &str) -> Option<Vec<Spell>> {
    let (_, text) = MEMBERS.iter().find(|(name, _)| *name == list)?;
    let mut spells = Vec::new();
    for record in csv_reader(text).records().flatten() {
        if let (Some(symbol), Some(Ok(from))) = (record.get(0), record.get(1).map(str::parse)) {
            let to = record.get(2).and_then(|to| to.parse().ok());
            spells.push(Spell { symbol: symbol.into(), from, to });
        }
    }
    Some(spells)
}
