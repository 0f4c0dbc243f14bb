//! `chart`: tickers drawn in the terminal.

use clap::Args;

use super::run::run_and_write;
use crate::cli::args::fetch::{RunArgs, WorkerArgs};
use crate::cli::args::output::OutputArgs;
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::values::parse_format;
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::report::{Format, write_charts};
use crate::screen::models::Model;
use crate::screen::momentum::Momentum;
use crate::screen::series::SESSIONS;
use crate::screen::{Criteria, Screen};

const EXAMPLES: &str = "\
Examples:
  screener chart NVDA                            a year of closes and volume
  screener chart -t AAPL,MSFT -o charts.txt";

/// Draw tickers in the terminal: closes and volume
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ChartArgs {
    #[command(flatten)]
    workers: WorkerArgs,

    #[command(flatten)]
    list: ListArgs,

    #[command(flatten)]
    run: RunArgs,

    /// Output format
    #[arg(short, long, help_heading = "Output", value_parser = parse_format(&[Format::Table]))]
    format: Option<Format>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn chart(args: ChartArgs, context: &Context) -> CommandResult {
    let run = RunSettings::decide(RunRequest {
        tickers: Tickers::Listed(args.list),
        sessions: SESSIONS,
        workers: args.workers.workers,
        run: args.run,
        format: args.format,
        output: args.output,
        typed: &context.typed,
    })?;
    run.output.reject_unless(&[Format::Table], "chart")?;
    let momentum = Momentum { model: Model::Composite, benchmark: None };
    let screen = Screen { with_history: true, ..Screen::new(Criteria::Momentum(momentum)) };
    run_and_write(&run, &screen, |report, document| {
        write_charts(report, run.output.style, document)
    })
}
