//! How momentum is scored, as data.

use crate::models::Model;
use crate::universe::Symbol;

/// How momentum is scored.
#[derive(Clone, Debug)]
pub struct Momentum {
    /// The model.
    pub model: Model,
    /// What the relative pillar is measured against. `None`: the median of the universe.
    pub benchmark: Option<Symbol>,
}

/// What the relative pillar was measured against in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BenchmarkUsed {
    /// The benchmark's own bars.
    Symbol(Symbol),
    /// The median 3-month return of the symbols asked for.
    UniverseMedian,
    /// Nothing: the pillar is left out.
    #[default]
    Nothing,
}

impl BenchmarkUsed {
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
