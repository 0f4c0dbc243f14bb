//! The workers of a run: they look symbols up, fetch them in batches and measure them.
//!
//! What is at hand is computed by as many threads as there are cores. What has to be fetched is waited for,
//! by as many as may wait at once: a pool of their own, made when there is something to wait for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use chrono::{Days, NaiveDate};
use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::{Benchmark, Event, Observer, PipelineError, Plan};
use crate::bars::Bars;
use crate::fetch::{Fault, FaultKind};
use crate::pipeline::forecast::Forecast;
use crate::pipeline::prefilter::reaches;
use crate::provider::Query;
use crate::screen::Screen;
use crate::screen::momentum::SESSIONS;
use crate::screen::row::Row;
use crate::source::{Outcome, Source};
use crate::universe::Symbol;

/// The symbols of a run, in the order in which they are asked for.
pub(crate) struct Asked<'a> {
    pub(crate) symbols: Vec<&'a Symbol>,
    /// How many of them, at the front, are asked for beside the universe's: the benchmark or nothing.
    pub(crate) beside: usize,
    /// The symbol whose bars are kept.
    pub(crate) benchmark: Option<&'a Symbol>,
}

impl<'a> Asked<'a> {
    /// The benchmark goes first, on a place of its own, unless it is in the list anyway.
    pub(super) fn of(screen: &'a Screen, symbols: &'a [Symbol], benchmark: &Benchmark) -> Self {
        let benchmark = screen.benchmark().filter(|_| matches!(benchmark, Benchmark::Fetch));
        let beside = benchmark.filter(|symbol| !symbols.contains(symbol));
        Self {
            symbols: beside.into_iter().chain(symbols).collect(),
            beside: usize::from(beside.is_some()),
            benchmark,
        }
    }
}

/// What is known of a symbol in the end.
#[derive(Clone)]
pub(crate) struct Measured {
    pub(crate) row: Result<Row, Fault>,
    /// The benchmark's.
    pub(crate) bars: Option<Bars>,
}

/// Whose bars are kept once they are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Benchmark,
    Everyone,
}

/// The workers of a run and their task.
pub(crate) struct Workers<'a> {
    waiting: OnceLock<ThreadPool>,
    pub(crate) screen: &'a Screen,
    pub(crate) source: &'a Source,
    pub(crate) plan: &'a Plan,
    observer: &'a dyn Observer,
}

impl<'a> Workers<'a> {
    pub(super) fn new(
        screen: &'a Screen,
        source: &'a Source,
        plan: &'a Plan,
        observer: &'a dyn Observer,
    ) -> Self {
        Self { waiting: OnceLock::new(), screen, source, plan, observer }
    }

    /// The threads that wait for the network.
    fn waiting(&self) -> Result<&ThreadPool, PipelineError> {
        if let Some(pool) = self.waiting.get() {
            return Ok(pool);
        }
        let workers = self.plan.workers;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(workers)
            .thread_name(|i| format!("worker-{i}"))
            .build()
            .map_err(|source| PipelineError::Workers { workers, source })?;
        Ok(self.waiting.get_or_init(|| pool))
    }

    /// Measures what is at hand or in the cache; none where somebody has to be asked.
    pub(super) fn known(&self, asked: &Asked<'_>) -> Vec<Option<Measured>> {
        let at_once = self.source.lookup_batch();
        let some = |(chunk, symbols): (usize, &[&Symbol])| {
            let queries = symbols.iter().map(|symbol| self.query(symbol, self.source));
            let outcomes = self.source.known(&queries.collect::<Vec<Query>>());
            let places = chunk * at_once..;
            let one = |((i, symbol), outcome): ((usize, &&Symbol), Option<Outcome>)| {
                let measured = self.measure(symbol, outcome?, asked, Keep::Benchmark);
                self.done(symbol, i >= asked.beside, &measured);
                Some(measured)
            };
            places.zip(symbols).zip(outcomes).map(one).collect::<Vec<_>>()
        };
        asked.symbols.par_chunks(at_once).enumerate().flat_map_iter(some).collect()
    }

    /// Fetches and measures whatever is still missing.
    ///
    /// # Errors
    /// [`PipelineError::Workers`].
    pub(super) fn complete(
        &self,
        asked: &Asked<'_>,
        found: &mut [Option<Measured>],
    ) -> Result<(), PipelineError> {
        let missing: Vec<usize> = (0..found.len()).filter(|i| found[*i].is_none()).collect();
        self.fetch(asked, &missing, found)
    }

    /// Fetches and measures some of the symbols.
    pub(crate) fn fetch(
        &self,
        asked: &Asked<'_>,
        places: &[usize],
        found: &mut [Option<Measured>],
    ) -> Result<(), PipelineError> {
        let fetched = self.fetch_from(self.source, asked, places, Keep::Benchmark)?;
        for (i, measured) in places.iter().zip(fetched) {
            found[*i] = Some(measured);
        }
        Ok(())
    }

    /// Asks a source for some of the symbols, in batches; bars are dropped once measured.
    pub(crate) fn fetch_from(
        &self,
        source: &Source,
        asked: &Asked<'_>,
        places: &[usize],
        keep: Keep,
    ) -> Result<Vec<Measured>, PipelineError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let batches: Vec<&[usize]> = places.chunks(source.batch_size()).collect();
        let one = |batch: &&[usize]| {
            let queries = batch.iter().map(|i| self.query(asked.symbols[*i], source));
            let queries: Vec<Query> = queries.collect();
            let outcomes = unless_it_panics(|| source.fetch(&queries))
                .unwrap_or_else(|fault| vec![Err(fault); batch.len()]);
            let measured = batch.iter().zip(outcomes).map(|(i, outcome)| {
                let measured = self.measure(asked.symbols[*i], outcome, asked, keep);
                let is_counted = keep == Keep::Benchmark && *i >= asked.beside;
                self.done(asked.symbols[*i], is_counted, &measured);
                measured
            });
            measured.collect()
        };
        // rayon would hand out chunks, and a chunk waits one ticker at a time.
        let measured: Vec<Vec<Measured>> =
            self.waiting()?.install(|| batches.par_iter().with_max_len(1).map(one).collect());
        Ok(measured.into_iter().flatten().collect())
    }

    /// A panic over one ticker is that ticker's failure, not the end of the others.
    fn measure(
        &self,
        symbol: &Symbol,
        outcome: Outcome,
        asked: &Asked<'_>,
        keep: Keep,
    ) -> Measured {
        let measured = outcome.and_then(|bars| {
            unless_it_panics(|| {
                let until = self.until();
                let include_partial = self.screen.include_partial;
                let bars = bars.window(until, self.screen.sessions(), include_partial);
                (self.screen.measure(symbol, &bars), bars)
            })
        });
        match measured {
            Ok((row, bars)) => {
                let is_kept = keep == Keep::Everyone || asked.benchmark == Some(symbol);
                Measured { row: Ok(row), bars: is_kept.then_some(bars) }
            }
            Err(fault) => Measured { row: Err(fault), bars: None },
        }
    }

    pub(crate) fn done(&self, symbol: &Symbol, is_counted: bool, measured: &Measured) {
        let was_asked = !matches!(&measured.row, Err(fault) if fault.kind == FaultKind::Stopped);
        if is_counted && was_asked {
            self.observer.on(Event::Done { symbol, row: measured.row.as_ref() });
        }
    }

    /// What is asked for a symbol.
    pub(crate) fn query(&self, symbol: &Symbol, source: &Source) -> Query {
        let needed = self.screen.sessions();
        // What is kept should serve the other screens, too.
        let sessions = if source.is_kept() { needed.max(SESSIONS) } else { needed };
        let until = self.until();
        Query {
            symbol: symbol.clone(),
            from: until - source.days_of(sessions),
            until,
            as_of: self.plan.as_of,
            include_partial: self.screen.include_partial,
            now: self.plan.now,
        }
    }

    /// The last day that is asked for. East of Greenwich the newest session may already be tomorrow's.
    fn until(&self) -> NaiveDate {
        self.plan.as_of.unwrap_or_else(|| self.plan.now.date_naive() + Days::new(1))
    }

    pub(super) fn forecast(&self, asked: &Asked<'_>, found: &[Option<Measured>]) -> Forecast {
        let missing = found.iter().filter(|measured| measured.is_none()).count();
        let batches = |n: usize| n.div_ceil(self.source.batch_size());
        let requests = match &self.plan.prefilter {
            Some(prefilter) if reaches(self, asked) => {
                let beside = usize::from(asked.beside > 0 && found[0].is_none());
                prefilter.requests(missing - beside, beside).unwrap_or(batches(missing))
            }
            _ => batches(missing),
        };
        Forecast {
            tickers: asked.symbols.len() - asked.beside,
            benchmark: asked.benchmark.filter(|_| asked.beside > 0).cloned(),
            at_hand: found.len() - missing,
            requests,
            host: self.source.client().map(|client| client.origin().to_owned()),
            rate_limit: self.source.rate_limit(),
        }
    }
}

fn unless_it_panics<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Fault::new(FaultKind::Internal, "a mistake in this program, please report it"))
}
