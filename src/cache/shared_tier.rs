//! The cache in a server that machines share. The server keeps an entry for as long as it is good, by its own
//! clock.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::entry::{Entry, Length, lengths};
use super::policy::Namespace;
use crate::provider::Query;
use crate::shared::SharedStore;
use crate::table::printable;

/// How many queries are looked up in one message: some hundred kilobytes of answers.
pub(super) const LOOKUPS_PER_MESSAGE: usize = 32;
/// How many keys, where histories of decades may be among the answers: some megabytes.
const LONG_PER_MESSAGE: usize = 8;
/// More bytes than an entry without bars has, fewer than one with them, which is then truncated and so a miss.
const MAX_BARLESS_BYTES: usize = 400;
/// The longest that a series is good: over a weekend with holidays on both sides.
const MAX_VALIDITY: TimeDelta = TimeDelta::days(6);
/// The longest that a symbol is held to be unknown.
const MAX_UNKNOWN: TimeDelta = TimeDelta::days(1);
/// How long a long series is kept: its past days are good for ever, but not wanted for ever.
const LONG_EXPIRY: Duration = Duration::from_hours(7 * 24);

/// The cache that machines share.
pub(super) struct SharedTier(SharedStore);

impl SharedTier {
    pub(super) fn new(store: SharedStore) -> Self {
        Self(store)
    }

    /// The entries that may answer each query; with `only_unknown`, only those that say that a symbol is unknown.
    pub(super) fn read(
        &self,
        namespace: &Namespace,
        queries: &[Query],
        only_unknown: bool,
    ) -> Vec<Vec<Entry>> {
        let mut keys = Vec::with_capacity(queries.len());
        for query in queries {
            for length in lengths(query) {
                keys.push(key(namespace, query.symbol.as_str(), length));
            }
        }
        let max_bytes = only_unknown.then_some(MAX_BARLESS_BYTES);
        let is_long = max_bytes.is_none() && keys.len() > queries.len();
        let per_message = if is_long { LONG_PER_MESSAGE } else { keys.len().max(1) };
        let messages = keys.chunks(per_message);
        let mut values = messages.flat_map(|keys| self.0.get(keys.to_vec(), max_bytes));
        let mut found = Vec::with_capacity(queries.len());
        for query in queries {
            let mut entries = Vec::new();
            for length in lengths(query) {
                let Some(bytes) = values.next().flatten() else { continue };
                let entry = Entry::of_bytes(namespace, query.symbol.as_str(), length, &bytes);
                match entry {
                    Some(entry) => entries.push(by_our_clock(entry, query.now)),
                    // Cut off on purpose, those with bars are none.
                    None if only_unknown => {}
                    None => self.0.report_foreign(),
                }
            }
            found.push(entries);
        }
        found
    }

    /// Keeps an entry from `now` for as long as it is good.
    pub(super) fn keep(&self, entry: &Entry, now: DateTime<Utc>) {
        let left = (entry.valid_until - now).to_std().unwrap_or_default();
        let expiry = if entry.length == Length::Long { left.max(LONG_EXPIRY) } else { left };
        self.0.put(key(&entry.namespace, &entry.symbol, entry.length), entry.to_bytes(), expiry);
    }

    /// Waits a moment until what was to be kept is sent.
    pub(super) fn finish(&self) {
        self.0.finish();
    }
}

/// An entry that another machine fetched a little later than our clock shows: clocks differ, and runs overlap.
/// The server still has it, so it is good.
fn by_our_clock(entry: Entry, now: DateTime<Utc>) -> Entry {
    let ahead = (entry.fetched_at - now).max(TimeDelta::zero());
    let (fetched_at, valid_until) = (entry.fetched_at - ahead, entry.valid_until - ahead);
    // Whatever it says, it is not believed longer than any of ours.
    let longest = if entry.data.is_some() { MAX_VALIDITY } else { MAX_UNKNOWN };
    let valid_until = valid_until.min(fetched_at + longest);
    Entry { fetched_at, valid_until, message: printable(&entry.message), ..entry }
}

fn key(namespace: &Namespace, symbol: &str, length: Length) -> String {
    let Namespace { provider, origin } = namespace;
    format!("screener:1:bars:{provider}:{origin}:{symbol}:{}", length.interval())
}
