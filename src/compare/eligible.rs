//! Who may be compared with the others at a session: neither those whose prices are too old nor those that are doubtful.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::row::Row;
use crate::measure::note::Note;
use crate::measure::session_days::Calendars;

/// Sessions that a last bar may lie behind the others'.
pub const MAX_SESSIONS_BEHIND: usize = 5;
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

/// Sets aside the rows that are not [`eligible`]. Sessions are those of the rows' own dates; `others` are the rows that
/// these are compared with, where that is not each other.
pub fn set_aside(rows: &mut [Row], others: &mut [Row], include_suspect: bool) {
    let Some(usual) = usual_date(rows.iter().chain(others.iter())) else { return };
    let days = rows.iter().chain(others.iter());
    let days = days.filter_map(|row| Some((row.now.as_of?, row.about.session_days)));
    let calendars = Calendars::of(usual, days);
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
