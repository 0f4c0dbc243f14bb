//! Gathering: for every symbol of a list something made of its bars, or the fault that kept them away.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::forecast::Forecast;
use super::plan::{Event, Observer, Plan};
use super::workers::{Job, Workers, WorkersError};
use crate::ask::RankError;
use crate::bars::Bars;
use crate::failure::{Failure, FailureReason};
use crate::fetch::{Fault, FaultKind, StopReason};
use crate::report::RunCost;
use crate::source::Source;
use crate::universe::{Symbol, Universe};

/// Why a run could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// See [`WorkersError`].
    #[error(transparent)]
    Workers(#[from] WorkersError),
    /// The rows could not be ranked as asked.
    #[error(transparent)]
    Rank(#[from] RankError),
    /// The benchmark that was named has no prices.
    #[error("the benchmark {symbol} has no prices: {why}")]
    NoBenchmark {
        /// The benchmark.
        symbol: Symbol,
        /// Why there are none.
        why: String,
    },
}

/// What a run gathered: for every symbol a `T`, or why there is none.
#[derive(Clone, Debug)]
pub struct Gathered<T> {
    /// Every symbol, in the order asked for.
    pub entries: Vec<(Symbol, Result<T, Fault>)>,
    /// Symbols that were fetched beside them, and are counted nowhere.
    pub beside: Vec<(Symbol, Result<T, Fault>)>,
    /// Why the run ended before every symbol was fetched, if it did.
    pub stopped: Option<StopReason>,
    /// Time and requests.
    pub cost: RunCost,
}

/// Fetches the bars of a universe, and of some symbols beside it, and makes something of each symbol's.
///
/// # Errors
/// [`WorkersError`] when the run could not begin; what goes wrong with a symbol is in its entry.
pub fn gather<T: Send>(
    universe: &Universe,
    beside: Vec<Symbol>,
    source: &Source,
    plan: &Plan,
    make: impl Fn(&Symbol, Bars) -> T + Sync,
    observer: &dyn Observer<T>,
) -> Result<Gathered<T>, WorkersError> {
    observer.on(Event::Planned(universe.symbols().len()));
    let mut gathering = Gathering::begin(universe, beside, source, plan, &make, observer);
    observer.on(Event::Forecast(&gathering.forecast()));
    gathering.fetch_missing()?;
    Ok(gathering.finish())
}

/// What that would take, without a request.
#[must_use]
pub fn forecast_of_bars(
    universe: &Universe,
    beside: Vec<Symbol>,
    source: &Source,
    plan: &Plan,
) -> Forecast {
    let keep_none = |_: &Symbol, _: Bars| {};
    let ignore = |_: Event<'_, ()>| {};
    Gathering::begin(universe, beside, source, plan, &keep_none, &ignore).forecast()
}

/// What was made, and the failures; both in the order asked for.
#[must_use]
pub fn separate<T>(entries: Vec<(Symbol, Result<T, Fault>)>) -> (Vec<T>, Vec<Failure>) {
    let mut made = Vec::with_capacity(entries.len());
    let mut failures = Vec::new();
    for (symbol, entry) in entries {
        match entry {
            Ok(one) => made.push(one),
            Err(fault) => failures.push(Failure { symbol, reason: FailureReason::Fault(fault) }),
        }
    }
    (made, failures)
}

/// A gathering in progress.
pub(super) struct Gathering<'a, T> {
    pub(super) workers: Workers<'a>,
    pub(super) source: &'a Source,
    pub(super) plan: &'a Plan,
    make: &'a (dyn Fn(&Symbol, Bars) -> T + Sync),
    observer: &'a dyn Observer<T>,
    /// Symbols that are fetched with the others, and counted nowhere.
    beside: HashSet<Symbol>,
    /// Every symbol to fetch, those beside the others first.
    symbols: Vec<Symbol>,
    made: HashMap<Symbol, Result<T, Fault>>,
    start: Instant,
}

impl<'a, T: Send> Gathering<'a, T> {
    /// Begins with what needs no request. What is `beside` is fetched with the universe, unless it is in it.
    pub(super) fn begin(
        universe: &Universe,
        beside: Vec<Symbol>,
        source: &'a Source,
        plan: &'a Plan,
        make: &'a (dyn Fn(&Symbol, Bars) -> T + Sync),
        observer: &'a dyn Observer<T>,
    ) -> Self {
        let mut symbols = Vec::with_capacity(beside.len() + universe.symbols().len());
        let mut seen = HashSet::new();
        for symbol in beside {
            if !universe.contains(&symbol) && seen.insert(symbol.clone()) {
                symbols.push(symbol);
            }
        }
        symbols.extend_from_slice(universe.symbols());
        let mut gathering = Self {
            workers: Workers::new(plan),
            source,
            plan,
            make,
            observer,
            beside: seen,
            made: HashMap::with_capacity(symbols.len()),
            symbols,
            start: Instant::now(),
        };
        gathering.look_up(&gathering.symbols.clone());
        gathering
    }

    fn look_up(&mut self, symbols: &[Symbol]) {
        let (observer, beside) = (self.observer, &self.beside);
        let done =
            |symbol: &Symbol, made: &Result<T, Fault>| report(observer, beside, symbol, made);
        let job = Job { make: self.make, done: &done };
        let found = self.workers.look_up(self.source, symbols, &job);
        for (symbol, made) in symbols.iter().zip(found) {
            if let Some(made) = made {
                self.made.insert(symbol.clone(), made);
            }
        }
    }

    /// The symbols that nothing is made of yet, in their order.
    pub(super) fn missing(&self) -> Vec<Symbol> {
        let is_missing = |symbol: &&Symbol| !self.made.contains_key(*symbol);
        self.symbols.iter().filter(is_missing).cloned().collect()
    }

    /// Whether a symbol is only fetched with the universe, and not of it.
    pub(super) fn is_beside(&self, symbol: &Symbol) -> bool {
        self.beside.contains(symbol)
    }

    /// What is made so far of the universe's symbols, in their order.
    pub(super) fn made(&self) -> impl Iterator<Item = &T> {
        let own = self.symbols.iter().filter(|symbol| !self.beside.contains(*symbol));
        own.filter_map(|symbol| self.made.get(symbol)?.as_ref().ok())
    }

    /// Fetches some of the symbols.
    pub(super) fn fetch(&mut self, symbols: &[Symbol]) -> Result<(), WorkersError> {
        let (observer, beside) = (self.observer, &self.beside);
        let done =
            |symbol: &Symbol, made: &Result<T, Fault>| report(observer, beside, symbol, made);
        let job = Job { make: self.make, done: &done };
        self.source.expect(symbols.len());
        let fetched = self.workers.fetch(self.source, symbols, &job)?;
        for (symbol, made) in symbols.iter().zip(fetched) {
            self.made.insert(symbol.clone(), made);
        }
        Ok(())
    }

    /// Fetches whatever is still missing.
    pub(super) fn fetch_missing(&mut self) -> Result<(), WorkersError> {
        self.fetch(&self.missing())
    }

    /// Fetches more symbols beside the universe.
    pub(super) fn fetch_beside(
        &mut self,
        symbols: impl Iterator<Item = Symbol>,
    ) -> Result<(), WorkersError> {
        let new: Vec<Symbol> = symbols.filter(|symbol| !self.symbols.contains(symbol)).collect();
        self.beside.extend(new.iter().cloned());
        self.symbols.extend(new.iter().cloned());
        self.look_up(&new);
        self.fetch_missing()
    }

    /// Takes what was made of a symbol by other means.
    pub(super) fn insert(&mut self, symbol: &Symbol, made: T) {
        let made = Ok(made);
        report(self.observer, &self.beside, symbol, &made);
        self.made.insert(symbol.clone(), made);
    }

    /// What the rest will take, without a prefilter.
    pub(super) fn forecast(&self) -> Forecast {
        let missing = self.symbols.len() - self.made.len();
        Forecast {
            tickers: self.symbols.len() - self.beside.len(),
            beside: self.symbols[..self.beside.len()].to_vec(),
            at_hand: self.made.len(),
            requests: missing.div_ceil(self.source.batch_size()),
            host: self.source.client().map(|client| client.origin().to_owned()),
            rate_limit: self.source.rate_limit(),
            past_lists: Vec::new(),
        }
    }

    /// Everything that was made, and what it cost.
    pub(super) fn finish(mut self) -> Gathered<T> {
        let mut entries = Vec::with_capacity(self.symbols.len());
        let mut beside = Vec::new();
        for symbol in self.symbols {
            if let Some(made) = self.made.remove(&symbol) {
                let made = made.map_err(|fault| self.source.judged(fault));
                let list = if self.beside.contains(&symbol) { &mut beside } else { &mut entries };
                list.push((symbol, made));
            }
        }
        let was_asked_for_all = !entries
            .iter()
            .any(|(_, made)| matches!(made, Err(fault) if fault.kind == FaultKind::Stopped));
        let stopped = self.source.stopped();
        self.source.conclude();
        Gathered {
            entries,
            beside,
            stopped: stopped.filter(|stop| !(stop.is_given_up() && was_asked_for_all)),
            cost: RunCost {
                elapsed: self.start.elapsed(),
                counts: self.source.counts(),
                latency: self.source.latency(0.5).zip(self.source.latency(0.95)),
            },
        }
    }
}

/// Tells the observer that a symbol is done, unless it is beside the others or was not asked for.
fn report<T>(
    observer: &dyn Observer<T>,
    beside: &HashSet<Symbol>,
    symbol: &Symbol,
    made: &Result<T, Fault>,
) {
    let was_asked = !matches!(made, Err(fault) if fault.kind == FaultKind::Stopped);
    if was_asked && !beside.contains(symbol) {
        observer.on(Event::Done { symbol, outcome: made.as_ref() });
    }
}
