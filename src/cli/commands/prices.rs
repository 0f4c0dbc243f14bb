//! `prices`: daily bars themselves, for other programs or to be asked again without a provider.

use std::io::ErrorKind;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use clap::Args;

use super::run::{MAX_NAMED, conclude, facts_of, open_target, with_source, write_failures};
use crate::cli::args::fetch::{FetchArgs, MembersName, RunArgs, WorkerArgs};
use crate::cli::args::output::OutputArgs;
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::values::{parse_day, parse_format};
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{Exit, failed, usage};
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::cli::settings::source::SourceSettings;
use crate::failure::Incomplete;
use crate::measure::calendar::SESSIONS;
use crate::pipeline::{self, HandedOn, HandingOnError};
use crate::report::{self, PricesWriter};
use crate::source::Source;
use crate::table::{Format, STREAMED_FORMATS, plural};
use crate::universe::Universe;

const EXAMPLES: &str = "\
Examples:
  screener prices dow30 --from 2005-01-01 -o prices.parquet
  screener prices -t AAPL,MSFT --from -5y -o two.csv
  screener top --provider files --data prices.parquet";

/// Write the daily bars themselves, symbol by symbol, from a given day on
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PricesArgs {
    /// The first day: a date, -5y
    #[arg(long, value_name = "DAY", value_parser = parse_day, allow_hyphen_values = true,
          help_heading = "Running")]
    from: NaiveDate,

    /// The last day [default: the newest complete session]
    #[arg(long, value_name = "DAY", value_parser = parse_day, allow_hyphen_values = true,
          help_heading = "Running")]
    to: Option<NaiveDate>,

    /// Also write the unfinished bar of a session that is still open
    #[arg(long, help_heading = "Running")]
    include_partial: bool,

    /// Print what would be downloaded and how long it would take; send nothing
    #[arg(long, help_heading = "Running")]
    dry_run: bool,

    #[command(flatten)]
    list: ListArgs,

    #[command(flatten)]
    workers: WorkerArgs,

    #[command(flatten)]
    fetch: FetchArgs,

    /// Output format [default: by the ending of -o, else csv]
    #[arg(short, long, help_heading = "Output", value_parser = parse_format(&STREAMED_FORMATS))]
    format: Option<Format>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn prices(args: PricesArgs, context: &Context) -> CommandResult {
    let PricesArgs { from, to, include_partial, dry_run, list, workers, fetch, .. } = args;
    if let Some(to) = to.filter(|to| *to < from) {
        return Err(usage(format!("--to {to} is before --from {from}")));
    }
    let members = MembersName::Today;
    let mut run = RunSettings::decide(RunRequest {
        tickers: Tickers::Listed(list),
        sessions: SESSIONS,
        from: Some(from),
        workers: workers.workers,
        run: RunArgs { as_of: to, members, include_partial, dry_run, fetch },
        format: args.format.or(Some(Format::Csv)),
        output: args.output,
        typed: &context.typed,
    })?;
    run.output.reject_unless(&STREAMED_FORMATS, "prices")?;
    run.universe = in_alphabetical_order(&run.universe);
    let is_adjusted = match &run.source {
        SourceSettings::Local(local) => local.is_adjusted(),
        SourceSettings::Remote(_) => true,
    };
    let mut target = open_target(&run)?;
    let forecast =
        |source: &Source| pipeline::forecast_of_bars(&run.universe, Vec::new(), source, &run.plan);
    let mut written = Written::default();
    let handed_on = with_source(&run, forecast, |source, progress| {
        let mut writer = PricesWriter::begin(run.output.format, is_adjusted, &mut target)?;
        let (universe, plan) = (&run.universe, &run.plan);
        let handed_on = pipeline::hand_on(universe, source, plan, progress, |symbol, bars| {
            written.rows += bars.len();
            written.symbols += usize::from(!bars.is_empty());
            writer.write(symbol, bars)
        });
        let ended = match handed_on {
            Ok(handed_on) => writer.finish().map(|()| handed_on),
            Err(HandingOnError::Workers(error)) => return Err(failed(error.to_string())),
            Err(HandingOnError::Taker(error)) => Err(error),
        };
        match ended {
            Ok(handed_on) => Ok(Some(handed_on)),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(None), // like head
            Err(error) => Err(failed(format!("cannot write prices: {error}"))),
        }
    })?;
    match handed_on {
        ControlFlow::Break(exit) => Ok(exit),
        ControlFlow::Continue(None) => Ok(Exit::Reported),
        ControlFlow::Continue(Some(handed_on)) => {
            let is_whole = handed_on.stopped.is_none();
            let replaces = run.output.file.as_ref().is_some_and(|file| file.exists());
            if replaces && !is_whole {
                let left = "the file is left as it was: these prices are not whole; run it again, it goes on from \
                            the cache";
                run.output.messages.urgent(left);
            } else if written.rows > 0 || run.output.file.is_none() {
                target.finish()?;
            }
            finish(&handed_on, &written, &run)
        }
    }
}

/// What was written.
#[derive(Default)]
struct Written {
    symbols: usize,
    rows: usize,
}

fn in_alphabetical_order(universe: &Universe) -> Universe {
    let mut symbols = universe.symbols().to_vec();
    symbols.sort();
    symbols.into_iter().collect()
}

/// Writes the failures, says what is beside the prices and finds the exit code.
fn finish(handed_on: &HandedOn, written: &Written, run: &RunSettings) -> CommandResult {
    let HandedOn { failures, stopped, cost } = handed_on;
    let output = &run.output;
    write_failures(failures, output)?;
    let requested = run.universe.symbols().len();
    let rows = plural(written.rows, "row");
    let mut said = format!("{rows} of {} of {requested} tickers", written.symbols);
    if !failures.is_empty() {
        said += &format!(" · {}", report::failures(failures, MAX_NAMED));
    }
    if let Some(cached) = cost.counts.cached {
        said += &format!(" · {}, {cached} cached", plural(cost.counts.requests, "request"));
    }
    said += &format!(" · {:.1} s", cost.elapsed.as_secs_f64());
    let incomplete = stopped.clone().map(Incomplete::Stopped);
    if let Some(incomplete) = &incomplete {
        output.messages.urgent(&format!("incomplete: {incomplete}"));
    }
    output.messages.summary(&said, facts_of(requested, failures, cost));
    conclude(failures, requested, incomplete.as_ref(), false, output)
}
