//! What a reader should know of a series, whatever is measured of it.

use chrono::NaiveDate;

use super::note::Note;
use crate::bars::{Bars, PriceBasis};

/// A dividend larger than this share of the price is a slip.
const MAX_DIVIDEND_SHARE: f64 = 0.4;
/// An adjustment larger than this share of the price has a reason that is stated.
const MAX_STEP: f64 = 0.1;

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
    for paid in dividends {
        let before = dates.partition_point(|day| *day < paid.date).checked_sub(1);
        if before.is_some_and(|day| paid.amount > MAX_DIVIDEND_SHARE * close[day]) {
            return true;
        }
    }
    let splits = bars.events().splits.iter().flatten().map(|split| split.date);
    let events: Vec<NaiveDate> = dividends.iter().map(|paid| paid.date).chain(splits).collect();
    (1..dates.len()).any(|day| {
        let [before, now] = [day - 1, day].map(|day| bars.adjusted()[day] / close[day]);
        let is_step = (before / now - 1.0).abs() > MAX_STEP;
        is_step && !events.iter().any(|event| dates[day - 1] < *event && event <= &dates[day])
    })
}
