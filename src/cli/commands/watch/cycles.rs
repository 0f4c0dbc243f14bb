//! The cycles of a watch, one after the other.
//!
//! Nothing that goes wrong ends a watch once it has begun: a store, a file or a provider that fails is reported
//! when it begins to and when it is back.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::failures::WarnedAbout;
use super::printer::SignalPrinter;
use crate::ask::Screen;
use crate::bars::Hours;
use crate::cli::error::Exit;
use crate::cli::terminal::interrupts::Interrupts;
use crate::cli::terminal::messages::Messages;
use crate::compare::row::Row;
use crate::failure::FailureKind;
use crate::fetch::FaultKind;
use crate::measure::note::Note;
use crate::pipeline::{self, Event, PipelineError, Plan};
use crate::report::{Report, resident_memory};
use crate::source::Source;
use crate::table::plural;
use crate::universe::Universe;
use crate::watch::{
    Cadence, CycleResult, NewCycle, Notifier, Quote, Signal, Tracker, TradingStatus, WatchStore,
    WatchStoreError, trading_status,
};

/// How often old cycles are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// The clock is read this often while the exchanges are closed: a computer may sleep, too.
const CLOCK_POLL_INTERVAL: Duration = Duration::from_mins(1);
/// Closed or not, there is a cycle after this time: some exchanges have their sessions on Sundays.
const MAX_REST: TimeDelta = TimeDelta::hours(6);

/// When there are cycles.
pub(super) struct WatchTimes {
    pub(super) every: Duration,
    /// The number of the last one.
    pub(super) max_cycles: Option<u64>,
    /// Whether there are any while the exchanges are closed.
    pub(super) always: bool,
    /// How long quotes are kept.
    pub(super) keep: Option<TimeDelta>,
}

/// Everything that the cycles have in common.
pub(super) struct Watcher<'a> {
    pub(super) screen: &'a Screen,
    pub(super) universe: &'a Universe,
    pub(super) source: &'a Source,
    pub(super) plan: Plan,
    pub(super) definition: String,
    pub(super) store: WatchStore,
    /// Quotes written in one transaction.
    pub(super) batch_size: usize,
    pub(super) tracker: Tracker,
    pub(super) printer: SignalPrinter,
    pub(super) notifier: Notifier,
    /// Whether an outage of the provider is a signal, too.
    pub(super) notifies_outages: bool,
    /// Signals that the store did not take yet.
    pub(super) unstored: Vec<Signal>,
    pub(super) messages: Messages,
    pub(super) warned: WarnedAbout,
    /// Cycles of this screen before this watch, and in it.
    pub(super) earlier_cycles: u64,
    pub(super) cycles: u64,
    /// The hours of the exchanges, as the last cycle brought them.
    pub(super) hours: Vec<Hours>,
    /// When old cycles were last removed.
    pub(super) pruned: Option<Instant>,
}

impl Watcher<'_> {
    /// Goes on until the last cycle or a signal.
    pub(super) fn run(&mut self, times: &WatchTimes, interrupts: &Interrupts) -> Exit {
        let cadence = Cadence::new(times.every);
        let mut start = Instant::now();
        let mut begun = Duration::ZERO;
        let mut missed = 0;
        let mut successful = 0;
        loop {
            self.prune(times.keep);
            successful += self.cycle(missed);
            if let Some(signal) = interrupts.heard() {
                return Exit::of_signal(signal);
            }
            if times.max_cycles.is_some_and(|max| self.cycles >= max) {
                return if successful > 0 { Exit::Reported } else { Exit::Failed };
            }
            let wake = if times.always { None } else { self.next_wake(times.every) };
            if let Some(wake) = wake {
                while let Ok(left) = (wake - Utc::now()).to_std() {
                    if let Some(signal) = interrupts.wait(left.min(CLOCK_POLL_INTERVAL)) {
                        return Exit::of_signal(signal);
                    }
                }
                start = Instant::now();
                (begun, missed) = (Duration::ZERO, 0);
                continue;
            }
            let next = cadence.after(begun, start.elapsed());
            if let Some(signal) = interrupts.wait(next.at.saturating_sub(start.elapsed())) {
                return Exit::of_signal(signal);
            }
            (begun, missed) = (next.at, next.missed);
        }
    }

    /// Ends the deliveries: those of what is left have some time, unless it is to end at once.
    pub(super) fn finish(self, within: Duration, at_once: bool) {
        let receivers = self.notifier.names();
        if !at_once {
            self.notifier.finish(within);
        }
        let owed = self.store.owed(&self.definition, &receivers);
        if owed.is_err() || !self.unstored.is_empty() {
            let unstored = plural(self.unstored.len(), "signal");
            self.messages.urgent(&format!(
                "the store could not be written or read: {unstored} not stored, and perhaps some not delivered"
            ));
        }
        let left = owed.unwrap_or_default();
        if left > 0 {
            self.messages.urgent(&format!(
                "{} not delivered yet; the next watch of this screen delivers what the store keeps",
                plural(left, "signal")
            ));
        }
    }

    /// While the exchanges are closed, the time of the next cycle: one interval before the first opens. `None`: the
    /// next cycle starts as usual.
    fn next_wake(&self, every: Duration) -> Option<DateTime<Utc>> {
        let now = Utc::now();
        let TradingStatus::Closed { opens } = trading_status(self.hours.iter().copied(), now)
        else {
            return None;
        };
        let every = TimeDelta::from_std(every).ok()?;
        let wake = (opens - every).min(now + MAX_REST);
        if wake <= now + every {
            return None;
        }
        let (opens, next) = (minute(opens), minute(wake));
        self.messages.note(&format!("closed until {opens}, the next cycle is at {next}"));
        Some(wake)
    }

    /// One cycle: fetch, store quotes as they come, report what is new. Returns how many tickers had bars.
    fn cycle(&mut self, missed: u64) -> usize {
        let (begun, now) = (Instant::now(), Utc::now());
        self.plan.now = now;
        self.cycles += 1;
        self.notifier.begin_cycle();
        if let Some(client) = self.source.client() {
            client.resume();
        }
        let before = self.source.counts();
        let (ran, stored) = self.run_once(now);
        let counts = self.source.counts();
        let requests = counts.requests - before.requests;
        let mut result = CycleResult { requests, ..CycleResult::default() };
        let mut signals = std::mem::take(&mut self.unstored);
        let outage = self.warned.cycle(&ran).filter(|_| self.notifies_outages);
        signals.extend(outage.map(|(change, why)| Signal::outage(change, now, &why)));
        match &ran {
            Ok(report) => {
                if is_conclusive(report) {
                    signals.extend(self.tracker.see(report, now));
                }
                result.successful = report.successful();
                result.failed = report.failures.len();
                result.signals = signals.iter().filter(|signal| !signal.is_told).count();
                result.stopped = report.incomplete.as_ref().map(ToString::to_string);
            }
            Err(error) => result.stopped = Some(error.to_string()),
        }
        let receivers = self.notifier.names();
        let stored = stored.and_then(|cycle| {
            let (report, signals) = (ran.as_ref().ok(), &mut signals);
            self.store.end(cycle, Utc::now(), report, signals, &receivers, &result)
        });
        self.warned.store(&stored);
        self.tell(signals, stored.is_ok());
        if let Ok(report) = &ran {
            self.warned.tickers(report);
            let hours: Vec<Hours> = report.rows().filter_map(|row| row.about.hours).collect();
            if !hours.is_empty() {
                self.hours = hours;
            }
        }
        let cached = counts.cached.zip(before.cached).map_or(0, |(now, before)| now - before);
        let unfinished = ran.as_ref().is_ok_and(has_unfinished_session);
        let cost = (cached, begun.elapsed());
        let facts = json!({
            "cycle": self.earlier_cycles + self.cycles,
            "total_requested": self.universe.symbols().len(),
            "successful": result.successful,
            "failed": result.failed,
            "signals": result.signals,
            "requests": result.requests,
            "cached": cached,
            "session_is_over": !unfinished,
            "elapsed_seconds": begun.elapsed().as_secs_f64(),
        });
        let facts = facts.as_object().cloned().unwrap_or_default();
        self.messages.cycle(&self.status_line(&result, cost, missed, unfinished), facts);
        result.successful
    }

    /// Tells of signals that were not told yet. What the store did not take is offered to it in the next cycle again.
    fn tell(&mut self, mut signals: Vec<Signal>, are_stored: bool) {
        for signal in signals.iter_mut().filter(|signal| !signal.is_told) {
            self.printer.print(signal);
            if !are_stored {
                self.notifier.deliver_unstored(signal);
            }
            signal.is_told = true;
        }
        if are_stored {
            self.notifier.call();
        } else {
            self.unstored = signals;
        }
    }

    /// Runs the pipeline, and writes quotes meanwhile, a batch as soon as it is full.
    fn run_once(
        &mut self,
        now: DateTime<Utc>,
    ) -> (Result<Report, PipelineError>, Result<i64, WatchStoreError>) {
        let (screen, universe, source) = (self.screen, self.universe, self.source);
        let (plan, batch_size, store) = (&self.plan, self.batch_size, &mut self.store);
        let cycle = store.begin(&NewCycle {
            time: now,
            screen: screen.criteria.name(),
            definition: &self.definition,
            provider: source.name(),
            requested: universe.symbols().len(),
        });
        let (sender, quotes) = mpsc::channel::<Quote>();
        thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let cycle = cycle?;
                store.write(cycle, quotes, batch_size)?;
                Ok(cycle)
            });
            let observer = |event: Event<'_, Row>| {
                if let Event::Done { symbol, outcome } = event {
                    // A writer that gave up says why in the end.
                    let _ = sender.send(Quote::of(symbol, outcome));
                }
            };
            let ran = pipeline::run(screen, universe, source, plan, &observer);
            drop(sender);
            (ran, writer.join().unwrap_or(Err(WatchStoreError::Other)))
        })
    }

    fn prune(&mut self, keep: Option<TimeDelta>) {
        let Some(keep) = keep else { return };
        if self.pruned.is_some_and(|time| time.elapsed() < PRUNE_EVERY) {
            return;
        }
        self.pruned = Some(Instant::now());
        let pruned = self.store.prune(Utc::now() - keep);
        if pruned.is_err() {
            self.warned.store(&pruned);
        }
    }

    fn status_line(
        &self,
        result: &CycleResult,
        (cached, elapsed): (usize, Duration),
        missed: u64,
        unfinished: bool,
    ) -> String {
        let mut parts = vec![
            format!("cycle {}", self.earlier_cycles + self.cycles),
            format!("{} of {}", result.successful, self.universe.symbols().len()),
            format!("{}, {cached} cached", plural(result.requests, "request")),
            plural(result.signals, "signal"),
        ];
        if unfinished {
            parts.push("the session is not over".into());
        }
        if let Some(bytes) = resident_memory() {
            #[expect(clippy::cast_precision_loss, reason = "a size")]
            parts.push(format!("{:.1} MB", bytes as f64 / 1e6));
        }
        if missed > 0 {
            let missed = usize::try_from(missed).unwrap_or(usize::MAX);
            parts.push(format!("{} skipped", plural(missed, "start")));
        }
        parts.push(format!("{:.2} s", elapsed.as_secs_f64()));
        parts.join(" · ")
    }
}

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Whether bars of a session that is still open were used.
fn has_unfinished_session(report: &Report) -> bool {
    report.rows().any(|row| row.has_note(Note::PartialBar))
}

/// Whether a report shows which tickers satisfy the screen. Where tickers are ranked it does only if it is whole: the
/// best of those that were reached are not the best.
fn is_conclusive(report: &Report) -> bool {
    let criteria = &report.screen.criteria;
    let compares = criteria.momentum().is_some_and(|momentum| momentum.model.compares_tickers());
    let not_found = FailureKind::Fault(FaultKind::NotFound);
    let is_whole = report.incomplete.is_none()
        && report.failures.iter().all(|failure| failure.reason.kind() == not_found);
    is_whole || !(compares || report.screen.limit.is_some())
}
