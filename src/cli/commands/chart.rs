//! `chart`: tickers drawn in the terminal.

use clap::Args;

use super::run::run_and_write;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::list_run::ListRunArgs;
use crate::cli::args::values::parse_format;
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::run::RunSettings;
use crate::compare::momentum::Momentum;
use crate::models::composite;
use crate::report::write_charts;
use crate::table::Format;

const EXAMPLES: &str = "\
Examples:
  screener chart NVDA                            a year of closes and volume
  screener chart -t AAPL,MSFT -o charts.txt";

/// Draw tickers in the terminal: closes and volume
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ChartArgs {
    #[command(flatten)]
    run: ListRunArgs,

    /// Output format
    #[arg(short, long, help_heading = "Output", value_parser = parse_format(&[Format::Table]))]
    format: Option<Format>,
}

pub(super) fn chart(args: ChartArgs, context: &Context) -> CommandResult {
    let run = RunSettings::of_list(args.run, args.format, &context.typed)?;
    run.output.reject_unless(&[Format::Table], "chart")?;
    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    let screen = Screen { with_history: true, ..Screen::new(Criteria::Momentum(momentum)) };
    run_and_write(&run, &screen, |report, document| {
        write_charts(report, run.output.style, document)
    })
}
