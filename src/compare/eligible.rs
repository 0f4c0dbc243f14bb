//! Who may be compared with the others at a session: neither those whose prices are too old nor those that are doubtful.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::row::Row;
use crate::measure::note::Note;
use crate::measure::session_days::Calendars;
use crate::universe::market_of;

/// Sessions that a last bar may lie behind the others'.
pub const MAX_SESSIONS_BEHIND: usize = 5;
/// Rows that show which days a market is open.
const MIN_OF_MARKET: usize = 2;
/// Markets that are closed for more than five sessions at a new year or in a golden week.
const LONG_HOLIDAYS: [&str; 5] = [".SS", ".TW", ".HK", ".T", ".KS"];
/// Days that such a market may be closed: the new year of China, with its weekends.
const LONGEST_HOLIDAY: i64 = 12;
/// So many missing days are told.
const MIN_MISSING: usize = 2;

/// Why a symbol is not compared with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetAside {
    /// Its last bar is too old.
    Stale,
    /// Its prices are doubtful.
    Doubtful,
}

/// Whether a symbol is compared with the others at a session, by how many sessions its last bar lies behind and whether
/// its prices are doubtful, which then is forgiven if `include_suspect`.
///
/// # Errors
/// [`SetAside`] says why it is not.
pub fn eligible(
    sessions_behind: usize,
    is_doubtful: impl FnOnce() -> bool,
    include_suspect: bool,
) -> Result<(), SetAside> {
    if sessions_behind > MAX_SESSIONS_BEHIND {
        return Err(SetAside::Stale);
    }
    if !include_suspect && is_doubtful() {
        return Err(SetAside::Doubtful);
    }
    Ok(())
}

/// The date of most rows' last bar; of two as common as each other, the newer.
#[must_use]
pub fn usual_date<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Option<NaiveDate> {
    let mut dates: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for date in rows.into_iter().filter_map(|row| row.now.as_of) {
        *dates.entry(date).or_default() += 1;
    }
    // Of equals, `max_by_key` gives the last: the newest.
    dates.into_iter().max_by_key(|(_, rows)| *rows).map(|(usual, _)| usual)
}

/// Sets aside the rows that are not [`eligible`]. Sessions are those of the rows' own dates, of a market with long holidays by
/// itself where there are several rows of it; `others` are the rows that these are compared with, where that is not each other.
pub fn set_aside(rows: &mut [Row], others: &mut [Row], include_suspect: bool) {
    let Some(usual) = usual_date(rows.iter().chain(others.iter())) else { return };
    let whole = calendars(usual, rows.iter().chain(others.iter()));
    let by_market = by_market(usual, rows.iter().chain(others.iter()));
    let all_are_frozen = rows.iter().chain(others.iter()).all(|row| row.has_note(Note::Frozen));
    let is_alone = rows.len() + others.len() < 2;
    for row in rows.iter_mut().chain(others) {
        if all_are_frozen && !is_alone {
            row.withdraw(Note::Frozen); // nothing was traded at all: a closed exchange
        }
        let Some(date) = row.now.as_of else {
            row.is_set_aside = row.is_doubtful() && !include_suspect;
            continue;
        };
        let own = market_of(&row.symbol).and_then(|market| by_market.get(market));
        let calendars = own.unwrap_or(&whole);
        let behind = calendars.sessions_after(date);
        let eligible = eligible(behind, || row.is_doubtful(), include_suspect);
        row.is_set_aside = eligible.is_err();
        if eligible == Err(SetAside::Stale) {
            row.notes.push(Note::Stale);
        }
        if calendars.missing_in(date, row.about.session_days) >= MIN_MISSING {
            row.notes.push(Note::MissingSessions);
        }
    }
}

/// The sessions of rows, counted back from a day.
fn calendars<'a>(day: NaiveDate, rows: impl Iterator<Item = &'a Row>) -> Calendars {
    let days = rows.filter_map(|row| Some((row.now.as_of?, row.about.session_days)));
    Calendars::of(day, days)
}

/// The sessions of each market that has a few rows, unless all of them ended long before the usual day.
fn by_market<'a>(
    usual: NaiveDate,
    rows: impl Iterator<Item = &'a Row>,
) -> HashMap<String, Calendars> {
    let mut markets: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in rows {
        let market = market_of(&row.symbol);
        if let Some(market) = market.filter(|market| LONG_HOLIDAYS.contains(market)) {
            markets.entry(market).or_default().push(row);
        }
    }
    let mut all = HashMap::new();
    for (market, rows) in markets.into_iter().filter(|(_, rows)| rows.len() >= MIN_OF_MARKET) {
        let own = usual_date(rows.iter().copied());
        if let Some(own) = own.filter(|own| (usual - *own).num_days() <= LONGEST_HOLIDAY) {
            all.insert(market.to_owned(), calendars(own, rows.into_iter()));
        }
    }
    all
}
