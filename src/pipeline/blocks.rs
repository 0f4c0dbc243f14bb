//! Gathering block by block: what is made of a block's symbols is handed on, in order, before the next block is
//! fetched, so that no more than one block is in memory.

use std::io;
use std::time::Instant;

use super::gather::{Gathering, separate};
use super::plan::{Event, Observer, Plan};
use super::workers::WorkersError;
use crate::bars::Bars;
use crate::failure::Failure;
use crate::fetch::StopReason;
use crate::report::RunCost;
use crate::source::Source;
use crate::universe::{Symbol, Universe};

/// The fewest symbols of a block.
const MIN_BLOCK: usize = 128;
/// As many times the workers, if that is more: at the end of a block some of them have nothing to do.
const BLOCK_FACTOR: usize = 8;

/// What is left when everything was handed on.
#[derive(Clone, Debug)]
pub struct HandedOn {
    /// Every symbol without bars, in the order asked for.
    pub failures: Vec<Failure>,
    /// Why the run ended before every symbol was fetched, if it did.
    pub stopped: Option<StopReason>,
    /// Time and requests.
    pub cost: RunCost,
}

/// Why a run ended without having handed on everything.
#[derive(Debug, thiserror::Error)]
pub enum HandingOnError {
    /// See [`WorkersError`].
    #[error(transparent)]
    Workers(#[from] WorkersError),
    /// What takes the bars failed.
    #[error(transparent)]
    Taker(#[from] io::Error),
}

/// Fetches the bars of a universe and hands them to `take`, symbol by symbol in its order.
///
/// # Errors
/// [`HandingOnError`].
pub fn hand_on(
    universe: &Universe,
    source: &Source,
    plan: &Plan,
    observer: &dyn Observer<(Symbol, Bars)>,
    mut take: impl FnMut(&Symbol, &Bars) -> io::Result<()>,
) -> Result<HandedOn, HandingOnError> {
    let start = Instant::now();
    observer.on(Event::Planned(universe.symbols().len()));
    let keep = |symbol: &Symbol, bars: Bars| (symbol.clone(), bars);
    let mut failures = Vec::new();
    let mut stopped = None;
    let mut cost = None;
    for symbols in universe.symbols().chunks(MIN_BLOCK.max(BLOCK_FACTOR * plan.workers)) {
        let block: Universe = symbols.iter().cloned().collect();
        let mut gathering = Gathering::begin(&block, Vec::new(), source, plan, &keep, observer);
        gathering.fetch_missing()?;
        let gathered = gathering.finish();
        let (made, failed) = separate(gathered.entries);
        for (symbol, bars) in &made {
            take(symbol, bars)?;
        }
        failures.extend(failed);
        stopped = stopped.or(gathered.stopped);
        cost = Some(gathered.cost);
    }
    let elapsed = start.elapsed();
    let cost = cost.map_or_else(|| RunCost::of(elapsed), |cost| RunCost { elapsed, ..cost });
    Ok(HandedOn { failures, stopped, cost })
}
