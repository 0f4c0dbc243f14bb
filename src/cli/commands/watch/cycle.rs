//! The cycles of a watch, one after the other, and what is told of them.
//!
//! Nothing that goes wrong ends a watch, once it has begun: a store, a file or a provider that fails is told
//! when it begins to and when it is back.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::bars::Hours;
use crate::cli::terminal::interrupts::Interrupts;
use crate::cli::{Exit, tell};
use crate::fetch::{FaultKind, StopReason};
use crate::pipeline::{self, Event, PipelineError, Plan};
use crate::report::{Report, plural, resident_memory};
use crate::screen::Screen;
use crate::source::Source;
use crate::universe::{Symbol, Universe};
use crate::watch::{
    Cadence, CycleResult, Notifier, Quote, Signal, Tracker, TradingStatus, WatchStore,
    WatchStoreError, trading_status,
};

/// How often old cycles are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// The clock is looked at this often while the exchanges are closed: a computer may sleep, too.
const CLOCK_POLL_INTERVAL: Duration = Duration::from_mins(1);
/// Closed or not, there is a cycle after so long: some exchanges have their sessions on Sundays.
const MAX_REST: TimeDelta = TimeDelta::hours(6);
/// Failed tickers that are named.
const MAX_NAMED: usize = 5;

/// When there are cycles.
pub(super) struct WatchTimes {
    pub(super) every: Duration,
    /// The last one.
    pub(super) most: Option<u64>,
    /// Whether there are any while the exchanges are closed.
    pub(super) always: bool,
    /// How long what was seen is kept.
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
    /// Quotes in one transaction.
    pub(super) batch: usize,
    pub(super) tracker: Tracker,
    pub(super) printer: SignalPrinter,
    pub(super) quiet: bool,
    pub(super) warned: WarnedAbout,
}

/// What was told, so that it is not told again in every cycle.
#[derive(Default)]
pub(super) struct WarnedAbout {
    cycles: u64,
    /// Why the last cycles were not whole, and how many they are.
    trouble: Option<(String, usize)>,
    /// Why the store cannot be written.
    store: Option<String>,
    failed: HashSet<Symbol>,
    /// The hours that were told last.
    hours: Vec<Hours>,
    pruned: Option<Instant>,
}

impl Watcher<'_> {
    /// Goes on until the last cycle or a signal.
    pub(super) fn go(&mut self, schedule: &WatchTimes, signals: &Interrupts) -> Exit {
        let (mut start, cadence) = (Instant::now(), Cadence::new(schedule.every));
        let (mut begun, mut skipped, mut successful) = (Duration::ZERO, 0, 0);
        loop {
            self.prune(schedule.keep);
            successful += self.cycle(skipped);
            if let Some(signal) = signals.heard() {
                return Exit::of_signal(signal);
            }
            if schedule.most.is_some_and(|most| self.warned.cycles >= most) {
                return if successful > 0 { Exit::Reported } else { Exit::Failed };
            }
            let wake = if schedule.always { None } else { self.wake(schedule.every) };
            if let Some(wake) = wake {
                while let Ok(left) = (wake - Utc::now()).to_std() {
                    if let Some(signal) = signals.wait(left.min(CLOCK_POLL_INTERVAL)) {
                        return Exit::of_signal(signal);
                    }
                }
                start = Instant::now();
                (begun, skipped) = (Duration::ZERO, 0);
                continue;
            }
            let (due, missed) = cadence.after(begun, start.elapsed());
            if let Some(signal) = signals.wait(due.saturating_sub(start.elapsed())) {
                return Exit::of_signal(signal);
            }
            (begun, skipped) = (due, missed);
        }
    }

    /// While the exchanges are closed, when the next cycle is: a beat before the first opens. None on the
    /// beat.
    fn wake(&self, every: Duration) -> Option<DateTime<Utc>> {
        let now = Utc::now();
        let TradingStatus::Closed { opens } =
            trading_status(self.warned.hours.iter().copied(), now)
        else {
            return None;
        };
        let wake = (opens - TimeDelta::from_std(every).ok()?).min(now + MAX_REST);
        if wake <= now + TimeDelta::from_std(every).ok()? {
            return None;
        }
        if !self.quiet {
            let minute = |time: DateTime<Utc>| time.format("%Y-%m-%d %H:%M UTC").to_string();
            tell(&format!("closed until {}, the next cycle is at {}", minute(opens), minute(wake)));
        }
        Some(wake)
    }

    /// One cycle: ask, store what comes as it comes, tell what is new. Says how many tickers brought bars.
    fn cycle(&mut self, skipped: u64) -> usize {
        let (begun, now) = (Instant::now(), Utc::now());
        self.plan.now = now;
        self.warned.cycles += 1;
        if let Some(client) = self.source.client() {
            client.resume();
        }
        let before = self.source.counts();
        let (ran, stored) = self.run(now);
        let counts = self.source.counts();
        let mut how =
            CycleResult { requests: counts.requests - before.requests, ..CycleResult::default() };
        let mut raised = Vec::new();
        match &ran {
            Ok(report) => {
                if is_telling(report) {
                    raised = self.tracker.see(report, now);
                }
                how.successful = report.successful();
                how.failed = report.failures.len();
                how.signals = raised.len();
                how.stopped = report.stopped.as_ref().map(ToString::to_string);
            }
            Err(error) => how.stopped = Some(error.to_string()),
        }
        let stored = stored.and_then(|cycle| {
            self.store.end(cycle, Utc::now(), &self.definition, ran.as_ref().ok(), &raised, &how)
        });
        self.warned.store_trouble(stored.err());
        for signal in &raised {
            self.printer.tell(signal);
        }
        self.warned.trouble(&ran);
        if let Ok(report) = &ran {
            self.warned.failures(report);
            let hours: Vec<Hours> = report.rows().filter_map(|row| row.hours).collect();
            if !hours.is_empty() {
                self.warned.hours = hours;
            }
        }
        if !self.quiet {
            let cached = counts.cached.zip(before.cached).map(|(now, before)| now - before);
            tell(&self.status(&how, cached.unwrap_or(0), begun.elapsed(), skipped));
        }
        how.successful
    }

    /// Runs the pipeline, and writes quotes meanwhile, a batch as soon as it is full.
    fn run(
        &mut self,
        now: DateTime<Utc>,
    ) -> (Result<Report, PipelineError>, Result<i64, WatchStoreError>) {
        let (screen, universe, source) = (self.screen, self.universe, self.source);
        let (plan, batch, store) = (&self.plan, self.batch, &mut self.store);
        let requested = universe.symbols().len();
        let cycle = store.begin(now, screen.name(), &self.definition, source.name(), requested);
        let (sender, quotes) = mpsc::channel::<Quote>();
        thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let cycle = cycle?;
                store.write(cycle, quotes, batch)?;
                Ok(cycle)
            });
            let watched = |event: Event<'_>| {
                if let Event::Done { symbol, row } = event {
                    // A writer that gave up says why in the end.
                    let _ = sender.send(Quote::of(symbol, row));
                }
            };
            let ran = pipeline::run(screen, universe, source, plan, &watched);
            drop(sender);
            (ran, writer.join().unwrap_or(Err(WatchStoreError::Other)))
        })
    }

    fn prune(&mut self, keep: Option<TimeDelta>) {
        let Some(keep) = keep else { return };
        if self.warned.pruned.is_some_and(|time| time.elapsed() < PRUNE_EVERY) {
            return;
        }
        self.warned.pruned = Some(Instant::now());
        let pruned = self.store.prune(Utc::now() - keep);
        self.warned.store_trouble(pruned.err());
    }

    fn status(&self, how: &CycleResult, cached: usize, took: Duration, skipped: u64) -> String {
        let mut parts = vec![
            format!("cycle {}", self.warned.cycles),
            format!("{} of {}", how.successful, self.universe.symbols().len()),
            format!("{}, {cached} cached", plural(how.requests, "request")),
            plural(how.signals, "signal"),
        ];
        if let Some(bytes) = resident_memory() {
            #[expect(clippy::cast_precision_loss, reason = "a size")]
            parts.push(format!("{:.1} MB", bytes as f64 / 1e6));
        }
        if skipped > 0 {
            parts.push(format!("{skipped} beats skipped"));
        }
        parts.push(format!("{:.2} s", took.as_secs_f64()));
        parts.join(" · ")
    }
}

/// Whether a report says who satisfies the screen. Where tickers are ranked it does only if it is whole: the
/// best of those that were reached are not the best.
fn is_telling(report: &Report) -> bool {
    let compares = report.screen.criteria.momentum().is_some_and(|m| m.model.compares_tickers());
    let is_whole = report.stopped.is_none()
        && report.failures.iter().all(|failure| failure.fault.kind == FaultKind::NotFound);
    is_whole || !(compares || report.screen.limit.is_some())
}

impl WarnedAbout {
    /// What keeps cycles from being whole is told when it begins and when it is over.
    fn trouble(&mut self, ran: &Result<Report, PipelineError>) {
        let why = match ran {
            Ok(Report { stopped: Some(StopReason::Signal(_)), .. }) => return,
            Ok(Report { stopped: Some(stop), .. }) => Some(stop.to_string()),
            Ok(report) if report.successful() > 0 => None,
            Ok(report) => report.failures.first().map(|failure| failure.fault.to_string()),
            Err(error) => Some(error.to_string()),
        };
        match (why, &mut self.trouble) {
            (Some(_), Some((_, cycles))) => *cycles += 1,
            (Some(why), none) => {
                tell(&format!("warning: {why}; the watch goes on"));
                *none = Some((why, 1));
            }
            (None, some) => {
                if let Some((_, cycles)) = some.take() {
                    tell(&format!("all is well again after {}", plural(cycles, "cycle")));
                }
            }
        }
    }

    fn store_trouble(&mut self, error: Option<WatchStoreError>) {
        let why = error.map(|error| error.to_string());
        match (&why, &self.store) {
            (Some(why), None) => {
                tell(&format!("warning: the store cannot be written: {why}; the watch goes on"));
            }
            (None, Some(_)) => tell("the store can be written again"),
            _ => {}
        }
        self.store = why;
    }

    /// Each failing ticker is told once.
    fn failures(&mut self, report: &Report) {
        let asked = report.failures.iter().filter(|f| f.fault.kind != FaultKind::Stopped);
        let new: Vec<_> = asked.filter(|f| !self.failed.contains(&f.symbol)).collect();
        let Some(first) = new.first().filter(|_| report.successful() > 0) else { return };
        let named: Vec<&str> = new.iter().take(MAX_NAMED).map(|f| f.symbol.as_str()).collect();
        let more = new.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        tell(&format!("failed: {}{more}: {}", named.join(", "), first.fault));
        self.failed.extend(new.into_iter().map(|failure| failure.symbol.clone()));
    }
}

/// Who is told of signals.
pub(super) struct SignalPrinter {
    pub(super) notifier: Option<Notifier>,
    pub(super) append: Option<File>,
    pub(super) as_json: bool,
}

impl SignalPrinter {
    fn tell(&mut self, signal: &Signal) {
        let json = format!("{}\n", signal.json());
        let line = if self.as_json { json.clone() } else { signal.line() + "\n" };
        let mut stdout = io::stdout().lock();
        match stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()) {
            // Who listened has gone; what is stored goes on.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {}
            Err(e) => tell(&format!("warning: cannot write to standard output: {e}")),
            Ok(()) => {}
        }
        // In one piece: who reads meanwhile sees whole lines.
        if let Some(Err(e)) = self.append.as_mut().map(|file| file.write_all(json.as_bytes())) {
            tell(&format!("warning: cannot append {} to the file: {e}", signal.symbol));
        }
        if self.notifier.as_ref().is_some_and(|notifier| !notifier.tell(json)) {
            let symbol = &signal.symbol;
            tell(&format!("warning: too many signals wait to be told; {symbol} is left out"));
        }
    }

    /// Waits until everybody is told, unless there is no time for that.
    pub(super) fn finish(self, at_once: bool) {
        match self.notifier {
            Some(notifier) if !at_once => notifier.finish(),
            Some(notifier) if notifier.waiting() > 0 => {
                tell(&format!(
                    "{} signals were not told to --exec or --webhook",
                    notifier.waiting()
                ));
            }
            _ => {}
        }
    }
}
