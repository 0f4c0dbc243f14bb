//! What a source states beside its bars, as bytes: splits, dividends, the last price.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::bars::{Bars, Dividend, Events, LastPrice, Split};

/// What stands for the number of events of a kind that the source does not state.
const NOT_STATED: u32 = u32::MAX;

/// A number of some day.
type Dated = (NaiveDate, f64);

/// The longest name of a currency.
const MAX_CURRENCY: usize = 8;

/// What is stated beside bars.
pub(super) struct Stated {
    /// Splits, dividends and the last price, each stated or not.
    dated: [Option<Vec<Dated>>; 3],
    /// Whether the session of the last price was over.
    is_final: bool,
    currency: Option<Arc<str>>,
}

impl Stated {
    pub(super) fn of(bars: &Bars) -> Self {
        let Events { splits, dividends } = bars.events();
        let splits = splits.as_ref().map(|all| all.iter().map(|split| (split.date, split.ratio)));
        let dividends =
            dividends.as_ref().map(|all| all.iter().map(|paid| (paid.date, paid.amount)));
        let last = bars.last_price().map(|last| vec![(last.date, last.price)]);
        Self {
            dated: [splits.map(Iterator::collect), dividends.map(Iterator::collect), last],
            is_final: bars.last_price().is_some_and(|last| last.is_final),
            currency: bars.currency().filter(|name| name.len() <= MAX_CURRENCY).cloned(),
        }
    }

    /// The bars with what was stated beside them.
    pub(super) fn beside(self, bars: Bars) -> Bars {
        let Self { dated: [splits, dividends, last], is_final, currency } = self;
        let splits = splits.map(|all| {
            all.into_iter().map(|(date, ratio)| Split { date, ratio }).collect::<Vec<_>>()
        });
        let dividends = dividends.map(|all| {
            all.into_iter().map(|(date, amount)| Dividend { date, amount }).collect::<Vec<_>>()
        });
        let events = Events { splits, dividends };
        let last = last.and_then(|last| last.first().copied());
        bars.with_applied_events(events)
            .with_last_price(last.map(|(date, price)| LastPrice { date, price, is_final }))
            .with_currency(currency)
    }

    pub(super) fn append_to(&self, bytes: &mut Vec<u8>) {
        for dated in &self.dated {
            let Some(dated) = dated else {
                bytes.extend(NOT_STATED.to_le_bytes());
                continue;
            };
            bytes.extend(u32::try_from(dated.len()).unwrap_or(NOT_STATED).to_le_bytes());
            for (date, number) in dated {
                bytes.extend(date.to_epoch_days().to_le_bytes());
                bytes.extend(number.to_le_bytes());
            }
        }
        let currency = self.currency.as_deref().unwrap_or_default();
        bytes.push(u8::from(self.is_final));
        bytes.push(u8::try_from(currency.len()).unwrap_or_default());
        bytes.extend(currency.as_bytes());
    }

    /// Reads them from the beginning of some bytes, and returns the rest. `None`: they are damaged.
    pub(super) fn read(mut bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut all = [None, None, None];
        for dated in &mut all {
            *dated = read_dated(&mut bytes)?;
        }
        let [is_final, length] = taken(&mut bytes)?;
        let (currency, rest) = bytes.split_at_checked(length.into())?;
        let currency = std::str::from_utf8(currency).ok().filter(|name| !name.is_empty());
        let stated =
            Self { dated: all, is_final: is_final == 1, currency: currency.map(Arc::from) };
        Some((stated, rest))
    }
}

/// Takes dated numbers from the beginning of `bytes`. `Some(None)`: not stated.
#[expect(clippy::option_option, reason = "damaged and not stated are two things")]
fn read_dated(bytes: &mut &[u8]) -> Option<Option<Vec<Dated>>> {
    let count = u32::from_le_bytes(taken(bytes)?);
    if count == NOT_STATED {
        return Some(None);
    }
    let mut dated = Vec::new();
    for _ in 0..count {
        let date = NaiveDate::from_epoch_days(i32::from_le_bytes(taken(bytes)?))?;
        let number = f64::from_le_bytes(taken(bytes)?);
        if !(number.is_finite() && number > 0.0) {
            return None;
        }
        dated.push((date, number));
    }
    Some(Some(dated))
}

fn taken<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
