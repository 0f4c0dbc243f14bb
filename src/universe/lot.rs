//! What a row of a broker's table tells, and why a table tells nothing.

use super::holding::Holding;
use super::symbol::Symbol;

/// Whether a column of costs is of one share or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostKind {
    /// What one share cost.
    PerShare,
    /// What the whole position cost.
    Total,
}

/// A lot of shares that a row tells of.
pub(super) struct Lot {
    pub(super) line: u64,
    pub(super) symbol: Symbol,
    /// When it was bought or sold, as it is written; empty where that is not told.
    pub(super) date: String,
    /// Its shares are below 0 where they were sold.
    pub(super) holding: Holding,
}

/// Why a table cannot be read.
pub(super) enum TableError {
    /// There is no column of this.
    NoColumn { missing: &'static str, found: String },
    /// A number may be read in two ways.
    UnclearNumbers,
    /// A date may be read in two ways.
    UnclearDates,
    /// The costs may be of one share or of all.
    UnclearCost(String),
    /// Cells that are no numbers: the line, the ticker, the reason.
    BadCells(Vec<(u64, String, String)>),
}
