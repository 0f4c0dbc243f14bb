//! What makes a series doubtful: noted in its row, corrected nowhere.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::note::Note;
use super::row::Row;
use crate::bars::{Bars, PriceBasis};

/// Sessions a last bar may lie behind most others'.
const MAX_SESSIONS_BEHIND: usize = 5;
/// The ratios of common splits. 3:2 is not among them: a loss of a third happens without a split.
const SPLIT_RATIOS: [f64; 12] = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0];

/// What a reader should know of bars, whatever is measured of them.
#[must_use]
pub fn notes(bars: &Bars) -> Vec<Note> {
    let mut notes = Vec::new();
    if bars.basis() == PriceBasis::Unadjusted && !bars.is_empty() {
        notes.push(Note::Unadjusted);
    }
    if has_unit_jump(bars) {
        notes.push(Note::SuspectUnit);
    }
    if bars.is_partial() {
        notes.push(Note::PartialBar);
    }
    if bars.left_out_open_session() {
        notes.push(Note::OpenSessionLeftOut);
    }
    notes
}

/// Whether closes jump overnight by the ratio of a common split (within 3 %): they are not adjusted for it.
#[must_use]
pub fn has_split_jump(closes: &[f64]) -> bool {
    closes.windows(2).any(|pair| {
        if is_within(pair, 1.9) {
            return false;
        }
        let size = jump_size(pair[1] / pair[0]);
        size > 1.9 && SPLIT_RATIOS.iter().any(|ratio| (size / ratio - 1.0).abs() < 0.03)
    })
}

/// Whether plain and adjusted closes part overnight by more than a dividend: a split that only the adjusted ones
/// are adjusted for, and the volumes are not.
#[must_use]
pub fn has_half_adjusted_split(bars: &Bars) -> bool {
    let mut ratios = Vec::with_capacity(bars.len());
    for (adjusted, close) in bars.adjusted().iter().zip(bars.close()) {
        ratios.push(adjusted / close);
    }
    ratios.windows(2).any(|pair| jump_size(pair[1] / pair[0]) > 1.3)
}

/// Whether the closes jump a hundredfold (within a day's move of 25 %), as from pounds to pence.
fn has_unit_jump(bars: &Bars) -> bool {
    let mut pairs = bars.close().windows(2).filter(|pair| !is_within(pair, 79.0));
    pairs.any(|pair| (80.0..=125.0).contains(&jump_size(pair[1] / pair[0])))
}

/// Whether the second of two prices is not so many times the first, nor the other way round: most pairs need no
/// division.
fn is_within(pair: &[f64], times: f64) -> bool {
    pair[1] < times * pair[0] && pair[0] < times * pair[1]
}

/// How far a ratio is from 1, in either direction.
fn jump_size(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio)
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

/// Notes rows whose last bar is more than five sessions older than the usual date: they cannot be ranked with the
/// others.
pub fn note_stale(rows: &mut [Row], usual: Option<NaiveDate>) {
    let Some(usual) = usual else { return };
    for row in rows {
        if row.as_of.is_some_and(|date| weekdays_between(date, usual) > MAX_SESSIONS_BEHIND) {
            row.notes.push(Note::Stale);
        }
    }
}

/// Mondays to Fridays after `first`, to `last`: the sessions of an exchange, its holidays included.
fn weekdays_between(first: NaiveDate, last: NaiveDate) -> usize {
    let days = first.iter_days().skip(1).take_while(|day| *day <= last);
    days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count()
}
