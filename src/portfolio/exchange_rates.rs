//! What one unit of a currency is in the one that totals are wanted in. Where rates come from, it does not know: they
//! are the last closes of tickers such as `EURUSD=X`.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::universe::Symbol;

/// A rate and its day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// What one unit is in the other currency.
    pub rate: f64,
    /// The session whose close it is.
    pub date: NaiveDate,
}

/// The rates of currencies in one.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeRates {
    /// The currency that amounts are brought to.
    pub target: Arc<str>,
    rates: BTreeMap<Arc<str>, Rate>,
}

impl ExchangeRates {
    /// No rates yet but that of a currency in itself.
    #[must_use]
    pub fn new(target: Arc<str>) -> Self {
        Self { target, rates: BTreeMap::new() }
    }

    /// The ticker of a currency's rate: `EURUSD=X`. `None`: it is the same currency.
    #[must_use]
    pub fn symbol(target: &str, currency: &str) -> Option<Symbol> {
        (currency != target).then(|| Symbol::parse(&format!("{currency}{target}=X")).ok())?
    }

    /// Takes a rate.
    pub fn set(&mut self, currency: Arc<str>, rate: Rate) {
        self.rates.insert(currency, rate);
    }

    /// The rates by currency.
    pub fn rates(&self) -> impl Iterator<Item = (&str, Rate)> {
        self.rates.iter().map(|(currency, rate)| (&**currency, *rate))
    }

    /// What one unit of a currency is. `None`: its rate could not be had.
    #[must_use]
    pub fn of(&self, currency: &str) -> Option<f64> {
        if *currency == *self.target {
            return Some(1.0);
        }
        self.rates.get(currency).map(|rate| rate.rate)
    }
}
