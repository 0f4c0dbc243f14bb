//! Ctrl-C and its kin: the first one ends the run in order, the second at once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::fetch::Client;
use crate::source::Source;

/// What was heard, and who is to be told.
#[derive(Default)]
struct State {
    signal: Option<i32>,
    client: Weak<Client>,
}

/// Listens from the beginning of a run to the end of the program.
pub(in crate::cli) struct Interrupts(Arc<Heard>);

/// What was heard, and whoever waits for it.
#[derive(Default)]
struct Heard {
    state: Mutex<State>,
    changed: Condvar,
}

impl Interrupts {
    /// Begins to listen.
    pub(in crate::cli) fn listen() -> std::io::Result<Self> {
        let heard = Arc::new(Heard::default());
        #[cfg(unix)]
        unix::listen(Arc::clone(&heard))?;
        Ok(Self(heard))
    }

    /// The run that a signal stops from now on.
    pub(in crate::cli) fn stop(&self, source: &Source) {
        let mut state = lock(&self.0.state);
        if let Some(client) = source.client() {
            state.client = Arc::downgrade(client);
        }
        state.tell();
    }

    /// The signal that came, by its number.
    pub(in crate::cli) fn heard(&self) -> Option<i32> {
        lock(&self.0.state).signal
    }

    /// Waits so long, or until there is a signal: the signal.
    pub(in crate::cli) fn wait(&self, length: Duration) -> Option<i32> {
        let end = Instant::now() + length;
        let mut state = lock(&self.0.state);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if state.signal.is_some() || left.is_zero() {
                return state.signal;
            }
            let waited = self.0.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    /// Stops the run, if there was a signal.
    fn tell(&self) {
        if let (Some(signal), Some(client)) = (self.signal, self.client.upgrade()) {
            client.stop(crate::fetch::StopReason::Signal(signal));
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
mod unix {
    use std::io::{self, IsTerminal, Write};
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use super::{Heard, lock};

    /// Time in which a run ends in order. What may hold it up longer: a name server that does not answer.
    const IN_ORDER: Duration = Duration::from_millis(900);

    pub(in crate::cli) fn listen(heard: Arc<Heard>) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        thread::Builder::new().name("signals".into()).spawn(move || {
            for signal in signals.forever() {
                let mut state = lock(&heard.state);
                if state.signal.replace(signal).is_some() {
                    die(signal);
                }
                state.tell();
                heard.changed.notify_all();
                thread::spawn(move || {
                    thread::sleep(IN_ORDER);
                    die(signal);
                });
            }
        })?;
        Ok(())
    }

    /// Dies of the signal, with the cursor that the progress bar hid.
    fn die(signal: i32) {
        let mut stderr = io::stderr();
        if stderr.is_terminal() {
            let _ = stderr.write_all(b"\r\x1b[K\x1b[?25h");
        }
        let _ = emulate_default_handler(signal);
    }
}
