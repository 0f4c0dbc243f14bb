//! The entries of a list, before they are tickers.

/// One entry of a list: where it stands, the ticker, and the sector where the list names one.
pub(super) struct Entry {
    pub(super) line: Option<u64>,
    pub(super) ticker: String,
    pub(super) sector: Option<String>,
}

/// The entries of a list, and what of a table is none.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) found: Vec<Entry>,
    /// Rows of a table that are none.
    pub(super) left_out: Vec<LeftOut>,
    /// What the tickers of a table's other exchanges became: `ROG is ROG.SW`.
    pub(super) listed: Vec<String>,
}

/// Why a row of a table is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    NoTicker,
    TestIssue,
    NotCommon,
    UnclearListing,
}

/// A row of a table that is left out.
pub(super) struct LeftOut {
    pub(super) line: u64,
    /// What stands in place of the ticker.
    pub(super) cell: String,
    pub(super) reason: Reason,
}
