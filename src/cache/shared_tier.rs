//! The cache in a server that machines share. An entry is there for as long as it is good, by the server's clock.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::entry::{Entry, interval};
use super::{Namespace, intervals};
use crate::provider::Query;
use crate::shared::SharedStore;

/// How many queries are looked up in one message: some hundred kilobytes of answers.
pub(super) const LOOKUPS_PER_MESSAGE: usize = 32;
/// Longer than an entry without bars, shorter than one with them, which is then cut and so a miss.
const MAX_BARLESS_BYTES: usize = 400;
/// How long a series as of a past day is kept: it is good for ever, but not wanted for ever.
const PAST_DAY_EXPIRY: Duration = Duration::from_hours(7 * 24);

pub(super) struct SharedTier(SharedStore);

impl SharedTier {
    pub(super) fn new(store: SharedStore) -> Self {
        Self(store)
    }

    /// What is kept that may answer each query; only that it is unknown, if nothing else is wanted.
    pub(super) fn read(
        &self,
        owner: &Namespace,
        queries: &[Query],
        only_unknown: bool,
    ) -> Vec<Vec<Entry>> {
        let places =
            || queries.iter().flat_map(|query| intervals(query).map(move |as_of| (query, as_of)));
        let keys =
            places().map(|(query, as_of)| key(owner, query.symbol.as_str(), as_of)).collect();
        let mut values = self.0.get(keys, only_unknown.then_some(MAX_BARLESS_BYTES)).into_iter();
        let one = |query: &Query| {
            let found = intervals(query).zip(values.by_ref()).filter_map(|(as_of, bytes)| {
                let stored = Entry::of_bytes(owner, query.symbol.as_str(), as_of, &bytes?)?;
                Some(by_our_clock(stored, query.now))
            });
            found.collect()
        };
        queries.iter().map(one).collect()
    }

    /// Keeps an entry from `now` for as long as it is good.
    pub(super) fn keep(&self, entry: &Entry, now: DateTime<Utc>) {
        let left = (entry.valid_until - now).to_std().unwrap_or_default();
        let left = if entry.as_of.is_some() { left.max(PAST_DAY_EXPIRY) } else { left };
        self.0.put(key(&entry.owner, &entry.symbol, entry.as_of), entry.to_bytes(), left);
    }

    /// Waits a moment until what was to be kept is there.
    pub(super) fn finish(&self) {
        self.0.finish();
    }
}

/// An entry that another machine fetched a little later than it is here: clocks differ, and runs overlap. It is
/// there, so it is good.
fn by_our_clock(stored: Entry, now: DateTime<Utc>) -> Entry {
    let ahead = (stored.fetched_at - now).max(chrono::TimeDelta::zero());
    Entry {
        fetched_at: stored.fetched_at - ahead,
        valid_until: stored.valid_until - ahead,
        ..stored
    }
}

fn key(owner: &Namespace, symbol: &str, as_of: Option<NaiveDate>) -> String {
    format!("screener:1:bars:{}:{}:{symbol}:{}", owner.provider, owner.origin, interval(as_of))
}
