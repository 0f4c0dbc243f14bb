//! What makes a series doubtful: prices that no trade explains. Such a row is shown and never ranked, for an artefact
//! of ten thousand percent would come first.
//!
//! Decided by one symbol's bars and what their source states of splits; nothing is corrected here.

use std::fmt;

use chrono::NaiveDate;

use super::note::Note;
use crate::bars::{Bars, Split};

/// An overnight factor, up or down, that is no trade.
const MAX_FACTOR: f64 = 4.0;
/// Factors of a change of unit: a hundred, within a day's move of 25 %.
const UNIT_FACTORS: std::ops::RangeInclusive<f64> = 80.0..=125.0;
/// A stated ratio nearer to 1 than this is a move of an ordinary day.
const MIN_STATED_RATIO: f64 = 1.2;
/// The ratios of common splits, and how near one a move is a split, where the source states none.
const COMMON_RATIOS: [f64; 12] = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0];
const COMMON_TOLERANCE: f64 = 0.03;
/// A split of 3:2: a fall by a third, which is ordinary on a day of much trade.
const THREE_FOR_TWO: f64 = 1.5;
/// Sessions before a move whose mean volume its own is compared with.
const USUAL_SESSIONS: usize = 20;
/// So many times the usual volume, and a price may well halve or double.
const MUCH_TRADE: f64 = 3.0;
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
    doubts.extend(jump(bars, bars.adjusted()));
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
    jump(bars, bars.close()).or_else(|| half_adjusted(bars))
}

/// The newest overnight move that is no trade.
fn jump(bars: &Bars, closes: &[f64]) -> Option<Doubt> {
    let splits = bars.events().splits.as_deref();
    for day in (1..closes.len()).rev() {
        // Most pairs need no division. The smallest ratios are those of stated splits.
        let (before, now) = (closes[day - 1], closes[day]);
        if now < THREE_FOR_TWO * 0.9 * before
            && before < THREE_FOR_TWO * 0.9 * now
            && splits.is_none_or(<[_]>::is_empty)
        {
            continue;
        }
        let factor = now / before;
        if let Some(note) = judge(bars, splits, day, factor) {
            return Some(Doubt { note, date: bars.dates()[day], factor });
        }
    }
    None
}

/// What an overnight factor is, if it is no trade.
fn judge(bars: &Bars, splits: Option<&[Split]>, day: usize, factor: f64) -> Option<Note> {
    let size = factor.max(1.0 / factor);
    let is_common = COMMON_RATIOS.into_iter().any(|ratio| is_near(size, ratio));
    if UNIT_FACTORS.contains(&size) {
        return Some(Note::SuspectUnit);
    }
    if size >= MAX_FACTOR {
        return Some(if is_common { Note::SuspectSplit } else { Note::SuspectJump });
    }
    let is_split = match splits {
        Some(splits) => splits.iter().any(|split| is_unapplied(bars, *split, day, factor)),
        None if is_common => !has_much_trade(bars, day, size, false),
        None => {
            factor < 1.0 && is_near(size, THREE_FOR_TWO) && !has_much_trade(bars, day, size, true)
        }
    };
    is_split.then_some(Note::SuspectSplit)
}

/// Whether a factor is about that of a common split.
fn is_near(size: f64, ratio: f64) -> bool {
    (size / ratio - 1.0).abs() < COMMON_TOLERANCE
}

/// Whether a move is a stated split itself: about of its ratio, on its day.
fn is_unapplied(bars: &Bars, split: Split, day: usize, factor: f64) -> bool {
    let dates = bars.dates();
    let is_its_day = dates[day - 1] < split.date && split.date <= dates[day];
    let is_large = split.ratio.max(1.0 / split.ratio) >= MIN_STATED_RATIO;
    // What the day itself did to the price is far less than what the split would have.
    is_its_day && is_large && (factor * split.ratio).ln().abs() < factor.ln().abs() / 2.0
}

/// Whether far more was traded on a day than before it, more than a split by itself makes of it; `otherwise` where
/// volumes are not known.
fn has_much_trade(bars: &Bars, day: usize, size: f64, otherwise: bool) -> bool {
    let Some(volume) = bars.volume() else { return otherwise };
    let before = &volume[day.saturating_sub(USUAL_SESSIONS)..day];
    #[expect(clippy::cast_precision_loss, reason = "a few sessions")]
    let usual = before.iter().sum::<f64>() / before.len() as f64;
    volume[day] > MUCH_TRADE * size * usual
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

/// Plain and adjusted closes that part overnight by more than a dividend, where no split is stated that says why.
fn half_adjusted(bars: &Bars) -> Option<Doubt> {
    if bars.events().splits.is_some() {
        return None; // what a stated split explains is adjusted
    }
    let adjustment = |day: usize| bars.adjusted()[day] / bars.close()[day];
    for day in (1..bars.len()).rev() {
        let factor = adjustment(day - 1) / adjustment(day);
        if factor.max(1.0 / factor) > MAX_DIVIDEND {
            return Some(Doubt { note: Note::SuspectSplit, date: bars.dates()[day], factor });
        }
    }
    None
}
