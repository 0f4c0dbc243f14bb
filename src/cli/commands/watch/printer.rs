//! Where the signals of a watch go besides those who are notified: standard output, and a file.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use anyhow::Context as _;

use crate::cli::error::CommandError;
use crate::cli::terminal::messages::Messages;
use crate::table::Format;
use crate::watch::Signal;

/// Writes signals as they come.
pub(super) struct SignalPrinter {
    pub(super) append: Option<File>,
    /// How they are written to standard output: as lines for a person, or as JSON.
    pub(super) format: Format,
    pub(super) messages: Messages,
    /// Whether it was said that the file cannot be written.
    pub(super) cannot_append: bool,
}

impl SignalPrinter {
    /// To standard output, and to a file that grows.
    pub(super) fn open(
        append: Option<&Path>,
        format: Format,
        messages: &Messages,
    ) -> Result<Self, CommandError> {
        let append = match append {
            Some(file) => Some(
                File::options()
                    .create(true)
                    .append(true)
                    .open(file)
                    .with_context(|| format!("cannot write {}", file.display()))?,
            ),
            None => None,
        };
        Ok(Self { append, format, messages: messages.clone(), cannot_append: false })
    }

    pub(super) fn print(&mut self, signal: &Signal) {
        let json = format!("{}\n", signal.json());
        let line = match self.format {
            Format::Ndjson => json.clone(),
            _ => signal.line() + "\n",
        };
        let mut stdout = io::stdout().lock();
        match stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()) {
            // The reader has gone; what is stored goes on.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {}
            Err(e) => self.warn(&format!("cannot write to standard output: {e}")),
            Ok(()) => {}
        }
        drop(stdout);
        let Some(file) = &mut self.append else { return };
        match append(file, json.as_bytes()) {
            Ok(()) => self.cannot_append = false,
            Err(e) => {
                if !std::mem::replace(&mut self.cannot_append, true) {
                    self.warn(&format!("cannot append to the file: {e}"));
                }
            }
        }
    }

    fn warn(&self, text: &str) {
        self.messages.urgent(&format!("warning: {text}"));
    }
}

/// Appends in one piece or not at all: who reads meanwhile, or after a full disk, sees whole lines.
fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    let length = file.metadata()?.len();
    file.write_all(line).inspect_err(|_| {
        // What cannot be cut off stays; a device has no length.
        let _ = file.set_len(length);
    })
}
