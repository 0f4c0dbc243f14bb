//! A scored symbol: what was computed from its bars, and what a reader should know about it.

use std::sync::Arc;

use chrono::NaiveDate;

use super::fields::Field;
use super::models::alphavelocity;
use crate::bars::Hours;
use crate::universe::Symbol;

/// The score in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    /// At least 8.
    StrongBuy,
    /// At least 6.5.
    Buy,
    /// At least 5.
    Hold,
    /// At least 3.5.
    WeakHold,
    /// Below.
    Sell,
    /// No score.
    InsufficientData,
}

impl Rating {
    /// The rating of an unrounded score from 0 to 10.
    #[must_use]
    pub fn of(score: Option<f64>) -> Self {
        match score {
            None => Self::InsufficientData,
            Some(score) if score >= 8.0 => Self::StrongBuy,
            Some(score) if score >= 6.5 => Self::Buy,
            Some(score) if score >= 5.0 => Self::Hold,
            Some(score) if score >= 3.5 => Self::WeakHold,
            Some(_) => Self::Sell,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StrongBuy => "Strong Buy",
            Self::Buy => "Buy",
            Self::Hold => "Hold",
            Self::WeakHold => "Weak Hold",
            Self::Sell => "Sell",
            Self::InsufficientData => "Insufficient Data",
        }
    }
}

/// Something a reader should know about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Fewer bars than the model needs.
    TooFewBars,
    /// The price pillar rests on six months: there is no year of bars.
    ShortHistory,
    /// The relative pillar is left out: no benchmark for these dates.
    NoBenchmark,
    /// The prices did not move: what is divided by their variance is undefined.
    NoVariance,
    /// The provider had no adjusted closes; plain ones were used.
    Unadjusted,
    /// The last bar is of a session still open.
    PartialBar,
    /// The bar of a session still open was left out.
    OpenSessionLeftOut,
    /// Fewer than half the days of the baseline had any volume.
    TooFewTrades,
    /// A price jumps as at a split it is not adjusted for.
    SuspectSplit,
    /// A price jumps a hundredfold, as from pounds to pence.
    SuspectUnit,
    /// Only closes were asked for, and they sufficed to know that it is not among the best.
    ClosesOnly,
    /// The last bar is far older than most tickers': not ranked.
    Stale,
}

impl Note {
    /// As it is written in JSON and CSV.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFewBars => "too_few_bars",
            Self::ShortHistory => "short_history",
            Self::NoBenchmark => "no_benchmark",
            Self::NoVariance => "no_variance",
            Self::Unadjusted => "unadjusted",
            Self::PartialBar => "partial_bar",
            Self::OpenSessionLeftOut => "open_session_left_out",
            Self::TooFewTrades => "too_few_trades",
            Self::SuspectSplit => "suspect_split",
            Self::SuspectUnit => "suspect_unit",
            Self::ClosesOnly => "closes_only",
            Self::Stale => "stale",
        }
    }

    /// The note of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }
}

/// A series as a chart shows it, oldest first; all of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Sessions.
    pub dates: Vec<NaiveDate>,
    /// Adjusted closes.
    pub closes: Vec<f64>,
    /// Shares traded.
    pub volumes: Vec<f64>,
}

/// One symbol's numbers. A number that is undefined is absent: never 0, never infinite.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The symbol as the user wrote it.
    pub symbol: Symbol,
    /// Date of the last bar used.
    pub as_of: Option<NaiveDate>,
    /// Bars used.
    pub bars: usize,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// First and last session of the 3-month return: those a benchmark is compared over.
    pub quarter: Option<(NaiveDate, NaiveDate)>,
    /// The benchmark's return between those sessions, where one is measured against.
    pub benchmark_return: Option<f64>,
    /// The last year's adjusted closes, thinned to a few points, oldest first.
    pub year: Vec<f64>,
    /// What a chart is drawn of, where one is wanted.
    pub history: Option<Arc<History>>,
    /// What the AlphaVelocity formula takes from the bars.
    pub alphavelocity: Option<alphavelocity::Pillars>,
    /// The sector, where it is known.
    pub sector: Option<Arc<str>>,
    /// The exchange's hours, where the provider told them.
    pub hours: Option<Hours>,
    /// Rows of the source that were dropped or out of order.
    pub bad_rows: usize,
    values: Vec<Option<f64>>,
}

impl Row {
    /// A row without numbers yet.
    #[must_use]
    pub fn new(symbol: Symbol) -> Self {
        Self {
            symbol,
            as_of: None,
            bars: 0,
            notes: Vec::new(),
            quarter: None,
            benchmark_return: None,
            year: Vec::new(),
            history: None,
            alphavelocity: None,
            sector: None,
            hours: None,
            bad_rows: 0,
            values: vec![None; Field::ALL.len()],
        }
    }

    /// A number, where it is defined; finite.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<f64> {
        self.values[field as usize]
    }

    /// Sets a number; one that is not finite counts as undefined.
    pub fn set(&mut self, field: Field, value: Option<f64>) {
        self.values[field as usize] = value.filter(|value| value.is_finite());
    }

    /// Whether the row has a score.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.get(Field::OverallMomentumScore).is_some()
    }

    /// Whether there was too little to judge by.
    #[must_use]
    pub fn is_insufficient(&self) -> bool {
        self.notes.iter().any(|note| matches!(note, Note::TooFewBars | Note::TooFewTrades))
    }

    /// Whether its prices are too old to be compared with the others'.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.notes.contains(&Note::Stale)
    }

    /// The rating of the row's score.
    #[must_use]
    pub fn rating(&self) -> Rating {
        Rating::of(self.get(Field::OverallMomentumScore))
    }
}
