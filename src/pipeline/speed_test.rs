//! Sequential against concurrent: the same tickers with one worker and with many, each run with a fresh
//! client, and whether the scores are the same value by value.
//!
//! It measures; it does not cache and it does not praise. What a run could have taken at best is worked out
//! from the latency that was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use crate::failure::Failure;
use crate::fetch::{RateLimit, StopReason};
use crate::pipeline::{self, Benchmark, Event, Observer, PipelineError, Plan};
use crate::report::{Report, RunCost};
use crate::screen::Screen;
use crate::screen::row::Row;
use crate::source::Source;
use crate::universe::{Symbol, Universe};

/// A worker count is recommended when it is within this of the fastest.
const CLOSE_TO_BEST: f64 = 1.05;

/// What is compared.
pub struct SpeedTest<'a> {
    /// What is asked of every ticker.
    pub screen: &'a Screen,
    /// The tickers.
    pub universe: &'a Universe,
    /// Date and time of asking; its workers are those of each run.
    pub plan: &'a Plan,
    /// A fresh source for so many workers.
    pub source: &'a dyn Fn(usize) -> Source,
    /// Worker counts beside 1.
    pub workers: &'a [usize],
    /// Runs of each worker count, of which the median counts; at least 1.
    pub repeat: usize,
}

/// One worker count's figures.
#[derive(Clone, Debug, Serialize)]
pub struct WorkerRun {
    /// Requests under way at once.
    pub workers: usize,
    /// Wall time, the median of its runs.
    pub seconds: f64,
    /// Tickers a second.
    pub tickers_per_second: f64,
    /// Requests sent, retries included.
    pub requests: usize,
    /// max(⌈N / workers⌉ · latency, (N − burst) / rate) with the sequential run's median latency.
    pub ideal_seconds: f64,
    /// Whether the ideal is set by the rate, not by the workers.
    #[serde(skip)]
    pub is_rate_bound: bool,
}

/// The outcome: runs by ascending worker count, the first with one worker.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Tickers asked for in each run.
    pub tickers: usize,
    /// Each worker count's figures.
    pub runs: Vec<WorkerRun>,
    /// Tickers scored in every run, but not the same.
    pub differing: Vec<Symbol>,
    /// Tickers that failed in any run, each once.
    pub failures: Vec<Failure>,
    /// Why a run was stopped early, if one was.
    pub stopped: Option<StopReason>,
}

impl SpeedTest<'_> {
    /// Runs the sequential and the concurrent ways; the benchmark is fetched once, before the clock starts.
    ///
    /// # Errors
    /// [`PipelineError`] when a run could not be made.
    pub fn run(&self, observer: &dyn Observer) -> Result<Comparison, PipelineError> {
        let counts = self.counts();
        let tickers = self.universe.symbols().len();
        observer.on(Event::Planned(tickers * counts.len() * self.repeat));
        let watched = |event: Event<'_>| match event {
            Event::Planned(_) | Event::Forecast(_) => {}
            Event::Done { .. } => observer.on(event),
        };

        let benchmark = pipeline::benchmark(self.screen, &(self.source)(1), self.plan);
        let (mut runs, mut reports, mut latency) = (Vec::new(), Vec::new(), None);
        for workers in counts {
            let first = reports.len();
            let (mut rate_limit, mut batch_size) = (None, 1);
            for _ in 0..self.repeat {
                if reports.last().is_some_and(|report: &Report| report.stopped.is_some()) {
                    break; // who asked to be left alone is
                }
                let source = (self.source)(workers);
                let plan = Plan { workers, ..self.plan.clone() };
                let benchmark = Benchmark::Given(benchmark.clone());
                let (screen, universe) = (self.screen, self.universe);
                let gathered =
                    pipeline::gather(screen, universe, &source, &plan, benchmark, &watched)?;
                reports.push(gathered.conclude(screen)?);
                latency = latency.or_else(|| source.latency(0.5)); // the first run is sequential
                (rate_limit, batch_size) = (source.rate_limit(), source.batch_size());
            }
            if reports.len() == first {
                break;
            }
            let cost = reports[first..].iter().map(|report: &Report| report.cost);
            let latency = latency.unwrap_or_default();
            runs.push(figures(tickers, batch_size, workers, cost, latency, rate_limit));
        }

        let (sequential, others) = reports.split_at(1);
        let differing: BTreeSet<Symbol> =
            others.iter().flat_map(|other| differences(&sequential[0], other)).collect();
        let mut failed = BTreeSet::new();
        let failures = reports.iter().flat_map(|report| &report.failures);
        let failures =
            failures.filter(|failure| failed.insert(failure.symbol.clone())).cloned().collect();
        Ok(Comparison {
            tickers,
            runs,
            differing: differing.into_iter().collect(),
            failures,
            stopped: reports.iter().find_map(|report| report.stopped.clone()),
        })
    }

    /// The worker counts, ascending, 1 among them.
    fn counts(&self) -> BTreeSet<usize> {
        self.workers.iter().copied().chain([1]).collect()
    }

    /// How many requests it will take, retries apart.
    #[must_use]
    pub fn requests(&self) -> usize {
        let runs = self.counts().len() * self.repeat;
        let batch_size = (self.source)(1).batch_size();
        self.universe.symbols().len().div_ceil(batch_size) * runs
            + usize::from(self.screen.benchmark().is_some())
    }
}

/// The median run's figures.
fn figures(
    tickers: usize,
    batch_size: usize,
    workers: usize,
    cost: impl Iterator<Item = RunCost>,
    latency: Duration,
    rate_limit: Option<RateLimit>,
) -> WorkerRun {
    let mut times: Vec<(Duration, usize)> =
        cost.map(|cost| (cost.elapsed, cost.counts.requests)).collect();
    times.sort_unstable();
    let (low, high) = (times[(times.len() - 1) / 2], times[times.len() / 2]);
    let (elapsed, requests) = ((low.0 + high.0) / 2, high.1);
    let (n, asked) = (number(tickers), tickers.div_ceil(batch_size));
    let by_workers = number(asked.div_ceil(workers)) * latency.as_secs_f64();
    let late = |rate_limit: RateLimit| {
        (number(asked) - f64::from(rate_limit.burst)).max(0.0) / rate_limit.rate
    };
    let by_rate = rate_limit.map_or(0.0, late);
    let seconds = elapsed.as_secs_f64();
    WorkerRun {
        workers,
        seconds,
        tickers_per_second: n / seconds,
        requests,
        ideal_seconds: by_workers.max(by_rate),
        is_rate_bound: by_rate > by_workers,
    }
}

/// The symbols scored in both runs, but not the same.
fn differences(one: &Report, other: &Report) -> Vec<Symbol> {
    let rows: BTreeMap<&Symbol, &Row> = one.rows().map(|row| (&row.symbol, row)).collect();
    let differs = |row: &&Row| rows.get(&row.symbol).is_some_and(|first| first != row);
    other.rows().filter(differs).map(|row| row.symbol.clone()).collect()
}

impl Comparison {
    /// Whether every ticker had the same result, value by value, in every run.
    #[must_use]
    pub fn results_identical(&self) -> bool {
        self.differing.is_empty()
    }

    /// The run with one worker.
    #[must_use]
    pub fn sequential(&self) -> &WorkerRun {
        &self.runs[0]
    }

    /// The run with the most workers.
    #[must_use]
    pub fn concurrent(&self) -> &WorkerRun {
        &self.runs[self.runs.len() - 1]
    }

    /// How many times faster the most workers were than one.
    #[must_use]
    pub fn speedup(&self) -> f64 {
        self.sequential().seconds / self.concurrent().seconds
    }

    /// How many times faster the most workers could have been than one could.
    #[must_use]
    pub fn ideal_speedup(&self) -> f64 {
        self.sequential().ideal_seconds / self.concurrent().ideal_seconds
    }

    /// The fewest workers that are about as fast as the fastest.
    #[must_use]
    pub fn recommended_workers(&self) -> usize {
        let best = self.runs.iter().map(|run| run.seconds).fold(f64::INFINITY, f64::min);
        let close = self.runs.iter().find(|run| run.seconds <= CLOSE_TO_BEST * best);
        close.map_or(1, |run| run.workers)
    }

    /// What to make of it, in a sentence.
    #[must_use]
    pub fn recommendation(&self) -> String {
        let (speedup, workers) = (self.speedup(), self.concurrent().workers);
        let recommended = self.recommended_workers();
        let verdict = if workers == 1 {
            return "Only one worker was measured: there is nothing to compare".into();
        } else if self.stopped.is_some() {
            return "A run was stopped early: nothing can be concluded".into();
        } else if !self.results_identical() {
            return "The results differ between the runs: do not rely on either".into();
        } else if speedup < 0.95 {
            format!("{workers} workers are slower than one ({speedup:.1}x)")
        } else if speedup < 1.1 {
            format!("{workers} workers make no difference here ({speedup:.1}x)")
        } else {
            format!("{workers} workers are {speedup:.1}x faster than one")
        };
        let bound = if self.concurrent().is_rate_bound {
            "; the rate limit is the bound, not the workers"
        } else {
            ""
        };
        let advice = if recommended == workers {
            String::new()
        } else {
            format!("; --workers {recommended} is as fast as any")
        };
        format!("{verdict}{bound}{advice}")
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of tickers")]
fn number(n: usize) -> f64 {
    n as f64
}
