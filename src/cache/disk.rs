//! The cache on this machine's disk: one `SQLite` database shared by processes, one row a ticker.
//!
//! No lock is held across a fetch: reading is one query, and all writing is done by one thread, in batches.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::database::{CacheStats, Database, DatabaseError, Key};
use super::entry::Entry;
use super::policy::Namespace;
use super::prune::{MAX_BYTES, Pruning};
use crate::private::make_folder;

/// The database's file.
const DATABASE: &str = "bars.sqlite3";
/// Connections for reading: many workers would wait for a single one.
const READERS: usize = 3;
/// How long the writer waits for more before it commits what it has.
const BATCH_DELAY: Duration = Duration::from_millis(50);

/// The writing thread.
struct Writer {
    entries: Sender<Entry>,
    thread: JoinHandle<Result<(), DatabaseError>>,
}

/// Opens a database; one that is unusable is set aside and a new one created, which the second value says.
fn open_or_replace(path: &Path) -> Result<(Database, Option<String>), DatabaseError> {
    let error = match Database::open(path) {
        Ok(database) => return Ok((database, None)),
        Err(error) if error.is_unusable() => error,
        Err(error) => return Err(error),
    };
    let aside = set_aside(path).map_err(DatabaseError::SetAside)?;
    let database = Database::open(path)?;
    let warning = format!(
        "the cache could not be read ({error}); a new one was created, the old file is {aside}"
    );
    Ok((database, Some(warning)))
}

/// Starts the thread that writes entries, `batch_size` in a transaction. It opens the database when there is something
/// to write: most runs only read.
fn start_writer(path: PathBuf, batch_size: usize) -> std::io::Result<Writer> {
    let (sender, entries) = mpsc::channel::<Entry>();
    let thread = thread::Builder::new().name("cache-writer".into()).spawn(move || {
        let mut opened = None;
        while let Ok(first) = entries.recv() {
            let mut batch = vec![first];
            while batch.len() < batch_size {
                match entries.recv_timeout(BATCH_DELAY) {
                    Ok(entry) => batch.push(entry),
                    Err(_) => break,
                }
            }
            let database = match &mut opened {
                Some(database) => database,
                none => none.insert(Database::open(&path)?),
            };
            database.write(&batch)?;
        }
        let Some(mut database) = opened else { return Ok(()) };
        database.prune(Pruning { max_bytes: Some(MAX_BYTES), ..Pruning::default() })?;
        database.checkpoint()
    })?;
    Ok(Writer { entries: sender, thread })
}

/// An open database.
pub(super) struct DiskTier {
    path: PathBuf,
    readers: [Mutex<Option<Database>>; READERS],
    turn: AtomicUsize,
    writer: Option<Writer>,
    broken: AtomicBool,
    trouble: Mutex<Option<String>>,
}

impl DiskTier {
    /// Opens the database in a folder, which is created if need be; `batch_size` entries go into a transaction. A
    /// file that is not a database, or one of another version, is set aside and replaced; the second value says
    /// so.
    ///
    /// # Errors
    /// A sentence on why there can be no cache.
    pub(super) fn open(folder: &Path, batch_size: usize) -> Result<(Self, Option<String>), String> {
        let path = folder.join(DATABASE);
        let cannot = |e: &dyn std::fmt::Display| format!("no cache at {}: {e}", path.display());
        make_folder(folder).map_err(|e| cannot(&e))?;
        let (reader, warning) = open_or_replace(&path).map_err(|e| cannot(&e))?;
        let writer = start_writer(path.clone(), batch_size).map_err(|e| cannot(&e))?;
        let cache = Self {
            path,
            readers: [Mutex::new(Some(reader)), Mutex::default(), Mutex::default()],
            turn: AtomicUsize::new(0),
            writer: Some(writer),
            broken: AtomicBool::new(false),
            trouble: Mutex::default(),
        };
        Ok((cache, warning))
    }

    /// Whether the rest of the run goes without it.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// The entries under keys; none once it is broken.
    pub(super) fn read(&self, namespace: &Namespace, keys: &[Key<'_>]) -> Vec<Option<Entry>> {
        let mut reader = self.reader();
        let read = match &mut *reader {
            Some(store) => store.read_all(namespace, keys),
            None => Database::open(&self.path)
                .and_then(|store| reader.insert(store).read_all(namespace, keys)),
        };
        drop(reader);
        read.unwrap_or_else(|e| {
            self.give_up(&e);
            vec![None; keys.len()]
        })
    }

    /// A connection that is free, the first one rather than one that is still to be opened; else the next in turn.
    fn reader(&self) -> MutexGuard<'_, Option<Database>> {
        if let Some(free) = self.readers.iter().find_map(|reader| reader.try_lock().ok()) {
            return free;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        self.readers[turn].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn send(&self, entry: Entry) {
        if let Some(writer) = &self.writer {
            // A writer that gave up says why when it is joined.
            let _ = writer.entries.send(entry);
        }
    }

    /// Writes what is still to be written and notes the run's hits; says what went wrong, if anything did.
    pub(super) fn close(mut self, hits: usize, asked: usize) -> Option<String> {
        if let Some(Writer { entries, thread }) = self.writer.take() {
            drop(entries);
            match thread.join() {
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
    fn give_up(&self, error: &DatabaseError) {
        let is_first = !self.broken.swap(true, Ordering::Relaxed);
        if is_first && error.is_unusable() {
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

/// Where an unusable database goes.
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

/// Does something with the database of a cache; `None` where there is none. `what` says what cannot be done otherwise.
fn with_database<T>(
    folder: &Path,
    what: &str,
    work: impl FnOnce(&mut Database) -> Result<T, DatabaseError>,
) -> Result<Option<T>, String> {
    let path = folder.join(DATABASE);
    if !path.exists() {
        return Ok(None);
    }
    let done = Database::open(&path).and_then(|mut database| work(&mut database));
    done.map(Some).map_err(|e| format!("cannot {what} {}: {e}", path.display()))
}

/// What a cache holds, for a person; `None` where there is none.
///
/// # Errors
/// A sentence on why it cannot be read.
pub fn stats(folder: &Path, now: DateTime<Utc>) -> Result<Option<CacheStats>, String> {
    with_database(folder, "read", |database| database.stats(now))
}

/// The symbols that a cache has bars of, in order, at most so many; none of a cache that cannot be read.
#[must_use]
pub fn known_symbols(folder: &Path, most: usize) -> Vec<String> {
    let symbols = with_database(folder, "read", |database| database.symbols(most));
    symbols.ok().flatten().unwrap_or_default()
}

/// Whether the database of a cache is sound; so is one that does not exist.
///
/// # Errors
/// A sentence on why it cannot be read.
pub fn is_sound(folder: &Path) -> Result<bool, String> {
    let sound = with_database(folder, "read", |database| database.is_sound())?;
    Ok(sound.unwrap_or(true))
}

/// Removes old rows of a cache, and gives their room back; how many. `None` where there is no cache.
///
/// # Errors
/// A sentence on why that cannot be done.
pub fn prune(folder: &Path, pruning: Pruning) -> Result<Option<usize>, String> {
    with_database(folder, "prune", |database| {
        let removed = database.prune(pruning)?;
        database.shrink()?;
        database.checkpoint()?;
        Ok(removed)
    })
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
