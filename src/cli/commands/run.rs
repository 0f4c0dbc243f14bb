//! A run from the opened output to the exit code: what is gathered, written and told.

use std::ops::ControlFlow;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::settings::{Output, Settings};
use crate::cli::terminal::destination::Destination;
use crate::cli::terminal::interrupts::Interrupts;
use crate::cli::terminal::messages::{tell, warn};
use crate::cli::terminal::progress::Progress;
use crate::fetch::StopReason;
use crate::pipeline::{self, Benchmark, Gathered, PipelineError};
use crate::report::{self, Format, Report};

/// How many tickers of a kind the footer names.
const NAMED: usize = 5;

/// Opens the output, runs, writes, tells.
pub(in crate::cli) fn run_and_write(
    settings: &Settings,
    write: impl FnOnce(&Report, &Output, &mut Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let (gathered, target) = match gather(settings)? {
        ControlFlow::Continue(gathered) => gathered,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let stopped = gathered.stopped.clone();
    match (gathered.conclude(&settings.screen), stopped) {
        // Too few to compare, because the others were not asked.
        (Err(_), Some(stop)) => Ok(in_vain(&stop)),
        (report, _) => {
            let report = report.map_err(PipelineError::from)?;
            finish(&report, &settings.output, target, write)
        }
    }
}

/// Opens the output and gathers what is asked for, unless it is only to be said what that takes.
pub(in crate::cli) fn gather(
    settings: &Settings,
) -> anyhow::Result<ControlFlow<Exit, (Gathered, Destination)>> {
    let Settings { universe, source: source_settings, screen, plan, output, notice, dry_run } =
        settings;
    let target = Destination::open(output.file.as_deref().filter(|_| !dry_run))?;
    if let Some(notice) = notice.as_ref().filter(|_| !output.quiet) {
        tell(notice);
    }
    let progress = Progress::new(output.progress, !output.quiet);
    source_settings.share(output.quiet, progress.teller());
    let (source, warning) = source_settings.source(plan.workers);
    if let Some(warning) = &warning {
        if source_settings.is_offline() && !source.is_kept() {
            return Err(CommandError::new(format!("--offline needs the cache: {warning}")).into());
        }
        warn(warning, output);
    }
    if *dry_run {
        let forecast = pipeline::forecast(screen, universe, &source, plan);
        target.write(format!("{forecast}\n").as_bytes())?;
        return Ok(ControlFlow::Break(Exit::Reported));
    }
    let signals = Interrupts::listen()?;
    signals.stop(&source);
    let gathered = pipeline::gather(screen, universe, &source, plan, Benchmark::Fetch, &progress);
    progress.finish();
    let keeps = source.is_kept();
    let trouble = source.close();
    if let Some(signal) = signals.heard() {
        return Ok(ControlFlow::Break(interrupted(signal, &progress, keeps)));
    }
    if let Some(trouble) = trouble.filter(|_| warning.is_none()) {
        warn(&trouble, output);
    }
    Ok(ControlFlow::Continue((gathered?, target)))
}

/// Writes a report and tells what is beside it.
pub(in crate::cli) fn finish(
    report: &Report,
    output: &Output,
    target: Destination,
    write: impl FnOnce(&Report, &Output, &mut Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let holds_failures = output.format.holds_failures();
    let is_in_vain = report.successful() == 0 && report.requested() > 0 && !holds_failures;
    if let Some(stop) = report.cut_short().filter(|_| is_in_vain) {
        return Ok(in_vain(stop)); // five hundred reasons and an empty table say no more
    }
    if is_in_vain && output.file.is_some() {
        return Ok(conclude(report, output)); // what was in the file is worth more than nothing
    }
    let mut document = Vec::new();
    write(report, output, &mut document)?;
    target.write(&document)?;
    Ok(conclude(report, output))
}

/// A run that was stopped before it brought anything.
fn in_vain(stop: &StopReason) -> Exit {
    tell(&format!("error: {stop}"));
    if let Some(hint) = stop.hint() {
        tell(&format!("hint: {hint}"));
    }
    Exit::of_stop(stop)
}

/// What is told of a run that a signal ended: no report, but what was fetched is not lost.
pub(in crate::cli) fn interrupted(signal: i32, progress: &Progress, keeps: bool) -> Exit {
    let (done, total) = progress.so_far();
    let kept = if keeps { "; the next run goes on from the cache" } else { "" };
    tell(&format!("interrupted: {done} of {total} done{kept}"));
    Exit::of_signal(signal)
}

/// Tells what a person should know beside the report, and finds the exit code.
fn conclude(report: &Report, output: &Output) -> Exit {
    // A CSV has no place for failures: all of them are named here.
    let is_whole = report.stopped.is_none();
    let named = if output.format == Format::Csv && is_whole { usize::MAX } else { NAMED };
    if !output.quiet {
        tell(&report::summary(report, named));
        if report.screen.with_stats {
            tell(&report::Stats::of(report).to_string());
        }
    } else if !output.format.holds_failures() && !report.failures.is_empty() {
        tell(&format!("failed: {}", report::failures(report, named)));
    }
    let (failed, requested) = (report.failures.len(), report.requested());
    // A part may be of unknown tickers only; what became of all of them is for the merge to tell.
    let every_failed = failed > 0 && failed == requested && report.part.is_none();
    if let Some(stop) = report.cut_short() {
        Exit::of_stop(stop)
    } else if let Some(first) = every_failed.then(|| &report.failures[0]) {
        let every = if requested == 1 { "" } else { "every ticker failed, the first: " };
        tell(&format!("error: {every}{}: {}", first.symbol, first.fault));
        Exit::Failed
    } else if output.allowed.is_some_and(|most| most.is_exceeded(failed, requested)) {
        tell(&format!("error: {failed} of {requested} tickers failed"));
        Exit::TooManyFailures
    } else {
        Exit::Reported
    }
}
