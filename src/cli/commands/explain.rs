//! `explain`: the components of a score.

use clap::Args;

use super::run::run_and_write;
use crate::cli::args::fetch::{RunArgs, WorkerArgs};
use crate::cli::args::model::{ModelArgs, RankArgs};
use crate::cli::args::output::OutputArgs;
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::values::parse_format;
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::cli::settings::screen::{decide_momentum, decide_rank_among};
use crate::report::{Format, write_explanation};
use crate::screen::series::SESSIONS;
use crate::screen::{Criteria, Screen};

const EXAMPLES: &str = "\
Examples:
  screener explain NVDA                          why this score?
  screener explain NVDA --model clenow -f json";

/// Show the components of a score
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    rank: RankArgs,

    #[command(flatten)]
    workers: WorkerArgs,

    #[command(flatten)]
    list: ListArgs,

    #[command(flatten)]
    run: RunArgs,

    /// Output format [default: by the ending of -o, else table]
    #[arg(short, long, help_heading = "Output",
          value_parser = parse_format(&[Format::Table, Format::Json]))]
    format: Option<Format>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn explain(args: ExplainArgs, context: &Context) -> CommandResult {
    let rank_among = decide_rank_among(&args.rank)?;
    let mut run = RunSettings::decide(RunRequest {
        tickers: Tickers::Listed(args.list),
        sessions: SESSIONS,
        workers: args.workers.workers,
        run: args.run,
        format: args.format,
        output: args.output,
        typed: &context.typed,
    })?;
    let format = run.output.format;
    run.output.reject_unless(&[Format::Table, Format::Json], "explain")?;
    let momentum = decide_momentum(&args.model, &mut run)?;
    let screen = Screen { rank_among, ..Screen::new(Criteria::Momentum(momentum)) };
    run_and_write(&run, &screen, |report, document| write_explanation(report, format, document))
}
