//! `explain`: the components of a score.

use clap::Args;

use super::run::run_and_write;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::list_run::ListRunArgs;
use crate::cli::args::model::{ModelArgs, RankArgs};
use crate::cli::args::values::parse_format;
use crate::cli::args::view::DoubtArgs;
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::run::RunSettings;
use crate::cli::settings::screen::{decide_momentum, decide_rank_among};
use crate::report::write_explanation;
use crate::table::Format;

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
    doubt: DoubtArgs,

    #[command(flatten)]
    run: ListRunArgs,

    /// Output format [default: by the ending of -o, else table]
    #[arg(short, long, help_heading = "Output",
          value_parser = parse_format(&[Format::Table, Format::Json]))]
    format: Option<Format>,
}

pub(super) fn explain(args: ExplainArgs, context: &Context) -> CommandResult {
    let rank_among = decide_rank_among(&args.rank, args.run.run.list_day())?;
    let mut run = RunSettings::of_list(args.run, args.format, &context.typed)?;
    let format = run.output.format;
    run.output.reject_unless(&[Format::Table, Format::Json], "explain")?;
    let momentum = decide_momentum(&args.model, &mut run)?;
    let include_suspect = args.doubt.include_suspect;
    let screen =
        Screen { rank_among, include_suspect, ..Screen::new(Criteria::Momentum(momentum)) };
    run_and_write(&run, &screen, |report, document| write_explanation(report, format, document))
}
