//! What a holding is worth and what it cost, in one currency.
//!
//! A cost whose unit or currency cannot be known is no cost: a holding that stands at a gain never shows a loss of
//! −99 % because its file is in pence.

use std::ops::Range;
use std::sync::Arc;

use super::exchange_rates::ExchangeRates;
use super::fields::Field as F;
use super::row::Row;
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
    let rate = |currency: &Option<Arc<str>>| match (rates, currency) {
        (None, _) => Some(1.0),
        (Some(rates), Some(currency)) => rates.of(currency),
        (Some(_), None) => None,
    };
    let value = holding.shares * price * rate(&row.currency)?;
    let currency = rates.map_or_else(|| row.currency.clone(), |rates| Some(rates.target.clone()));
    let of_no_cost = Valued { currency, value, cost: None, unclear_cost: None };
    let Some(cost_basis) = holding.cost_basis else { return Some(of_no_cost) };
    let stated = holding.currency.as_deref().and_then(major_unit);
    let (own, unit) = match stated {
        Some((own, unit)) if unit < 1.0 => (Some(own), Some(unit)),
        Some((own, _)) => (Some(own), unit_of(holding, row, price, cost_basis)),
        None => (row.currency.clone(), unit_of(holding, row, price, cost_basis)),
    };
    let unclear = |why| Some(Valued { unclear_cost: Some(why), ..of_no_cost.clone() });
    let Some(unit) = unit else { return unclear(UnclearCost::Hundredfold) };
    let is_other = own != row.currency && row.currency.is_some();
    if is_other && rates.is_none() {
        return unclear(UnclearCost::OtherCurrency);
    }
    let Some(rate) = rate(&own) else { return unclear(UnclearCost::OtherCurrency) };
    let cost = Some(holding.shares * cost_basis * unit * rate);
    Some(Valued { cost, ..of_no_cost })
}

/// The unit of a holding's cost in its price's currency, by the file's own price. `None`: it may be a hundredth.
fn unit_of(holding: &Holding, row: &Row, price: f64, cost_basis: f64) -> Option<f64> {
    if !row.currency.as_deref().is_some_and(is_quoted_in_hundredths) {
        return Some(1.0);
    }
    match holding.price {
        Some(own) if HUNDREDFOLD.contains(&(own / price)) => Some(0.01),
        None if HUNDREDFOLD.contains(&(cost_basis / price)) => None,
        Some(_) | None => Some(1.0),
    }
}
