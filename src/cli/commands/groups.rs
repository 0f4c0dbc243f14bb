//! `groups`: sectors or sub-industries by relative strength.

use clap::Args;

use super::run::run_and_write;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::ask::columns::Column;
use crate::cli::args::list_run::ListRunArgs;
use crate::cli::args::model::RankArgs;
use crate::cli::args::values::parse_format;
use crate::cli::args::view::{DoubtArgs, GroupName, MarketArgs};
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::run::RunSettings;
use crate::cli::settings::screen::decide_rank_among;
use crate::cli::settings::view::market_condition;
use crate::compare::groups;
use crate::compare::momentum::Momentum;
use crate::models::relative_strength;
use crate::report::write_groups;
use crate::table::Format;

const EXAMPLES: &str = "\
Examples:
  screener groups sp500                          sectors, the strongest first
  screener groups sp500 --by sub_industry        groups of 5 or more
  screener groups sp500 -f json | jq '.groups[0]'";
const FORMATS: [Format; 5] =
    [Format::Table, Format::Csv, Format::Json, Format::Ndjson, Format::Markdown];

/// Rank sectors or sub-industries by relative strength
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GroupsArgs {
    /// What tickers are grouped by
    #[arg(long, value_enum, default_value_t = GroupName::Sector)]
    by: GroupName,

    #[command(flatten)]
    rank: RankArgs,

    #[command(flatten)]
    market: MarketArgs,

    #[command(flatten)]
    doubt: DoubtArgs,

    #[command(flatten)]
    run: ListRunArgs,

    /// Output format [default: by the ending of -o, else table]
    #[arg(short, long, help_heading = "Output", value_parser = parse_format(&FORMATS))]
    format: Option<Format>,
}

pub(super) fn groups(args: GroupsArgs, context: &Context) -> CommandResult {
    let rank_among = decide_rank_among(&args.rank, args.run.run.list_day())?;
    let run = RunSettings::of_list(args.run, args.format, &context.typed)?;
    run.output.reject_unless(&FORMATS, "groups")?;
    let momentum = Momentum { model: relative_strength::MODEL, benchmark: None };
    let screen = Screen {
        rank_among,
        include_suspect: args.doubt.include_suspect,
        with_breadth: true,
        only_if: market_condition(args.market.only_if.as_deref(), false)?,
        ..Screen::new(Criteria::Momentum(momentum))
    };
    let screen = screen.showing(&groups::INPUTS.map(Column::Value));
    let (by, format, style) = (args.by.into(), run.output.format, run.output.style);
    run_and_write(&run, &screen, |report, document| {
        write_groups(report, by, format, style, document)
    })
}
