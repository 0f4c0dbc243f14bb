//! What the numbers of a series show of themselves: that it is several series, or that its prices are billionths.

use chrono::NaiveDate;

use crate::bars::{Bar, is_price};

/// Some vendors keep prices as whole numbers of billionths.
pub(super) const BILLION: f64 = 1e9;
/// No share costs more than this, in any currency.
const MAX_PRICE: f64 = 1e8;
/// A price has at most four decimals, so billionths of it are multiples of this.
const BILLIONTHS_DIGITS: f64 = 1e5;
/// Closes of one day that differ by more than this are of two series, or of two versions of one.
const MAX_DIFFERENCE: f64 = 0.005;
/// Days of a hundred that may have such closes: a vendor's slips.
const MAX_CONFLICTS_PERCENT: usize = 1;

/// Whether closes are billionths: all above any price there is, and of few digits.
pub(super) fn are_billionths(closes: impl Iterator<Item = f64>) -> bool {
    let mut prices = closes.filter(|close| is_price(*close)).peekable();
    prices.peek().is_some()
        && prices.all(|close| close > MAX_PRICE && close % BILLIONTHS_DIGITS == 0.0)
}

/// The first day with two closes, and these, where too many days have two. `None`: the bars are of one series.
pub(super) fn conflicting_closes(bars: &[Bar]) -> Option<(NaiveDate, [f64; 2])> {
    let is_ordered =
        bars.is_sorted_by(|a, b| a.date < b.date) || bars.is_sorted_by(|a, b| a.date > b.date);
    if is_ordered {
        return None;
    }
    let closes = bars.iter().map(|bar| (bar.date, bar.close));
    let mut closes: Vec<(NaiveDate, f64)> = closes.filter(|(_, close)| is_price(*close)).collect();
    closes.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut days = 0;
    let mut conflicts = 0;
    let mut first = None;
    for day in closes.chunk_by(|a, b| a.0 == b.0) {
        let (lowest, highest) = (day[0].1, day[day.len() - 1].1);
        days += 1;
        if highest > lowest * (1.0 + MAX_DIFFERENCE) {
            conflicts += 1;
            first.get_or_insert((day[0].0, [lowest, highest]));
        }
    }
    first.filter(|_| conflicts > 1 && conflicts * 100 > days * MAX_CONFLICTS_PERCENT)
}
