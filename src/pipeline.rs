//! The story of a run: plan → gather → measure → conclude → [`Report`].
//!
//! Gathering is the only part that runs on many threads, on a pool of its own: its threads wait for the
//! network, so there are as many as may wait at once, not as many as there are cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::bars::Bars;
use crate::failure::Failure;
use crate::fetch::{Fault, Kind};
use crate::forecast::Forecast;
use crate::prefilter::{Prefilter, narrow, reaches as prefilter_reaches};
use crate::provider::Query;
use crate::report::{Report, Spent};
use crate::screen::momentum::SESSIONS;
use crate::screen::row::Row;
use crate::screen::{ConclusionError, Screen};
use crate::source::{Outcome, Source};
use crate::universe::{Symbol, Universe};

/// How a run goes about it; what it asks is the [`Screen`].
#[derive(Clone, Debug)]
pub struct Plan {
    /// Requests under way at once.
    pub workers: usize,
    /// The last session to use; none is the newest there is.
    pub as_of: Option<NaiveDate>,
    /// The time of asking.
    pub now: DateTime<Utc>,
    /// Whether closes alone may decide whose bars are not worth fetching.
    pub prefilter: Option<Prefilter>,
    /// Whether the report tells what the run cost.
    pub with_stats: bool,
}

/// Where the benchmark's bars come from.
#[derive(Clone, Debug)]
pub enum Benchmark {
    /// They are fetched beside the others.
    Fetch,
    /// They are at hand, or known not to be had.
    Given(Option<Bars>),
}

/// What happens during a run, for whoever watches.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// So many tickers will be asked for.
    Planned(usize),
    /// What that will take.
    Forecast(&'a Forecast),
    /// One of them is done; one that is not asked for, because the run was stopped, never is.
    Done {
        /// Whether it brought bars.
        ok: bool,
    },
}

/// Watches a run; called from many threads.
pub trait Observer: Sync {
    /// Something happened.
    fn on(&self, event: Event<'_>);
}

impl<F: Fn(Event<'_>) + Sync> Observer for F {
    fn on(&self, event: Event<'_>) {
        self(event);
    }
}

/// Why a run could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The system gave no threads.
    #[error("cannot start {workers} worker threads: {source}")]
    Workers {
        /// How many were asked for.
        workers: usize,
        /// What rayon said.
        source: rayon::ThreadPoolBuildError,
    },
    /// The rows could not be scored or ordered.
    #[error(transparent)]
    Conclusion(#[from] ConclusionError),
}

/// Runs a screen over a universe. Every symbol ends up in the report: as a row or as a failure.
///
/// # Errors
/// [`PipelineError`] when the run could not be made; what goes wrong with a ticker is in the report.
pub fn run(
    screen: &Screen,
    universe: &Universe,
    source: &Source,
    plan: &Plan,
    observer: &dyn Observer,
) -> Result<Report, PipelineError> {
    run_with(screen, universe, source, plan, Benchmark::Fetch, observer)
}

/// [`run`] with a say in where the benchmark's bars come from.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    screen: &Screen,
    universe: &Universe,
    source: &Source,
    plan: &Plan,
    benchmark: Benchmark,
    observer: &dyn Observer,
) -> Result<Report, PipelineError> {
    let start = Instant::now();
    let symbols = universe.symbols();
    observer.on(Event::Planned(symbols.len()));
    let crew = Crew::new(screen, source, plan, observer)?;

    let asked = Asked::of(screen, symbols, &benchmark);
    let mut found = crew.known(&asked);
    let forecast = crew.forecast(&asked, &found);
    observer.on(Event::Forecast(&forecast));
    narrow(&crew, &asked, &mut found)?;
    crew.complete(&asked, &mut found);

    let mut found: Vec<Measured> = found.into_iter().flatten().collect();
    let fetched = found.iter_mut().find_map(|measured| measured.bars.take());
    let benchmark = match benchmark {
        Benchmark::Fetch => fetched,
        Benchmark::Given(bars) => bars,
    };
    let (mut rows, mut failures) = (Vec::with_capacity(symbols.len()), Vec::new());
    for (symbol, measured) in symbols.iter().zip(found.into_iter().skip(asked.beside)) {
        match measured.row {
            Ok(mut row) => {
                row.sector = universe.sector(symbol);
                rows.push(row);
            }
            Err(fault) => failures.push(Failure { symbol: symbol.clone(), fault }),
        }
    }
    let stopped = source.stopped();
    let someone_was_not_asked = failures.iter().any(|f| f.fault.kind == Kind::Stopped);
    let as_of = rows.iter().filter_map(|row| row.as_of).max();
    let result = screen.conclude(rows, benchmark.as_ref())?;

    Ok(Report {
        screen: screen.clone(),
        with_stats: plan.with_stats,
        provider: source.name(),
        as_of,
        result,
        failures,
        stopped: stopped.filter(|stop| !stop.is_given_up() || someone_was_not_asked),
        spent: Spent {
            elapsed: start.elapsed(),
            counts: source.counts(),
            latency: source.latency(0.5).zip(source.latency(0.95)),
        },
    })
}

/// What a run would take, without asking anybody but the cache.
///
/// # Errors
/// [`PipelineError::Workers`].
pub fn forecast(
    screen: &Screen,
    universe: &Universe,
    source: &Source,
    plan: &Plan,
) -> Result<Forecast, PipelineError> {
    let crew = Crew::new(screen, source, plan, &|_: Event<'_>| {})?;
    let asked = Asked::of(screen, universe.symbols(), &Benchmark::Fetch);
    Ok(crew.forecast(&asked, &crew.known(&asked)))
}

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
    fn of(screen: &'a Screen, symbols: &'a [Symbol], benchmark: &Benchmark) -> Self {
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
pub(crate) struct Crew<'a> {
    pool: ThreadPool,
    pub(crate) screen: &'a Screen,
    pub(crate) source: &'a Source,
    pub(crate) plan: &'a Plan,
    observer: &'a dyn Observer,
}

impl<'a> Crew<'a> {
    fn new(
        screen: &'a Screen,
        source: &'a Source,
        plan: &'a Plan,
        observer: &'a dyn Observer,
    ) -> Result<Self, PipelineError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(plan.workers)
            .thread_name(|i| format!("worker-{i}"))
            .build()
            .map_err(|source| PipelineError::Workers { workers: plan.workers, source })?;
        Ok(Self { pool, screen, source, plan, observer })
    }

    /// Measures what is at hand or in the cache; none where somebody has to be asked.
    fn known(&self, asked: &Asked<'_>) -> Vec<Option<Measured>> {
        let one = |(i, symbol): (usize, &&Symbol)| {
            let outcome = self.source.known(&self.query(symbol, self.source))?;
            let measured = self.measure(symbol, outcome, asked, Keep::Benchmark);
            self.done(i >= asked.beside, &measured);
            Some(measured)
        };
        // rayon would hand out chunks, and a chunk waits one ticker at a time.
        self.pool
            .install(|| asked.symbols.par_iter().with_max_len(1).enumerate().map(one).collect())
    }

    /// Fetches and measures whatever is still missing.
    fn complete(&self, asked: &Asked<'_>, found: &mut [Option<Measured>]) {
        let missing: Vec<usize> = (0..found.len()).filter(|i| found[*i].is_none()).collect();
        self.fetch(asked, &missing, found);
    }

    /// Fetches and measures some of the symbols.
    pub(crate) fn fetch(
        &self,
        asked: &Asked<'_>,
        places: &[usize],
        found: &mut [Option<Measured>],
    ) {
        let fetched = self.fetch_from(self.source, asked, places, Keep::Benchmark);
        for (i, measured) in places.iter().zip(fetched) {
            found[*i] = Some(measured);
        }
    }

    /// Asks a source for some of the symbols, in batches; bars are dropped once measured.
    pub(crate) fn fetch_from(
        &self,
        source: &Source,
        asked: &Asked<'_>,
        places: &[usize],
        keep: Keep,
    ) -> Vec<Measured> {
        let batches: Vec<&[usize]> = places.chunks(source.batch_size()).collect();
        let one = |batch: &&[usize]| {
            let queries = batch.iter().map(|i| self.query(asked.symbols[*i], source));
            let queries: Vec<Query> = queries.collect();
            let outcomes = unless_it_panics(|| source.fetch(&queries))
                .unwrap_or_else(|fault| vec![Err(fault); batch.len()]);
            let measured = batch.iter().zip(outcomes).map(|(i, outcome)| {
                let measured = self.measure(asked.symbols[*i], outcome, asked, keep);
                self.done(keep == Keep::Benchmark && *i >= asked.beside, &measured);
                measured
            });
            measured.collect()
        };
        let measured: Vec<Vec<Measured>> =
            self.pool.install(|| batches.par_iter().with_max_len(1).map(one).collect());
        measured.into_iter().flatten().collect()
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

    pub(crate) fn done(&self, is_counted: bool, measured: &Measured) {
        let was_asked = !matches!(&measured.row, Err(fault) if fault.kind == Kind::Stopped);
        if is_counted && was_asked {
            self.observer.on(Event::Done { ok: measured.row.is_ok() });
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

    fn forecast(&self, asked: &Asked<'_>, found: &[Option<Measured>]) -> Forecast {
        let missing = found.iter().filter(|measured| measured.is_none()).count();
        let batches = |n: usize| n.div_ceil(self.source.batch_size());
        let requests = match &self.plan.prefilter {
            Some(prefilter) if prefilter_reaches(self, asked) => {
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
            pace: self.source.pace(),
        }
    }
}

fn unless_it_panics<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Fault::new(Kind::Internal, "a mistake in this program, please report it"))
}

/// Fetches the benchmark's bars by themselves, if there is one and they can be had.
pub fn benchmark(screen: &Screen, source: &Source, plan: &Plan) -> Option<Bars> {
    let crew = Crew::new(screen, source, plan, &|_: Event<'_>| {}).ok()?;
    let benchmark = screen.benchmark()?;
    let asked = Asked { symbols: vec![benchmark], beside: 0, benchmark: Some(benchmark) };
    let mut found = crew.known(&asked);
    crew.complete(&asked, &mut found);
    found.pop()??.bars
}
