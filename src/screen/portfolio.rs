//! A portfolio: what its holdings are worth, what share of it each is, and how strong they are.
//!
//! Prices are added up as they are: it knows no exchange rates. What has no price has no part in any total.

use super::columns::Column;
use super::fields::Field as F;
use super::indicators::mean;
use super::momentum::Momentum;
use super::row::Row;
use crate::universe::{Holdings, Symbol};

/// Holdings that make up the concentration.
const LARGEST: usize = 5;

/// The columns of a portfolio's report in JSON and CSV up to the gains, between which and the rest the other
/// portfolio's stand.
const OWN_COLUMNS: [Column; 9] = [
    Column::Ticker,
    Column::Value(F::Shares),
    Column::Value(F::CostBasis),
    Column::Value(F::CurrentPrice),
    Column::Currency,
    Column::Value(F::MarketValue),
    Column::Value(F::WeightPercent),
    Column::Value(F::Gain),
    Column::Value(F::GainPercent),
];
const OTHER_COLUMNS: [Column; 3] = [
    Column::Value(F::AgainstShares),
    Column::Value(F::AgainstWeightPercent),
    Column::Value(F::WeightDifference),
];
const SCORE_COLUMNS: [Column; 17] = [
    Column::Value(F::OverallMomentumScore),
    Column::Value(F::Percentile),
    Column::Value(F::RsRating),
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
    Column::SubIndustry,
    Column::Notes,
];

/// What is held, and how it is scored.
#[derive(Clone, Debug)]
pub struct Portfolio {
    /// How momentum is scored.
    pub momentum: Momentum,
    /// What is held.
    pub holdings: Holdings,
    /// A second portfolio to compare with.
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

/// A holding with a price.
struct Priced<'a> {
    row: &'a Row,
    value: f64,
}

impl Totals {
    /// What `holdings` come to at the prices of `rows`.
    #[must_use]
    pub fn of<'a>(holdings: &Holdings, rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut priced = Vec::new();
        for row in rows {
            if let Some(value) = market_value(holdings, row) {
                priced.push(Priced { row, value });
            }
        }
        priced.sort_by(|a, b| {
            b.value.total_cmp(&a.value).then_with(|| a.row.symbol.cmp(&b.row.symbol))
        });
        let total_value = sum_of(&priced);
        let largest = sum_of(&priced[..priced.len().min(LARGEST)]);
        let scores: Vec<f64> =
            priced.iter().filter_map(|p| p.row.get(F::OverallMomentumScore)).collect();
        let (cost, gain) = cost_and_gain(holdings, &priced);
        Self {
            total_value,
            total_cost: cost,
            total_gain: gain,
            total_gain_percent: percent_of(gain, cost),
            average_score: mean(&scores),
            weighted_average_score: weighted_mean(&priced, F::OverallMomentumScore),
            weighted_volatility_1y: weighted_mean(&priced, F::Volatility1y),
            top_5_concentration_percent: (total_value > 0.0).then(|| 100.0 * largest / total_value),
            priced: priced.len(),
            unpriced: unpriced(holdings, &priced),
        }
    }
}

fn sum_of(priced: &[Priced<'_>]) -> f64 {
    priced.iter().map(|p| p.value).sum::<f64>() + 0.0 // and not −0
}

/// What the holdings of known cost were bought for, and their value less that.
fn cost_and_gain(holdings: &Holdings, priced: &[Priced<'_>]) -> (Option<f64>, Option<f64>) {
    let mut costs = Vec::new();
    let mut values = Vec::new();
    for Priced { row, value } in priced {
        if let Some(holding) = holdings.get(&row.symbol)
            && let Some(cost_basis) = holding.cost_basis
        {
            costs.push(holding.shares * cost_basis);
            values.push(*value);
        }
    }
    if costs.is_empty() {
        return (None, None);
    }
    let cost: f64 = costs.iter().sum();
    let value: f64 = values.iter().sum();
    (Some(cost), Some(value - cost))
}

fn percent_of(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    Some(100.0 * part? / whole?)
}

/// The mean of a number where it is defined, each weighted with its holding's value.
fn weighted_mean(priced: &[Priced<'_>], field: F) -> Option<f64> {
    let mut sum = 0.0;
    let mut weight = 0.0;
    for Priced { row, value } in priced {
        if let Some(number) = row.get(field) {
            sum += value * number;
            weight += value;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}

fn unpriced(holdings: &Holdings, priced: &[Priced<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    for symbol in holdings.symbols() {
        if !priced.iter().any(|p| p.row.symbol == *symbol) {
            names.push(symbol.to_string());
        }
    }
    names
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

    /// Sets what is held of a row's ticker and what it is worth; without a price only the former.
    pub fn value(&self, row: &mut Row) {
        let other = self.against.as_ref().and_then(|against| against.get(&row.symbol));
        row.set(F::AgainstShares, other.map(|holding| holding.shares));
        let Some(holding) = self.holdings.get(&row.symbol) else { return };
        row.set(F::Shares, Some(holding.shares));
        row.set(F::CostBasis, holding.cost_basis);
        let value = market_value(&self.holdings, row);
        let cost = holding.cost_basis.map(|cost_basis| holding.shares * cost_basis);
        let gain = value.zip(cost).map(|(value, cost)| value - cost);
        row.set(F::MarketValue, value);
        row.set(F::Gain, gain);
        row.set(F::GainPercent, percent_of(gain, cost));
    }

    /// Sets each row's share of the whole, once all have their values.
    pub fn weigh(&self, rows: &mut [Row]) {
        let (ours, theirs) = self.totals(rows.iter());
        for row in rows {
            let weight = weight(row.get(F::MarketValue), ours.total_value);
            row.set(F::WeightPercent, weight);
            if let (Some(against), Some(theirs)) = (&self.against, &theirs) {
                let other_weight = self::weight(market_value(against, row), theirs.total_value);
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

    /// The columns of a report in JSON and CSV.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let others: &[Column] = if self.against.is_some() { &OTHER_COLUMNS } else { &[] };
        [&OWN_COLUMNS, others, &SCORE_COLUMNS].concat()
    }
}

/// A value's share of a total, percent.
fn weight(value: Option<f64>, total: f64) -> Option<f64> {
    value.filter(|_| total > 0.0).map(|value| 100.0 * value / total)
}
