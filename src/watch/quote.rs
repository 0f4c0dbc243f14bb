//! What is stored of a cycle: its result, and what was seen of each ticker.

use crate::compare::row::Row;
use crate::fetch::Fault;
use crate::measure::fields::Field as F;
use crate::universe::Symbol;

/// The result of a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleResult {
    /// Tickers with bars.
    pub successful: usize,
    /// Tickers without bars.
    pub failed: usize,
    /// Requests sent, retries included.
    pub requests: usize,
    /// Signals raised.
    pub signals: usize,
    /// Why it ended early, if it did.
    pub stopped: Option<String>,
}

/// What was seen of one ticker in one cycle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quote {
    pub(super) ticker: String,
    pub(super) as_of: Option<String>,
    pub(super) price: Option<f64>,
    pub(super) change_percent: Option<f64>,
    pub(super) volume: Option<f64>,
    pub(super) volume_ratio: Option<f64>,
    pub(super) error: Option<String>,
}

impl Quote {
    /// Of a ticker, as soon as its bars are measured: its score and whether it matches the screen are known only
    /// when all are.
    #[must_use]
    pub fn of(symbol: &Symbol, outcome: Result<&Row, &Fault>) -> Self {
        let ticker = symbol.to_string();
        match outcome {
            Ok(row) => Self {
                ticker,
                as_of: row.now.as_of.map(|date| date.to_string()),
                price: row.get(F::Price).or_else(|| row.get(F::CurrentPrice)),
                change_percent: row.get(F::PriceChangePercent),
                volume: row.get(F::CurrentVolume),
                volume_ratio: row.get(F::VolumeRatio),
                error: None,
            },
            Err(fault) => Self { ticker, error: Some(fault.kind.name()), ..Self::default() },
        }
    }
}
