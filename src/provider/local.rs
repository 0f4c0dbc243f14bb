//! Bars that are loaded before the run begins: no request brings more.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::bars::{Bars, PriceBasis};
use crate::universe::Symbol;

/// One symbol's bars.
#[derive(Clone)]
pub(super) enum LocalSeries {
    /// As they are.
    Loaded(Box<Bars>),
    /// Made when they are asked for: of thousands of symbols, all at once would fill the memory.
    Lazy {
        /// The last session.
        last: Option<NaiveDate>,
        /// What the closes are.
        basis: PriceBasis,
        /// Makes them.
        make: Arc<dyn Fn() -> Bars + Send + Sync>,
    },
}

impl LocalSeries {
    fn last(&self) -> Option<NaiveDate> {
        match self {
            Self::Loaded(bars) => bars.dates().last().copied(),
            Self::Lazy { last, .. } => *last,
        }
    }

    fn basis(&self) -> PriceBasis {
        match self {
            Self::Loaded(bars) => bars.basis(),
            Self::Lazy { basis, .. } => *basis,
        }
    }
}

impl fmt::Debug for LocalSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bars to {:?}", self.last())
    }
}

/// Bars by symbol under a provider's name.
#[derive(Clone, Debug)]
pub struct LocalBars {
    name: &'static str,
    series: BTreeMap<Symbol, LocalSeries>,
    unreadable_names: Vec<String>,
}

impl LocalBars {
    /// Bars by symbol under the provider's name.
    #[must_use]
    pub fn new(name: &'static str, bars: BTreeMap<Symbol, Bars>) -> Self {
        let series =
            bars.into_iter().map(|(symbol, bars)| (symbol, LocalSeries::Loaded(bars.into())));
        Self::lazily(name, series.collect())
    }

    /// Bars that may be made when they are asked for.
    pub(super) fn lazily(name: &'static str, series: BTreeMap<Symbol, LocalSeries>) -> Self {
        Self { name, series, unreadable_names: Vec::new() }
    }

    /// The same, with the names that are not tickers and whose prices were left out.
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
    pub fn get(&self, symbol: &Symbol) -> Option<Cow<'_, Bars>> {
        let found = self.series.get(symbol);
        let found =
            found.or_else(|| symbol.spellings().find_map(|spelling| self.series.get(&spelling)));
        found.map(|series| match series {
            LocalSeries::Loaded(bars) => Cow::Borrowed(&**bars),
            LocalSeries::Lazy { make, .. } => Cow::Owned(make()),
        })
    }

    /// Every symbol, in alphabetical order.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.series.keys()
    }

    /// Names in the data that are not tickers, and whose prices are left out.
    #[must_use]
    pub fn unreadable_names(&self) -> &[String] {
        &self.unreadable_names
    }

    /// Whether returns can be adjusted for dividends and splits.
    #[must_use]
    pub fn is_adjusted(&self) -> bool {
        self.series.values().all(|series| series.basis() == PriceBasis::Adjusted)
    }

    /// The last session of the data.
    #[must_use]
    pub fn last_session(&self) -> Option<NaiveDate> {
        self.series.values().filter_map(LocalSeries::last).max()
    }
}
