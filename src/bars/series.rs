//! A series of sessions, checked once.

use std::sync::Arc;

use chrono::NaiveDate;

use super::bar::{Bar, Hours, PriceBasis, is_price, price_or_nan};
use super::events::{Events, LastPrice};

/// A symbol's daily bars, oldest first, as parallel columns of one length (which may be 0).
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pub(super) dates: Vec<NaiveDate>,
    pub(super) open: Vec<f64>,
    pub(super) high: Vec<f64>,
    pub(super) low: Vec<f64>,
    pub(super) close: Vec<f64>,
    pub(super) adjusted: Vec<f64>,
    /// `None`: the source has no volumes for this series.
    pub(super) volume: Option<Vec<f64>>,
    pub(super) basis: PriceBasis,
    pub(super) partial: bool,
    pub(super) left_out: bool,
    pub(super) bad_rows: usize,
    pub(super) hours: Option<Hours>,
    pub(super) events: Events,
    pub(super) last_price: Option<LastPrice>,
    pub(super) disputed: bool,
    pub(super) lacks_last: bool,
    pub(super) currency: Option<Arc<str>>,
}

impl Bars {
    /// Checks and orders rows: those without a finite positive close (plain and adjusted) are dropped, of two
    /// rows with one date the later in `rows` stays. An undefined or negative volume counts as 0 where other
    /// rows have one; a series without any has no volumes.
    ///
    /// `partial` says that the newest row belongs to a session that was still open.
    #[must_use]
    pub fn new(mut rows: Vec<Bar>, basis: PriceBasis, partial: bool) -> Self {
        let given = rows.len();
        let newest = rows.iter().map(|bar| bar.date).max();
        let descents = rows.windows(2).filter(|pair| pair[1].date < pair[0].date).count();
        // A series that stands newest first throughout is in order, too.
        let unsorted = if descents + 1 == given { 0 } else { descents };
        rows.retain(|bar| is_price(bar.close) && is_price(bar.adjusted));
        rows.sort_by_key(|bar| bar.date); // stable: of equal dates the later row stays the later
        rows.reverse();
        rows.dedup_by_key(|bar| bar.date); // keeps the first, which now is the later row
        rows.reverse();
        Self {
            dates: rows.iter().map(|bar| bar.date).collect(),
            open: rows.iter().map(|bar| price_or_nan(bar.open)).collect(),
            high: rows.iter().map(|bar| price_or_nan(bar.high)).collect(),
            low: rows.iter().map(|bar| price_or_nan(bar.low)).collect(),
            close: rows.iter().map(|bar| bar.close).collect(),
            adjusted: rows.iter().map(|bar| bar.adjusted).collect(),
            volume: volumes(&rows),
            basis,
            partial: partial && rows.last().map(|bar| bar.date) == newest,
            left_out: false,
            bad_rows: given - rows.len() + unsorted,
            hours: None,
            events: Events::default(),
            last_price: None,
            disputed: false,
            lacks_last: false,
            currency: None,
        }
    }

    /// Bars that were checked before, from their columns: open, high, low, close, adjusted, volume. `None`: they are
    /// not what [`Bars::new`] makes.
    #[must_use]
    pub fn of_checked(
        dates: Vec<NaiveDate>,
        columns: [Vec<f64>; 6],
        basis: PriceBasis,
        partial: bool,
    ) -> Option<Self> {
        let [open, high, low, close, adjusted, volume] = columns;
        let are_prices = close.iter().chain(&adjusted).all(|price| is_price(*price));
        let have_one_length =
            [&open, &high, &low, &close, &adjusted, &volume].iter().all(|x| x.len() == dates.len());
        let is_ordered = dates.is_sorted_by(|a, b| a < b);
        if !(have_one_length && is_ordered && are_prices) {
            return None;
        }
        let has_volume = !volume.iter().all(|volume| volume.is_nan());
        let is_sound = volume.iter().all(|volume| volume.is_finite() && *volume >= 0.0);
        if has_volume && !is_sound {
            return None;
        }
        Some(Self {
            dates,
            open,
            high,
            low,
            close,
            adjusted,
            volume: has_volume.then_some(volume),
            basis,
            partial,
            left_out: false,
            bad_rows: 0,
            hours: None,
            events: Events::default(),
            last_price: None,
            disputed: false,
            lacks_last: false,
            currency: None,
        })
    }

    /// The same bars, with the exchange's hours.
    #[must_use]
    pub fn with_hours(self, hours: Option<Hours>) -> Self {
        Self { hours, ..self }
    }

    /// The exchange's hours at the time of the fetch, where the provider states them.
    #[must_use]
    pub fn hours(&self) -> Option<&Hours> {
        self.hours.as_ref()
    }

    /// The same bars, whose plain prices take these splits into account already.
    #[must_use]
    pub fn with_applied_events(self, events: Events) -> Self {
        Self { events, ..self }
    }

    /// The splits and dividends that the source states.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The same bars, with the last price that the source states beside them.
    #[must_use]
    pub fn with_last_price(self, last_price: Option<LastPrice>) -> Self {
        Self { last_price, ..self }
    }

    /// The last price that the source states beside the bars.
    #[must_use]
    pub fn last_price(&self) -> Option<LastPrice> {
        self.last_price
    }

    /// Whether the last price that the source states is not the price of these bars. Known of a
    /// [`window`](Self::window) that reaches to the day of that price.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        self.disputed
    }

    /// Whether the bar of the last session is missing, of which the source states a price. Known of a
    /// [`window`](Self::window) that reaches to that session.
    #[must_use]
    pub fn lacks_last_session(&self) -> bool {
        self.lacks_last
    }

    /// The same bars, with the currency of their prices: `EUR`.
    #[must_use]
    pub fn with_currency(self, currency: Option<Arc<str>>) -> Self {
        Self { currency, ..self }
    }

    /// The currency of the prices, where the source states it.
    #[must_use]
    pub fn currency(&self) -> Option<&Arc<str>> {
        self.currency.as_ref()
    }

    /// The date of the last bar that will not change any more.
    #[must_use]
    pub fn last_final(&self) -> Option<NaiveDate> {
        self.dates.iter().rev().nth(usize::from(self.partial)).copied()
    }

    /// The bars one by one, oldest first.
    pub fn rows(&self) -> impl Iterator<Item = Bar> {
        (0..self.len()).map(|i| Bar {
            date: self.dates[i],
            open: self.open[i],
            high: self.high[i],
            low: self.low[i],
            close: self.close[i],
            adjusted: self.adjusted[i],
            volume: self.volume.as_ref().map_or(f64::NAN, |volume| volume[i]),
        })
    }

    /// The same bars, with `more` bad rows that had no usable date.
    #[must_use]
    pub fn with_bad_rows(self, more: usize) -> Self {
        Self { bad_rows: self.bad_rows + more, ..self }
    }

    /// Number of bars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// Whether there is no bar at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty()
    }

    /// Session dates, strictly ascending.
    #[must_use]
    pub fn dates(&self) -> &[NaiveDate] {
        &self.dates
    }

    /// Closes, split-adjusted only: what a share cost.
    #[must_use]
    pub fn close(&self) -> &[f64] {
        &self.close
    }

    /// Closes adjusted for splits and dividends (see [`Bars::basis`]): what holding a share earned.
    #[must_use]
    pub fn adjusted(&self) -> &[f64] {
        &self.adjusted
    }

    /// Shares traded, finite and at least 0. `None`: the source has no volumes for this series.
    #[must_use]
    pub fn volume(&self) -> Option<&[f64]> {
        self.volume.as_deref()
    }

    /// Opens on the basis of the adjusted closes; NaN where a bar has none. `None`: no bar has one.
    #[must_use]
    pub fn adjusted_open(&self) -> Option<Vec<f64>> {
        self.on_adjusted_basis(&self.open)
    }

    /// Highs on the basis of the adjusted closes; NaN where a bar has none. `None`: no bar has one.
    #[must_use]
    pub fn adjusted_high(&self) -> Option<Vec<f64>> {
        self.on_adjusted_basis(&self.high)
    }

    /// Lows on the basis of the adjusted closes; NaN where a bar has none. `None`: no bar has one.
    #[must_use]
    pub fn adjusted_low(&self) -> Option<Vec<f64>> {
        self.on_adjusted_basis(&self.low)
    }

    /// The low and the high of a bar as they were traded. `None`: the source has none.
    #[must_use]
    pub fn range(&self, bar: usize) -> Option<(f64, f64)> {
        let (low, high) = (*self.low.get(bar)?, *self.high.get(bar)?);
        (low > 0.0 && high >= low).then_some((low, high))
    }

    /// What the adjusted closes are adjusted for.
    #[must_use]
    pub fn basis(&self) -> PriceBasis {
        self.basis
    }

    /// Whether the last bar belongs to a session that was still open when it was fetched.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Rows of the source that were dropped or out of order.
    #[must_use]
    pub fn bad_rows(&self) -> usize {
        self.bad_rows
    }

    /// Whether the bar of a session still open was left out of the window.
    #[must_use]
    pub fn left_out_open_session(&self) -> bool {
        self.left_out
    }

    /// The adjusted close of the last session on or before `day`.
    #[must_use]
    pub fn adjusted_on(&self, day: NaiveDate) -> Option<f64> {
        let after = self.dates.partition_point(|date| *date <= day);
        after.checked_sub(1).map(|last| self.adjusted[last])
    }

    fn on_adjusted_basis(&self, prices: &[f64]) -> Option<Vec<f64>> {
        if prices.iter().all(|price| price.is_nan()) {
            return None;
        }
        let mut adjusted = Vec::with_capacity(prices.len());
        for (i, price) in prices.iter().enumerate() {
            adjusted.push(price * (self.adjusted[i] / self.close[i]));
        }
        Some(adjusted)
    }
}

fn volumes(rows: &[Bar]) -> Option<Vec<f64>> {
    if rows.iter().all(|bar| bar.volume.is_nan()) {
        return None;
    }
    let mut volumes = Vec::with_capacity(rows.len());
    for bar in rows {
        volumes.push(if bar.volume.is_finite() { bar.volume.max(0.0) } else { 0.0 });
    }
    Some(volumes)
}
