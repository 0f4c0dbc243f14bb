//! Where the signals of a watch go: standard output, a file, and the notifier.

use std::fs::File;
use std::io::{self, ErrorKind, Write};

use crate::cli::terminal::messages::Messages;
use crate::report::Format;
use crate::watch::{Notifier, Signal};

/// Passes signals on.
pub(super) struct SignalPrinter {
    pub(super) notifier: Option<Notifier>,
    pub(super) append: Option<File>,
    /// How they are written to standard output: as lines for a person, or as JSON.
    pub(super) format: Format,
    pub(super) messages: Messages,
}

impl SignalPrinter {
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
        // In one piece: who reads meanwhile sees whole lines.
        if let Some(Err(e)) = self.append.as_mut().map(|file| file.write_all(json.as_bytes())) {
            self.warn(&format!("cannot append {} to the file: {e}", signal.symbol));
        }
        if self.notifier.as_ref().is_some_and(|notifier| !notifier.notify(json)) {
            self.warn(&format!(
                "too many signals wait for --exec or --webhook; {} is left out",
                signal.symbol
            ));
        }
    }

    /// Waits until everything is delivered, unless it is to end at once.
    pub(super) fn finish(self, at_once: bool) {
        match self.notifier {
            Some(notifier) if !at_once => notifier.finish(),
            Some(notifier) if notifier.waiting() > 0 => {
                let waiting = notifier.waiting();
                self.messages.urgent(&format!(
                    "{waiting} signals could not be delivered to --exec or --webhook"
                ));
            }
            _ => {}
        }
    }

    fn warn(&self, text: &str) {
        self.messages.urgent(&format!("warning: {text}"));
    }
}
