//! Finance: from bars to scored, ordered rows. Knows no network.
//!
//! [`Screen`] is what is asked for, as data. One symbol's numbers come from [`measure()`] on a worker thread;
//! whatever compares symbols happens in [`Screen::conclude`], once all are there.

pub mod columns;
pub mod indicators;
mod measure;
pub mod models;
pub mod rank;
pub mod row;

use crate::bars::Bars;
use crate::universe::Symbol;
use columns::Field;
pub use measure::measure;
use models::{Model, composite};
use row::Row;

/// Sessions that are asked for and used at most.
pub const SESSIONS: usize = 300;

/// How many scored symbols make a universe whose median can stand in for a benchmark.
const MEDIAN_NEEDS: usize = 20;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Screen {
    /// The model that scores.
    pub model: Model,
    /// What the relative pillar is measured against.
    pub benchmark: Option<Symbol>,
    /// The best so many in the order of the ranking, or every row in the order asked for.
    pub top: Option<usize>,
    /// Whether the bar of a session still open is used.
    pub include_partial: bool,
}

/// What the relative pillar was measured against in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// The benchmark's own bars.
    Symbol(Symbol),
    /// The median 3-month return of the symbols asked for.
    UniverseMedian,
    /// Nothing: the pillar is left out.
    Nothing,
}

impl Against {
    /// As it is written: a symbol, `universe-median`, or nothing.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Symbol(symbol) => Some(symbol.as_str()),
            Self::UniverseMedian => Some("universe-median"),
            Self::Nothing => None,
        }
    }
}

impl Screen {
    /// Scores and orders the measured rows; `benchmark` are the benchmark's bars, where they could be had.
    ///
    /// # Errors
    /// Only when polars fails to sort.
    pub fn conclude(
        &self,
        mut rows: Vec<Row>,
        benchmark: Option<&Bars>,
    ) -> polars::prelude::PolarsResult<(Vec<Row>, Against)> {
        let median = || {
            let returns: Vec<f64> = rows
                .iter()
                .filter(|row| composite::is_defined(row))
                .filter_map(|row| row.get(Field::Return3m))
                .collect();
            (returns.len() >= MEDIAN_NEEDS).then(|| indicators::median(&returns)).flatten()
        };
        let benchmark = benchmark.filter(|bars| !bars.is_empty()).zip(self.benchmark.clone());
        let median = if benchmark.is_none() { median() } else { None };
        for row in &mut rows {
            let other = match (&benchmark, row.quarter) {
                (Some((bars, _)), Some((first, last))) => bars
                    .adjusted_on(first)
                    .zip(bars.adjusted_on(last))
                    .map(|(old, new)| new / old - 1.0),
                _ => median,
            };
            composite::apply(row, other);
            self.model.apply(row);
        }
        let against = match (benchmark, median) {
            (Some((_, symbol)), _) => Against::Symbol(symbol),
            (None, Some(_)) => Against::UniverseMedian,
            (None, None) => Against::Nothing,
        };
        let rows = if self.top.is_some() { rank::by_raw_value(rows)? } else { rows };
        Ok((rows, against))
    }
}
