//! A ticker that brought no bars: data in the report like any other.

use crate::fetch::Fault;
use crate::universe::Symbol;

/// A symbol and why there is nothing to score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whose bars are missing.
    pub symbol: Symbol,
    /// Why.
    pub fault: Fault,
}
