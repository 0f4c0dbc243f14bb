//! The story of a run: plan → gather → measure → conclude → [`Report`].
//!
//! Gathering is the only part that runs on many threads, on a pool of its own: its threads wait for the
//! network, so there are as many as may wait at once, not as many as there are cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::bars::Bars;
use crate::failure::Failure;
use crate::fetch::{Fault, Kind};
use crate::provider::Query;
use crate::report::{Report, Spent};
use crate::screen::momentum::SESSIONS;
use crate::screen::row::Row;
use crate::screen::{ConclusionError, Screen};
use crate::source::Source;
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
pub enum Event {
    /// So many tickers will be asked for.
    Planned(usize),
    /// One of them is done; one that is not asked for, because the run was stopped, never is.
    Done {
        /// Whether it brought bars.
        ok: bool,
    },
}

/// Watches a run; called from many threads.
pub trait Observer: Sync {
    /// Something happened.
    fn on(&self, event: Event);
}

impl<F: Fn(Event) + Sync> Observer for F {
    fn on(&self, event: Event) {
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

    let gathered = gather(screen, symbols, source, plan, benchmark, observer)?;
    let (mut rows, mut failures) = (Vec::with_capacity(symbols.len()), Vec::new());
    for (symbol, outcome) in symbols.iter().zip(gathered.outcomes) {
        match outcome {
            Ok(mut row) => {
                row.sector = universe.sector(symbol);
                rows.push(row);
            }
            Err(fault) => failures.push(Failure { symbol: symbol.clone(), fault }),
        }
    }
    let as_of = rows.iter().filter_map(|row| row.as_of).max();
    let result = screen.conclude(rows, gathered.benchmark.as_ref())?;

    Ok(Report {
        screen: screen.clone(),
        provider: source.name(),
        as_of,
        result,
        failures,
        stopped: source.stopped(),
        spent: Spent { elapsed: start.elapsed(), counts: source.counts() },
    })
}

struct Gathered {
    /// One for each symbol, in order.
    outcomes: Vec<Result<Row, Fault>>,
    benchmark: Option<Bars>,
}

/// Fetches and measures every symbol, and the benchmark beside them; bars are dropped once measured.
fn gather(
    screen: &Screen,
    symbols: &[Symbol],
    source: &Source,
    plan: &Plan,
    benchmark: Benchmark,
    observer: &dyn Observer,
) -> Result<Gathered, PipelineError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.workers)
        .thread_name(|i| format!("worker-{i}"))
        .build()
        .map_err(|source| PipelineError::Workers { workers: plan.workers, source })?;
    // The benchmark goes first: its own place in the plan, unless it is in the list anyway.
    let wanted = screen.benchmark().filter(|_| matches!(benchmark, Benchmark::Fetch));
    let beside = wanted.into_iter().filter(|symbol| !symbols.contains(symbol));
    let beside: Vec<&Symbol> = beside.collect();
    let asked: Vec<&Symbol> = beside.iter().copied().chain(symbols).collect();
    let mut outcomes: Vec<(Result<Row, Fault>, Option<Bars>)> = pool.install(|| {
        asked
            .par_iter()
            .with_max_len(1) // rayon would hand out chunks, and a chunk waits one ticker at a time
            .enumerate()
            .map(|(i, symbol)| {
                let measured = unless_it_panics(|| {
                    let bars = plan.bars(symbol, screen, source)?;
                    Ok((screen.measure(symbol, &bars), bars))
                });
                let was_asked = !matches!(&measured, Err(fault) if fault.kind == Kind::Stopped);
                if i >= beside.len() && was_asked {
                    observer.on(Event::Done { ok: measured.is_ok() });
                }
                match measured {
                    Ok((row, bars)) => (Ok(row), (wanted == Some(*symbol)).then_some(bars)),
                    Err(fault) => (Err(fault), None),
                }
            })
            .collect()
    });
    let fetched = outcomes.iter_mut().find_map(|(_, kept)| kept.take());
    let benchmark = match benchmark {
        Benchmark::Fetch => fetched,
        Benchmark::Given(bars) => bars,
    };
    let outcomes = outcomes.into_iter().skip(beside.len()).map(|(row, _)| row).collect();
    Ok(Gathered { outcomes, benchmark })
}

/// A panic over one ticker is that ticker's failure, not the end of the others.
fn unless_it_panics<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Fault::new(Kind::Internal, "a mistake in this program, please report it"))
    })
}

/// Fetches the benchmark's bars by themselves, if there is one and they can be had.
pub fn benchmark(screen: &Screen, source: &Source, plan: &Plan) -> Option<Bars> {
    plan.bars(screen.benchmark()?, screen, source).ok()
}

impl Plan {
    /// The bars of a symbol that a screen uses.
    fn bars(&self, symbol: &Symbol, screen: &Screen, source: &Source) -> Result<Bars, Fault> {
        let needed = screen.sessions();
        // What is kept should serve the other screens, too.
        let asked = if source.is_kept() { needed.max(SESSIONS) } else { needed };
        let query = self.query(symbol, asked, screen.include_partial);
        let bars = source.bars(&query)?;
        Ok(bars.window(query.until, needed, screen.include_partial))
    }

    /// What is asked for a symbol. East of Greenwich the newest session may already be tomorrow's.
    fn query(&self, symbol: &Symbol, sessions: usize, include_partial: bool) -> Query {
        let until = self.as_of.unwrap_or_else(|| self.now.date_naive() + Days::new(1));
        Query {
            symbol: symbol.clone(),
            from: until - days_of(sessions),
            until,
            as_of: self.as_of,
            include_partial,
            now: self.now,
        }
    }
}

/// Calendar days that hold so many sessions on any exchange: three for two sessions, as in the calendars
/// with the most holidays, and a fortnight for the longest run of them.
#[must_use]
pub fn days_of(sessions: usize) -> Days {
    Days::new(sessions as u64 * 3 / 2 + 14)
}
