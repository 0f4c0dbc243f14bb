//! The cache of all processes: bytes under keys, each for as long as it is good. The server forgets by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::line::Line;

/// What is to be kept: key, bytes, for how long.
type Entry = (String, Vec<u8>, Duration);

/// Whether anything can be looked up.
pub(super) fn probe(connection: &mut redis::Connection) -> redis::RedisResult<()> {
    redis::cmd("MGET").arg("screener:1:probe").query::<Vec<Option<Vec<u8>>>>(connection).map(drop)
}

/// Keys and bytes in the server.
#[derive(Clone)]
pub struct Store {
    line: Arc<Line>,
    /// What the next message to the server will hold.
    pending: Arc<Mutex<Vec<Entry>>>,
}

impl Store {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line, pending: Arc::default() }
    }

    /// What is kept under each key, in their order; nothing at all when the server is away.
    #[must_use]
    pub fn get(&self, keys: Vec<String>) -> Vec<Option<Vec<u8>>> {
        let wanted = keys.len();
        let get = move |connection: &mut redis::Connection| {
            redis::cmd("MGET").arg(&keys).query::<Vec<Option<Vec<u8>>>>(connection)
        };
        self.line
            .ask(get)
            .filter(|values| values.len() == wanted)
            .unwrap_or_else(|| vec![None; wanted])
    }

    /// Keeps bytes for so long; nobody waits for it.
    pub fn put(&self, key: String, bytes: Vec<u8>, expiry: Duration) {
        if expiry < Duration::from_millis(1) || self.line.is_away() {
            return;
        }
        self.lock().push((key, bytes, expiry));
        let store = self.clone();
        self.line.tell(move |connection| {
            // One message takes along whatever is there by then, and leaves nothing to those behind it.
            let entries = std::mem::take(&mut *store.lock());
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

    /// Waits a moment until what was to be kept is there.
    pub fn finish(&self) {
        let _ = self.line.ask(|_| Ok(()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
