//! Bars on disk: one `SQLite` database shared by processes, one row a ticker.
//!
//! A cache is a speed-up and never a source of errors: one that cannot be opened, read or written costs one
//! warning and the speed. What is read is checked (version, checksum, the invariants of [`Bars`]); anything
//! wrong is a miss and is written anew. Series are replaced whole, never spliced. No lock is held across a
//! fetch: reading is one query, and all writing is done by one thread, in batches.

pub mod blob;
mod freshness;
mod store;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::bars::Bars;
use crate::fetch::{Fault, Kind};
use crate::provider::Query;
use store::{Store, StoreError, Stored};

pub use freshness::valid_until;
pub use store::Stats;

/// The database's file.
const DATABASE: &str = "bars.sqlite3";
/// How long an unknown symbol is believed to be unknown.
const UNKNOWN_FOR: TimeDelta = TimeDelta::days(1);
/// Connections to read by: one would be what many workers wait for.
const READERS: usize = 3;
/// How long the writer waits for more before it commits what it has.
const GATHER: Duration = Duration::from_millis(50);

/// Whose bars: they are never served for another provider or another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The provider's name.
    pub provider: &'static str,
    /// Scheme, host and port.
    pub origin: String,
}

/// How a cache is used.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How long a bar of an open session is believed.
    pub ttl: TimeDelta,
    /// What of it is believed.
    pub trust: Trust,
    /// Entries in one transaction.
    pub batch_size: usize,
}

/// What of a cache is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// What is fresh.
    Fresh,
    /// Only which symbols are unknown: bars are neither read nor kept.
    Unknown,
    /// Nothing: what is there is replaced.
    Nothing,
}

/// What a cache says to a query.
#[derive(Debug)]
pub enum Answer {
    /// These bars, as good as fetched.
    Bars(Bars),
    /// The symbol was unknown a short while ago.
    Unknown(Fault),
    /// Nothing that can be relied on.
    Miss,
}

/// The writing thread and the way to it.
type Writer = (Sender<Stored>, JoinHandle<Result<(), StoreError>>);

/// An open cache.
pub struct Cache {
    path: PathBuf,
    owner: Owner,
    manner: Manner,
    readers: [Mutex<Option<Store>>; READERS],
    turn: AtomicUsize,
    writer: Option<Writer>,
    broken: AtomicBool,
    trouble: Mutex<Option<String>>,
}

impl Cache {
    /// Opens the cache in a folder, which is made if need be. A file that is no database, or one of another
    /// version, is set aside and begun anew; the second value says so.
    ///
    /// # Errors
    /// A sentence on why there can be no cache.
    pub fn open(
        folder: &Path,
        owner: Owner,
        manner: Manner,
    ) -> Result<(Self, Option<String>), String> {
        let path = folder.join(DATABASE);
        let cannot = |e: &dyn std::fmt::Display| format!("no cache at {}: {e}", path.display());
        std::fs::create_dir_all(folder).map_err(|e| cannot(&e))?;
        let (reader, warning) = match Store::open(&path) {
            Ok(store) => (store, None),
            Err(e) if e.is_rubbish() => {
                let aside = set_aside(&path).map_err(|e| cannot(&e))?;
                let store = Store::open(&path).map_err(|e| cannot(&e))?;
                let warning = format!(
                    "the cache was unusable ({e}) and is begun anew; the old one is {aside}"
                );
                (store, Some(warning))
            }
            Err(e) => return Err(cannot(&e)),
        };
        let mut store = Store::open(&path).map_err(|e| cannot(&e))?;
        let (sender, entries) = mpsc::channel::<Stored>();
        let writing = thread::Builder::new().name("cache-writer".into()).spawn(move || {
            while let Ok(first) = entries.recv() {
                let mut batch = vec![first];
                while batch.len() < manner.batch_size {
                    match entries.recv_timeout(GATHER) {
                        Ok(entry) => batch.push(entry),
                        Err(_) => break,
                    }
                }
                store.write(&batch)?;
            }
            store.fold_in_log()
        });
        let writing = writing.map_err(|e| cannot(&e))?;
        let cache = Self {
            path,
            owner,
            manner,
            readers: [Mutex::new(Some(reader)), Mutex::default(), Mutex::default()],
            turn: AtomicUsize::new(0),
            writer: Some((sender, writing)),
            broken: AtomicBool::new(false),
            trouble: Mutex::default(),
        };
        Ok((cache, warning))
    }

    /// What is known about a query.
    pub fn look_up(&self, query: &Query) -> Answer {
        if self.manner.trust == Trust::Nothing || self.broken.load(Ordering::Relaxed) {
            return Answer::Miss;
        }
        let symbol = query.symbol.as_str();
        let kept = query.as_of.map(|day| self.read(symbol, Some(day)));
        for stored in [Some(self.read(symbol, None)), kept].into_iter().flatten().flatten() {
            if let Some(answer) = self.judge(stored, query) {
                return answer;
            }
        }
        Answer::Miss
    }

    fn read(&self, symbol: &str, as_of: Option<NaiveDate>) -> Option<Stored> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        let mut reader = self.readers[turn].lock().unwrap_or_else(PoisonError::into_inner);
        let read = match &*reader {
            Some(store) => store.read(&self.owner, symbol, as_of),
            None => Store::open(&self.path)
                .and_then(|store| reader.insert(store).read(&self.owner, symbol, as_of)),
        };
        drop(reader);
        read.unwrap_or_else(|e| {
            self.give_up(&e);
            None
        })
    }

    fn judge(&self, stored: Stored, query: &Query) -> Option<Answer> {
        let now = query.now;
        let is_young = stored.fetched_at <= now && now < stored.valid_until;
        let Some(data) = stored.data else {
            let fault = Fault {
                http_status: stored.http_status,
                attempts: stored.attempts,
                ..Fault::new(Kind::NotFound, stored.message)
            };
            return is_young.then_some(Answer::Unknown(fault));
        };
        if stored.since > query.from || !self.keeps_bars() {
            return None;
        }
        let bars = blob::decode(&data)?;
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
        fresh.then_some(Answer::Bars(bars))
    }

    /// Keeps what a fetch brought; the writing happens elsewhere and later.
    pub fn keep(&self, query: &Query, bars: &Bars) {
        if !self.keeps_bars() {
            return;
        }
        let ttl = self.manner.ttl;
        self.send(Stored {
            valid_until: valid_until(bars, query.now, ttl),
            since: query.from,
            data: Some(blob::encode(bars)),
            ..Stored::new(&self.owner, query)
        });
    }

    /// Whether bars are read and kept.
    #[must_use]
    pub fn keeps_bars(&self) -> bool {
        self.manner.trust != Trust::Unknown
    }

    /// Keeps that a symbol is unknown; no other failure is ever kept.
    pub fn keep_unknown(&self, query: &Query, fault: &Fault) {
        self.send(Stored {
            valid_until: query.now + UNKNOWN_FOR,
            http_status: fault.http_status,
            attempts: fault.attempts,
            message: fault.message.clone(),
            as_of: None,
            ..Stored::new(&self.owner, query)
        });
    }

    fn send(&self, entry: Stored) {
        if let Some((sender, _)) = &self.writer {
            // A writer that gave up says why when it is joined.
            let _ = sender.send(entry);
        }
    }

    /// Writes what is still to be written and notes the run's hits; says what went wrong, if anything did.
    pub fn close(mut self, hits: usize, asked: usize) -> Option<String> {
        if let Some((sender, writing)) = self.writer.take() {
            drop(sender);
            match writing.join() {
                Ok(Ok(())) => {}
                Ok(Err(e)) => self.give_up(&e),
                Err(_) => self.note("its writer failed"),
            }
        }
        if !self.broken.load(Ordering::Relaxed) {
            let noted = match self.readers[0].get_mut().unwrap_or_else(PoisonError::into_inner) {
                Some(store) => store.note_run(hits, asked),
                None => Ok(()),
            };
            if let Err(e) = noted {
                self.give_up(&e);
            }
        }
        self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rest of the run goes without; a damaged file is set aside for the next one.
    fn give_up(&self, error: &StoreError) {
        let is_first = !self.broken.swap(true, Ordering::Relaxed);
        if is_first && error.is_rubbish() {
            let _ = set_aside(&self.path);
        }
        self.note(&error.to_string());
    }

    fn note(&self, what: &str) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.get_or_insert_with(|| format!("the cache cannot be used: {what}"));
    }
}

/// The files that `SQLite` keeps beside a database.
fn side_files(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|side| {
        let mut name = path.as_os_str().to_owned();
        name.push(side);
        name.into()
    })
}

/// Where a database goes that is no good.
fn aside(path: &Path) -> PathBuf {
    path.with_extension("unusable")
}

/// Moves a database out of the way, and drops its side files.
fn set_aside(path: &Path) -> std::io::Result<String> {
    let aside = aside(path);
    for side in side_files(path) {
        let _ = std::fs::remove_file(side);
    }
    std::fs::rename(path, &aside)?;
    Ok(aside.display().to_string())
}

/// What a cache holds, for a person; `None` where there is none.
///
/// # Errors
/// A sentence on why it cannot be read.
pub fn stats(folder: &Path, now: DateTime<Utc>) -> Result<Option<Stats>, String> {
    let path = folder.join(DATABASE);
    if !path.exists() {
        return Ok(None);
    }
    let stats = Store::open(&path).and_then(|store| store.stats(now));
    stats.map(Some).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

/// Removes every file a cache is made of.
///
/// # Errors
/// A sentence on what could not be removed.
pub fn clear(folder: &Path) -> Result<usize, String> {
    let database = folder.join(DATABASE);
    let [log, index] = side_files(&database);
    let mut removed = 0;
    for path in [aside(&database), database, log, index] {
        match std::fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("cannot remove {}: {e}", path.display())),
        }
    }
    Ok(removed)
}
