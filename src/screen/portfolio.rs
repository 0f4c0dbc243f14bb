//! A portfolio: what its holdings are worth, what share of it each is, and how strong they are.
//!
//! Prices are added up as they are: it knows no exchange rates. What has no price has no part in any total.

use super::fields::{Column, Field as F};
use super::momentum::Momentum;
use super::row::Row;
use crate::universe::{Holdings, Symbol};

/// Holdings that make up the concentration.
const LARGEST: usize = 5;

/// What is held, and how it is scored.
#[derive(Clone, Debug)]
pub struct Portfolio {
    /// How momentum is scored.
    pub momentum: Momentum,
    /// What is held.
    pub holdings: Holdings,
    /// What is held elsewhere, to compare with.
    pub against: Option<Holdings>,
}

/// What holdings come to, over those that have a price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Sum of shares times last closes.
    pub total_value: f64,
    /// What the holdings of known cost were bought for.
    pub total_cost: Option<f64>,
    /// Their value less that.
    pub total_gain: Option<f64>,
    /// The gain against the cost, percent.
    pub total_gain_percent: Option<f64>,
    /// Mean score of the scored holdings.
    pub average_score: Option<f64>,
    /// The same, each weighted with its value.
    pub weighted_average_score: Option<f64>,
    /// Mean of the annualised volatilities, each weighted with its value; as if all moved together.
    pub weighted_volatility_1y: Option<f64>,
    /// Share of the value that the five largest holdings have, percent.
    pub top_5_concentration_percent: Option<f64>,
    /// Holdings that have a price.
    pub priced: usize,
    /// Holdings that have none, and are in no total.
    pub unpriced: Vec<String>,
}

impl Totals {
    /// What `holdings` come to at the prices of `rows`.
    #[must_use]
    pub fn of<'a>(holdings: &Holdings, rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut priced: Vec<(f64, &Row)> =
            rows.filter_map(|row| Some((market_value(holdings, row)?, row))).collect();
        priced.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.symbol.cmp(&b.1.symbol)));
        let total_value = priced.iter().map(|(value, _)| value).sum::<f64>() + 0.0; // and not −0
        let score = |row: &Row| row.get(F::OverallMomentumScore);
        let scores: Vec<f64> = priced.iter().filter_map(|(_, row)| score(row)).collect();
        let bought: Vec<(f64, f64)> = priced
            .iter()
            .filter_map(|(value, row)| {
                let holding = holdings.get(&row.symbol)?;
                Some((*value, holding.shares * holding.cost_basis?))
            })
            .collect();
        let cost = (!bought.is_empty()).then(|| bought.iter().map(|(_, cost)| cost).sum::<f64>());
        let gain = cost.map(|cost| bought.iter().map(|(value, _)| value).sum::<f64>() - cost);
        let largest: f64 = priced.iter().take(LARGEST).map(|(value, _)| value).sum();
        let is_priced = |symbol: &&Symbol| priced.iter().any(|(_, row)| row.symbol == **symbol);
        let unpriced = holdings.symbols().iter().filter(|symbol| !is_priced(symbol));
        Self {
            total_value,
            total_cost: cost,
            total_gain: gain,
            total_gain_percent: gain.zip(cost).map(|(gain, cost)| 100.0 * gain / cost),
            average_score: super::indicators::mean(&scores),
            weighted_average_score: weighted(&priced, score),
            weighted_volatility_1y: weighted(&priced, |row| row.get(F::Volatility1y)),
            top_5_concentration_percent: (total_value > 0.0).then(|| 100.0 * largest / total_value),
            priced: priced.len(),
            unpriced: unpriced.map(ToString::to_string).collect(),
        }
    }
}

/// The mean of what is defined, each weighted with its value.
fn weighted(priced: &[(f64, &Row)], of: impl Fn(&Row) -> Option<f64>) -> Option<f64> {
    let defined: Vec<(f64, f64)> =
        priced.iter().filter_map(|(value, row)| Some((*value, of(row)?))).collect();
    let weight: f64 = defined.iter().map(|(value, _)| value).sum();
    (weight > 0.0)
        .then(|| defined.iter().map(|(value, number)| value * number).sum::<f64>() / weight)
}

fn market_value(holdings: &Holdings, row: &Row) -> Option<f64> {
    Some(holdings.get(&row.symbol)?.shares * row.get(F::CurrentPrice)?)
}

impl Portfolio {
    /// What the holdings come to, and the others' where there are others.
    #[must_use]
    pub fn totals<'a>(
        &self,
        rows: impl Iterator<Item = &'a Row> + Clone,
    ) -> (Totals, Option<Totals>) {
        let against = self.against.as_ref().map(|against| Totals::of(against, rows.clone()));
        (Totals::of(&self.holdings, rows), against)
    }

    /// What is held of a row's ticker and what it is worth; without a price only the former.
    pub fn value(&self, row: &mut Row) {
        let other = self.against.as_ref().and_then(|against| against.get(&row.symbol));
        row.set(F::AgainstShares, other.map(|holding| holding.shares));
        let Some(holding) = self.holdings.get(&row.symbol) else { return };
        row.set(F::Shares, Some(holding.shares));
        row.set(F::CostBasis, holding.cost_basis);
        let value = market_value(&self.holdings, row);
        let cost = holding.cost_basis.map(|cost| holding.shares * cost);
        let gain = value.zip(cost).map(|(value, cost)| value - cost);
        row.set(F::MarketValue, value);
        row.set(F::Gain, gain);
        row.set(F::GainPercent, gain.zip(cost).map(|(gain, cost)| 100.0 * gain / cost));
    }

    /// Each row's share of the whole, once all have their values.
    pub(super) fn weigh(&self, rows: &mut [Row]) {
        let (ours, theirs) = self.totals(rows.iter());
        let percent = |value: Option<f64>, total: f64| {
            value.filter(|_| total > 0.0).map(|value| 100.0 * value / total)
        };
        for row in rows {
            let weight = percent(row.get(F::MarketValue), ours.total_value);
            row.set(F::WeightPercent, weight);
            if let (Some(against), Some(theirs)) = (&self.against, &theirs) {
                let other = percent(market_value(against, row), theirs.total_value);
                row.set(F::AgainstWeightPercent, other);
                let difference = weight.unwrap_or(0.0) - other.unwrap_or(0.0);
                let is_held = weight.is_some() || other.is_some();
                row.set(F::WeightDifference, Some(difference).filter(|_| is_held));
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

    /// The columns of a report in JSON and CSV.
    pub(super) fn columns(&self) -> Vec<Column> {
        let mut columns = vec![
            Column::Ticker,
            Column::Value(F::Shares),
            Column::Value(F::CostBasis),
            Column::Value(F::CurrentPrice),
            Column::Value(F::MarketValue),
            Column::Value(F::WeightPercent),
            Column::Value(F::Gain),
            Column::Value(F::GainPercent),
            Column::Value(F::OverallMomentumScore),
            Column::Rating,
            Column::Value(F::PriceMomentum),
            Column::Value(F::TechnicalMomentum),
            Column::Value(F::RelativeMomentum),
            Column::Value(F::Raw),
            Column::Value(F::Return1m),
            Column::Value(F::Return3m),
            Column::Value(F::Return12m),
            Column::Value(F::Volatility1y),
            Column::AsOf,
            Column::Bars,
            Column::Sector,
            Column::Notes,
        ];
        if self.against.is_some() {
            let others = [F::AgainstShares, F::AgainstWeightPercent, F::WeightDifference];
            columns.splice(8..8, others.map(Column::Value));
        }
        columns
    }
}
