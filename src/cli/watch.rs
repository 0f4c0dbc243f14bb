//! The `watch` command: cycles on a beat, each one run of the pipeline, stored and told.

use std::fs::{File, create_dir_all};
use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::args::watch::{ScreenName, WatchArgs};
use super::args::{ListArgs, ModelArgs, OutputArgs, RunArgs, ViewArgs, VolumeArgs, WorkerArgs};
use super::settings::{Asked, Settings};
use super::signals::Signals;
use super::{Exit, Usage, log_to_stderr, past, tell};
use crate::pipeline::{self, Event, PipelineError, Plan};
use crate::report::{Format, Report, failures, resident_memory};
use crate::screen::{Question, Screen};
use crate::source::Source;
use crate::universe::Universe;
use crate::watch::{Beat, Cycle, Errands, Market, Notices, Signal, Store, Tracker, market, quotes};

/// The best that a momentum watch takes unless it is told how many.
const BEST: usize = 20;
/// How often old cycles are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
/// The clock is looked at this often while the exchanges are closed: a computer may sleep, too.
const NAP: Duration = Duration::from_secs(60);
/// Failures of a kind that are named.
const NAMED: usize = 5;

/// What was typed.
pub(super) struct Typed {
    pub(super) watch: WatchArgs,
    pub(super) model: ModelArgs,
    pub(super) volume: VolumeArgs,
    pub(super) workers: WorkerArgs,
    pub(super) list: ListArgs,
    pub(super) run: RunArgs,
}

pub(super) fn watch(typed: Typed) -> anyhow::Result<Exit> {
    let Typed { watch: args, model, volume, workers, list, mut run } = typed;
    log_to_stderr(&run.output);
    refuse(&run)?;
    let lines = line_format(&run.output)?;
    run.include_partial = true; // the bar of today is what is watched
    let (batch, is_dry) = (usize::from(run.fetch.batch_size), run.dry_run);
    let view = ViewArgs { filter: args.filter.clone(), ..ViewArgs::default() };
    let asked = match args.screen {
        ScreenName::Volume => Asked::Volume(volume, list),
        ScreenName::Momentum => {
            Asked::Top { n: volume.n.unwrap_or(BEST), prefilter: false, model, list }
        }
    };
    let settings = Settings::decide(asked, Some(&view), workers.workers, run, Utc::now())?;
    let Settings { universe, supply, screen, plan, output, notice, .. } = settings;
    let supply = supply.asking_anew();
    let (source, warning) = supply.source(plan.workers);
    if is_dry {
        tell(&pipeline::forecast(&screen, &universe, &source, &plan).to_string());
        return Ok(Exit::Reported);
    }
    for said in [notice, warning].into_iter().flatten().filter(|_| !output.quiet) {
        tell(&said);
    }

    let path = past::path(&args.store)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let cannot = || format!("cannot use the store {}", path.display());
    let store = Store::open(&path).with_context(cannot)?;
    let definition = definition(&screen, args.filter.as_deref());
    let last = store.last_signals(&definition).with_context(cannot)?;
    let cooldown = TimeDelta::from_std(args.cooldown).unwrap_or(TimeDelta::MAX);
    let append = args.append.as_ref().map(|file| {
        let opened = File::options().create(true).append(true).open(file);
        opened.with_context(|| format!("cannot write {}", file.display()))
    });
    let errands = Errands {
        program: args.exec.map(|words| words.0),
        patience: args.exec_timeout,
        webhook: args.webhook,
    };
    let signals = Signals::listen()?;
    signals.stop(&source);
    let mut watcher = Watcher {
        screen: &screen,
        universe: &universe,
        source: &source,
        plan,
        definition,
        store,
        batch,
        tracker: Tracker::new(cooldown, last),
        notices: Notices::begin(errands, |why| tell(&format!("warning: {why}")))?,
        append: append.transpose()?,
        lines,
        quiet: output.quiet,
        cycles: 0,
        outage: 0,
    };
    let ended = watcher.go(args.every, args.cycles, args.always, args.keep, &signals);
    let Watcher { notices, .. } = watcher;
    let exit = ended?;
    if let Some(notices) = notices {
        if signals.heard().is_none() {
            notices.finish();
        } else if notices.waiting() > 0 {
            tell(&format!("{} signals were not told to --exec or --webhook", notices.waiting()));
        }
    }
    if let Some(trouble) = source.close() {
        tell(&format!("warning: {trouble}"));
    }
    Ok(exit)
}

/// Options that have no meaning for what goes on and on.
fn refuse(run: &RunArgs) -> Result<(), Usage> {
    let unwanted = [
        (run.as_of.is_some(), "--as-of", "it looks at the present"),
        (run.fetch.offline, "--offline", "it asks anew in every cycle"),
        (run.fetch.refresh, "--refresh", "it asks anew in every cycle anyway"),
        (run.output.output.is_some(), "-o", "--append FILE keeps signals, --store FILE all"),
    ];
    for (_, option, why) in unwanted.into_iter().filter(|(is_given, ..)| *is_given) {
        return Err(Usage::new(format!("watch takes no {option}")).hint(why));
    }
    Ok(())
}

/// How signals are written to standard output.
fn line_format(output: &OutputArgs) -> Result<Format, Usage> {
    match output.format.unwrap_or(Format::Table) {
        format @ (Format::Table | Format::Ndjson) => Ok(format),
        other => Err(Usage::new(format!("watch does not write {}", other.name()))
            .hint("it writes lines for a person, or -f ndjson")),
    }
}

/// Everything that is asked, so that another screen's signals are not taken for this one's.
fn definition(screen: &Screen, filter: Option<&str>) -> String {
    let parameters = match &screen.question {
        Question::Volume(volume) => json!(volume),
        question => json!(question.momentum().map(|momentum| {
            (momentum.model.name(), momentum.benchmark.as_ref().map(ToString::to_string))
        })),
    };
    json!({
        "screen": screen.name(),
        "parameters": parameters,
        "count": screen.limit,
        "filter": filter,
    })
    .to_string()
}

struct Watcher<'a> {
    screen: &'a Screen,
    universe: &'a Universe,
    source: &'a Source,
    plan: Plan,
    definition: String,
    store: Store,
    batch: usize,
    tracker: Tracker,
    notices: Option<Notices>,
    append: Option<File>,
    lines: Format,
    quiet: bool,
    /// Cycles so far, and how many of the last ones brought nothing.
    cycles: u64,
    outage: u64,
}

impl Watcher<'_> {
    fn go(
        &mut self,
        every: Duration,
        most: Option<u64>,
        always: bool,
        keep: Option<Duration>,
        signals: &Signals,
    ) -> anyhow::Result<Exit> {
        let (mut start, beat) = (Instant::now(), Beat::new(every));
        let (mut begun, mut skipped) = (Duration::ZERO, 0);
        let mut pruned: Option<Instant> = None;
        loop {
            if let Some(keep) = keep.and_then(|keep| TimeDelta::from_std(keep).ok())
                && pruned.is_none_or(|time| time.elapsed() >= PRUNE_EVERY)
            {
                self.store.prune(Utc::now() - keep).context("cannot prune the store")?;
                pruned = Some(Instant::now());
            }
            let market = self.cycle(skipped)?;
            if let Some(signal) = signals.heard() {
                return Ok(Exit::of_signal(signal));
            }
            if most.is_some_and(|most| self.cycles >= most) {
                return Ok(Exit::Reported);
            }
            if let (Market::Closed { opens }, false) = (market, always) {
                let wake = opens - TimeDelta::from_std(every).unwrap_or(TimeDelta::zero());
                if !self.quiet && wake > Utc::now() {
                    let (opens, wake) = (minute(opens), minute(wake));
                    tell(&format!("closed until {opens}, the next cycle is at {wake}"));
                }
                while let Ok(left) = (wake - Utc::now()).to_std() {
                    if let Some(signal) = signals.wait(left.min(NAP)) {
                        return Ok(Exit::of_signal(signal));
                    }
                }
                start = Instant::now();
                (begun, skipped) = (Duration::ZERO, 0);
                continue;
            }
            let (due, missed) = beat.after(begun, start.elapsed());
            if let Some(signal) = signals.wait(due.saturating_sub(start.elapsed())) {
                return Ok(Exit::of_signal(signal));
            }
            (begun, skipped) = (due, missed);
        }
    }

    /// One cycle: ask, store, tell.
    fn cycle(&mut self, skipped: u64) -> anyhow::Result<Market> {
        let (begun, now) = (Instant::now(), Utc::now());
        self.plan.now = now;
        if let Some(client) = self.source.client() {
            client.resume();
        }
        let before = self.source.counts();
        let requested = self.universe.symbols().len();
        let (name, provider) = (self.screen.name(), self.source.name());
        let cycle = self
            .store
            .begin(now, name, &self.definition, provider, requested)
            .context("cannot write to the store")?;
        let ran =
            pipeline::run(self.screen, self.universe, self.source, &self.plan, &|_: Event<'_>| {});
        self.cycles += 1;
        let counts = self.source.counts();
        let mut how = Cycle { requests: counts.requests - before.requests, ..Cycle::default() };
        let mut raised = Vec::new();
        match &ran {
            Ok(report) => {
                raised = self.tracker.see(report, now);
                how.successful = report.successful();
                how.failed = report.failures.len();
                how.signals = raised.len();
                how.stopped = report.stopped.as_ref().map(ToString::to_string);
                let quotes = quotes(report);
                let written = self.store.write(cycle, &quotes, self.batch);
                written.context("cannot write to the store")?;
            }
            Err(error) => how.stopped = Some(error.to_string()),
        }
        let ended = self.store.end(cycle, Utc::now(), &self.definition, &raised, &how);
        ended.context("cannot write to the store")?;
        for signal in &raised {
            self.tell_signal(signal)?;
        }
        self.tell_trouble(&ran);
        if !self.quiet {
            let cached = counts.cached.zip(before.cached).map(|(now, before)| now - before);
            tell(&self.status(&how, requested, cached, begun.elapsed(), skipped));
        }
        let hours = ran.iter().flat_map(Report::rows).filter_map(|row| row.hours);
        Ok(market(hours, Utc::now()))
    }

    /// An outage is told when it begins and when it is over, what failed in the first cycle.
    fn tell_trouble(&mut self, ran: &Result<Report, PipelineError>) {
        let why = match ran {
            Ok(report) if report.successful() > 0 => None,
            Ok(report) => match (&report.stopped, report.failures.first()) {
                (Some(stop), _) => Some(stop.to_string()),
                (None, Some(first)) => Some(first.fault.to_string()),
                (None, None) => None,
            },
            Err(error) => Some(error.to_string()),
        };
        match (why, self.outage) {
            (Some(why), 0) => {
                self.outage = 1;
                tell(&format!("warning: nothing came: {why}; the watch goes on"));
            }
            (Some(_), _) => self.outage += 1,
            (None, 0) => {}
            (None, cycles) => {
                self.outage = 0;
                tell(&format!("back after {cycles} cycles without anything"));
            }
        }
        if let Ok(report) = ran
            && self.cycles == 1
            && report.successful() > 0
            && !report.failures.is_empty()
        {
            tell(&format!("failed: {}", failures(report, NAMED)));
        }
    }

    fn tell_signal(&mut self, signal: &Signal) -> anyhow::Result<()> {
        let json = signal.json().to_string();
        let line = if self.lines == Format::Ndjson { json.clone() } else { signal.line() };
        let mut stdout = io::stdout().lock();
        match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
            // Who listened has gone; what is stored goes on.
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {}
            written => written.context("cannot write to standard output")?,
        }
        if let Some(file) = &mut self.append {
            writeln!(file, "{json}").context("cannot write to the file of --append")?;
        }
        if self.notices.as_ref().is_some_and(|notices| !notices.tell(json)) {
            tell(&format!(
                "warning: too many signals wait for --exec or --webhook; {} is not told",
                signal.symbol
            ));
        }
        Ok(())
    }

    fn status(
        &self,
        how: &Cycle,
        requested: usize,
        cached: Option<usize>,
        took: Duration,
        skipped: u64,
    ) -> String {
        let mut parts = vec![
            format!("cycle {}", self.cycles),
            format!("{} of {requested}", how.successful),
            format!("{} requests, {} cached", how.requests, cached.unwrap_or(0)),
            format!("{} signals", how.signals),
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

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}
