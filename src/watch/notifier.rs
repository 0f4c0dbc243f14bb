//! Delivering signals: to a program on its standard input, and to an address that they are posted to.
//!
//! Deliveries run one after the other on a thread of their own, so that a slow one delays no cycle. Each is bounded
//! in time, and a failure is a warning, never fatal.

use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::fetch::Webhook;

/// Signals that may wait to be delivered.
const MAX_WAITING: usize = 10_000;
/// How often a running program is looked after.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Where signals are delivered, besides standard output.
#[derive(Clone, Debug, Default)]
pub struct NotifierConfig {
    /// A program and its arguments.
    pub program: Option<Vec<String>>,
    /// How long the program may take.
    pub timeout: Duration,
    /// Where to post.
    pub webhook: Option<String>,
}

/// The thread that delivers signals.
pub struct Notifier {
    sender: SyncSender<String>,
    waiting: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

impl Notifier {
    /// Starts the thread. `None`: there is nowhere to deliver to. `warn` is called with what failed.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        config: NotifierConfig,
        warn: impl Fn(String) + Send + 'static,
    ) -> std::io::Result<Option<Self>> {
        let webhook = config.webhook.as_ref().map(Webhook::new);
        if config.program.is_none() && webhook.is_none() {
            return Ok(None);
        }
        let (sender, signals) = mpsc::sync_channel::<String>(MAX_WAITING);
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        let thread = thread::Builder::new().name("notifier".into()).spawn(move || {
            for signal in signals {
                deliver(&signal, &config, webhook.as_ref(), &warn);
                left.fetch_sub(1, Ordering::Relaxed);
            }
        })?;
        Ok(Some(Self { sender, waiting, thread }))
    }

    /// Has a signal delivered; returns whether there was room for it.
    #[must_use]
    pub fn notify(&self, signal: String) -> bool {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let has_room = self.sender.try_send(signal).is_ok();
        if !has_room {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        has_room
    }

    /// Signals that are not delivered yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits until all are delivered.
    pub fn finish(self) {
        drop(self.sender);
        let _ = self.thread.join();
    }
}

fn deliver(
    signal: &str,
    config: &NotifierConfig,
    webhook: Option<&Webhook>,
    warn: &impl Fn(String),
) {
    if let Some([program, arguments @ ..]) = config.program.as_deref()
        && let Err(why) = run(program, arguments, signal, config.timeout)
    {
        warn(format!("--exec {program}: {why}"));
    }
    if let Some(webhook) = webhook
        && let Err(fault) = webhook.post(signal)
    {
        warn(format!("--webhook: {fault}, after {} attempts", fault.attempts));
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
        // A program need not read it.
        let _ = stdin.write_all(input.as_bytes()).and_then(|()| stdin.write_all(b"\n"));
    }
    match wait(&mut child, start + timeout) {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("it ended with {status}")),
        None => Err(format!("it took longer than {} s and was killed", timeout.as_secs())),
    }
}

/// Waits for a program. `None`: it took too long and was killed.
fn wait(child: &mut Child, end: Instant) -> Option<ExitStatus> {
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
