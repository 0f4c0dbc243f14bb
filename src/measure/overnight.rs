//! Whether trade made an overnight move: by what was traded that day against the days before, by how far the price went
//! within the day, and by how unusual such a move is.
//!
//! The thresholds were measured on 1,110 artefacts and 2,400 real moves of 1.4 and more of American shares; half of the
//! names gave them, the other half their precision. They are stated where they stand.

use std::ops::{Range, RangeInclusive};

use super::indicators::median;
use super::note::Note;
use crate::bars::{Bars, Split};

/// Smaller moves are never judged: the day of a bad close is a quarter off.
pub const MIN_MOVE: f64 = 1.25;
/// Factors of a change of unit: a hundred, within a day's move of 25 %.
pub(super) const UNIT_FACTORS: RangeInclusive<f64> = 80.0..=125.0;
/// The ratios of common splits.
const RATIOS: [f64; 18] = [
    1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0,
    50.0,
];
/// A split of 3:2: a fall by a third, which is ordinary on a day of much trade.
const THREE_FOR_TWO: f64 = 1.5;
/// Sessions that a move is compared with.
pub(super) const USUAL_SESSIONS: usize = 20;
/// Sessions before a move that show what is usual.
const MIN_SESSIONS: usize = 5;
/// The least that a usual day's move counts as, in logarithms: a price that hardly moves is no measure.
const MIN_USUAL_MOVE: f64 = 0.005;
/// Sessions within which a stated split may be applied on the wrong day, and how near a move comes to it, in logarithms.
pub(super) const NEARBY_SESSIONS: usize = 5;
const NEARBY_TOLERANCE: f64 = 0.1;
/// A stated ratio nearer to 1 than this is a move of an ordinary day.
const MIN_STATED_RATIO: f64 = 1.2;
/// A close that far off is a bad one, if the next is back so near the one before.
const BACK_WITHIN: f64 = 0.05;

/// A move from one close to the next.
pub(super) struct Overnight<'a> {
    bars: &'a Bars,
    closes: &'a [f64],
    /// The bar that it leads to.
    day: usize,
    /// What the price was multiplied with.
    factor: f64,
    /// The same or its inverse, above 1.
    size: f64,
    /// The volume over the mean of those before; 0 with too few of them. `None`: there are no volumes.
    volume: Option<f64>,
    /// The move over the usual one, in logarithms.
    unusual: f64,
    /// How far the price went within the day, as a share of the move. `None`: there are no ranges.
    range: Option<f64>,
}

impl<'a> Overnight<'a> {
    /// The move to a bar of these closes, which are those of the bars, plain or adjusted.
    pub(super) fn of(bars: &'a Bars, closes: &'a [f64], day: usize) -> Self {
        let factor = closes[day] / closes[day - 1];
        let length = factor.ln().abs();
        let (before, after) = compared(day, closes.len());
        let before = closes[before.start.saturating_sub(1)..before.end].windows(2);
        let moves = before.chain(closes[after.start - 1..after.end].windows(2));
        let usual: Vec<f64> = moves.map(|pair| (pair[1] / pair[0]).ln().abs()).collect();
        let usual = median(&usual).unwrap_or(0.0).max(MIN_USUAL_MOVE);
        let range = bars.range(day).map(|(low, high)| (high / low).ln() / length);
        let volume = bars.volume().map(|volume| relative_volume(volume, day, factor));
        let size = factor.max(1.0 / factor);
        Self { bars, closes, day, factor, size, volume, unusual: length / usual, range }
    }

    /// What the move is, if it is no trade.
    pub(super) fn doubt(&self) -> Option<Note> {
        if UNIT_FACTORS.contains(&self.size) {
            return Some(Note::SuspectUnit);
        }
        let splits = self.bars.events().splits.as_deref().unwrap_or_default();
        if splits.iter().any(|split| self.is_unapplied(*split) || self.is_misplaced(*split)) {
            return Some(Note::SuspectSplit);
        }
        if self.size < MIN_MOVE {
            return None;
        }
        let is_no_trade = match (self.volume, self.range) {
            (Some(volume), Some(range)) => self.is_no_trade_by_range(volume, range),
            (Some(volume), None) => self.is_no_trade_by_volume(volume),
            (None, _) => self.is_no_trade_by_closes(),
        };
        if !is_no_trade && !self.is_bad_close() {
            return None;
        }
        Some(if self.is_near_split(0.05) { Note::SuspectSplit } else { Note::SuspectJump })
    }

    /// By ranges and volumes: an artefact moves the close and not the price within the day, and nobody trades on it.
    fn is_no_trade_by_range(&self, volume: f64, range: f64) -> bool {
        // After a split there are more shares to trade.
        let volume =
            if self.is_fall() && self.is_near_split(0.03) { volume * self.factor } else { volume };
        if self.is_fall() && self.size >= 10.0 {
            return range < 0.3;
        }
        if !self.is_fall() && self.size >= 4.0 {
            return range < 0.5 && (self.size >= 10.0 || volume < 15.0);
        }
        let quiet = if self.is_fall() { 0.3 } else { 0.5 };
        self.size >= 1.4
            && self.unusual >= 10.0
            && ((volume < 3.0 && range < quiet) || (volume < 7.0 && range < 0.15))
    }

    /// By volumes alone, where the move is larger and more unusual.
    fn is_no_trade_by_volume(&self, volume: f64) -> bool {
        let scaled = if self.is_fall() { volume * self.factor } else { volume };
        if self.size >= 4.0 && scaled < 5.0 {
            return true;
        }
        let is_three_for_two = self.is_fall() && is_near(self.size, THREE_FOR_TWO, 0.05);
        if is_three_for_two && scaled < 1.5 && self.unusual >= 20.0 {
            return true;
        }
        self.size >= 1.75
            && if self.is_near_split(0.05) {
                scaled < 2.0 && self.unusual >= 12.0
            } else {
                volume < 2.0 && self.unusual >= 15.0
            }
    }

    /// By closes alone.
    fn is_no_trade_by_closes(&self) -> bool {
        let unusual = if self.is_fall() { 40.0 } else { 60.0 };
        self.size >= 4.0
            || (self.size >= 1.75 && self.is_near_split(0.05) && self.unusual >= unusual)
    }

    /// A close that is far off for one session, or far outside of what was traded that day.
    fn is_bad_close(&self) -> bool {
        let close = self.bars.close()[self.day];
        let is_outside = self
            .bars
            .range(self.day)
            .is_some_and(|(low, high)| close > MIN_MOVE * high || MIN_MOVE * close < low);
        let before = self.closes[self.day - 1];
        let is_back = self
            .closes
            .get(self.day + 1)
            .is_some_and(|next| (next / before - 1.0).abs() < BACK_WITHIN);
        let is_untraded = self.volume.is_some_and(|volume| volume < 3.0) && self.is_quiet();
        is_outside || (is_back && is_untraded && self.unusual >= 10.0)
    }

    /// Whether it is a stated split itself: about of its ratio, on its day.
    fn is_unapplied(&self, split: Split) -> bool {
        let dates = self.bars.dates();
        let is_its_day = dates[self.day - 1] < split.date && split.date <= dates[self.day];
        // What the day itself did to the price is far less than what the split would have.
        is_its_day
            && is_large(split)
            && (self.factor * split.ratio).ln().abs() < self.factor.ln().abs() / 2.0
    }

    /// Whether it is of the ratio of a stated split near its day, or takes it back, and nothing went on that day.
    fn is_misplaced(&self, split: Split) -> bool {
        let place = self.bars.dates().partition_point(|date| *date < split.date);
        let is_near_in_time = place.abs_diff(self.day) <= NEARBY_SESSIONS;
        let length = split.ratio.ln().abs();
        is_near_in_time
            && is_large(split)
            && (self.factor.ln().abs() - length).abs() < NEARBY_TOLERANCE * length
            && self.range.is_some_and(|range| range < 0.3)
    }

    fn is_fall(&self) -> bool {
        self.factor < 1.0
    }

    fn is_near_split(&self, tolerance: f64) -> bool {
        RATIOS.iter().any(|ratio| is_near(self.size, *ratio, tolerance))
    }

    /// Whether the price went far less within the day than overnight, where that is known.
    pub(super) fn is_quiet(&self) -> bool {
        self.range.is_none_or(|range| range < 0.5)
    }
}

fn is_large(split: Split) -> bool {
    split.ratio.max(1.0 / split.ratio) >= MIN_STATED_RATIO
}

fn is_near(size: f64, ratio: f64, tolerance: f64) -> bool {
    (size / ratio - 1.0).abs() < tolerance
}

/// The sessions that a day is compared with: those before, and where a series has just begun, those after it, too.
fn compared(day: usize, len: usize) -> (Range<usize>, Range<usize>) {
    let before = day.saturating_sub(USUAL_SESSIONS)..day;
    let is_beginning = before.len() < MIN_SESSIONS;
    let missing = if is_beginning { USUAL_SESSIONS - before.len() } else { 0 };
    (before, (day + 1).min(len)..(day + 1 + missing).min(len))
}

/// The volume of a day over the mean of those it is compared with; 0 where there are too few to tell, more of them for a
/// great rise.
fn relative_volume(volume: &[f64], day: usize, factor: f64) -> f64 {
    let (before, after) = compared(day, volume.len());
    let needed = if factor >= 4.0 { 5 } else { 2 };
    let sessions = before.len() + after.len();
    #[expect(clippy::cast_precision_loss, reason = "a few sessions")]
    let usual = volume[before].iter().chain(&volume[after]).sum::<f64>() / sessions as f64;
    if sessions < needed || usual <= 0.0 { 0.0 } else { volume[day] / usual }
}
