//! What several tests need: the real binary, and the recordings that live outside the project.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::{Datelike, NaiveDate};

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// What a command that was run to its end did.
    pub(crate) fn of(output: std::io::Result<std::process::Output>) -> Self {
        let output = output.expect("the binary runs");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Standard error without the folds of its long lines.
    pub(crate) fn unfolded(&self) -> String {
        self.stderr.replace("\n  ", " ")
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e} in {self:#?}"))
    }

    /// Status and both streams, as snapshots show them; durations are blotted out.
    pub(crate) fn told(&self) -> String {
        let Self { code, stdout, stderr } = self;
        let code = code.map_or("none".into(), |code| code.to_string());
        let lines: Vec<String> = stderr.lines().map(without_time).collect();
        format!("exit {code}\n-- stdout\n{stdout}-- stderr\n{}\n", lines.join("\n"))
    }
}

/// The report without the one line that tells a time.
pub(crate) fn timeless(ran: &Ran) -> String {
    let lines = ran.stdout.lines().filter(|line| !line.contains("execution_time_seconds"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A footer's last part is the time it took.
fn without_time(line: &str) -> String {
    match line.rsplit_once(" · ") {
        Some((rest, last)) if last.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{rest} · [time]")
        }
        _ => line.into(),
    }
}

/// The binary on its own: no environment, no terminal, in a folder without ticker lists.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_screener"));
    command
        .args(words)
        .env_clear()
        .env("SCREENER_NO_CACHE", "1")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

/// The same, with the cache in `folder`.
pub(crate) fn cached(folder: &Path, words: &[&str]) -> Command {
    let mut command = command(words);
    command.env_remove("SCREENER_NO_CACHE").env("SCREENER_CACHE_DIR", folder);
    command
}

/// Options with values that a test leaves out; no option may be given twice.
pub(crate) fn unless_given<'a>(options: &[&str], defaults: &[[&'a str; 2]]) -> Vec<&'a str> {
    defaults.iter().filter(|[name, _]| !options.contains(name)).flatten().copied().collect()
}

pub(crate) fn screener(words: &[&str]) -> Ran {
    Ran::of(command(words).output())
}

pub(crate) fn screener_reading(words: &[&str], input: &[u8]) -> Ran {
    let mut child = command(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // One that refuses its arguments does not read.
    let _ = child.stdin.take().expect("it was piped").write_all(input);
    Ran::of(child.wait_with_output())
}

/// Mondays to Fridays from 1 January 2020 on.
pub(crate) fn weekdays() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date");
    first.iter_days().filter(|day| day.weekday().number_from_monday() < 6)
}

/// Says why a test does nothing, past the capture of its output.
pub(crate) fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A file of the shared recordings; where they are not, says so and gives none.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SCREENER_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    skip(&format!("{path} is not here"));
    None
}

/// Sends a signal to a process; by its number, for not every system has a program that does.
#[cfg(unix)]
pub(crate) fn send_signal(process: u32, signal: rustix::process::Signal) {
    let process = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    let sent = rustix::process::kill_process(process.expect("a process"), signal);
    sent.expect("it can be sent");
}

/// A line for a shell in a folder, where `screener` is on the path and no configuration is read.
pub(crate) fn shell(line: &str, folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_screener")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path).env("SCREENER_CONFIG", "");
    command.stdin(Stdio::null());
    command
}
