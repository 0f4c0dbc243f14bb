//! Bars that are kept: on this machine's disk, and in front of it perhaps in a server that machines share.
//!
//! A cache is a speed-up and never a source of errors: one that cannot be opened, read or written costs one
//! warning and the speed. What is read is checked (version, checksum, the invariants of [`Bars`]); anything
//! wrong is a miss and is written anew. Series are replaced whole, never spliced.

pub mod blob;
mod database;
mod disk;
mod entry;
mod freshness;
mod shared_tier;

use std::path::PathBuf;

use chrono::{Days, NaiveDate, TimeDelta};

use crate::bars::Bars;
use crate::fetch::{Fault, FaultKind};
use crate::provider::Query;
use crate::shared;
use disk::DiskTier;
use entry::Entry;
use shared_tier::SharedTier;

pub use database::Stats;
pub use disk::{clear, stats};
pub use freshness::valid_until;

/// How long an unknown symbol is believed to be unknown.
const UNKNOWN_EXPIRY: TimeDelta = TimeDelta::days(1);

/// Whose bars: they are never served for another provider or another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The provider's name.
    pub provider: &'static str,
    /// Scheme, host and port.
    pub origin: String,
}

/// How a cache is used.
#[derive(Clone, Copy, Debug)]
pub struct CachePolicy {
    /// How long a bar of an open session is believed.
    pub ttl: TimeDelta,
    /// What of it is believed.
    pub trust: CacheMode,
    /// Entries in one transaction.
    pub batch_size: usize,
}

/// What of a cache is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheMode {
    /// What is fresh.
    Fresh,
    /// Only which symbols are unknown: bars are neither read nor kept.
    Unknown,
    /// Nothing: what is there is replaced.
    Nothing,
}

/// What a cache says to a query.
#[derive(Debug)]
pub enum Lookup {
    /// These bars, as good as fetched.
    Bars(Bars),
    /// The symbol was unknown a short while ago.
    Unknown(Fault),
    /// Nothing that can be relied on.
    Miss,
}

/// An open cache.
pub struct Cache {
    owner: Namespace,
    manner: CachePolicy,
    shared_tier: Option<SharedTier>,
    local: Option<DiskTier>,
}

impl Cache {
    /// Opens the cache in a folder, which is made if need be, behind the one that machines share, if they do. The
    /// second value says what is wrong with the folder's, if it can be gone on without it or anew.
    ///
    /// # Errors
    /// A sentence on why there can be no cache.
    pub fn open(
        folder: Result<PathBuf, String>,
        shared: Option<shared::SharedStore>,
        owner: Namespace,
        manner: CachePolicy,
    ) -> Result<(Self, Option<String>), String> {
        let opened = folder.and_then(|folder| DiskTier::open(&folder, manner.batch_size));
        let (local, warning) = match opened {
            Ok((local, warning)) => (Some(local), warning),
            Err(why) if shared.is_some() => (None, Some(why)),
            Err(why) => return Err(why),
        };
        Ok((Self { owner, manner, shared_tier: shared.map(SharedTier::new), local }, warning))
    }

    /// How many queries are best looked up at once.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        if self.shared_tier.is_some() { shared_tier::LOOKUPS_PER_MESSAGE } else { 1 }
    }

    /// What is known about queries: one answer for each.
    pub fn look_up(&self, queries: &[Query]) -> Vec<Lookup> {
        if self.manner.trust == CacheMode::Nothing {
            return queries.iter().map(|_| Lookup::Miss).collect();
        }
        let shared_tier = match &self.shared_tier {
            Some(shared_tier) => shared_tier.read(&self.owner, queries, !self.keeps_bars()),
            None => vec![Vec::new(); queries.len()],
        };
        let one = |(query, shared_tier): (&Query, Vec<Entry>)| {
            let judged = shared_tier.iter().find_map(|stored| self.judge(stored, query));
            judged.or_else(|| self.look_up_here(query)).unwrap_or(Lookup::Miss)
        };
        queries.iter().zip(shared_tier).map(one).collect()
    }

    /// What is known on this machine; the others are told of it.
    fn look_up_here(&self, query: &Query) -> Option<Lookup> {
        let local = self.local.as_ref().filter(|local| !local.is_broken())?;
        intervals(query).find_map(|as_of| {
            let stored = local.read(&self.owner, query.symbol.as_str(), as_of)?;
            let answer = self.judge(&stored, query)?;
            if let Some(shared_tier) = &self.shared_tier {
                shared_tier.keep(&stored, query.now);
            }
            Some(answer)
        })
    }

    /// Whether what is kept answers a query, as it stands.
    fn judge(&self, stored: &Entry, query: &Query) -> Option<Lookup> {
        let now = query.now;
        let is_young = stored.fetched_at <= now && now < stored.valid_until;
        let Some(data) = &stored.data else {
            let fault = Fault {
                http_status: stored.http_status,
                attempts: stored.attempts,
                ..Fault::new(FaultKind::NotFound, stored.message.clone())
            };
            return is_young.then_some(Lookup::Unknown(fault));
        };
        if stored.since > query.from || !self.keeps_bars() {
            return None;
        }
        let bars = blob::decode(data)?;
        let final_until = bars.last_final();
        let covers = |day: NaiveDate| {
            stored.fetched_at <= now && final_until.is_some_and(|last| day <= last)
        };
        // A day is over everywhere when it is over a day later in UTC.
        let was_over = |day: NaiveDate| {
            stored.fetched_at <= now && day + Days::new(1) < stored.fetched_at.date_naive()
        };
        let is_recent = now - stored.fetched_at < self.manner.ttl;
        let is_young = is_young && (!query.include_partial || is_recent);
        let fresh = match (query.as_of, stored.as_of) {
            (None, kept) => kept.is_none() && is_young,
            (Some(day), None) => covers(day) || is_young,
            (Some(day), Some(_)) => covers(day) || was_over(day) || is_young,
        };
        fresh.then_some(Lookup::Bars(bars))
    }

    /// Keeps what a fetch brought; the writing happens elsewhere and later.
    pub fn keep(&self, query: &Query, bars: &Bars) {
        if !self.keeps_bars() {
            return;
        }
        self.write(Entry {
            valid_until: valid_until(bars, query.now, self.manner.ttl),
            since: query.from,
            data: Some(blob::encode(bars)),
            ..Entry::new(&self.owner, query)
        });
    }

    /// Whether bars are read and kept.
    #[must_use]
    pub fn keeps_bars(&self) -> bool {
        self.manner.trust != CacheMode::Unknown
    }

    /// Keeps that a symbol is unknown; no other failure is ever kept.
    pub fn keep_unknown(&self, query: &Query, fault: &Fault) {
        self.write(Entry {
            valid_until: query.now + UNKNOWN_EXPIRY,
            http_status: fault.http_status,
            attempts: fault.attempts,
            message: fault.message.clone(),
            as_of: None,
            ..Entry::new(&self.owner, query)
        });
    }

    fn write(&self, entry: Entry) {
        if let Some(shared_tier) = &self.shared_tier {
            shared_tier.keep(&entry, entry.fetched_at);
        }
        if let Some(local) = &self.local {
            local.send(entry);
        }
    }

    /// Writes what is still to be written and notes the run's hits; says what went wrong, if anything did.
    pub fn close(self, hits: usize, asked: usize) -> Option<String> {
        if let Some(shared_tier) = &self.shared_tier {
            shared_tier.finish();
        }
        self.local?.close(hits, asked)
    }
}

/// Under what a query's answer may be kept: as the newest series, or as of its past day.
fn intervals(query: &Query) -> impl Iterator<Item = Option<NaiveDate>> {
    [None, query.as_of].into_iter().take(1 + usize::from(query.as_of.is_some()))
}
