//! The cache of all processes: bytes under keys, each for as long as it is good. The server expires them by
//! itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::RedisResult;

use super::connection::Connection;
use super::handle::{RedisHandle, Trouble, WarnOnce};
use super::seal::Seal;

/// Entries in one message: some hundred kilobytes.
const ENTRIES_PER_MESSAGE: usize = 64;
/// Entries that wait to be sent: some tens of megabytes.
const MAX_PENDING: usize = 4_096;

/// What is to be kept.
struct PendingEntry {
    key: String,
    bytes: Vec<u8>,
    expiry: Duration,
}

/// Whether anything can be looked up.
pub(super) fn probe(connection: &mut Connection) -> RedisResult<()> {
    redis::cmd("MGET").arg("screener:1:probe").query::<Vec<Option<Vec<u8>>>>(connection).map(drop)
}

/// Keys and bytes in the server.
#[derive(Clone)]
pub struct SharedStore {
    handle: Arc<RedisHandle>,
    /// What the next message to the server will hold.
    pending: Arc<Mutex<Vec<PendingEntry>>>,
    /// Whose entries are believed. `None`: anybody's.
    seal: Option<Arc<Seal>>,
    /// Says once that there are entries that are not.
    foreign: Arc<WarnOnce>,
}

impl SharedStore {
    pub(super) fn new(
        handle: Arc<RedisHandle>,
        seal: Option<Arc<Seal>>,
        foreign: Arc<WarnOnce>,
    ) -> Self {
        Self { handle, pending: Arc::default(), seal, foreign }
    }

    /// Says that an entry is not what we keep.
    pub fn report_foreign(&self) {
        self.foreign.report(&Trouble::passing("some entries are damaged or of somebody else"));
    }

    /// The bytes under each key, in the order of the keys; of longer values only the first `max_bytes`, if
    /// given. Nothing when the server is away.
    #[must_use]
    pub fn get(&self, keys: Vec<String>, max_bytes: Option<usize>) -> Vec<Option<Vec<u8>>> {
        let wanted = keys.len();
        let Some(seal) = &self.seal else { return self.values(keys, max_bytes) };
        // The beginning of an entry does not show whose it is.
        let keys: Vec<String> = keys.iter().map(|key| seal.key(key)).collect();
        let mut opened = Vec::with_capacity(wanted);
        for (key, value) in keys.iter().zip(self.values(keys.clone(), None)) {
            let bytes = value.as_ref().map(|sealed| seal.open(key, sealed));
            if bytes == Some(None) {
                self.report_foreign();
            }
            opened.push(bytes.flatten());
        }
        opened
    }

    fn values(&self, keys: Vec<String>, max_bytes: Option<usize>) -> Vec<Option<Vec<u8>>> {
        let wanted = keys.len();
        let values = self.handle.ask(move |connection| match max_bytes {
            None => redis::cmd("MGET").arg(&keys).query::<Vec<Option<Vec<u8>>>>(connection),
            Some(max_bytes) => get_beginnings(&keys, max_bytes, connection),
        });
        values.filter(|values| values.len() == wanted).unwrap_or_else(|| vec![None; wanted])
    }

    /// Keeps bytes until `expiry` has passed; no caller waits for it, and entries beyond what the server can take
    /// in time are dropped.
    pub fn put(&self, key: String, bytes: Vec<u8>, expiry: Duration) {
        if expiry < Duration::from_millis(1) || self.handle.is_away() {
            return;
        }
        let mut pending = self.lock();
        if pending.len() >= MAX_PENDING {
            return;
        }
        let entry = match &self.seal {
            Some(seal) => {
                let key = seal.key(&key);
                PendingEntry { bytes: seal.close(&key, &bytes), key, expiry }
            }
            None => PendingEntry { key, bytes, expiry },
        };
        pending.push(entry);
        drop(pending);
        let store = self.clone();
        self.handle.submit(move |connection| store.send_pending(connection));
    }

    /// Sends a message of entries. It takes along what is there by then, and leaves nothing to most of the
    /// messages behind it.
    fn send_pending(&self, connection: &mut Connection) -> RedisResult<()> {
        let entries: Vec<PendingEntry> = {
            let mut pending = self.lock();
            let some = pending.len().min(ENTRIES_PER_MESSAGE);
            pending.drain(..some).collect()
        };
        if entries.is_empty() {
            return Ok(());
        }
        let mut message = redis::pipe();
        for PendingEntry { key, bytes, expiry } in &entries {
            let expiry = u64::try_from(expiry.as_millis()).unwrap_or(u64::MAX >> 8);
            message.cmd("SET").arg(key).arg(bytes).arg("PX").arg(expiry).ignore();
        }
        message.query::<()>(connection)
    }

    /// Waits until every entry is sent, as long as that makes progress.
    pub fn finish(&self) {
        let mut left = usize::MAX;
        while !self.handle.is_away() {
            self.handle.settle();
            let now = self.lock().len();
            if now == 0 || now >= left {
                return;
            }
            left = now;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PendingEntry>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first bytes of each value; a missing key reads as an empty value.
fn get_beginnings(
    keys: &[String],
    max_bytes: usize,
    connection: &mut Connection,
) -> RedisResult<Vec<Option<Vec<u8>>>> {
    let mut message = redis::pipe();
    for key in keys {
        message.cmd("GETRANGE").arg(key).arg(0).arg(max_bytes.saturating_sub(1));
    }
    let values: Vec<Vec<u8>> = message.query(connection)?;
    Ok(values.into_iter().map(|value| Some(value).filter(|bytes| !bytes.is_empty())).collect())
}
