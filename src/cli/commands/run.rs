//! A run from the opened output to the exit code: what is gathered, written and said.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use serde_json::{Map, Value, json};

use crate::ask::Screen;
use crate::cli::args::values::FailureLimit;
use crate::cli::context::CommandResult;
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::settings::output::Output;
use crate::cli::settings::run::RunSettings;
use crate::cli::terminal::destination::Destination;
use crate::cli::terminal::interrupts::Interrupts;
use crate::cli::terminal::progress::Progress;
use crate::failure::{Failure, FailureKind, Incomplete};
use crate::pipeline::{self, Forecast, GatheredRows};
use crate::report::{self, Report, RunCost};
use crate::source::Source;
use crate::table::Format;

/// How many tickers of a kind the footer names.
pub(super) const MAX_NAMED: usize = 5;

/// What a run gathered and where its report goes, or how it ended without one.
pub(super) type Ran = ControlFlow<Exit, (GatheredRows, Destination)>;

/// Opens the output, runs a screen, writes its report with `write`, says what is beside it.
pub(super) fn run_and_write(
    run: &RunSettings,
    screen: &Screen,
    write: impl FnOnce(&Report, &mut Vec<u8>) -> io::Result<()>,
) -> CommandResult {
    let screen = Screen { with_stats: run.output.with_stats, ..screen.clone() };
    let (gathered, target) = match gather(run, &screen)? {
        ControlFlow::Continue(gathered) => gathered,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let incomplete = gathered.incomplete.clone();
    match (gathered.rank(&screen), incomplete) {
        // Too few to compare, because the others were not fetched.
        (Err(_), Some(incomplete)) => Err(in_vain(&incomplete)),
        (report, _) => finish(&report?, &run.output, target, write),
    }
}

/// Opens the output and gathers what is asked for, unless only a forecast of that is wanted.
pub(super) fn gather(run: &RunSettings, screen: &Screen) -> Result<Ran, CommandError> {
    let RunSettings { universe, plan, .. } = run;
    let target = open_target(run)?;
    let forecast = |source: &Source| pipeline::forecast(screen, universe, source, plan);
    let gathered = with_source(run, forecast, |source, progress| {
        Ok(pipeline::gather_rows(screen, universe, source, plan, progress)?)
    })?;
    Ok(match gathered {
        ControlFlow::Continue(gathered) => ControlFlow::Continue((gathered, target)),
        ControlFlow::Break(exit) => ControlFlow::Break(exit),
    })
}

/// Opens where the report goes, and finds a bad path of the failures at once.
pub(super) fn open_target(run: &RunSettings) -> Result<Destination, CommandError> {
    let RunSettings { output, dry_run, .. } = run;
    if let Some(file) = output.failures.as_deref().filter(|_| !dry_run) {
        Destination::open(Some(file))?;
    }
    Ok(Destination::open(output.file.as_deref().filter(|_| !dry_run))?)
}

/// Opens the source, lets `gather` fetch from it and closes it, unless only a forecast is wanted; what a person should
/// know beside is said.
pub(super) fn with_source<T>(
    run: &RunSettings,
    forecast: impl FnOnce(&Source) -> Forecast,
    gather: impl FnOnce(&Source, &Progress) -> Result<T, CommandError>,
) -> Result<ControlFlow<Exit, T>, CommandError> {
    let RunSettings { source: settings, plan, output, dry_run, .. } = run;
    if let Some(notice) = settings.notice() {
        output.messages.note(&notice);
    }
    let progress =
        Progress::new(output.shows_progress, !output.messages.is_quiet(), &output.messages);
    let opened = settings.open(plan.workers, progress.messages());
    let (source, warning) = (opened.source, opened.warning);
    if let Some(warning) = &warning {
        if settings.is_offline() && !source.is_kept() {
            return Err(usage(format!("--offline needs the cache: {warning}")));
        }
        output.messages.warning(warning);
    }
    if *dry_run {
        let forecast = forecast(&source);
        let text = match output.format {
            Format::Json | Format::Ndjson => forecast.json().to_string(),
            _ => forecast.to_string(),
        };
        Destination::print(&format!("{text}\n"))?;
        return Ok(ControlFlow::Break(Exit::Reported));
    }
    let interrupts = Interrupts::listen()?;
    interrupts.watch_over(&source);
    let gathered = gather(&source, &progress);
    progress.finish();
    let is_kept = source.is_kept();
    let trouble = source.close();
    if let Some(signal) = interrupts.heard() {
        let kept = if is_kept { "; the next run goes on from the cache" } else { "" };
        output.messages.urgent(&format!("interrupted: {}{kept}", progress.so_far()));
        return Ok(ControlFlow::Break(Exit::of_signal(signal)));
    }
    if let Some(trouble) = trouble.filter(|_| warning.is_none()) {
        output.messages.warning(&trouble);
    }
    Ok(ControlFlow::Continue(gathered?))
}

/// Writes a report and says what is beside it.
pub(super) fn finish(
    report: &Report,
    output: &Output,
    target: Destination,
    write: impl FnOnce(&Report, &mut Vec<u8>) -> io::Result<()>,
) -> CommandResult {
    if let Some(why) = market_is_otherwise(report) {
        output.messages.note(&why);
        return Ok(Exit::DoesNotHold);
    }
    let is_empty = report.successful() == 0 && report.requested() > 0;
    let is_worthless = is_empty && !holds_failures(report, output.format);
    if let Some(incomplete) = report.cut_short().filter(|_| is_worthless) {
        return Err(in_vain(incomplete)); // five hundred reasons and an empty table say no more
    }
    if may_write(is_worthless, output) {
        let mut document = Vec::new();
        write(report, &mut document)?;
        target.write(&document)?;
    }
    write_failures(&report.failures, output)?;
    say_what_is_beside(report, output);
    let is_shard = report.shard.is_some();
    conclude(&report.failures, report.requested(), report.cut_short(), is_shard, output)
}

/// Whether a report is written: what is in a file already is worth more than nothing.
pub(super) fn may_write(is_worthless: bool, output: &Output) -> bool {
    !is_worthless || output.file.is_none()
}

/// Writes the failures to the file that is named for them, if one is.
pub(super) fn write_failures(failures: &[Failure], output: &Output) -> Result<(), CommandError> {
    if let Some(file) = &output.failures {
        let mut lines = Vec::new();
        report::write_failures(failures, &mut lines)?;
        Destination::open(Some(file))?.write(&lines)?;
    }
    Ok(())
}

/// Whether failures have a place in what is written: a shard's file holds them in every format.
fn holds_failures(report: &Report, format: Format) -> bool {
    format.holds_failures() || report.shard.is_some()
}

/// A run that ended before it brought anything.
pub(super) fn in_vain(incomplete: &Incomplete) -> CommandError {
    CommandError {
        exit: Exit::of_incomplete(incomplete),
        message: incomplete.to_string(),
        hint: incomplete.hint().map(String::from),
    }
}

/// What a person should know besides the report.
fn say_what_is_beside(report: &Report, output: &Output) {
    let Output { format, messages, .. } = output;
    // A CSV has no place for failures: all of them are named here.
    let is_whole = report.incomplete.is_none();
    let named = if *format == Format::Csv && is_whole { usize::MAX } else { MAX_NAMED };
    if messages.is_quiet() {
        if !holds_failures(report, *format) && !report.failures.is_empty() {
            messages.urgent(&format!("failed: {}", report::failures(&report.failures, named)));
        }
        return;
    }
    // The summary comes last where scripts read it, and first where a person does.
    if !messages.is_json() {
        messages.summary(&report::summary(report, named), Map::new());
    }
    if *format == Format::Table {
        let hidden = report::hidden_columns(report, output.style);
        if hidden > 0 {
            let columns = crate::table::plural(hidden, "column");
            messages.note(&format!("{columns} not shown: the terminal is too narrow"));
        }
    }
    if report.screen.with_stats {
        messages.note(&report::Stats::of(report).to_string());
    }
    if messages.is_json() {
        let mut facts = facts_of(report.requested(), &report.failures, &report.cost);
        facts.insert("as_of".into(), report.as_of.map(|day| day.to_string()).into());
        messages.summary(&report::summary(report, named), facts);
    }
}

/// What a run came to, for scripts; kinds of failures are spelt as in reports.
pub(super) fn facts_of(
    requested: usize,
    failures: &[Failure],
    cost: &RunCost,
) -> Map<String, Value> {
    let mut kinds = BTreeMap::new();
    for failure in failures {
        *kinds.entry(failure.reason.kind().name()).or_insert(0_usize) += 1;
    }
    let facts = json!({
        "total_requested": requested,
        "successful": requested - failures.len(),
        "failed": failures.len(),
        "failures": kinds,
        "requests": cost.counts.requests,
        "cached": cost.counts.cached,
        "elapsed_seconds": cost.elapsed.as_secs_f64(),
    });
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}

/// Why the report is not wanted in this market, if so. Of a run that ended early the market is not known.
fn market_is_otherwise(report: &Report) -> Option<String> {
    let condition = report.screen.only_if.as_ref()?;
    let breadth = report.ranking.breadth.as_ref()?;
    let is_known = report.cut_short().is_none() && report.successful() > 0;
    let holds = condition.judge(breadth) == Some(true);
    let numbers = condition.numbers(breadth);
    (is_known && !holds)
        .then(|| format!("nothing written: {} does not hold ({numbers})", condition.text()))
}

/// The exit code of a run whose report is written.
pub(super) fn conclude(
    failures: &[Failure],
    requested: usize,
    cut_short: Option<&Incomplete>,
    is_shard: bool,
    output: &Output,
) -> CommandResult {
    let failed = failures.len();
    if let Some(incomplete) = cut_short {
        return Ok(Exit::of_incomplete(incomplete));
    }
    // A shard may be of unknown tickers only; whether all of them failed is for the merge to say.
    if failed > 0 && failed == requested && !is_shard {
        let first = &failures[0];
        let every = if requested == 1 { "" } else { "every ticker failed, the first: " };
        let message = format!("{every}{}: {}", first.symbol, first.reason);
        // However short the list is, an outage is one.
        let is_outage = failures.iter().all(|failure| failure.reason.is_outage());
        let exit = if is_outage { Exit::StoppedEarly } else { Exit::Failed };
        return Err(CommandError { exit, message, hint: None });
    }
    // Shards that are missing are no report, unless it is said how much may be.
    let is_missing = |failure: &Failure| failure.reason.kind() == FailureKind::Missing;
    let limit = match output.failure_limit {
        None if failures.iter().any(is_missing) => Some(FailureLimit::Tickers(0)),
        limit => limit,
    };
    if limit.is_some_and(|limit| limit.is_exceeded(failed, requested)) {
        let message = format!("{failed} of {requested} tickers failed");
        return Err(CommandError { exit: Exit::TooManyFailures, message, hint: None });
    }
    Ok(Exit::Reported)
}
