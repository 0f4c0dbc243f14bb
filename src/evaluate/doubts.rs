//! On which days a series was doubtful, judged as a screen of that day would have: by the window up to it.
//!
//! Almost no day is: the few windows that hold something to judge are found first, and only those are judged.

use crate::bars::Bars;
use crate::measure::doubt;
use crate::measure::overnight::MIN_MOVE;
use crate::measure::series::Indicators;

/// Sessions without a trade that may be a frozen series.
const MIN_STILL: usize = 10;

/// Where a series has something to judge.
pub(super) struct Doubts<'a> {
    bars: &'a Bars,
    /// Bars after a large move or at a split, in order.
    moves: Vec<usize>,
}

impl<'a> Doubts<'a> {
    pub(super) fn of(bars: &'a Bars) -> Self {
        let dates = bars.dates();
        let splits = bars.events().splits.iter().flatten();
        let mut moves: Vec<usize> = Vec::new();
        for (day, closes) in (1..).zip(bars.adjusted().windows(2)) {
            let factor = closes[1] / closes[0];
            if factor >= MIN_MOVE || MIN_MOVE * factor <= 1.0 {
                moves.push(day);
            }
        }
        moves.extend(splits.map(|split| dates.partition_point(|date| *date < split.date)));
        moves.sort_unstable();
        Self { bars, moves }
    }

    /// Whether the series is doubtful by a window that ends before the bar at `to`.
    pub(super) fn are_there(&self, window: &Indicators<'_>, to: usize) -> bool {
        let from = to - window.close().len();
        let first = self.moves.partition_point(|day| *day <= from);
        let has_move = self.moves.get(first).is_some_and(|day| *day < to);
        (has_move || self.is_still(from, to)) && !doubt::doubts(&self.bars.cut(from..to)).is_empty()
    }

    fn is_still(&self, from: usize, to: usize) -> bool {
        let Some(volume) = self.bars.volume() else { return false };
        let last = to.saturating_sub(MIN_STILL).max(from);
        to - last == MIN_STILL && volume[last..to].iter().all(|volume| *volume == 0.0)
    }
}
