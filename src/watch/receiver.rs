//! Who is told of a signal: a program, on its standard input, and an address that is posted to. Each attempt is bounded in
//! time.

use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::message::MessageForm;
use super::signal::Signal;
use crate::fetch::Webhook;

/// How often a running program is looked after.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A program that is run for each signal; never by a shell.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
    /// Variables of the environment that it does not get: they hold secrets of ours.
    pub without: Vec<&'static str>,
}

/// Who is told of a signal.
pub enum Receiver {
    /// A program.
    Program(Program),
    /// An address, and how it wants to be told.
    Webhook(Webhook, MessageForm),
}

/// What came of an attempt or several.
pub(super) struct Undelivered {
    pub(super) why: String,
    pub(super) attempts: u32,
}

impl Receiver {
    /// The name that the store has of it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Program(_) => "exec",
            Self::Webhook(..) => "webhook",
        }
    }

    /// The time that it may take in any case.
    pub(super) fn timeout(&self) -> Duration {
        match self {
            Self::Program(program) => program.timeout,
            Self::Webhook(..) => Duration::ZERO,
        }
    }

    /// As a message names it; what may be secret in an address is not part of it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Program(program) => format!("--exec {}", program.words[0]),
            Self::Webhook(webhook, _) => format!("--webhook {}", webhook.shown()),
        }
    }

    /// Tells of a signal, within a time and so many attempts.
    pub(super) fn tell(
        &self,
        signal: &Signal,
        end: Instant,
        max_attempts: u32,
    ) -> Result<(), Undelivered> {
        match self {
            Self::Program(program) => {
                let input = format!("{}\n", signal.json());
                program.run(input, end).map_err(|why| Undelivered { why, attempts: 1 })
            }
            Self::Webhook(webhook, form) => {
                webhook.post(&form.of(signal), end, max_attempts).map_err(|fault| Undelivered {
                    why: format!("{fault}, after {} attempts", fault.attempts),
                    attempts: fault.attempts,
                })
            }
        }
    }
}

impl Program {
    /// Runs it with `input` on its standard input. What it prints to standard output is dropped; its errors are seen.
    fn run(&self, input: String, end: Instant) -> Result<(), String> {
        let [program, arguments @ ..] = self.words.as_slice() else { return Ok(()) };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
        for secret in &self.without {
            command.env_remove(secret);
        }
        // A group of its own, so that what it starts is killed with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        // A program need not read it, and one that does not must not hold up the rest.
        if let Some(mut stdin) = child.stdin.take() {
            let thread = thread::Builder::new();
            thread
                .spawn(move || drop(stdin.write_all(input.as_bytes())))
                .map_err(|e| e.to_string())?;
        }
        let allowed = end.saturating_duration_since(Instant::now()).min(self.timeout);
        match wait(&mut child, Instant::now() + allowed) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("it ended with {status}")),
            None => Err(format!("it took longer than {allowed:?} and was killed")),
        }
    }
}

/// Waits for a program. `None`: it took too long and was killed.
fn wait(child: &mut Child, end: Instant) -> Option<ExitStatus> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= end {
            kill_group(child.id());
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Kills a group of processes, by the shell's own command: the standard library kills one process.
fn kill_group(leader: u32) {
    if cfg!(unix) {
        let kill = format!("kill -s KILL -- -{leader}");
        let _ = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
    }
}
