//! Which rows can be compared with the others: neither those whose prices are too old nor those that are doubtful.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::note::Note;
use super::row::Row;
use crate::bars::{Bars, PriceBasis};

/// Sessions a last bar may lie behind most others'.
const MAX_SESSIONS_BEHIND: usize = 5;
/// Sessions of a row that a calendar is made of: as many as decide who is behind.
pub const RECENT_SESSIONS: usize = MAX_SESSIONS_BEHIND + 1;

/// What a reader should know of bars, whatever is measured of them.
#[must_use]
pub fn notes(bars: &Bars) -> Vec<Note> {
    let mut notes = Vec::new();
    if bars.basis() == PriceBasis::Unadjusted && !bars.is_empty() {
        notes.push(Note::Unadjusted);
    }
    if bars.is_partial() {
        notes.push(Note::PartialBar);
    }
    if bars.left_out_open_session() {
        notes.push(Note::OpenSessionLeftOut);
    }
    notes
}

/// The newest sessions of bars, oldest first.
#[must_use]
pub fn recent_sessions(bars: &Bars) -> Vec<NaiveDate> {
    bars.dates()[bars.len().saturating_sub(RECENT_SESSIONS)..].to_vec()
}

/// The date of most rows' last bar; of two as common as each other, the newer.
#[must_use]
pub fn usual_date<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Option<NaiveDate> {
    let mut dates: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for date in rows.into_iter().filter_map(|row| row.as_of) {
        *dates.entry(date).or_default() += 1;
    }
    // Of equals, `max_by_key` gives the last: the newest.
    dates.into_iter().max_by_key(|(_, rows)| *rows).map(|(usual, _)| usual)
}

/// Sets aside the rows that cannot be compared with the others: those whose last bar is more than five sessions older
/// than the usual one, and those that are doubtful, unless they are wanted. Sessions are those of the rows' own dates;
/// `others` are the rows that these are compared with, where that is not each other.
pub fn set_aside(rows: &mut [Row], others: &mut [Row], include_suspect: bool) {
    let oldest = oldest_current_session(rows.iter().chain(others.iter()));
    let all_are_frozen = rows.iter().chain(others.iter()).all(|row| row.has_note(Note::Frozen));
    let is_alone = rows.len() + others.len() < 2;
    for row in rows.iter_mut().chain(others) {
        if all_are_frozen && !is_alone {
            row.withdraw(Note::Frozen); // nothing was traded at all: a closed exchange
        }
        if row.as_of.zip(oldest).is_some_and(|(date, oldest)| date < oldest) {
            row.notes.push(Note::Stale);
        }
        row.is_set_aside = row.is_stale() || (row.is_doubtful() && !include_suspect);
    }
}

/// The session before which a last bar is too old.
fn oldest_current_session<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Option<NaiveDate> {
    let usual = usual_date(rows.clone())?;
    let mut sessions = BTreeSet::new();
    for row in rows {
        sessions.extend(row.recent_sessions.iter().filter(|date| **date <= usual));
    }
    sessions.into_iter().rev().nth(MAX_SESSIONS_BEHIND)
}
