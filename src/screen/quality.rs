//! What makes a series doubtful: told in a row's notes, corrected nowhere.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::row::{Note, Row};
use crate::bars::Bars;

/// Sessions a last bar may lie behind most others'.
const BEHIND: usize = 5;

/// Whether the closes jump as at a split that they, and so the volumes, are not adjusted for: by a common
/// ratio (within 3 %) overnight, or against the adjusted closes. 3:2 is told by the latter only: a loss of
/// a third happens without a split.
#[must_use]
pub fn has_split_jump(bars: &Bars) -> bool {
    const RATIOS: [f64; 12] = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0];
    let closes = bars.close().windows(2);
    closes.zip(bars.adjusted().windows(2)).any(|(raw, adjusted)| {
        let jump = raw[1] / raw[0];
        let unexplained = (adjusted[1] / adjusted[0]) / jump;
        let size = jump.max(1.0 / jump);
        let common = RATIOS.iter().any(|ratio| (size / ratio - 1.0).abs() < 0.03);
        common || unexplained.max(1.0 / unexplained) > 1.3
    })
}

/// Whether the closes jump a hundredfold (within a day's move of 25 %), as from pounds to pence.
#[must_use]
pub fn has_unit_jump(bars: &Bars) -> bool {
    bars.close().windows(2).any(|pair| {
        let jump = pair[1] / pair[0];
        (80.0..=125.0).contains(&jump.max(1.0 / jump))
    })
}

/// Notes rows whose last bar is more than five sessions older than most rows' (of two dates as common as
/// each other, the newer): they cannot be ranked with the others.
pub(super) fn note_stale(rows: &mut [Row]) {
    let mut dates: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for date in rows.iter().filter_map(|row| row.as_of) {
        *dates.entry(date).or_default() += 1;
    }
    // Of equals, `max_by_key` gives the last: the newest.
    let Some((usual, _)) = dates.into_iter().max_by_key(|(_, rows)| *rows) else { return };
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
