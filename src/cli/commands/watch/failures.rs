//! What goes wrong in a watch: said when it begins and when it is over, not in every cycle.

use std::collections::HashSet;

use crate::cli::terminal::messages::Messages;
use crate::fetch::StopReason;
use crate::pipeline::PipelineError;
use crate::report::Report;
use crate::table::named;
use crate::table::plural;
use crate::universe::Symbol;
use crate::watch::{Change, WatchStoreError};

/// Failed tickers that are named.
const MAX_NAMED: usize = 5;

/// What was said, so that it is not said again in every cycle.
pub(super) struct WarnedAbout {
    messages: Messages,
    /// Cycles in a row that failed.
    failed_cycles: usize,
    /// Whether the store could not be written.
    store: bool,
    tickers: HashSet<Symbol>,
}

impl WarnedAbout {
    pub(super) fn new(messages: &Messages) -> Self {
        let messages = messages.clone();
        Self { messages, failed_cycles: 0, store: false, tickers: HashSet::new() }
    }

    /// What kept a cycle from being whole. Returns what that changes: an outage began or is over.
    pub(super) fn cycle(
        &mut self,
        ran: &Result<Report, PipelineError>,
    ) -> Option<(Change, String)> {
        let trouble = match ran {
            Ok(report) => match report.incomplete.as_ref() {
                Some(incomplete) => match incomplete.stop() {
                    Some(StopReason::Signal(_)) => return None,
                    _ => Some(incomplete.to_string()),
                },
                None if report.successful() > 0 => None,
                None => report.failures.first().map(|failure| failure.reason.to_string()),
            },
            Err(error) => Some(error.to_string()),
        };
        match trouble {
            Some(why) => {
                self.failed_cycles += 1;
                if self.failed_cycles > 1 {
                    return None;
                }
                self.messages.urgent(&format!("warning: {why}; the watch goes on"));
                Some((Change::Began, why))
            }
            None if self.failed_cycles > 0 => {
                let cycles = plural(std::mem::take(&mut self.failed_cycles), "cycle");
                let well = format!("all is well again after {cycles}");
                self.messages.urgent(&well);
                Some((Change::Ceased, well))
            }
            None => None,
        }
    }

    /// Whether the store could be written.
    pub(super) fn store<T>(&mut self, written: &Result<T, WatchStoreError>) {
        match written {
            Err(why) if !self.store => self
                .messages
                .urgent(&format!("warning: the store cannot be written: {why}; the watch goes on")),
            Ok(_) if self.store => self.messages.urgent("the store can be written again"),
            _ => {}
        }
        self.store = written.is_err();
    }

    /// Each failing ticker is named once.
    pub(super) fn tickers(&mut self, report: &Report) {
        let mut new = Vec::new();
        for failure in &report.failures {
            if !failure.reason.is_not_asked() && !self.tickers.contains(&failure.symbol) {
                new.push(failure);
            }
        }
        let Some(first) = new.first().filter(|_| report.successful() > 0) else { return };
        let symbols: Vec<&Symbol> = new.iter().map(|failure| &failure.symbol).collect();
        let failed = named(&symbols, MAX_NAMED);
        self.messages.urgent(&format!("failed: {failed}: {}", first.reason));
        self.tickers.extend(new.iter().map(|failure| failure.symbol.clone()));
    }
}
