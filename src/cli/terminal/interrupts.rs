//! Ctrl-C, SIGTERM and a terminal that hangs up: the first one ends the run in order, the second at once. And a file that grew as large as the
//! system allows is an error of that file, not the end of the program.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::fetch::{Client, StopReason};
use crate::source::Source;

/// The signal that came, and the client to stop.
#[derive(Default)]
struct State {
    signal: Option<i32>,
    client: Weak<Client>,
}

/// Listens from the beginning of a run to the end of the program.
pub(crate) struct Interrupts(Arc<SharedState>);

/// The state, and a way to wait for a change of it.
#[derive(Default)]
struct SharedState {
    state: Mutex<State>,
    changed: Condvar,
}

impl Interrupts {
    /// Begins to listen.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let shared = Arc::new(SharedState::default());
        #[cfg(unix)]
        unix::listen(Arc::clone(&shared))?;
        Ok(Self(shared))
    }

    /// Makes writing beyond `ulimit -f` fail like writing to a full disk.
    pub(crate) fn outlive_full_files() {
        #[cfg(unix)]
        unix::outlive_full_files();
    }

    /// Leaves Ctrl-C to a program that was started for the user, such as a pager.
    pub(crate) fn leave_to_child() {
        #[cfg(unix)]
        unix::leave_to_child();
    }

    /// Makes a signal stop this source from now on.
    pub(crate) fn watch_over(&self, source: &Source) {
        let mut state = lock(&self.0.state);
        if let Some(client) = source.client() {
            state.client = Arc::downgrade(client);
        }
        state.stop_run();
    }

    /// The signal that came, by its number.
    pub(crate) fn heard(&self) -> Option<i32> {
        lock(&self.0.state).signal
    }

    /// Waits for `length`, or until there is a signal: the signal.
    pub(crate) fn wait(&self, length: Duration) -> Option<i32> {
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
    fn stop_run(&self) {
        if let (Some(signal), Some(client)) = (self.signal, self.client.upgrade()) {
            client.stop(StopReason::Signal(signal));
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

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::flag;
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use super::{SharedState, lock};

    /// Time in which a run ends in order. A name server that does not answer may take longer.
    const GRACE: Duration = Duration::from_millis(900);

    pub(super) fn outlive_full_files() {
        let _ = flag::register(SIGXFSZ, Arc::default()); // without it the default remains: the program ends
    }

    pub(super) fn leave_to_child() {
        let _ = flag::register(SIGINT, Arc::default()); // without it both end
    }

    pub(super) fn listen(shared: Arc<SharedState>) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        if !ignores_hang_up() {
            signals.handle().add_signal(SIGHUP)?;
        }
        thread::Builder::new().name("signals".into()).spawn(move || {
            for signal in signals.forever() {
                let mut state = lock(&shared.state);
                if state.signal.replace(signal).is_some() {
                    die(signal);
                }
                state.stop_run();
                shared.changed.notify_all();
                thread::spawn(move || {
                    thread::sleep(GRACE);
                    die(signal);
                });
            }
        })?;
        Ok(())
    }

    /// Whether the program was started to outlive its terminal, by `nohup`; where that cannot be seen, it was.
    fn ignores_hang_up() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_none_or(|mask| mask & (1 << (SIGHUP - 1)) != 0)
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
