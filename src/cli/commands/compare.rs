//! `compare`: ask before a live provider is burdened, measure, report.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;

use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::fetch::RunArgs;
use crate::cli::args::model::ModelArgs;
use crate::cli::args::output::OutputArgs;
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::values::parse_format;
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, failed, usage};
use crate::cli::settings::descriptors::allowed_workers;
use crate::cli::settings::output::Output;
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::cli::settings::screen::decide_momentum;
use crate::cli::terminal::destination::Destination;
use crate::cli::terminal::interrupts::Interrupts;
use crate::cli::terminal::messages::Messages;
use crate::cli::terminal::progress::Progress;
use crate::measure::calendar::SESSIONS;
use crate::pipeline::SpeedTest;
use crate::report::{Comparison, write_comparison};
use crate::source::Source;
use crate::table::Format;
use crate::table::named;
use crate::universe::Symbol;

const EXAMPLES: &str = "\
Examples:
  screener compare dow30                         1 worker against 10
  screener compare sp500 -w 5,10,20 --repeat 3   three counts, medians of three";

/// Tickers named when results differ.
const MAX_NAMED: usize = 5;
const FORMATS: [Format; 4] = [Format::Table, Format::Csv, Format::Json, Format::Ndjson];

/// Measure whether concurrency pays, and whether the scores are the same
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    model: ModelArgs,

    /// Worker counts to compare with one worker, 1 to 256 each
    #[arg(short, long, value_name = "N,…", default_value = "10", env = "SCREENER_WORKERS",
          value_delimiter = ',', help_heading = "Comparing",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Vec<u16>,

    /// Run each worker count N times and take the median
    #[arg(long, value_name = "N", default_value = "1", env = "SCREENER_REPEAT",
          help_heading = "Comparing", value_parser = clap::value_parser!(u16).range(1..=100))]
    repeat: u16,

    /// Do not ask before sending many requests to a live provider
    #[arg(short, long, help_heading = "Comparing")]
    yes: bool,

    #[command(flatten)]
    list: ListArgs,

    #[command(flatten)]
    run: RunArgs,

    /// Output format [default: by the ending of -o, else table]
    #[arg(short, long, help_heading = "Output", value_parser = parse_format(&FORMATS))]
    format: Option<Format>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn compare(args: CompareArgs, context: &Context) -> CommandResult {
    let mut run = RunSettings::decide(RunRequest {
        tickers: Tickers::Listed(args.list),
        sessions: SESSIONS,
        from: None,
        workers: 1,
        run: args.run,
        format: args.format,
        output: args.output,
        typed: &context.typed,
    })?;
    run.output.reject_unless(&FORMATS, "compare")?;
    if run.source.is_offline() {
        let error = usage("compare measures requests, and --offline sends none");
        return Err(error.hinted("leave out --offline"));
    }
    let most = args.workers.iter().copied().max().unwrap_or_default();
    if let (allowed, Some(limit)) = allowed_workers(most) {
        let error = usage(format!(
            "{most} workers need more than the {limit} files that a process may open"
        ));
        return Err(error.hinted(format!("use -w {allowed}, or raise ulimit -n")));
    }
    let momentum = decide_momentum(&args.model, &mut run)?;
    let screen = Screen::new(Criteria::Momentum(momentum));
    let Some(remote) = run.source.remote() else {
        let error = usage("nothing is fetched from bars at hand, so there is nothing to compare");
        let hint = "compare needs a server: a live provider, or --base-url of one of your own";
        return Err(error.hinted(hint));
    };
    let target = Destination::open(run.output.file.as_deref().filter(|_| !run.dry_run))?;
    if let Some(notice) = run.source.notice() {
        run.output.messages.note(&notice);
    }
    let interrupts = Interrupts::listen()?;
    let server = remote.share(&run.output.messages);
    let workers: Vec<usize> = args.workers.iter().map(|workers| usize::from(*workers)).collect();
    let speed_test = SpeedTest {
        screen: &screen,
        universe: &run.universe,
        plan: &run.plan,
        source: &|workers| {
            let source = Source::Remote(remote.uncached(workers, server.as_ref()));
            interrupts.watch_over(&source);
            source
        },
        workers: &workers,
        repeat: args.repeat.into(),
    };
    let host = remote.host();
    if run.dry_run {
        target.write(format!("{} requests to {host}\n", speed_test.requests()).as_bytes())?;
        return Ok(Exit::Reported);
    }
    if remote.is_live
        && !args.yes
        && !may_burden(host, speed_test.requests(), &run.output.messages)?
    {
        return Err(usage("nothing was sent").hinted("--yes goes on without asking"));
    }
    let progress = Progress::new(run.output.shows_progress, false, &run.output.messages);
    let comparison = speed_test.run(&progress);
    progress.finish();
    if let Some(signal) = interrupts.heard() {
        run.output.messages.urgent(&format!("interrupted: {}", progress.so_far()));
        return Ok(Exit::of_signal(signal));
    }
    let comparison = comparison?;
    let mut document = Vec::new();
    write_comparison(&comparison, run.output.format, &mut document)?;
    target.write(&document)?;
    conclude(&comparison, &run.output)
}

/// Says what is beside the comparison, and finds the exit code.
fn conclude(comparison: &Comparison, output: &Output) -> CommandResult {
    let messages = &output.messages;
    if let Some(stop) = &comparison.stopped {
        messages.urgent(&format!("incomplete: {stop}"));
        if let Some(hint) = stop.hint() {
            messages.hint(hint);
        }
        return Ok(Exit::of_stop(stop));
    }
    if !comparison.results_identical() {
        return Err(differ(&comparison.differing));
    }
    let Some(first) = comparison.failures.first() else { return Ok(Exit::Reported) };
    let (count, tickers) = (comparison.failures.len(), comparison.tickers);
    messages.urgent(&format!("{count} of {tickers} tickers failed: {}", first.reason));
    if count == tickers {
        Ok(Exit::Failed)
    } else if output.failure_limit.is_some_and(|limit| limit.is_exceeded(count, tickers)) {
        Ok(Exit::TooManyFailures)
    } else {
        Ok(Exit::Reported)
    }
}

fn differ(differing: &[Symbol]) -> CommandError {
    let symbols = named(differing, MAX_NAMED);
    failed(format!("the runs differ in {} tickers: {symbols}", differing.len()))
}

/// Warns before many requests go to a live provider; asks where there is a person to answer.
fn may_burden(host: &str, requests: usize, messages: &Messages) -> io::Result<bool> {
    let warning = format!("this sends {requests} requests to {host}");
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        messages.urgent(&format!("warning: {warning}"));
        return Ok(true);
    }
    write!(io::stderr(), "{warning}; go on? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
