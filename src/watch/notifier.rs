//! Delivering signals, each receiver on a thread of its own, so that neither a cycle nor another receiver waits.
//!
//! The store is the queue: a thread asks it for what is owed to its receiver and crosses out what was delivered, so
//! that a restart goes on where this ended. Only what could not be stored waits in memory.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::receiver::Receiver;
use super::signal::Signal;
use super::store::WatchStore;

/// After so many failed attempts in a row a receiver is left alone until the next cycle.
const MAX_FAILURES: u32 = 5;
/// Signals that could not be stored and wait in memory, at most.
const MAX_UNSTORED: usize = 10_000;

/// The threads that deliver signals.
pub struct Notifier {
    receivers: Vec<(&'static str, Arc<Shared>, JoinHandle<()>)>,
}

/// What a thread and the watch know of each other.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Whether there may be something to deliver.
    is_called: bool,
    /// Whether what failed may be tried again.
    is_new_cycle: bool,
    unstored: VecDeque<Signal>,
    /// When the thread has to be done, once it is to end.
    end: Option<Instant>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

impl Notifier {
    /// Starts a thread for each receiver; each begins with what the store still owes it. `within` bounds the delivery
    /// of one signal; `say` is called when a receiver begins to fail, and when it is back.
    ///
    /// # Errors
    /// When the system gives no thread, or the store cannot be opened once more.
    pub fn start(
        receivers: Vec<Receiver>,
        store: &Path,
        definition: &str,
        within: Duration,
        say: impl Fn(String) + Send + Clone + 'static,
    ) -> Result<Self, String> {
        let mut started = Vec::with_capacity(receivers.len());
        for receiver in receivers {
            let shared = Arc::new(Shared::default());
            let store = WatchStore::open(store).map_err(|e| e.to_string())?;
            let name = receiver.name();
            // What a program may take goes before.
            let within = within.max(receiver.timeout());
            let mut delivery = Delivery {
                receiver,
                store,
                definition: definition.into(),
                within,
                shared: Arc::clone(&shared),
                say: Box::new(say.clone()),
                newest: 0,
                retried: 0,
                retry_to: 0,
                failed_unstored: VecDeque::new(),
                failures: 0,
                is_out: false,
                delivered: HashSet::new(),
            };
            let thread = thread::Builder::new().name(name.into()).spawn(move || delivery.run());
            started.push((name, shared, thread.map_err(|e| e.to_string())?));
        }
        Ok(Self { receivers: started })
    }

    /// The names of the receivers, as the store has them.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.receivers.iter().map(|(name, ..)| *name).collect()
    }

    /// There are new signals in the store.
    pub fn call(&self) {
        for (_, shared, _) in &self.receivers {
            shared.change(|state| state.is_called = true);
        }
    }

    /// A new cycle begins: what failed is tried again.
    pub fn begin_cycle(&self) {
        for (_, shared, _) in &self.receivers {
            shared.change(|state| state.is_new_cycle = true);
        }
    }

    /// Has a signal delivered that the store does not have.
    pub fn deliver_unstored(&self, signal: &Signal) {
        for (_, shared, _) in &self.receivers {
            shared.change(|state| {
                if state.unstored.len() < MAX_UNSTORED {
                    state.unstored.push_back(signal.clone());
                }
                state.is_called = true;
            });
        }
    }

    /// Waits until all that can be delivered is, for a time at most; what is left is in the store.
    pub fn finish(self, within: Duration) {
        let end = Instant::now() + within;
        for (_, shared, _) in &self.receivers {
            shared.change(|state| state.end = Some(end));
        }
        for (.., thread) in self.receivers {
            let _ = thread.join();
        }
    }
}

/// One receiver's thread.
struct Delivery {
    receiver: Receiver,
    store: WatchStore,
    definition: String,
    within: Duration,
    shared: Arc<Shared>,
    say: Box<dyn Fn(String) + Send>,
    /// The newest signal that was tried.
    newest: i64,
    /// Those that failed are tried again once a cycle, after this one and up to that one.
    retried: i64,
    retry_to: i64,
    /// Signals that the store does not have and that could not be delivered.
    failed_unstored: VecDeque<Signal>,
    /// Failed attempts in a row.
    failures: u32,
    /// Whether it was said that the receiver fails.
    is_out: bool,
    /// What was delivered and could not be crossed out.
    delivered: HashSet<i64>,
}

impl Delivery {
    fn run(&mut self) {
        loop {
            if let Some(signal) = self.next() {
                self.deliver(&signal);
                continue;
            }
            let mut state = self.shared.lock();
            while !state.is_called && !state.is_new_cycle {
                if state.end.is_some() {
                    return;
                }
                state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.is_called = false;
            if std::mem::take(&mut state.is_new_cycle) {
                state.unstored.append(&mut self.failed_unstored);
                drop(state);
                (self.retry_to, self.failures) = (self.newest, 0);
            }
        }
    }

    /// What is to be delivered next. `None`: nothing, or nothing now.
    fn next(&mut self) -> Option<Signal> {
        let is_over = self.shared.lock().end.is_some_and(|end| Instant::now() >= end);
        if is_over || self.failures >= MAX_FAILURES {
            return None;
        }
        if let Some(signal) = self.shared.lock().unstored.pop_front() {
            return Some(signal);
        }
        loop {
            let signal = self.next_stored()?;
            let id = signal.id.unwrap_or_default();
            if !self.delivered.contains(&id) {
                return Some(signal);
            }
            self.cross_out(id);
        }
    }

    /// New signals first: others that fail whatever is done must not keep them waiting. Those that failed take turns.
    fn next_stored(&mut self) -> Option<Signal> {
        // A store that cannot be read now is asked again in the next cycle.
        let owed = |after| self.store.next_owed(&self.definition, self.receiver.name(), after);
        if let Some(signal) = owed(self.newest).ok()? {
            self.newest = signal.id.unwrap_or(self.newest);
            return Some(signal);
        }
        let failed = owed(self.retried).ok()?.filter(|signal| signal.id <= Some(self.retry_to));
        (self.retried, self.retry_to) = match &failed {
            Some(signal) => (signal.id.unwrap_or(self.retry_to), self.retry_to),
            None => (0, 0),
        };
        failed
    }

    fn deliver(&mut self, signal: &Signal) {
        let end = Instant::now() + self.within;
        let end = self.shared.lock().end.map_or(end, |last| end.min(last));
        match self.receiver.tell(signal, end, MAX_FAILURES - self.failures) {
            Ok(()) => {
                self.failures = 0;
                if std::mem::take(&mut self.is_out) {
                    (self.say)(format!("{} takes signals again", self.receiver.shown()));
                }
                if let Some(id) = signal.id {
                    self.cross_out(id);
                }
            }
            Err(failure) => {
                self.failures += failure.attempts.max(1);
                if signal.id.is_none() {
                    self.failed_unstored.push_back(signal.clone());
                }
                if !std::mem::replace(&mut self.is_out, true) {
                    let kept =
                        if signal.id.is_some() { "; it is kept for another try" } else { "" };
                    (self.say)(format!(
                        "warning: {}: {}{kept}",
                        self.receiver.shown(),
                        failure.why
                    ));
                }
            }
        }
    }

    fn cross_out(&mut self, id: i64) {
        match self.store.cross_out(id, self.receiver.name(), Utc::now()) {
            Ok(()) => self.delivered.remove(&id),
            Err(_) => self.delivered.insert(id),
        };
    }
}
