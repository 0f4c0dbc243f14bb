//! Symbols that a vendor says it does not know, held back until it is clear whether it is to be believed.
//!
//! On a day on which a vendor answers so to everything, it is failing: then nothing of it is remembered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fetch::{Fault, FaultKind};
use crate::provider::Query;
use crate::universe::{Symbol, is_listed};

/// The fund that every vendor of US stocks has.
const NEVER_UNKNOWN: &str = "SPY";
/// Unknown symbols that are no slips make an outage when they are at least so many,
const MIN_OUTAGE: usize = 5;
/// and more than one in so many of those that are asked for.
const OUTAGE_SHARE: usize = 20;

/// What a vendor said it does not know.
#[derive(Debug, Default)]
pub(super) struct UnknownSymbols {
    /// Symbols that the run asks for.
    asked: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Symbols that must be known, and are said not to be.
    doubted: usize,
    is_outage: bool,
    held_back: Vec<(Query, Fault)>,
}

impl UnknownSymbols {
    /// The run will ask for so many more symbols.
    pub(super) fn expect(&self, symbols: usize) {
        self.asked.fetch_add(symbols, Ordering::Relaxed);
    }

    /// The vendor does not know a symbol; `had_bars` says that it did earlier. Returns whether it is now clear that it
    /// is failing.
    pub(super) fn add(&self, query: &Query, fault: &Fault, had_bars: bool) -> bool {
        let mut state = self.lock();
        // On a past day a company of today may not have been there yet.
        let is_doubted = query.as_of.is_none() && (had_bars || is_no_slip(&query.symbol));
        if !is_doubted {
            state.held_back.push((query.clone(), fault.clone()));
        }
        state.doubted += usize::from(is_doubted);
        let asked = self.asked.load(Ordering::Relaxed);
        let are_many = state.doubted >= MIN_OUTAGE && state.doubted * OUTAGE_SHARE > asked;
        let is_certain = is_doubted && query.symbol.as_str() == NEVER_UNKNOWN;
        state.is_outage |= are_many || is_certain;
        state.is_outage
    }

    /// Ends a run: what may be remembered, which no symbol is that must be known. The next one begins anew.
    pub(super) fn take(&self) -> Vec<(Query, Fault)> {
        self.asked.store(0, Ordering::Relaxed);
        let State { is_outage, held_back, .. } = std::mem::take(&mut *self.lock());
        if is_outage { Vec::new() } else { held_back }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_no_slip(symbol: &Symbol) -> bool {
    symbol.as_str() == NEVER_UNKNOWN || is_listed(symbol)
}

/// The failure of a symbol that a failing vendor says it does not know.
pub(super) fn as_outage(fault: &Fault) -> Fault {
    Fault {
        kind: FaultKind::Server,
        message: "the provider does not know it, nor others that it knew".into(),
        ..fault.clone()
    }
}
