//! Bars made of bars: windows, continuations, and plain prices brought to the shares of today.

use std::ops::Range;

use chrono::NaiveDate;

use super::events::{Events, Split};
use super::series::Bars;
use crate::universe::major_unit;

/// A last price that is so many times the newest close, or the other way round, is not of the same series.
const MAX_PRICE_DISTANCE: f64 = 1.5;

impl Bars {
    /// The same bars, with what the source states of splits and dividends. Plain prices and volumes before a split
    /// that only the adjusted closes take into account are brought to the new shares.
    #[must_use]
    pub fn with_events(self, events: Events) -> Self {
        let splits = events.splits.clone().unwrap_or_default();
        let mut bars = Self { events, ..self };
        for split in splits {
            bars.apply_to_plain_prices(split);
        }
        bars
    }

    /// The same bars, whose prices are quoted in `name`: `GBp` are brought to pounds.
    #[must_use]
    pub fn quoted_in(self, name: Option<&str>) -> Self {
        let Some((currency, unit)) = name.and_then(major_unit) else { return self };
        let mut bars = self.with_currency(Some(currency));
        if unit < 1.0 {
            let Self { open, high, low, close, adjusted, .. } = &mut bars;
            for price in [open, high, low, close, adjusted].into_iter().flatten() {
                *price *= unit;
            }
        }
        bars
    }

    /// These bars, if they had paid `rate` of the price a year, day by day, and a quarter of it on the last.
    #[must_use]
    pub fn as_if_paying(mut self, rate: f64) -> Self {
        let Some(last) = self.dates.last().copied() else { return self };
        for (adjusted, date) in self.adjusted.iter_mut().zip(&self.dates) {
            #[expect(clippy::cast_precision_loss, reason = "days within a life")]
            let years = (last - *date).num_days() as f64 / 365.0;
            let lump = if *date == last { 1.0 } else { 1.0 - rate / 4.0 };
            *adjusted *= lump * (1.0 + rate).powf(-years);
        }
        self
    }

    /// These bars and later ones of the same series, checked again.
    #[must_use]
    pub fn followed_by(&self, later: &Self) -> Self {
        let rows = self.rows().chain(later.rows()).collect();
        Self {
            events: self.events.clone().followed_by(later.events.clone()),
            last_price: later.last_price,
            currency: later.currency.clone(),
            ..Self::new(rows, later.basis, later.partial)
        }
        .with_bad_rows(self.bad_rows + later.bad_rows)
        .with_hours(later.hours)
    }

    /// The `sessions` newest bars dated `until` or before; without the bar of a session still open unless
    /// `include_partial`.
    #[must_use]
    pub fn window(mut self, until: NaiveDate, sessions: usize, include_partial: bool) -> Self {
        let mut end = self.dates.partition_point(|date| *date <= until);
        self.disputed = self.is_disputed_at(end, until);
        self.lacks_last = self.lacks_last_at(end, until);
        self.partial &= end == self.len();
        if self.partial && !include_partial {
            end -= 1;
            self.partial = false;
            self.left_out = true;
        }
        let start = end.saturating_sub(sessions);
        self.dates.truncate(end);
        let prices =
            [&mut self.open, &mut self.high, &mut self.low, &mut self.close, &mut self.adjusted];
        for column in prices.into_iter().chain(self.volume.as_mut()) {
            column.truncate(end);
        }
        self.drop_first(start);
        if let Some(first) = self.dates.first() {
            self.events = self.events.within(*first, until);
        }
        self
    }

    /// The bars of a day and later.
    #[must_use]
    pub fn since(mut self, day: NaiveDate) -> Self {
        let start = self.dates.partition_point(|date| *date < day);
        self.drop_first(start);
        self.events = self.events.within(day, NaiveDate::MAX);
        self
    }

    fn drop_first(&mut self, bars: usize) {
        self.dates.drain(..bars);
        let prices =
            [&mut self.open, &mut self.high, &mut self.low, &mut self.close, &mut self.adjusted];
        for column in prices.into_iter().chain(self.volume.as_mut()) {
            column.drain(..bars);
        }
    }

    /// Some of the bars, as they were known when the last of them was the newest.
    #[must_use]
    pub fn cut(&self, bars: Range<usize>) -> Self {
        let of = |column: &Vec<f64>| column[bars.clone()].to_vec();
        let dates = self.dates[bars.clone()].to_vec();
        let events = match (dates.first(), dates.last()) {
            (Some(first), Some(last)) => self.events.clone().within(*first, *last),
            _ => Events::default(),
        };
        Self {
            dates,
            open: of(&self.open),
            high: of(&self.high),
            low: of(&self.low),
            close: of(&self.close),
            adjusted: of(&self.adjusted),
            volume: self.volume.as_ref().map(of),
            basis: self.basis,
            partial: self.partial && bars.end == self.len(),
            left_out: false,
            bad_rows: 0,
            hours: self.hours,
            events,
            last_price: None,
            disputed: false,
            lacks_last: false,
            currency: self.currency.clone(),
        }
    }

    /// Whether a last price of `until` or before is far from the newest of the first `end` closes.
    fn is_disputed_at(&self, end: usize, until: NaiveDate) -> bool {
        let Some(last) = self.last_price.filter(|last| last.date <= until) else { return false };
        let Some(place) = end.checked_sub(1).filter(|place| self.dates[*place] <= last.date) else {
            return false;
        };
        let distance = last.price / self.close[place];
        distance >= MAX_PRICE_DISTANCE || distance <= 1.0 / MAX_PRICE_DISTANCE
    }

    /// Whether the first `end` bars lack that of a session that is over, has a price and is of `until` or before.
    fn lacks_last_at(&self, end: usize, until: NaiveDate) -> bool {
        let newest = end.checked_sub(1).map(|place| self.dates[place]);
        let last = self.last_price.filter(|last| last.is_final && last.date <= until);
        last.zip(newest).is_some_and(|(last, newest)| last.date > newest)
    }

    /// Brings plain prices and volumes before a split to the new shares, if the adjusted closes take it into
    /// account there and the plain ones do not: the two part by its ratio on its day.
    fn apply_to_plain_prices(&mut self, split: Split) {
        let day = self.dates.partition_point(|date| *date < split.date);
        if day == 0 || day == self.len() {
            return;
        }
        let adjustment = self.adjusted[day] / self.close[day];
        let before = self.adjusted[day - 1] / self.close[day - 1];
        let parting = (adjustment / before).ln();
        if (parting - split.ratio.ln()).abs() >= parting.abs() {
            return; // nearer to none than to this one: the plain prices are adjusted, too
        }
        for column in [&mut self.open, &mut self.high, &mut self.low, &mut self.close] {
            column[..day].iter_mut().for_each(|price| *price /= split.ratio);
        }
        if let Some(volume) = &mut self.volume {
            volume[..day].iter_mut().for_each(|shares| *shares *= split.ratio);
        }
    }
}
