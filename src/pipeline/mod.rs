//! The story of a run: plan → gather → measure → conclude → [`Report`].
//!
//! Gathering is the only part that runs on many threads: see [`crew`].

pub mod forecast;
pub mod prefilter;
pub mod speed_test;
mod workers;

use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};

use crate::bars::Bars;
use crate::failure::Failure;
use crate::fetch::{Fault, FaultKind, StopReason};
use crate::report::{Report, RunCost};
use crate::screen::momentum::BenchmarkUsed;
use crate::screen::row::Row;
use crate::screen::{Ranking, RankingError, Screen};
use crate::source::Source;
use crate::universe::{Shard, Symbol, Universe};
use forecast::Forecast;
use prefilter::{Prefilter, narrow};
pub(crate) use workers::{Asked, Keep, Measured, Workers};

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
        /// Whose bars.
        symbol: &'a Symbol,
        /// What was measured of them, before rows are compared; or why there are none.
        row: Result<&'a Row, &'a Fault>,
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
    Ranking(#[from] RankingError),
}

/// What a run gathered: for every symbol a row, before rows are compared, or a failure.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Where the bars came from.
    pub provider: String,
    /// Every symbol with bars, in the order asked for.
    pub rows: Vec<Row>,
    /// Every symbol without, in the order asked for.
    pub failures: Vec<Failure>,
    /// The benchmark's bars, where they could be had.
    pub benchmark: Option<Bars>,
    /// Why the run ended before every symbol was asked for, if it did.
    pub stopped: Option<StopReason>,
    /// Time and requests.
    pub cost: RunCost,
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
    Ok(gather(screen, universe, source, plan, Benchmark::Fetch, observer)?.conclude(screen)?)
}

/// The first half of [`run`], which needs no symbol to know of another, with a say in where the benchmark's
/// bars come from.
///
/// # Errors
/// [`PipelineError`] when the run could not be made.
pub fn gather(
    screen: &Screen,
    universe: &Universe,
    source: &Source,
    plan: &Plan,
    benchmark: Benchmark,
    observer: &dyn Observer,
) -> Result<Gathered, PipelineError> {
    let start = Instant::now();
    let symbols = universe.symbols();
    observer.on(Event::Planned(symbols.len()));
    let workers = Workers::new(screen, source, plan, observer);

    let asked = Asked::of(screen, symbols, &benchmark);
    let mut found = workers.known(&asked);
    let forecast = workers.forecast(&asked, &found);
    observer.on(Event::Forecast(&forecast));
    narrow(&workers, &asked, &mut found)?;
    workers.complete(&asked, &mut found)?;

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
    let someone_was_not_asked = failures.iter().any(|f| f.fault.kind == FaultKind::Stopped);
    Ok(Gathered {
        provider: source.name().into(),
        rows,
        failures,
        benchmark,
        stopped: source.stopped().filter(|stop| !stop.is_given_up() || someone_was_not_asked),
        cost: RunCost {
            elapsed: start.elapsed(),
            counts: source.counts(),
            latency: source.latency(0.5).zip(source.latency(0.95)),
        },
    })
}

impl Gathered {
    /// The other half: the rows scored, filtered and ordered.
    ///
    /// # Errors
    /// [`RankingError`].
    pub fn conclude(self, screen: &Screen) -> Result<Report, RankingError> {
        let (as_of, start) = (self.as_of(), Instant::now());
        let result = screen.conclude(self.rows, self.benchmark.as_ref())?;
        let elapsed = self.cost.elapsed + start.elapsed();
        Ok(Report {
            screen: screen.clone(),
            part: None,
            provider: self.provider,
            as_of,
            result,
            failures: self.failures,
            stopped: self.stopped,
            cost: RunCost { elapsed, ..self.cost },
        })
    }

    /// A report on one part, in which nothing is compared.
    #[must_use]
    pub fn unranked(self, screen: &Screen, part: Shard) -> Report {
        Report {
            as_of: self.as_of(),
            screen: screen.clone(),
            part: Some(part),
            provider: self.provider,
            result: Ranking {
                shown: Vec::new(),
                rest: self.rows,
                matched: 0,
                filtered_out: 0,
                against: BenchmarkUsed::Nothing,
            },
            failures: self.failures,
            stopped: self.stopped,
            cost: self.cost,
        }
    }

    /// The newest bar used.
    fn as_of(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|row| row.as_of).max()
    }
}

/// What a run would take, without asking anybody but the cache.
pub fn forecast(screen: &Screen, universe: &Universe, source: &Source, plan: &Plan) -> Forecast {
    let workers = Workers::new(screen, source, plan, &|_: Event<'_>| {});
    let asked = Asked::of(screen, universe.symbols(), &Benchmark::Fetch);
    workers.forecast(&asked, &workers.known(&asked))
}

/// Fetches the benchmark's bars by themselves, if there is one and they can be had.
pub fn benchmark(screen: &Screen, source: &Source, plan: &Plan) -> Option<Bars> {
    let workers = Workers::new(screen, source, plan, &|_: Event<'_>| {});
    let benchmark = screen.benchmark()?;
    let asked = Asked { symbols: vec![benchmark], beside: 0, benchmark: Some(benchmark) };
    let mut found = workers.known(&asked);
    workers.complete(&asked, &mut found).ok()?;
    found.pop()??.bars
}
