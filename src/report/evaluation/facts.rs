//! The result of an evaluation, as every format finds it.

use crate::evaluate::Evaluation;
use crate::failure::{Failure, Incomplete};
use crate::report::report::RunCost;
use crate::universe::Symbol;

/// Whose members took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MembersUsed {
    /// Every symbol, always: no list says otherwise.
    All,
    /// Those of each day, by the embedded lists.
    OfTheDay,
    /// Today's, on past days, too.
    Today,
    /// Those of each day, by a file.
    File(String),
}

/// What was asked of an evaluation.
#[derive(Clone, Debug)]
pub struct EvaluationAsked {
    /// Sessions from a score to the purchase.
    pub lag: usize,
    /// Every so many sessions.
    pub every: usize,
    /// How many buckets.
    pub quantiles: usize,
    /// The cost of buying or selling, in basis points.
    pub cost: f64,
    /// Whether scores and returns are taken within sectors.
    pub within_sectors: bool,
    /// Whose members took part.
    pub members: MembersUsed,
    /// What the relative pillar is measured against. `None`: the median symbol.
    pub benchmark: Option<Symbol>,
}

/// The result of an evaluation.
#[derive(Clone, Debug)]
pub struct EvaluationReport {
    /// What was asked.
    pub asked: EvaluationAsked,
    /// What was found.
    pub evaluation: Evaluation,
    /// The provider's name.
    pub provider: String,
    /// Symbols that were asked for.
    pub requested: usize,
    /// Of these, those that are members while there are prices.
    pub listed: usize,
    /// Those without bars.
    pub failures: Vec<Failure>,
    /// Why not every symbol was fetched, if so.
    pub incomplete: Option<Incomplete>,
    /// Scores that were found to be the same on prices cut off at their date. `None`: that was not asked for.
    pub compared_scores: Option<usize>,
    /// Time and requests.
    pub cost: RunCost,
}
