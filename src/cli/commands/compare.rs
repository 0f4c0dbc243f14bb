//! The `compare` command: ask before a live provider is burdened, measure, tell.

use std::io::{self, BufRead, IsTerminal, Write};

use chrono::Utc;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::{CompareArgs, ListArgs, ModelArgs, RunArgs};
use crate::cli::commands::run::interrupted;
use crate::cli::log_to_stderr;
use crate::cli::settings::source::SourceSettings;
use crate::cli::settings::{Asked, Settings};
use crate::cli::tell;
use crate::cli::terminal::destination::Destination;
use crate::cli::terminal::interrupts::Interrupts;
use crate::cli::terminal::progress::Progress;
use crate::pipeline::speed_test::SpeedTest;
use crate::report::{Format, write_comparison};
use crate::universe::Symbol;

/// Tickers named when results differ.
const NAMED: usize = 5;

pub(in crate::cli) fn compare(
    model: ModelArgs,
    args: &CompareArgs,
    list: ListArgs,
    run: RunArgs,
) -> anyhow::Result<Exit> {
    log_to_stderr(&run.output);
    let Settings { universe, source, screen, plan, output, notice, dry_run } =
        Settings::decide(Asked::Momentum(model, list), None, 1, run, Utc::now())?;
    if source.is_offline() {
        let error = CommandError::new("compare measures requests, and --offline leaves none");
        return Err(error.hint("leave out --offline").into());
    }
    if matches!(output.format, Format::Markdown | Format::Parquet) {
        let error = CommandError::new(format!("compare does not write {}", output.format.name()));
        return Err(error.hint("it writes -f table, csv, json and ndjson").into());
    }
    let target = Destination::open(output.file.as_deref().filter(|_| !dry_run))?;
    if let Some(notice) = notice.filter(|_| !output.quiet) {
        tell(&notice);
    }
    source.share(output.quiet, tell);
    let signals = Interrupts::listen()?;
    let workers: Vec<usize> = args.workers.iter().map(|workers| usize::from(*workers)).collect();
    let speed_test = SpeedTest {
        screen: &screen,
        universe: &universe,
        plan: &plan,
        source: &|workers| {
            let source = source.uncached(workers);
            signals.stop(&source);
            source
        },
        workers: &workers,
        repeat: args.repeat.into(),
    };
    if dry_run {
        let host = source.host().unwrap_or("nobody");
        target.write(format!("{} requests to {host}\n", speed_test.requests()).as_bytes())?;
        return Ok(Exit::Reported);
    }
    if let SourceSettings::Remote { is_live: true, .. } = &source
        && !args.yes
        && !may_burden(source.host().unwrap_or_default(), speed_test.requests())?
    {
        return Err(CommandError::new("nothing was sent")
            .hint("--yes goes on without asking")
            .into());
    }
    let progress = Progress::new(output.progress, false);
    let comparison = speed_test.run(&progress);
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
