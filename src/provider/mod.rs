//! What bytes mean: one vendor a file, each a pair of pure functions from a query to a request and from an
//! answer to bars.
//!
//! Providers do no IO and keep nothing; their wire structures never leave their file.

mod files;
mod sample;
mod yahoo;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::bars::{Bars, Basis};
use crate::fetch::{Fault, Request, Response};
use crate::universe::Symbol;

pub use files::{FilesError, files};
pub use sample::sample;
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

    /// The request that answers `query`.
    fn request(&self, query: &Query) -> Request;

    /// Reads an answer to [`Provider::request`], whatever its status. No bars in the window is an empty
    /// series, not a fault.
    ///
    /// # Errors
    /// A [`Fault`] whose kind says whether asking again can help.
    fn read(&self, query: &Query, response: &Response) -> Result<Bars, Fault>;
}

/// Bars that are at hand before the run begins: no request brings more.
#[derive(Clone, Debug)]
pub struct Local {
    name: &'static str,
    bars: BTreeMap<Symbol, Bars>,
    nameless: Vec<String>,
}

impl Local {
    /// Bars by symbol under the provider's name.
    #[must_use]
    pub fn new(name: &'static str, bars: BTreeMap<Symbol, Bars>) -> Self {
        Self { name, bars, nameless: Vec::new() }
    }

    /// The same, knowing what was left out because its name is no ticker.
    #[must_use]
    pub fn without(self, nameless: Vec<String>) -> Self {
        Self { nameless, ..self }
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
    pub fn nameless(&self) -> &[String] {
        &self.nameless
    }

    /// Whether returns can be adjusted for dividends and splits.
    #[must_use]
    pub fn is_adjusted(&self) -> bool {
        self.bars.values().all(|bars| bars.basis() == Basis::Adjusted)
    }

    /// The data's today: their last session.
    #[must_use]
    pub fn last_session(&self) -> Option<NaiveDate> {
        self.bars.values().filter_map(|bars| bars.dates().last().copied()).max()
    }
}
