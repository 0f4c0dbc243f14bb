//! A portfolio: what its holdings are worth, what share of it each is, and how strong they are.
//!
//! What has no price has no part in any total, and amounts of several currencies are never added up.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::exchange_rates::ExchangeRates;
use super::totals::{Totals, percent_of};
use super::valuation::{Valued, valued};
use crate::compare::momentum::Momentum;
use crate::compare::row::Row;
use crate::measure::fields::Field as F;
use crate::measure::note::Note;
use crate::universe::{Holding, Holdings, Symbol, major_unit};

/// What is held, and how it is scored.
#[derive(Clone, Debug)]
pub struct Portfolio {
    /// How momentum is scored.
    pub momentum: Momentum,
    /// What is held.
    pub holdings: Holdings,
    /// A second portfolio to compare with.
    pub against: Option<Holdings>,
    /// The currency that everything is brought to. `None`: each holding stays in its own.
    pub currency: Option<Arc<str>>,
    /// The rates for that, once they are there.
    pub rates: Option<ExchangeRates>,
}

impl Portfolio {
    /// What the holdings come to, and the others' where there are others.
    #[must_use]
    pub fn totals<'a>(
        &self,
        rows: &(impl Iterator<Item = &'a Row> + Clone),
    ) -> (Totals, Option<Totals>) {
        let rates = self.rates.as_ref();
        let own = Totals::of(&self.holdings, rows.clone(), rates);
        (own, self.against.as_ref().map(|against| Totals::of(against, rows.clone(), rates)))
    }

    /// The currencies of prices and costs that are not the one that everything is brought to.
    #[must_use]
    pub fn currencies_to_convert<'a>(
        &self,
        rows: impl Iterator<Item = &'a Row>,
    ) -> BTreeSet<Arc<str>> {
        let mut currencies: BTreeSet<Arc<str>> =
            rows.filter_map(|row| row.about.currency.clone()).collect();
        for holdings in [Some(&self.holdings), self.against.as_ref()].into_iter().flatten() {
            for holding in holdings.symbols().iter().filter_map(|symbol| holdings.get(symbol)) {
                let stated = holding.currency.as_deref().and_then(major_unit);
                currencies.extend(stated.map(|(currency, _)| currency));
            }
        }
        currencies.retain(|currency| self.currency.as_ref().is_some_and(|to| to != currency));
        currencies
    }

    /// Sets what is held of a row's ticker and what it is worth; without a price only the former.
    pub fn value(&self, row: &mut Row) {
        let other = self.against.as_ref().and_then(|against| against.get(&row.symbol));
        row.set(F::AgainstShares, other.map(|holding| holding.shares));
        let Some(Holding { shares, cost_basis, .. }) = self.holdings.get(&row.symbol) else {
            return;
        };
        row.set(F::Shares, Some(*shares));
        row.set(F::CostBasis, *cost_basis);
        let valued = self.holdings.get(&row.symbol).and_then(|holding| self.valued(holding, row));
        let value = valued.as_ref().map(|valued| valued.value);
        let cost = valued.as_ref().and_then(|valued| valued.cost);
        let gain = value.zip(cost).map(|(value, cost)| value - cost);
        row.set(F::MarketValue, value);
        row.set(F::Gain, gain);
        row.set(F::GainPercent, percent_of(gain, cost));
        let is_unclear = valued.is_some_and(|valued| valued.unclear_cost.is_some());
        row.notes.retain(|note| *note != Note::UnclearCost);
        row.notes.extend(is_unclear.then_some(Note::UnclearCost));
    }

    fn valued(&self, holding: &Holding, row: &Row) -> Option<Valued> {
        valued(holding, row, self.rates.as_ref())
    }

    /// Sets each row's share of the whole, once all have their values.
    pub fn weigh(&self, rows: &mut [Row]) {
        for row in rows.iter_mut() {
            self.value(row);
        }
        let (ours, theirs) = self.totals(&rows.iter());
        for row in rows {
            let weight = weight(row.get(F::MarketValue), &ours);
            row.set(F::WeightPercent, weight);
            if let (Some(against), Some(theirs)) = (&self.against, &theirs) {
                let held = against.get(&row.symbol);
                let value = held.and_then(|holding| Some(self.valued(holding, row)?.value));
                let other_weight = self::weight(value, theirs);
                row.set(F::AgainstWeightPercent, other_weight);
                let is_held = weight.is_some() || other_weight.is_some();
                let difference = weight.unwrap_or(0.0) - other_weight.unwrap_or(0.0);
                row.set(F::WeightDifference, is_held.then_some(difference));
            }
        }
    }

    /// The row of a holding without a price.
    #[must_use]
    pub fn unpriced(&self, symbol: &Symbol) -> Row {
        let mut row = Row::new(symbol.clone());
        self.value(&mut row);
        row
    }
}

/// A value's share of a total, percent. `None`: there is no one total.
fn weight(value: Option<f64>, totals: &Totals) -> Option<f64> {
    let total = totals.total_value().filter(|total| *total > 0.0)?;
    percent_of(value, Some(total))
}
