//! What makes a series doubtful: told in a row's notes, corrected nowhere.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::row::{Note, Row};
use crate::bars::Bars;

/// Sessions a last bar may lie behind most others'.
const BEHIND: usize = 5;

/// Whether closes jump overnight by the ratio of a common split (within 3 %): they are not adjusted for it.
/// 3:2 is not among them: a loss of a third happens without a split.
#[must_use]
pub fn has_split_jump(closes: &[f64]) -> bool {
    const RATIOS: [f64; 12] = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0];
    closes.windows(2).any(|pair| {
        let size = size(pair[1] / pair[0]);
        size > 1.9 && RATIOS.iter().any(|ratio| (size / ratio - 1.0).abs() < 0.03)
    })
}

/// Whether plain and adjusted closes part overnight by more than a dividend: a split that only the adjusted
/// ones are adjusted for, and the volumes are not.
#[must_use]
pub fn has_half_adjusted_split(bars: &Bars) -> bool {
    let ratio: Vec<f64> = bars.adjusted().iter().zip(bars.close()).map(|(a, c)| a / c).collect();
    ratio.windows(2).any(|pair| size(pair[1] / pair[0]) > 1.3)
}

/// How far a ratio is from 1, whichever way.
fn size(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio)
}

/// Whether the closes jump a hundredfold (within a day's move of 25 %), as from pounds to pence.
#[must_use]
pub fn has_unit_jump(bars: &Bars) -> bool {
    bars.close().windows(2).any(|pair| (80.0..=125.0).contains(&size(pair[1] / pair[0])))
}

/// The date of most rows' last bar; of two as common as each other, the newer.
#[must_use]
pub fn usual_date(rows: &[Row]) -> Option<NaiveDate> {
    let mut dates: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for date in rows.iter().filter_map(|row| row.as_of) {
        *dates.entry(date).or_default() += 1;
    }
    // Of equals, `max_by_key` gives the last: the newest.
    dates.into_iter().max_by_key(|(_, rows)| *rows).map(|(usual, _)| usual)
}

/// Notes rows whose last bar is more than five sessions older than most rows': they cannot be ranked with
/// the others.
pub(super) fn note_stale(rows: &mut [Row]) {
    let Some(usual) = usual_date(rows) else { return };
    for row in rows {
        if row.as_of.is_some_and(|date| weekdays(date, usual) > BEHIND) {
            row.notes.push(Note::Stale);
        }
    }
}

/// Mondays to Fridays after `first`, to `last`: the sessions of an exchange, its holidays included.
fn weekdays(first: NaiveDate, last: NaiveDate) -> usize {
    let days = first.iter_days().skip(1).take_while(|day| *day <= last);
    days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count()
}
