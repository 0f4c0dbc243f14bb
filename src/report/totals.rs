//! What a portfolio comes to, as lines below its table and as members of its document.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::report::Report;
use crate::portfolio::exchange_rates::{ExchangeRates, Rate};
use crate::portfolio::totals::{Sum, Totals};
use crate::portfolio::valuation::UnclearCost;
use crate::table::grouped;

/// A label and the figures for it: the portfolio's, and the other's where there is one.
pub(super) struct TotalsLine {
    pub(super) label: &'static str,
    pub(super) figures: Vec<String>,
}

/// A label and how its figure is written. `None`: it is not known.
type Figure = (&'static str, fn(&Totals) -> Option<String>);

const FIGURES: [Figure; 11] = [
    ("Total value", |totals| Some(value(totals))),
    ("Left out, no price", unpriced),
    ("Left out, no rate", unconverted),
    ("Gain", gain),
    ("Cost left out", unclear_costs),
    ("Average score", |totals| Some(format!("{:.2}", totals.average_score?))),
    ("Weighted by value", |totals| Some(format!("{:.2}", totals.weighted_average_score?))),
    ("Volatility", volatility),
    ("Weighted volatility", |totals| Some(percent(totals.weighted_volatility_1y?))),
    ("Largest five", |totals| Some(format!("{:.1}%", totals.top_5_concentration_percent?))),
    ("Totals", several_currencies),
];

/// The totals of a portfolio and of the one it is compared with. `None`: the report is about something else.
pub(super) fn totals(report: &Report) -> Option<(Totals, Option<Totals>)> {
    Some(report.screen.criteria.portfolio()?.totals(&report.rows()))
}

/// The lines below a portfolio's table; none for other reports.
pub(super) fn lines(report: &Report) -> Vec<TotalsLine> {
    let Some((ours, theirs)) = totals(report) else { return Vec::new() };
    let all: Vec<Totals> = [Some(ours), theirs].into_iter().flatten().collect();
    let mut lines = Vec::with_capacity(FIGURES.len() + 1);
    for (label, figure) in FIGURES {
        let figures: Vec<Option<String>> = all.iter().map(figure).collect();
        if figures.iter().any(Option::is_some) {
            let figures = figures.into_iter().map(|figure| figure.unwrap_or_else(|| "-".into()));
            lines.push(TotalsLine { label, figures: figures.collect() });
        }
    }
    lines.extend(rates_line(report));
    lines
}

fn rates_line(report: &Report) -> Option<TotalsLine> {
    let rates = report.screen.criteria.portfolio()?.rates.as_ref()?;
    let of = |(currency, rate): (&str, Rate)| {
        format!("{currency}{} {:.5} ({})", rates.target, rate.rate, rate.date)
    };
    let all: Vec<String> = rates.rates().map(of).collect();
    let figures = vec![all.join(", ")];
    (!all.is_empty()).then_some(TotalsLine { label: "Exchange rates", figures })
}

/// The value of each currency's holdings, 0 of none.
fn value(totals: &Totals) -> String {
    if totals.by_currency.is_empty() {
        return money(0.0, None);
    }
    let values = totals.by_currency.iter().map(|sum| money(sum.value, sum.currency.as_deref()));
    values.collect::<Vec<_>>().join(", ")
}

fn unpriced(totals: &Totals) -> Option<String> {
    (!totals.unpriced.is_empty()).then(|| totals.unpriced.join(", "))
}

fn unconverted(totals: &Totals) -> Option<String> {
    (!totals.unconverted.is_empty()).then(|| totals.unconverted.join(", "))
}

fn gain(totals: &Totals) -> Option<String> {
    let mut gains = Vec::new();
    for sum in &totals.by_currency {
        if let (Some(gain), Some(percent)) = (sum.gain, sum.gain_percent) {
            gains.push(format!("{} ({percent:+.1}%)", money(gain, sum.currency.as_deref())));
        }
    }
    (!gains.is_empty()).then(|| gains.join(", "))
}

fn unclear_costs(totals: &Totals) -> Option<String> {
    let why = |why: &UnclearCost| match why {
        UnclearCost::Hundredfold => "is it in pence? a column currency or price says it",
        UnclearCost::OtherCurrency => "in another currency; --currency converts",
    };
    let costs = totals.unclear_costs.iter().map(|(name, cost)| format!("{name} ({})", why(cost)));
    let costs: Vec<String> = costs.collect();
    (!costs.is_empty()).then(|| costs.join(", "))
}

fn volatility(totals: &Totals) -> Option<String> {
    let sessions = totals.volatility_sessions?;
    Some(format!("{} ({sessions} sessions)", percent(totals.portfolio_volatility_1y?)))
}

fn several_currencies(totals: &Totals) -> Option<String> {
    let several = totals.by_currency.len() > 1;
    several.then(|| "by currency; --currency USD brings them to one".into())
}

fn percent(fraction: f64) -> String {
    format!("{:.1}%", 100.0 * fraction)
}

fn money(amount: f64, currency: Option<&str>) -> String {
    let amount = grouped(&format!("{amount:.2}"));
    match currency {
        Some(currency) => format!("{amount} {currency}"),
        None => amount,
    }
}

impl Totals {
    /// Its members among those of another object. What is of several currencies is null, but in `by_currency`.
    pub(super) fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let sum = self.sum();
        map.serialize_entry("currency", &sum.and_then(|sum| sum.currency.as_deref()))?;
        map.serialize_entry("total_value", &self.total_value())?;
        map.serialize_entry("total_cost", &sum.and_then(|sum| sum.cost))?;
        map.serialize_entry("total_gain", &sum.and_then(|sum| sum.gain))?;
        map.serialize_entry("total_gain_percent", &sum.and_then(|sum| sum.gain_percent))?;
        map.serialize_entry("by_currency", &self.by_currency)?;
        map.serialize_entry("average_score", &self.average_score)?;
        map.serialize_entry("weighted_average_score", &self.weighted_average_score)?;
        map.serialize_entry("portfolio_volatility_1y", &self.portfolio_volatility_1y)?;
        map.serialize_entry("volatility_sessions", &self.volatility_sessions)?;
        map.serialize_entry("weighted_volatility_1y", &self.weighted_volatility_1y)?;
        map.serialize_entry("top_5_concentration_percent", &self.top_5_concentration_percent)?;
        map.serialize_entry("priced", &self.priced)?;
        map.serialize_entry("unpriced", &self.unpriced)?;
        map.serialize_entry("unconverted", &self.unconverted)?;
        let unclear: Vec<&str> = self.unclear_costs.iter().map(|(name, _)| &**name).collect();
        map.serialize_entry("unclear_costs", &unclear)
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("currency", &self.currency.as_deref())?;
        map.serialize_entry("total_value", &self.value)?;
        map.serialize_entry("total_cost", &self.cost)?;
        map.serialize_entry("total_gain", &self.gain)?;
        map.serialize_entry("total_gain_percent", &self.gain_percent)?;
        map.serialize_entry("priced", &self.priced)?;
        map.end()
    }
}

/// The exchange rates of a report, by the ticker's name: `EURUSD`.
pub(super) struct RatesObject<'a>(pub(super) &'a ExchangeRates);

impl Serialize for RatesObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rates = self.0.rates().map(|(currency, rate)| {
            let date = rate.date.to_string();
            let pair = format!("{currency}{}", self.0.target);
            (pair, serde_json::json!({ "rate": rate.rate, "date": date }))
        });
        serializer.collect_map(rates)
    }
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_into(&mut map)?;
        map.end()
    }
}
