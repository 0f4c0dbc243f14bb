//! What holdings come to together: sums by currency, and over all of them where they are in one.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use super::exchange_rates::ExchangeRates;
use super::valuation::{UnclearCost, Valued, valued};
use crate::compare::row::Row;
use crate::measure::calendar::Calendar;
use crate::measure::fields::Field as F;
use crate::measure::indicators::{mean, standard_deviation};
use crate::universe::Holdings;

/// Holdings that make up the concentration.
const LARGEST: usize = 5;
/// Sessions that the volatility of all holdings together is taken over, at most and at least.
const SESSIONS: usize = 252;
const MIN_SESSIONS: usize = 63;

/// What the holdings of one currency come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// The currency. `None`: the source does not state it.
    pub currency: Option<Arc<str>>,
    /// Sum of shares times last closes.
    pub value: f64,
    /// What the holdings of known cost were bought for.
    pub cost: Option<f64>,
    /// Their value less that.
    pub gain: Option<f64>,
    /// The gain against the cost, percent.
    pub gain_percent: Option<f64>,
    /// Holdings.
    pub priced: usize,
}

/// What holdings come to, over those that have a price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// The sums, the currency with the most holdings first. None, where nothing has a price.
    pub by_currency: Vec<Sum>,
    /// Mean score of the scored holdings.
    pub average_score: Option<f64>,
    /// The same, each weighted with its value.
    pub weighted_average_score: Option<f64>,
    /// Mean of the annualised volatilities, each weighted with its value; as if all moved together.
    pub weighted_volatility_1y: Option<f64>,
    /// Annualised volatility of all together at today's weights, from the sessions that they have in common; of prices
    /// in their own currencies.
    pub portfolio_volatility_1y: Option<f64>,
    /// How many sessions those are.
    pub volatility_sessions: Option<usize>,
    /// Share of the value that the five largest holdings have, percent.
    pub top_5_concentration_percent: Option<f64>,
    /// Holdings that have a price.
    pub priced: usize,
    /// Holdings that have none, and are in no total.
    pub unpriced: Vec<String>,
    /// Holdings whose currency has no rate, and are in no total.
    pub unconverted: Vec<String>,
    /// Holdings whose cost is of an unknown unit or currency, and is in no total.
    pub unclear_costs: Vec<(String, UnclearCost)>,
}

/// A holding with a price.
struct Priced<'a> {
    row: &'a Row,
    valued: Valued,
}

impl Totals {
    /// What `holdings` come to at the prices of `rows`.
    #[must_use]
    pub fn of<'a>(
        holdings: &Holdings,
        rows: impl Iterator<Item = &'a Row>,
        rates: Option<&ExchangeRates>,
    ) -> Self {
        let mut totals = Self::default();
        let mut priced = Vec::new();
        let mut has_row = HashSet::new();
        for row in rows {
            let Some(holding) = holdings.get(&row.symbol) else { continue };
            if row.get(F::CurrentPrice).is_none() {
                continue;
            }
            has_row.insert(&row.symbol);
            if let Some(valued) = valued(holding, row, rates) {
                priced.push(Priced { row, valued });
            } else {
                let currency = row.about.currency.as_deref().unwrap_or("no currency stated");
                totals.unconverted.push(format!("{} ({currency})", row.symbol));
            }
        }
        let unpriced = holdings.symbols().iter().filter(|symbol| !has_row.contains(symbol));
        totals.unpriced = unpriced.map(ToString::to_string).collect();
        priced.sort_by(|a, b| {
            let by_value = b.valued.value.total_cmp(&a.valued.value);
            by_value.then_with(|| a.row.symbol.cmp(&b.row.symbol))
        });
        for Priced { row, valued } in &priced {
            if let Some(why) = valued.unclear_cost {
                totals.unclear_costs.push((row.symbol.to_string(), why));
            }
        }
        totals.priced = priced.len();
        totals.by_currency = sums(&priced);
        let scores: Vec<f64> =
            priced.iter().filter_map(|p| p.row.get(F::OverallMomentumScore)).collect();
        totals.average_score = mean(&scores);
        if totals.by_currency.len() == 1 {
            totals.weigh(&priced);
        }
        totals
    }

    /// What needs all values in one currency.
    fn weigh(&mut self, priced: &[Priced<'_>]) {
        self.weighted_average_score = weighted_mean(priced, F::OverallMomentumScore);
        self.weighted_volatility_1y = weighted_mean(priced, F::Volatility1y);
        let total = self.by_currency[0].value;
        let largest: f64 = priced.iter().take(LARGEST).map(|p| p.valued.value).sum();
        self.top_5_concentration_percent = (total > 0.0).then(|| 100.0 * largest / total);
        if let Some((volatility, sessions)) = volatility(priced, total) {
            self.portfolio_volatility_1y = Some(volatility);
            self.volatility_sessions = Some(sessions);
        }
    }

    /// The sum, where all holdings are in one currency: 0 of none.
    #[must_use]
    pub fn sum(&self) -> Option<&Sum> {
        match self.by_currency.as_slice() {
            [sum] => Some(sum),
            _ => None,
        }
    }

    /// Their value in one currency. `None`: they are in several.
    #[must_use]
    pub fn total_value(&self) -> Option<f64> {
        if self.by_currency.is_empty() { Some(0.0) } else { self.sum().map(|sum| sum.value) }
    }
}

/// The sums of each currency, that with the most holdings first.
fn sums(priced: &[Priced<'_>]) -> Vec<Sum> {
    let mut sums: Vec<Sum> = Vec::new();
    for Priced { valued, .. } in priced {
        let place = sums.iter().position(|sum| sum.currency == valued.currency);
        let place = place.unwrap_or_else(|| {
            let currency = valued.currency.clone();
            sums.push(Sum {
                currency,
                value: 0.0,
                cost: None,
                gain: None,
                gain_percent: None,
                priced: 0,
            });
            sums.len() - 1
        });
        let sum = &mut sums[place];
        sum.value += valued.value;
        sum.priced += 1;
        if let Some(cost) = valued.cost {
            *sum.cost.get_or_insert(0.0) += cost;
            *sum.gain.get_or_insert(0.0) += valued.value - cost;
        }
    }
    for sum in &mut sums {
        sum.gain_percent = percent_of(sum.gain, sum.cost);
    }
    sums.sort_by(|a, b| b.priced.cmp(&a.priced).then_with(|| a.currency.cmp(&b.currency)));
    sums
}

/// A part of a whole, percent.
pub(super) fn percent_of(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    Some(100.0 * part? / whole?)
}

/// The mean of a number where it is defined, each weighted with its holding's value.
fn weighted_mean(priced: &[Priced<'_>], field: F) -> Option<f64> {
    let mut sum = 0.0;
    let mut weight = 0.0;
    for Priced { row, valued } in priced {
        if let Some(number) = row.get(field) {
            sum += valued.value * number;
            weight += valued.value;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}

/// The volatility of all holdings together, and the sessions it is taken over. The variance of the weighted daily log
/// returns is what the weights and the returns' covariance matrix make of each other.
fn volatility(priced: &[Priced<'_>], total: f64) -> Option<(f64, usize)> {
    let mut common: Option<HashSet<NaiveDate>> = None;
    for Priced { row, .. } in priced {
        let dates: HashSet<NaiveDate> = row.about.history.as_ref()?.dates.iter().copied().collect();
        common = Some(match common {
            Some(common) => common.intersection(&dates).copied().collect(),
            None => dates,
        });
    }
    let mut dates: Vec<NaiveDate> = common?.into_iter().collect();
    dates.sort_unstable();
    dates.drain(..dates.len().saturating_sub(SESSIONS + 1));
    let sessions = dates.len().checked_sub(1).filter(|sessions| *sessions >= MIN_SESSIONS)?;
    let mut returns = vec![0.0; sessions];
    for Priced { row, valued } in priced {
        let history = row.about.history.as_ref()?;
        let close = |date| Some(history.closes[history.dates.binary_search(date).ok()?].ln());
        let logs: Vec<f64> = dates.iter().filter_map(close).collect();
        for (day, pair) in logs.windows(2).enumerate() {
            returns[day] += valued.value / total * (pair[1] - pair[0]);
        }
    }
    let year = Calendar::of(&dates).year;
    #[expect(clippy::cast_precision_loss, reason = "sessions of a year")]
    let volatility = standard_deviation(&returns, 1)? * (year as f64).sqrt();
    Some((volatility, sessions))
}
