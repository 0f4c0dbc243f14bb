//! The `compare` command: ask before a live provider is burdened, measure, tell.

use std::io::{self, BufRead, IsTerminal, Write};

use chrono::Utc;

use super::args::{CompareArgs, ListArgs, ModelArgs, RunArgs};
use super::output::Target;
use super::progress::Progress;
use super::run::interrupted;
use super::settings::{Asked, Settings};
use super::signals::Signals;
use super::supply::Supply;
use super::{Exit, Usage, log_to_stderr, tell};
use crate::compare::Contest;
use crate::report::{Format, write_comparison};
use crate::universe::Symbol;

/// Tickers named when results differ.
const NAMED: usize = 5;

pub(super) fn compare(
    model: ModelArgs,
    args: &CompareArgs,
    list: ListArgs,
    run: RunArgs,
) -> anyhow::Result<Exit> {
    log_to_stderr(&run.output);
    let Settings { universe, supply, screen, plan, output, notice, dry_run } =
        Settings::decide(Asked::Momentum(model, list), None, 1, run, Utc::now())?;
    if supply.is_offline() {
        let error = Usage::new("compare measures requests, and --offline leaves none");
        return Err(error.hint("leave out --offline").into());
    }
    if matches!(output.format, Format::Markdown | Format::Parquet) {
        let error = Usage::new(format!("compare does not write {}", output.format.name()));
        return Err(error.hint("it writes -f table, csv, json and ndjson").into());
    }
    let target = Target::open(output.file.as_deref().filter(|_| !dry_run))?;
    if let Some(notice) = notice.filter(|_| !output.quiet) {
        tell(&notice);
    }
    supply.share(output.quiet, tell);
    let signals = Signals::listen()?;
    let workers: Vec<usize> = args.workers.iter().map(|workers| usize::from(*workers)).collect();
    let contest = Contest {
        screen: &screen,
        universe: &universe,
        plan: &plan,
        source: &|workers| {
            let source = supply.uncached(workers);
            signals.stop(&source);
            source
        },
        workers: &workers,
        repeat: args.repeat.into(),
    };
    if dry_run {
        let host = supply.host().unwrap_or("nobody");
        target.write(format!("{} requests to {host}\n", contest.requests()).as_bytes())?;
        return Ok(Exit::Reported);
    }
    if let Supply::Remote { is_live: true, .. } = &supply
        && !args.yes
        && !may_burden(supply.host().unwrap_or_default(), contest.requests())?
    {
        return Err(Usage::new("nothing was sent").hint("--yes goes on without asking").into());
    }
    let progress = Progress::new(output.progress, false);
    let comparison = contest.run(&progress);
    progress.finish();
    if let Some(signal) = signals.heard() {
        return Ok(interrupted(signal, &progress, false));
    }
    let comparison = comparison?;

    let mut document = Vec::new();
    write_comparison(&comparison, output.format, &mut document)?;
    target.write(&document)?;

    let failed = comparison.failures.len();
    if let Some(stop) = &comparison.stopped {
        tell(&format!("incomplete: {stop}"));
        if let Some(hint) = stop.hint() {
            tell(&format!("hint: {hint}"));
        }
        return Ok(Exit::of_stop(stop));
    }
    if !comparison.results_identical() {
        let differing: Vec<&str> =
            comparison.differing.iter().take(NAMED).map(Symbol::as_str).collect();
        let count = comparison.differing.len();
        tell(&format!("error: the runs differ in {count} tickers: {}", differing.join(", ")));
        return Ok(Exit::Failed);
    }
    if let Some(first) = comparison.failures.first() {
        tell(&format!("{failed} of {} tickers failed: {}", comparison.tickers, first.fault));
        if failed == comparison.tickers {
            return Ok(Exit::Failed);
        }
        if output.allowed.is_some_and(|most| most.is_exceeded(failed, comparison.tickers)) {
            return Ok(Exit::TooManyFailures);
        }
    }
    Ok(Exit::Reported)
}

/// Warns before many requests go to a live provider; asks where somebody can answer.
fn may_burden(host: &str, requests: usize) -> io::Result<bool> {
    let warning = format!("this sends {requests} requests to {host}");
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        tell(&format!("warning: {warning}"));
        return Ok(true);
    }
    write!(io::stderr(), "{warning}; go on? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
