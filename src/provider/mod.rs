//! What bytes mean: one vendor a file, each a pair of pure functions from queries to a request and from an
//! answer to bars, for as many symbols as one request can carry.
//!
//! Providers do no IO and keep nothing; their wire structures never leave their file.

mod alpaca;
mod files;
mod sample;
mod spark;
mod wire;
mod yahoo;

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::bars::{Bars, PriceBasis};
use crate::fetch::{Fault, Request, Response};
use crate::universe::Symbol;

pub use alpaca::Alpaca;
pub use files::{FilesError, files};
pub use sample::sample;
pub use spark::Spark;
pub use yahoo::Yahoo;

/// What is asked of a provider: a symbol's daily bars from `from` to `until`, both included.
#[derive(Clone, Debug)]
pub struct Query {
    /// Whose bars.
    pub symbol: Symbol,
    /// First session wanted.
    pub from: NaiveDate,
    /// Last session wanted.
    pub until: NaiveDate,
    /// The past day the bars are wanted as of, if they are.
    pub as_of: Option<NaiveDate>,
    /// Whether the bar of a session still open is of use.
    pub include_partial: bool,
    /// The time of asking: what tells a session still open from a finished one.
    pub now: DateTime<Utc>,
}

/// One vendor's protocol.
pub trait Provider: Sync + Send {
    /// The name in the output and on the command line.
    fn name(&self) -> &'static str;

    /// Symbols that one request can carry.
    fn batch_size(&self) -> usize {
        1
    }

    /// Calendar days to ask for that hold so many sessions, on any exchange the vendor knows.
    fn days_of(&self, sessions: usize) -> Days {
        days_of(sessions)
    }

    /// The request that answers queries for the same days, at most [`Provider::batch_size`] of them; `page`
    /// is the [`Page::next`] of the answer before.
    fn request(&self, batch: &[Query], page: Option<&str>) -> Request;

    /// Reads an answer to [`Provider::request`], whatever its status. No bars in the window is an empty
    /// series, not a fault.
    ///
    /// # Errors
    /// A [`Fault`] that befell the whole batch; its kind says whether asking again can help.
    fn read(&self, batch: &[Query], response: &Response) -> Result<Page, Fault>;
}

/// What one answer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// For each query of the batch its bars, or why there are none; none where the page is silent about it.
    /// A symbol that no page speaks of is unknown to the vendor.
    pub answers: Vec<Option<Result<Bars, Fault>>>,
    /// Where the answer goes on, if it does.
    pub next: Option<String>,
}

impl Page {
    /// The answer to a batch of one.
    #[must_use]
    pub fn of_one(bars: Bars) -> Self {
        Self { answers: vec![Some(Ok(bars))], next: None }
    }
}

/// Calendar days that hold so many sessions on any exchange: three for two sessions, as in the calendars
/// with the most holidays, and a fortnight for the longest run of them.
#[must_use]
pub fn days_of(sessions: usize) -> Days {
    Days::new(sessions as u64 * 3 / 2 + 14)
}

/// Bars that are at hand before the run begins: no request brings more.
#[derive(Clone, Debug)]
pub struct LocalBars {
    name: &'static str,
    bars: BTreeMap<Symbol, Bars>,
    unreadable_names: Vec<String>,
}

impl LocalBars {
    /// Bars by symbol under the provider's name.
    #[must_use]
    pub fn new(name: &'static str, bars: BTreeMap<Symbol, Bars>) -> Self {
        Self { name, bars, unreadable_names: Vec::new() }
    }

    /// The same, knowing what was left out because its name is no ticker.
    #[must_use]
    pub fn without(self, unreadable_names: Vec<String>) -> Self {
        Self { unreadable_names, ..self }
    }

    /// The name in the output and on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The bars of one symbol, however the data spell a class share: `BRK.B`, `BRK-B` or `BRK/B`.
    #[must_use]
    pub fn get(&self, symbol: &Symbol) -> Option<&Bars> {
        let spelt = |separator: &str| {
            let other = symbol.as_str().replace(['.', '-', '/'], separator);
            self.bars.get(&Symbol::parse(&other).ok()?)
        };
        self.bars.get(symbol).or_else(|| [".", "-", "/"].into_iter().find_map(spelt))
    }

    /// Every symbol, in alphabetical order.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.bars.keys()
    }

    /// Names in the data that are no tickers, and whose prices are left out.
    #[must_use]
    pub fn unreadable_names(&self) -> &[String] {
        &self.unreadable_names
    }

    /// Whether returns can be adjusted for dividends and splits.
    #[must_use]
    pub fn is_adjusted(&self) -> bool {
        self.bars.values().all(|bars| bars.basis() == PriceBasis::Adjusted)
    }

    /// The data's today: their last session.
    #[must_use]
    pub fn last_session(&self) -> Option<NaiveDate> {
        self.bars.values().filter_map(|bars| bars.dates().last().copied()).max()
    }
}
