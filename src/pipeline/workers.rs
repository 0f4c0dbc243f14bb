//! The workers of a run: they look symbols up, fetch them in batches and make something of their bars.
//!
//! What needs no request is worked on by as many threads as there are cores. What has to be fetched is waited for
//! by a pool of its own, with a thread for each request that may be under way, created when there is something to
//! wait for.

use std::sync::OnceLock;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::plan::Plan;
use crate::bars::Bars;
use crate::fetch::{Fault, FaultKind};
use crate::guard::unless_it_panics;
use crate::provider::Query;
use crate::source::{Outcome, Source};
use crate::universe::Symbol;

/// The system gave no threads.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {workers} worker threads: {source}")]
pub struct WorkersError {
    workers: usize,
    source: ThreadPoolBuildError,
}

/// What is done with each symbol's bars, and who hears of it; called from many threads.
pub(super) struct Job<'a, T> {
    /// Makes something of the bars.
    pub(super) make: &'a (dyn Fn(&Symbol, Bars) -> T + Sync),
    /// Called with the outcome.
    pub(super) done: &'a (dyn Fn(&Symbol, &Result<T, Fault>) + Sync),
}

/// The workers of a run.
pub(super) struct Workers<'a> {
    pool: OnceLock<ThreadPool>,
    plan: &'a Plan,
}

impl<'a> Workers<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self { pool: OnceLock::new(), plan }
    }

    /// The threads that wait for the network.
    fn pool(&self) -> Result<&ThreadPool, WorkersError> {
        if let Some(pool) = self.pool.get() {
            return Ok(pool);
        }
        let workers = self.plan.workers;
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers)
            .thread_name(|i| format!("worker-{i}"))
            .build()
            .map_err(|source| WorkersError { workers, source })?;
        Ok(self.pool.get_or_init(|| pool))
    }

    /// Works on the symbols that need no request. `None`: a request is needed.
    pub(super) fn look_up<T: Send>(
        &self,
        source: &Source,
        symbols: &[Symbol],
        job: &Job<'_, T>,
    ) -> Vec<Option<Result<T, Fault>>> {
        let chunks = symbols.par_chunks(source.lookup_batch());
        chunks.flat_map_iter(|chunk| self.look_up_chunk(source, chunk, job)).collect()
    }

    fn look_up_chunk<T>(
        &self,
        source: &Source,
        symbols: &[Symbol],
        job: &Job<'_, T>,
    ) -> Vec<Option<Result<T, Fault>>> {
        let queries: Vec<Query> =
            symbols.iter().map(|symbol| self.plan.query(symbol, source)).collect();
        // What is kept may be damaged in a way that nobody thought of: then it is as good as nothing.
        let outcomes = unless_it_panics(|| source.look_up(&queries))
            .unwrap_or_else(|| vec![None; queries.len()]);
        let mut made = Vec::with_capacity(symbols.len());
        for (symbol, outcome) in symbols.iter().zip(outcomes) {
            made.push(outcome.map(|outcome| self.make(symbol, outcome, job)));
        }
        made
    }

    /// Fetches symbols in batches; bars are dropped once something is made of them.
    pub(super) fn fetch<T: Send>(
        &self,
        source: &Source,
        symbols: &[Symbol],
        job: &Job<'_, T>,
    ) -> Result<Vec<Result<T, Fault>>, WorkersError> {
        if symbols.is_empty() {
            return Ok(Vec::new());
        }
        let batches: Vec<&[Symbol]> = symbols.chunks(source.batch_size()).collect();
        let made: Vec<Vec<Result<T, Fault>>> = self.pool()?.install(|| {
            batches
                .par_iter()
                // rayon would hand out chunks, and a chunk waits for one batch at a time.
                .with_max_len(1)
                .map(|batch| self.fetch_batch(source, batch, job))
                .collect()
        });
        Ok(made.into_iter().flatten().collect())
    }

    fn fetch_batch<T>(
        &self,
        source: &Source,
        batch: &[Symbol],
        job: &Job<'_, T>,
    ) -> Vec<Result<T, Fault>> {
        let queries: Vec<Query> =
            batch.iter().map(|symbol| self.plan.query(symbol, source)).collect();
        let outcomes =
            or_bug(|| source.fetch(&queries)).unwrap_or_else(|fault| vec![Err(fault); batch.len()]);
        let mut made = Vec::with_capacity(batch.len());
        for (symbol, outcome) in batch.iter().zip(outcomes) {
            made.push(self.make(symbol, outcome, job));
        }
        made
    }

    /// A panic over one ticker is that ticker's failure, not the end of the others.
    fn make<T>(&self, symbol: &Symbol, outcome: Outcome, job: &Job<'_, T>) -> Result<T, Fault> {
        let made = outcome.and_then(|bars| or_bug(|| (job.make)(symbol, self.plan.window(bars))));
        (job.done)(symbol, &made);
        made
    }
}

fn or_bug<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    unless_it_panics(work)
        .ok_or_else(|| Fault::new(FaultKind::Internal, "a bug in this program, please report it"))
}
