//! The cache of all processes: bytes under keys, each for as long as it is good. The server forgets by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::handle::RedisHandle;

/// What is to be kept: key, bytes, for how long.
type Entry = (String, Vec<u8>, Duration);

/// Entries in one message: some hundred kilobytes.
const ENTRIES_PER_MESSAGE: usize = 64;
/// Entries that wait to be sent: some tens of megabytes.
const MAX_PENDING: usize = 4_096;

/// Whether anything can be looked up.
pub(super) fn probe(connection: &mut redis::Connection) -> redis::RedisResult<()> {
    redis::cmd("MGET").arg("screener:1:probe").query::<Vec<Option<Vec<u8>>>>(connection).map(drop)
}

/// Keys and bytes in the server.
#[derive(Clone)]
pub struct SharedStore {
    line: Arc<RedisHandle>,
    /// What the next message to the server will hold.
    pending: Arc<Mutex<Vec<Entry>>>,
}

impl SharedStore {
    pub(super) fn new(line: Arc<RedisHandle>) -> Self {
        Self { line, pending: Arc::default() }
    }

    /// What is kept under each key, in their order; of longer values only the first `most` bytes, if that is
    /// said. Nothing at all when the server is away.
    #[must_use]
    pub fn get(&self, keys: Vec<String>, most: Option<usize>) -> Vec<Option<Vec<u8>>> {
        let wanted = keys.len();
        let get = move |connection: &mut redis::Connection| {
            let Some(most) = most else {
                return redis::cmd("MGET").arg(&keys).query::<Vec<Option<Vec<u8>>>>(connection);
            };
            let mut message = redis::pipe();
            for key in &keys {
                message.cmd("GETRANGE").arg(key).arg(0).arg(most.saturating_sub(1));
            }
            let values: Vec<Vec<u8>> = message.query(connection)?;
            Ok(values.into_iter().map(|value| Some(value).filter(|v| !v.is_empty())).collect())
        };
        let values = self.line.ask(get).filter(|values| values.len() == wanted);
        values.unwrap_or_else(|| vec![None; wanted])
    }

    /// Keeps bytes for so long; nobody waits for it, and what there is no time for is not kept.
    pub fn put(&self, key: String, bytes: Vec<u8>, expiry: Duration) {
        if expiry < Duration::from_millis(1) || self.line.is_away() {
            return;
        }
        let mut pending = self.lock();
        if pending.len() >= MAX_PENDING {
            return;
        }
        pending.push((key, bytes, expiry));
        drop(pending);
        let store = self.clone();
        self.line.tell(move |connection| {
            // A message takes along what is there by then, and leaves nothing to most of those behind it.
            let entries: Vec<Entry> = {
                let mut pending = store.lock();
                let some = pending.len().min(ENTRIES_PER_MESSAGE);
                pending.drain(..some).collect()
            };
            if entries.is_empty() {
                return Ok(());
            }
            let mut message = redis::pipe();
            for (key, bytes, expiry) in &entries {
                let expiry = u64::try_from(expiry.as_millis()).unwrap_or(u64::MAX >> 8);
                message.cmd("SET").arg(key).arg(bytes).arg("PX").arg(expiry).ignore();
            }
            message.query::<()>(connection)
        });
    }

    /// Waits until what was to be kept is there, as long as that goes on.
    pub fn finish(&self) {
        let mut left = usize::MAX;
        while !self.line.is_away() {
            self.line.settle();
            let now = self.lock().len();
            if now == 0 || now >= left {
                return;
            }
            left = now;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
