//! Sequential against concurrent: the same tickers with one worker and with many, each run with a fresh client,
//! and whether the scores are the same value by value.
//!
//! It measures and does not cache. What a run could have taken at best is worked out from the latency that was
//! seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::gather::{Gathered, PipelineError, gather, separate};
use super::plan::{Event, Observer, Plan};
use crate::ask::Screen;
use crate::bars::Bars;
use crate::compare::row::Row;
use crate::failure::Failure;
use crate::fetch::{RateLimit, StopReason};
use crate::report::{Comparison, RunCost, WorkerRun};
use crate::source::Source;
use crate::universe::{Symbol, Universe};

/// What is compared.
pub struct SpeedTest<'a> {
    /// What is asked of every ticker.
    pub screen: &'a Screen,
    /// The tickers.
    pub universe: &'a Universe,
    /// Date and time of asking; its workers are those of each run.
    pub plan: &'a Plan,
    /// A fresh source for this many workers.
    pub source: &'a dyn Fn(usize) -> Source,
    /// Worker counts besides 1.
    pub workers: &'a [usize],
    /// Runs of each worker count, of which the median counts; at least 1.
    pub repeat: usize,
}

/// One run: its scored rows, and what went wrong.
struct OneRun {
    rows: BTreeMap<Symbol, Row>,
    failures: Vec<Failure>,
    stopped: Option<StopReason>,
    cost: RunCost,
}

/// What bounds a run from below.
#[derive(Clone, Copy)]
struct Bounds {
    /// The median latency of the sequential run.
    latency: Duration,
    rate_limit: Option<RateLimit>,
    batch_size: usize,
}

impl SpeedTest<'_> {
    /// Runs the sequential and the concurrent ways; the benchmark is fetched once, before the clock starts.
    ///
    /// # Errors
    /// [`PipelineError`] when a run could not be made.
    pub fn run(&self, observer: &dyn Observer<Row>) -> Result<Comparison, PipelineError> {
        let counts = self.worker_counts();
        let tickers = self.universe.symbols().len();
        observer.on(Event::Planned(tickers * counts.len() * self.repeat));
        let benchmark = self.fetch_benchmark()?;
        let mut runs = Vec::new();
        let mut figures = Vec::new();
        let mut latency = None;
        for workers in counts {
            let first = runs.len();
            let mut bounds = None;
            for _ in 0..self.repeat {
                if runs.last().is_some_and(|run: &OneRun| run.stopped.is_some()) {
                    break; // the provider asked for a pause, or the user for an end
                }
                let source = (self.source)(workers);
                runs.push(self.run_once(workers, &source, benchmark.as_ref(), observer)?);
                latency = latency.or_else(|| source.latency(0.5)); // the first run is sequential
                bounds = Some(Bounds {
                    latency: latency.unwrap_or_default(),
                    rate_limit: source.rate_limit(),
                    batch_size: source.batch_size(),
                });
            }
            let Some(bounds) = bounds else { break };
            figures.push(median_run(tickers, workers, &runs[first..], bounds));
        }
        Ok(Comparison {
            tickers,
            runs: figures,
            differing: differing(&runs),
            failures: failures_of_any(&runs),
            stopped: runs.into_iter().find_map(|run| run.stopped),
        })
    }

    /// How many requests it will take, without retries.
    #[must_use]
    pub fn requests(&self) -> usize {
        let runs = self.worker_counts().len() * self.repeat;
        let batch_size = (self.source)(1).batch_size();
        let for_benchmark = usize::from(self.screen.criteria.benchmark().is_some());
        self.universe.symbols().len().div_ceil(batch_size) * runs + for_benchmark
    }

    /// The worker counts, ascending, 1 among them.
    fn worker_counts(&self) -> BTreeSet<usize> {
        self.workers.iter().copied().chain([1]).collect()
    }

    fn fetch_benchmark(&self) -> Result<Option<Bars>, PipelineError> {
        let Some(benchmark) = self.screen.criteria.benchmark() else { return Ok(None) };
        let mut universe = Universe::default();
        universe.add(benchmark.clone());
        let ignore = |_: Event<'_, Bars>| {};
        let source = (self.source)(1);
        let gathered = gather(&universe, Vec::new(), &source, self.plan, |_, bars| bars, &ignore)?;
        Ok(gathered.entries.into_iter().find_map(|(_, bars)| bars.ok()))
    }

    fn run_once(
        &self,
        workers: usize,
        source: &Source,
        benchmark: Option<&Bars>,
        observer: &dyn Observer<Row>,
    ) -> Result<OneRun, PipelineError> {
        let plan = Plan { workers, ..self.plan.clone() };
        let measure = |symbol: &Symbol, bars: Bars| self.screen.measure(symbol, &bars);
        let only_done = |event: Event<'_, Row>| {
            if matches!(event, Event::Done { .. }) {
                observer.on(event);
            }
        };
        let Gathered { entries, stopped, cost, .. } =
            gather(self.universe, Vec::new(), source, &plan, measure, &only_done)?;
        let (rows, failures) = separate(entries);
        let ranking = self.screen.rank(rows, benchmark)?;
        let rows = ranking.rows().map(|row| (row.symbol.clone(), row.clone())).collect();
        Ok(OneRun { rows, failures, stopped, cost })
    }
}

/// The median run's figures.
fn median_run(tickers: usize, workers: usize, runs: &[OneRun], bounds: Bounds) -> WorkerRun {
    let mut times: Vec<(Duration, usize)> =
        runs.iter().map(|run| (run.cost.elapsed, run.cost.counts.requests)).collect();
    times.sort_unstable();
    let low = times[(times.len() - 1) / 2];
    let high = times[times.len() / 2];
    let seconds = ((low.0 + high.0) / 2).as_secs_f64();
    let requests = tickers.div_ceil(bounds.batch_size);
    let by_workers = number(requests.div_ceil(workers)) * bounds.latency.as_secs_f64();
    let by_rate = bounds
        .rate_limit
        .map_or(0.0, |limit| (number(requests) - f64::from(limit.burst)).max(0.0) / limit.rate);
    WorkerRun {
        workers,
        seconds,
        tickers_per_second: number(tickers) / seconds,
        requests: high.1,
        ideal_seconds: by_workers.max(by_rate),
        is_rate_bound: by_rate > by_workers,
    }
}

/// The symbols scored in the first run and in another one, but not the same.
fn differing(runs: &[OneRun]) -> Vec<Symbol> {
    let Some((first, others)) = runs.split_first() else { return Vec::new() };
    let mut differing = BTreeSet::new();
    for run in others {
        for (symbol, row) in &run.rows {
            if first.rows.get(symbol).is_some_and(|other| other != row) {
                differing.insert(symbol.clone());
            }
        }
    }
    differing.into_iter().collect()
}

/// The failures of any run, each symbol once.
fn failures_of_any(runs: &[OneRun]) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut seen = BTreeSet::new();
    for failure in runs.iter().flat_map(|run| &run.failures) {
        if seen.insert(failure.symbol.clone()) {
            failures.push(failure.clone());
        }
    }
    failures
}

#[expect(clippy::cast_precision_loss, reason = "a count of tickers")]
fn number(n: usize) -> f64 {
    n as f64
}
