//! What a portfolio comes to, as lines beside its table.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Report;
use super::table::grouped;
use crate::screen::Criteria;
use crate::screen::portfolio::Totals;

/// The totals of a portfolio and of the one it is compared with; none for other reports.
pub(super) fn totals(report: &Report) -> Option<(Totals, Option<Totals>)> {
    match &report.screen.criteria {
        Criteria::Portfolio(portfolio) => Some(portfolio.totals(report.rows())),
        _ => None,
    }
}

/// A label and the figures beside it: the portfolio's, and the other's where there is one.
pub(super) fn lines(report: &Report) -> Vec<(&'static str, Vec<String>)> {
    let Some((ours, theirs)) = totals(report) else { return Vec::new() };
    let all: Vec<Totals> = [Some(ours), theirs].into_iter().flatten().collect();
    let line = |label, figure: fn(&Totals) -> Option<String>| {
        let figures: Vec<Option<String>> = all.iter().map(figure).collect();
        let is_known = figures.iter().any(Option::is_some);
        let or_none = |figure: Option<String>| figure.unwrap_or_else(|| "-".into());
        is_known.then(|| (label, figures.into_iter().map(or_none).collect()))
    };
    [
        line("Total value", |t| Some(money(t.total_value))),
        line("Left out, no price", |t| (!t.unpriced.is_empty()).then(|| t.unpriced.join(", "))),
        line("Gain", |t| {
            let (gain, percent) = t.total_gain.zip(t.total_gain_percent)?;
            Some(format!("{} ({percent:+.1}%)", money(gain)))
        }),
        line("Average score", |t| t.average_score.map(|score| format!("{score:.2}"))),
        line("Weighted by value", |t| t.weighted_average_score.map(|score| format!("{score:.2}"))),
        line("Weighted volatility", |t| {
            t.weighted_volatility_1y.map(|volatility| format!("{:.1}%", 100.0 * volatility))
        }),
        line("Largest five", |t| {
            t.top_5_concentration_percent.map(|percent| format!("{percent:.1}%"))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn money(amount: f64) -> String {
    grouped(&format!("{amount:.2}"))
}

impl Totals {
    /// Its members among those of another object.
    pub(super) fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("total_value", &self.total_value)?;
        map.serialize_entry("total_cost", &self.total_cost)?;
        map.serialize_entry("total_gain", &self.total_gain)?;
        map.serialize_entry("total_gain_percent", &self.total_gain_percent)?;
        map.serialize_entry("average_score", &self.average_score)?;
        map.serialize_entry("weighted_average_score", &self.weighted_average_score)?;
        map.serialize_entry("weighted_volatility_1y", &self.weighted_volatility_1y)?;
        map.serialize_entry("top_5_concentration_percent", &self.top_5_concentration_percent)?;
        map.serialize_entry("priced", &self.priced)?;
        map.serialize_entry("unpriced", &self.unpriced)
    }
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_into(&mut map)?;
        map.end()
    }
}
