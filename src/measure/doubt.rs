//! What makes a series doubtful: prices that no trade explains. Such a row is shown and never ranked, for an artefact
//! of ten thousand percent would come first.
//!
//! Decided by one symbol's bars and what their source states of splits; nothing is corrected here.

use std::fmt;

use chrono::NaiveDate;

use super::calendar::SESSIONS;
use super::note::Note;
use super::overnight::{MIN_MOVE, NEARBY_SESSIONS, Overnight, UNIT_FACTORS, USUAL_SESSIONS};
use crate::bars::Bars;

/// Sessions at the end with one close and no volume.
const FROZEN_SESSIONS: usize = 10;
/// Plain and adjusted closes part overnight by more than this: a split that only the latter are adjusted for.
const MAX_DIVIDEND: f64 = 1.3;

/// Why a series is doubtful, and since which bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubt {
    /// The kind, one of those that [`Note::is_doubt`] holds of.
    pub note: Note,
    /// The first bar of the prices that do not go with those before.
    pub date: NaiveDate,
    /// What the price was multiplied with there, or what the other price is of this one; 1 where it is frozen.
    pub factor: f64,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { note, date, factor } = self;
        let times = if *factor < 1.0 {
            format!("1/{:.4}", 1.0 / factor).trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            format!("{factor:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        match note {
            Note::SuspectSplit => write!(
                f,
                "on {date} the price is {times} of the one before, as at a split that the earlier ones are not \
                 adjusted for"
            ),
            Note::SuspectUnit => write!(
                f,
                "on {date} the price is {times} of the one before, as from pounds to pence or back"
            ),
            Note::Frozen => write!(f, "since {date} the close is the same and nothing is traded"),
            Note::SuspectPrice => {
                write!(f, "the source's own last price is {times} of the close of {date}")
            }
            _ => write!(f, "on {date} the price is {times} of the one before"),
        }
    }
}

/// The doubts about adjusted closes and what they come from, each kind once.
#[must_use]
pub fn doubts(bars: &Bars) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    doubts.extend(jump(bars, bars.adjusted()).or_else(|| half_adjusted(bars)));
    doubts.extend(frozen(bars));
    if bars.is_disputed()
        && let Some(last) = bars.last_price()
        && let (Some(date), Some(close)) = (bars.dates().last(), bars.close().last())
    {
        let factor = last.price / close;
        let is_unit = UNIT_FACTORS.contains(&factor.max(1.0 / factor));
        let note = if is_unit { Note::SuspectUnit } else { Note::SuspectPrice };
        doubts.push(Doubt { note, date: *date, factor });
    }
    doubts
}

/// The doubts about plain closes and volumes, where it is these that are screened.
#[must_use]
pub fn doubts_of_plain_prices(bars: &Bars) -> Option<Doubt> {
    jump(bars, bars.close()).or_else(|| parted(bars))
}

/// The newest overnight move that is no trade.
fn jump(bars: &Bars, closes: &[f64]) -> Option<Doubt> {
    let dates = bars.dates();
    let splits = bars.events().splits.iter().flatten();
    let splits: Vec<usize> =
        splits.map(|split| dates.partition_point(|date| *date < split.date)).collect();
    // What the first sessions of a whole window were compared with is not there, and no number reaches back to them.
    let first = if closes.len() >= SESSIONS { USUAL_SESSIONS } else { 1 };
    for day in (first..closes.len()).rev() {
        // Most pairs need no division. Smaller moves are judged for a stated split near them alone.
        let (before, now) = (closes[day - 1], closes[day]);
        let is_small = now < MIN_MOVE * before && before < MIN_MOVE * now;
        if is_small && !splits.iter().any(|place| place.abs_diff(day) <= NEARBY_SESSIONS) {
            continue;
        }
        if let Some(note) = Overnight::of(bars, closes, day).doubt() {
            return Some(Doubt { note, date: dates[day], factor: now / before });
        }
    }
    None
}

/// Ten sessions or more at the end with one close, in which nothing was traded.
fn frozen(bars: &Bars) -> Option<Doubt> {
    let (close, volume) = (bars.close(), bars.volume()?);
    let last = close.last()?.to_bits();
    let still =
        (0..close.len()).rev().take_while(|i| close[*i].to_bits() == last && volume[*i] == 0.0);
    let still = still.count();
    let date = bars.dates()[bars.len().checked_sub(still.max(1))?];
    (still >= FROZEN_SESSIONS).then_some(Doubt { note: Note::Frozen, date, factor: 1.0 })
}

/// Adjusted closes that move overnight and part from the plain ones, by more than a dividend, where the price itself
/// hardly moved: only one of the two is adjusted.
fn half_adjusted(bars: &Bars) -> Option<Doubt> {
    if bars.events().splits.is_some() {
        return None; // what a stated split explains is adjusted
    }
    let adjusted = bars.adjusted();
    for day in (1..bars.len()).rev() {
        let moved = adjusted[day] / adjusted[day - 1];
        if moved < MAX_DIVIDEND && 1.0 < MAX_DIVIDEND * moved {
            continue;
        }
        let parted = parting(bars, day);
        let has_parted = parted.max(1.0 / parted) > MAX_DIVIDEND;
        let is_most_of_it = moved.ln().abs() > parted.ln().abs() / 2.0;
        if has_parted && is_most_of_it && Overnight::of(bars, adjusted, day).is_quiet() {
            return Some(Doubt {
                note: Note::SuspectSplit,
                date: bars.dates()[day],
                factor: moved,
            });
        }
    }
    None
}

/// Plain and adjusted closes that part overnight by more than a dividend: volumes are of other shares than before.
fn parted(bars: &Bars) -> Option<Doubt> {
    if bars.events().splits.is_some() {
        return None;
    }
    for day in (1..bars.len()).rev() {
        let factor = parting(bars, day);
        if factor.max(1.0 / factor) > MAX_DIVIDEND {
            return Some(Doubt { note: Note::SuspectSplit, date: bars.dates()[day], factor });
        }
    }
    None
}

/// How far the plain close moves to a day, as a multiple of how far the adjusted one does.
fn parting(bars: &Bars, day: usize) -> f64 {
    let [before, now] = [day - 1, day].map(|day| bars.adjusted()[day] / bars.close()[day]);
    before / now
}
