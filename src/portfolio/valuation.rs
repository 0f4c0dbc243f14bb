//! What a holding is worth and what it cost, in one currency.
//!
//! A cost whose unit or currency cannot be known is no cost: a holding that stands at a gain never shows a loss of
//! −99 % because its file is in pence.

use std::ops::Range;
use std::sync::Arc;

use super::exchange_rates::ExchangeRates;
use crate::compare::row::Row;
use crate::measure::fields::Field as F;
use crate::universe::{Holding, is_quoted_in_hundredths, major_unit};

/// Two numbers of one share in pounds and in pence are about so many times each other, as far as prices go in years.
const HUNDREDFOLD: Range<f64> = 20.0..500.0;

/// Why a holding's cost is not compared with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnclearCost {
    /// It is about a hundred times the price, of a share that is quoted in pence or the like.
    Hundredfold,
    /// It is of another currency than the price.
    OtherCurrency,
}

/// What a holding is worth and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Valued {
    /// The currency. `None`: the source does not state it.
    pub currency: Option<Arc<str>>,
    /// Shares times the last close.
    pub value: f64,
    /// What they were bought for. `None`: it is not known.
    pub cost: Option<f64>,
    /// Why a cost that was given is not used.
    pub unclear_cost: Option<UnclearCost>,
}

/// What a row's holding is worth, in its own currency or by rates in another. `None`: there is no price or no rate.
#[must_use]
pub fn valued(holding: &Holding, row: &Row, rates: Option<&ExchangeRates>) -> Option<Valued> {
    let price = row.get(F::CurrentPrice)?;
    let listed = row.about.currency.as_ref();
    let value = holding.shares * price * rate(rates, listed)?;
    let currency = rates.map_or_else(|| listed.cloned(), |rates| Some(rates.target.clone()));
    let (cost, unclear_cost) = match holding.cost_basis.map(|one| cost(holding, row, price, one)) {
        None => (None, None),
        Some(Err(why)) => (None, Some(why)),
        Some(Ok((one, currency))) => {
            let is_other = currency.as_ref() != listed && listed.is_some();
            match rate(rates, currency.as_ref()).filter(|_| rates.is_some() || !is_other) {
                Some(rate) => (Some(holding.shares * one * rate), None),
                None => (None, Some(UnclearCost::OtherCurrency)),
            }
        }
    };
    Some(Valued { currency, value, cost, unclear_cost })
}

/// What an amount is multiplied with. `None`: its currency has no rate.
fn rate(rates: Option<&ExchangeRates>, currency: Option<&Arc<str>>) -> Option<f64> {
    match rates {
        None => Some(1.0),
        Some(rates) => rates.of(currency?),
    }
}

/// What one share cost in major units of a currency, and which.
fn cost(
    holding: &Holding,
    row: &Row,
    price: f64,
    cost_basis: f64,
) -> Result<(f64, Option<Arc<str>>), UnclearCost> {
    let stated = holding.currency.as_deref().and_then(major_unit);
    let (currency, stated_unit) = match stated {
        Some((currency, unit)) => (Some(currency), Some(unit).filter(|unit| *unit < 1.0)),
        None => (row.about.currency.clone(), None),
    };
    let unit = match stated_unit {
        Some(unit) => unit,
        None => unit_of(holding, row, price, cost_basis).ok_or(UnclearCost::Hundredfold)?,
    };
    Ok((cost_basis * unit, currency))
}

/// The unit of a holding's cost in its price's currency, by the file's own price. `None`: it may be a hundredth.
fn unit_of(holding: &Holding, row: &Row, price: f64, cost_basis: f64) -> Option<f64> {
    if !row.about.currency.as_deref().is_some_and(is_quoted_in_hundredths) {
        return Some(1.0);
    }
    match holding.price {
        Some(own) if HUNDREDFOLD.contains(&(own / price)) => Some(0.01),
        None if HUNDREDFOLD.contains(&(cost_basis / price)) => None,
        Some(_) | None => Some(1.0),
    }
}
