//! The figures of a result under the names that every format gives them.

use std::fmt;

use crate::evaluate::Summary;

/// A figure; undefined numbers are none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Figure {
    Text(String),
    Count(usize),
    Number(Option<f64>),
}

/// A name and how its figure is had. Returns, excesses, costs and shares are fractions.
type Named = (&'static str, fn(&Summary) -> Figure);

/// In the order of the documents.
pub(super) const FIGURES: [Named; 25] = [
    ("dates", |of| Figure::Count(of.dates)),
    ("first", |of| Figure::Text(of.span.map_or_else(String::new, |(first, _)| first.to_string()))),
    ("last", |of| Figure::Text(of.span.map_or_else(String::new, |(_, last)| last.to_string()))),
    ("mean_names", |of| Figure::Number(of.mean_names)),
    ("ic_mean", |of| Figure::Number(of.ic.mean)),
    ("ic_sd", |of| Figure::Number(of.ic_sd)),
    ("ic_ir", |of| Figure::Number(of.ic_ir)),
    ("ic_positive", |of| Figure::Number(of.ic_positive)),
    ("ic_t", |of| Figure::Number(of.ic.t)),
    ("disjoint_dates", |of| Figure::Count(of.disjoint_dates)),
    ("disjoint_ic_mean", |of| Figure::Number(of.disjoint_ic_mean)),
    ("disjoint_ic_t", |of| Figure::Number(of.ic.disjoint_t)),
    ("top_excess", |of| Figure::Number(of.top.mean)),
    ("top_t", |of| Figure::Number(of.top.t)),
    ("disjoint_top_t", |of| Figure::Number(of.top.disjoint_t)),
    ("spread", |of| Figure::Number(of.spread.mean)),
    ("spread_t", |of| Figure::Number(of.spread.t)),
    ("disjoint_spread_t", |of| Figure::Number(of.spread.disjoint_t)),
    ("monotonicity", |of| Figure::Number(of.monotonicity)),
    ("top_turnover", |of| Figure::Number(of.top_turnover)),
    ("break_even", |of| Figure::Number(of.break_even)),
    ("net_excess", |of| Figure::Number(of.net_excess)),
    ("no_entry", |of| Figure::Count(of.no_entry)),
    ("ended_early", |of| Figure::Count(of.ended_early)),
    ("worst_fall_top", |of| Figure::Number(of.curves.worst_falls[0])),
];

/// All figures of a result in one row: what it is of, then the figures, then the buckets, the lowest scores first.
pub(super) fn flat(summary: &Summary) -> Vec<(String, Figure)> {
    let mut row = vec![
        ("model".to_owned(), Figure::Text(summary.score.clone())),
        ("horizon".to_owned(), Figure::Count(summary.horizon)),
    ];
    row.extend(FIGURES.map(|(name, of)| (name.to_owned(), of(summary))));
    for (number, bucket) in (1..).zip(&summary.buckets) {
        row.push((format!("bucket_{number}"), Figure::Number(*bucket)));
    }
    row
}

impl Figure {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.filter(|number| number.is_finite()),
            Self::Text(_) | Self::Count(_) => None,
        }
    }

    pub(super) fn count(&self) -> Option<i64> {
        match self {
            Self::Count(count) => i64::try_from(*count).ok(),
            Self::Text(_) | Self::Number(_) => None,
        }
    }
}

/// Plain, and empty where it is undefined.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => count.fmt(f),
            Self::Number(_) => self.number().map_or(Ok(()), |number| number.fmt(f)),
        }
    }
}

impl serde::Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) if text.is_empty() => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => count.serialize(serializer),
            Self::Number(_) => self.number().serialize(serializer),
        }
    }
}
