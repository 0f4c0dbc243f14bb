//! Bars that are loaded before the run begins: no request brings more.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::bars::{Bars, PriceBasis};
use crate::universe::Symbol;

/// Bars by symbol under a provider's name.
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
    pub fn get(&self, symbol: &Symbol) -> Option<&Bars> {
        let found = self.bars.get(symbol);
        found.or_else(|| symbol.spellings().find_map(|spelling| self.bars.get(&spelling)))
    }

    /// Every symbol, in alphabetical order.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.bars.keys()
    }

    /// Names in the data that are not tickers, and whose prices are left out.
    #[must_use]
    pub fn unreadable_names(&self) -> &[String] {
        &self.unreadable_names
    }

    /// Whether returns can be adjusted for dividends and splits.
    #[must_use]
    pub fn is_adjusted(&self) -> bool {
        self.bars.values().all(|bars| bars.basis() == PriceBasis::Adjusted)
    }

    /// The last session of the data.
    #[must_use]
    pub fn last_session(&self) -> Option<NaiveDate> {
        self.bars.values().filter_map(|bars| bars.dates().last().copied()).max()
    }
}
