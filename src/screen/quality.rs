//! Which rows can be compared with the others: neither those whose prices are too old nor those that are doubtful.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::note::Note;
use super::row::Row;
use super::session_days::Calendars;
use crate::bars::{Bars, PriceBasis};

/// Sessions a last bar may lie behind most others'.
const MAX_SESSIONS_BEHIND: usize = 5;
/// A dividend larger than this share of the price is a slip.
const MAX_DIVIDEND_SHARE: f64 = 0.4;
/// An adjustment larger than this share of the price has a reason that is stated.
const MAX_STEP: f64 = 0.1;
/// So many missing days are told.
const MIN_MISSING: usize = 2;

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
    if bars.lacks_last_session() {
        notes.push(Note::LastSessionMissing);
    }
    if has_suspect_dividend(bars) {
        notes.push(Note::SuspectDividend);
    }
    notes
}

/// Whether a dividend is a larger share of the price than any is, or the adjusted closes step without one, or a split.
fn has_suspect_dividend(bars: &Bars) -> bool {
    let Some(dividends) = &bars.events().dividends else { return false };
    let (dates, close) = (bars.dates(), bars.close());
    let before = |date: NaiveDate| dates.partition_point(|day| *day < date).checked_sub(1);
    let is_huge = dividends.iter().any(|paid| {
        before(paid.date).is_some_and(|day| paid.amount > MAX_DIVIDEND_SHARE * close[day])
    });
    let adjustment = |day: usize| bars.adjusted()[day] / close[day];
    let has_event = |day: usize| {
        let is_then = |date: NaiveDate| dates[day - 1] < date && date <= dates[day];
        let splits = bars.events().splits.iter().flatten();
        dividends.iter().any(|paid| is_then(paid.date))
            || splits.clone().any(|split| is_then(split.date))
    };
    let steps = |day: usize| (adjustment(day - 1) / adjustment(day) - 1.0).abs() > MAX_STEP;
    is_huge || (1..dates.len()).any(|day| steps(day) && !has_event(day))
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
    let Some(usual) = usual_date(rows.iter().chain(others.iter())) else { return };
    let days =
        rows.iter().chain(others.iter()).filter_map(|row| Some((row.as_of?, row.session_days)));
    let calendars = Calendars::of(usual, days);
    let oldest = calendars.nth_back(MAX_SESSIONS_BEHIND);
    let all_are_frozen = rows.iter().chain(others.iter()).all(|row| row.has_note(Note::Frozen));
    let is_alone = rows.len() + others.len() < 2;
    for row in rows.iter_mut().chain(others) {
        if all_are_frozen && !is_alone {
            row.withdraw(Note::Frozen); // nothing was traded at all: a closed exchange
        }
        if let Some(date) = row.as_of {
            if oldest.is_some_and(|oldest| date < oldest) {
                row.notes.push(Note::Stale);
            }
            if calendars.missing_in(date, row.session_days) >= MIN_MISSING {
                row.notes.push(Note::MissingSessions);
            }
        }
        row.is_set_aside = row.is_stale() || (row.is_doubtful() && !include_suspect);
    }
}
