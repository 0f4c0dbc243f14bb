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
    left_out_files: Vec<String>,
    /// Names of series whose prices were billionths.
    divided: Vec<String>,
    /// The session that the data are of, and the names of series with later rows, which are left out.
    later: Option<(NaiveDate, Vec<String>)>,
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
        Self {
            name,
            series,
            unreadable_names: Vec::new(),
            left_out_files: Vec::new(),
            divided: Vec::new(),
            later: None,
        }
    }

    /// The same, with the names that are not tickers and whose prices were left out.
    #[must_use]
    pub fn without(self, unreadable_names: Vec<String>) -> Self {
        Self { unreadable_names, ..self }
    }

    /// The same, with the files that hold no prices.
    #[must_use]
    pub fn without_files(self, left_out_files: Vec<String>) -> Self {
        Self { left_out_files, ..self }
    }

    /// The same; some series were kept in billionths, and were divided.
    pub(super) fn dividing(self, divided: Vec<String>) -> Self {
        Self { divided, ..self }
    }

    /// Series whose prices were billionths, and were divided.
    #[must_use]
    pub fn divided(&self) -> &[String] {
        &self.divided
    }

    /// The same, which end at a session; some series had later rows.
    pub(super) fn cut_at(self, session: NaiveDate, later: Vec<String>) -> Self {
        Self { later: Some((session, later)).filter(|(_, later)| !later.is_empty()), ..self }
    }

    /// The session that the data are of, and the series whose later rows are left out. `None`: there are none.
    #[must_use]
    pub fn later_rows(&self) -> Option<(NaiveDate, &[String])> {
        self.later.as_ref().map(|(session, names)| (*session, names.as_slice()))
    }

    /// Files that hold no prices, and are left out.
    #[must_use]
    pub fn left_out_files(&self) -> &[String] {
        &self.left_out_files
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

    /// The first session of the data, where that is known without making them.
    #[must_use]
    pub fn first_session(&self) -> Option<NaiveDate> {
        let first = |series: &LocalSeries| match series {
            LocalSeries::Loaded(bars) => bars.dates().first().copied(),
            LocalSeries::Lazy { .. } => None,
        };
        self.series.values().filter_map(first).min()
    }

    /// The last session of the data.
    #[must_use]
    pub fn last_session(&self) -> Option<NaiveDate> {
        self.series.values().filter_map(LocalSeries::last).max()
    }
}
