//! What a portfolio comes to, as lines below its table and as members of its document.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::numbers::grouped;
use super::report::Report;
use crate::screen::portfolio::Totals;

/// A label and the figures for it: the portfolio's, and the other's where there is one.
pub(super) struct TotalsLine {
    pub(super) label: &'static str,
    pub(super) figures: Vec<String>,
}

/// A label and how its figure is written. `None`: it is not known.
type Figure = (&'static str, fn(&Totals) -> Option<String>);

const FIGURES: [Figure; 7] = [
    ("Total value", |totals| Some(money(totals.total_value))),
    ("Left out, no price", unpriced),
    ("Gain", gain),
    ("Average score", |totals| Some(format!("{:.2}", totals.average_score?))),
    ("Weighted by value", |totals| Some(format!("{:.2}", totals.weighted_average_score?))),
    ("Weighted volatility", |totals| {
        Some(format!("{:.1}%", 100.0 * totals.weighted_volatility_1y?))
    }),
    ("Largest five", |totals| Some(format!("{:.1}%", totals.top_5_concentration_percent?))),
];

/// The totals of a portfolio and of the one it is compared with. `None`: the report is about something else.
pub(super) fn totals(report: &Report) -> Option<(Totals, Option<Totals>)> {
    Some(report.screen.criteria.portfolio()?.totals(report.rows()))
}

/// The lines below a portfolio's table; none for other reports.
pub(super) fn lines(report: &Report) -> Vec<TotalsLine> {
    let Some((ours, theirs)) = totals(report) else { return Vec::new() };
    let all: Vec<Totals> = [Some(ours), theirs].into_iter().flatten().collect();
    let mut lines = Vec::with_capacity(FIGURES.len());
    for (label, figure) in FIGURES {
        let figures: Vec<Option<String>> = all.iter().map(figure).collect();
        if figures.iter().any(Option::is_some) {
            let figures = figures.into_iter().map(|figure| figure.unwrap_or_else(|| "-".into()));
            lines.push(TotalsLine { label, figures: figures.collect() });
        }
    }
    lines
}

fn unpriced(totals: &Totals) -> Option<String> {
    (!totals.unpriced.is_empty()).then(|| totals.unpriced.join(", "))
}

fn gain(totals: &Totals) -> Option<String> {
    let percent = totals.total_gain_percent?;
    Some(format!("{} ({percent:+.1}%)", money(totals.total_gain?)))
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
