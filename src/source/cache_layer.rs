//! A cache in front of a vendor, and how often it helped.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bars::Bars;
use crate::cache::{Cache, Earlier, Lookup};
use crate::fetch::{Fault, FaultKind};
use crate::provider::Query;
use crate::universe::Symbol;

/// What came of one query.
pub type Outcome = Result<Bars, Fault>;

/// A cache in front of a vendor, and how often it helped.
pub struct CacheLayer {
    cache: Cache,
    offline: bool,
    asked: AtomicUsize,
    hits: AtomicUsize,
    /// What was known earlier of symbols that were looked up in vain.
    earlier: Mutex<HashMap<Symbol, Earlier>>,
}

impl CacheLayer {
    /// A cache; with `offline` nothing else is used.
    #[must_use]
    pub fn new(cache: Cache, offline: bool) -> Self {
        Self {
            cache,
            offline,
            asked: AtomicUsize::new(0),
            hits: AtomicUsize::new(0),
            earlier: Mutex::default(),
        }
    }

    pub(super) fn look_up(&self, queries: &[Query]) -> Vec<Option<Outcome>> {
        self.asked.fetch_add(queries.len(), Ordering::Relaxed);
        let mut outcomes = Vec::with_capacity(queries.len());
        for (query, lookup) in queries.iter().zip(self.cache.look_up(queries)) {
            let is_hit = !matches!(lookup, Lookup::Miss(_));
            self.hits.fetch_add(usize::from(is_hit), Ordering::Relaxed);
            outcomes.push(match lookup {
                Lookup::Hit(bars) => Some(Ok(bars)),
                Lookup::NotFound(fault) => Some(Err(fault)),
                Lookup::Miss(_) if self.offline => Some(Err(not_cached())),
                Lookup::Miss(earlier) => {
                    if earlier != Earlier::default() {
                        self.lock().insert(query.symbol.clone(), earlier);
                    }
                    None
                }
            });
        }
        outcomes
    }

    pub(super) fn keep(&self, query: &Query, bars: &Bars) {
        self.cache.keep(query, bars);
    }

    /// Keeps that a symbol is unknown. Some vendors do not mention one that had no bars in the days of the past that
    /// were asked for, either: those are not kept.
    pub(super) fn keep_unknown(&self, query: &Query, fault: &Fault) {
        if query.as_of.is_none() {
            self.cache.keep_unknown(query, fault, self.earlier(&query.symbol));
        }
    }

    /// What was known of a symbol earlier.
    pub(super) fn earlier(&self, symbol: &Symbol) -> Earlier {
        self.lock().get(symbol).copied().unwrap_or_default()
    }

    /// How many symbols are best looked up at once.
    pub(super) fn batch_size(&self) -> usize {
        self.cache.batch_size()
    }

    /// Whether bars are read and kept.
    pub(super) fn keeps_bars(&self) -> bool {
        self.cache.keeps_bars()
    }

    /// How often it answered.
    pub(super) fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }

    /// Writes what is still to be written; returns what went wrong, if anything did.
    pub(super) fn close(self) -> Option<String> {
        self.cache.close(self.hits.into_inner(), self.asked.into_inner())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Symbol, Earlier>> {
        self.earlier.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_cached() -> Fault {
    Fault::new(FaultKind::Offline, "not in the cache, and --offline sends no request")
}
