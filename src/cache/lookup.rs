//! The cache as a whole: the disk of this machine, and in front of it perhaps a server that machines share.

use std::path::PathBuf;

use chrono::{Days, NaiveDate, TimeDelta};

use super::blob;
use super::disk::DiskTier;
use super::entry::{Entry, Length, MAX_LENGTHS, first_recent_day, lengths};
use super::freshness::valid_until;
use super::policy::{CacheMode, CachePolicy, Namespace};
use super::shared_tier::{LOOKUPS_PER_MESSAGE, SharedTier};
use crate::bars::Bars;
use crate::fetch::{Fault, FaultKind};
use crate::provider::Query;
use crate::shared::SharedStore;

/// Look-ups in one transaction: each costs locks, and many leave threads without work.
const LOOKUPS_PER_READ: usize = 16;
/// How long an unknown symbol counts as unknown, and how long one that was unknown on an earlier day, too.
const UNKNOWN_EXPIRY: TimeDelta = TimeDelta::hours(6);
const STILL_UNKNOWN_EXPIRY: TimeDelta = TimeDelta::days(1);

/// What a cache knows about a query.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once")]
pub enum Lookup {
    /// Bars as good as fetched ones.
    Hit(Bars),
    /// The symbol was unknown a short while ago.
    NotFound(Fault),
    /// Nothing that can be used now.
    Miss(Earlier),
}

/// What was known of a symbol earlier, and does not answer a query any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// Whether it had bars.
    pub had_bars: bool,
    /// The day on which it was unknown.
    pub unknown_on: Option<NaiveDate>,
}

/// An open cache.
pub struct Cache {
    namespace: Namespace,
    policy: CachePolicy,
    shared: Option<SharedTier>,
    disk: Option<DiskTier>,
}

impl Cache {
    /// Opens the cache in a folder, which is created if need be, behind the one that machines share, if they do.
    /// The second value is a warning about the folder's cache, where the run can go on without it or with a new
    /// one.
    ///
    /// # Errors
    /// A sentence on why there can be no cache.
    pub fn open(
        folder: Result<PathBuf, String>,
        shared: Option<SharedStore>,
        namespace: Namespace,
        policy: CachePolicy,
    ) -> Result<(Self, Option<String>), String> {
        let opened = folder.and_then(|folder| DiskTier::open(&folder, policy.batch_size));
        let (disk, warning) = match opened {
            Ok((disk, warning)) => (Some(disk), warning),
            Err(why) if shared.is_some() => (None, Some(why)),
            Err(why) => return Err(why),
        };
        let cache = Self { namespace, policy, shared: shared.map(SharedTier::new), disk };
        Ok((cache, warning))
    }

    /// How many queries are best looked up at once.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        if self.shared.is_some() { LOOKUPS_PER_MESSAGE } else { LOOKUPS_PER_READ }
    }

    /// Whether bars are read and kept.
    #[must_use]
    pub fn keeps_bars(&self) -> bool {
        self.policy.mode != CacheMode::UnknownOnly
    }

    /// What is known about each query.
    pub fn look_up(&self, queries: &[Query]) -> Vec<Lookup> {
        if self.policy.mode == CacheMode::Refresh {
            return queries.iter().map(|_| Lookup::Miss(Earlier::default())).collect();
        }
        let shared = match &self.shared {
            Some(shared) => shared.read(&self.namespace, queries, !self.keeps_bars()),
            None => vec![Vec::new(); queries.len()],
        };
        let mut answers = Vec::with_capacity(queries.len());
        for (query, entries) in queries.iter().zip(shared) {
            let mut answer = Lookup::Miss(Earlier::default());
            for entry in &entries {
                self.answer(&mut answer, entry, query);
            }
            answers.push(answer);
        }
        for place in 0..MAX_LENGTHS {
            self.look_up_on_disk(queries, place, &mut answers);
        }
        answers
    }

    /// Lets an entry answer a query that nothing answers yet. Returns whether it does.
    fn answer(&self, answer: &mut Lookup, entry: &Entry, query: &Query) -> bool {
        let Lookup::Miss(earlier) = answer else { return false };
        if let Some(found) = self.judge(entry, query) {
            *answer = found;
            return true;
        }
        match entry.data {
            Some(_) => earlier.had_bars = true,
            None => earlier.unknown_on = Some(entry.fetched_at.date_naive()),
        }
        false
    }

    /// Adds what is known on this machine under each query's `place`-th length; it is passed on to the shared
    /// cache.
    fn look_up_on_disk(&self, queries: &[Query], place: usize, answers: &mut [Lookup]) {
        let Some(disk) = self.disk.as_ref().filter(|disk| !disk.is_broken()) else { return };
        let mut asked = Vec::with_capacity(queries.len());
        for (query, answer) in queries.iter().zip(answers) {
            let is_missing = matches!(answer, Lookup::Miss(_));
            if let Some(length) = lengths(query).nth(place).filter(|_| is_missing) {
                asked.push((query, (query.symbol.as_str(), length), answer));
            }
        }
        if asked.is_empty() {
            return;
        }
        let keys: Vec<_> = asked.iter().map(|(_, key, _)| *key).collect();
        for ((query, _, answer), entry) in asked.into_iter().zip(disk.read(&self.namespace, &keys))
        {
            let Some(entry) = entry else { continue };
            let is_answered = self.answer(answer, &entry, query);
            if let Some(shared) = self.shared.as_ref().filter(|_| is_answered) {
                shared.keep(&entry, query.now);
            }
        }
    }

    /// The answer that an entry gives to a query, if it is good enough.
    fn judge(&self, entry: &Entry, query: &Query) -> Option<Lookup> {
        let is_valid = entry.fetched_at <= query.now && query.now < entry.valid_until;
        let Some(data) = &entry.data else {
            return is_valid.then(|| Lookup::NotFound(unknown(entry)));
        };
        if entry.since > query.from || !self.keeps_bars() {
            return None;
        }
        let is_recent = query.now - entry.fetched_at < self.policy.ttl;
        let is_valid = is_valid && (!query.include_partial || is_recent);
        if !is_valid && query.as_of.is_none() {
            return None; // a long series is not unfolded in vain
        }
        let bars = blob::decode(data)?;
        (is_valid || is_past(entry, &bars, query)).then_some(Lookup::Hit(bars))
    }

    /// Keeps what a fetch brought; the writing happens elsewhere and later.
    pub fn keep(&self, query: &Query, bars: &Bars) {
        if !self.keeps_bars() {
            return;
        }
        let valid_until = valid_until(bars, query.now, self.policy.ttl);
        let keep = |length, since, bars: &Bars| {
            self.write(Entry {
                valid_until,
                since,
                data: Some(blob::encode(bars)),
                ..Entry::new(&self.namespace, query, length)
            });
        };
        let length = Length::of(query);
        keep(length, query.from, bars);
        let recent = first_recent_day(query);
        if length == Length::Long && query.from < recent {
            // Screens of the newest session read no long series.
            keep(Length::Recent, recent, &bars.clone().since(recent));
        }
    }

    /// Keeps that a symbol is unknown; no other failure is ever kept.
    pub fn keep_unknown(&self, query: &Query, fault: &Fault, earlier: Earlier) {
        let today = query.now.date_naive();
        let is_second_day = earlier.unknown_on.is_some_and(|day| day != today);
        let expiry = if is_second_day { STILL_UNKNOWN_EXPIRY } else { UNKNOWN_EXPIRY };
        self.write(Entry {
            valid_until: query.now + expiry,
            http_status: fault.http_status,
            attempts: fault.attempts,
            message: fault.message.clone(),
            ..Entry::new(&self.namespace, query, Length::Recent)
        });
    }

    fn write(&self, entry: Entry) {
        if let Some(shared) = &self.shared {
            shared.keep(&entry, entry.fetched_at);
        }
        if let Some(disk) = &self.disk {
            disk.send(entry);
        }
    }

    /// Writes what is still to be written and notes the run's hits; returns what went wrong, if anything did.
    pub fn close(self, hits: usize, asked: usize) -> Option<String> {
        if let Some(shared) = &self.shared {
            shared.finish();
        }
        self.disk?.close(hits, asked)
    }
}

/// Whether a query asks for a past day that the entry's bars cover for good.
fn is_past(entry: &Entry, bars: &Bars, query: &Query) -> bool {
    let Some(day) = query.as_of else { return false };
    if entry.fetched_at > query.now {
        return false;
    }
    let is_covered = bars.last_final().is_some_and(|last| day <= last);
    // A day is over everywhere when it is over a day later in UTC; a series may have ended before it.
    is_covered || day + Days::new(1) < entry.fetched_at.date_naive()
}

fn unknown(entry: &Entry) -> Fault {
    Fault {
        http_status: entry.http_status,
        attempts: entry.attempts,
        ..Fault::new(FaultKind::NotFound, entry.message.clone())
    }
}
