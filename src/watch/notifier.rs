//! Telling others of signals: a program that gets them on its standard input, an address that they are
//! posted to.
//!
//! Notifications run one after the other on a thread of their own, so that a slow one holds up no cycle. Each is
//! bounded in time, and a failure is told, never fatal.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::fetch::Webhook;

/// Signals that may wait to be told.
const MAX_WAITING: usize = 10_000;
/// How often a program is looked after.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Who is told, besides standard output.
#[derive(Clone, Debug, Default)]
pub struct Notifications {
    /// A program and its arguments.
    pub program: Option<Vec<String>>,
    /// How long it may take.
    pub timeout: Duration,
    /// Where to post.
    pub webhook: Option<String>,
}

/// The thread that runs errands.
pub struct Notifier {
    sender: SyncSender<String>,
    waiting: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

impl Notifier {
    /// Begins; nothing where nobody is to be told. `failed` is told what could not be done.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn begin(
        errands: Notifications,
        failed: impl Fn(String) + Send + 'static,
    ) -> std::io::Result<Option<Self>> {
        let hook = errands.webhook.as_ref().map(Webhook::new);
        if errands.program.is_none() && hook.is_none() {
            return Ok(None);
        }
        let (sender, signals) = mpsc::sync_channel::<String>(MAX_WAITING);
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        let thread = thread::Builder::new().name("notices".into()).spawn(move || {
            for signal in signals {
                if let Some([program, arguments @ ..]) = errands.program.as_deref()
                    && let Err(why) = run(program, arguments, &signal, errands.timeout)
                {
                    failed(format!("--exec {program}: {why}"));
                }
                if let Some(Err(fault)) = hook.as_ref().map(|hook| hook.post(&signal)) {
                    failed(format!("--webhook: {fault}, after {} attempts", fault.attempts));
                }
                left.fetch_sub(1, Ordering::Relaxed);
            }
        })?;
        Ok(Some(Self { sender, waiting, thread }))
    }

    /// Has a signal told; says whether there was room for it.
    #[must_use]
    pub fn tell(&self, signal: String) -> bool {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        match self.sender.try_send(signal) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                false
            }
        }
    }

    /// Signals that are not told yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits until all are told.
    pub fn finish(self) {
        drop(self.sender);
        let _ = self.thread.join();
    }
}

/// Runs a program, never a shell, with `input` on its standard input. What it prints to standard output is
/// dropped; its errors are seen.
fn run(program: &str, arguments: &[String], input: &str, timeout: Duration) -> Result<(), String> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it need not.
        let _ = stdin.write_all(input.as_bytes()).and_then(|()| stdin.write_all(b"\n"));
    }
    match wait(&mut child, start + timeout) {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("it ended with {status}")),
        None => Err(format!("it took longer than {} s and was killed", timeout.as_secs())),
    }
}

fn wait(child: &mut Child, end: Instant) -> Option<std::process::ExitStatus> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= end {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(POLL_INTERVAL);
    }
}
