//! `momentum`: every ticker's score, in the order given.

use clap::Args;

use super::screen::screen_list;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::model::{ModelArgs, RankArgs};
use crate::cli::args::screen::ScreenArgs;
use crate::cli::args::view::{CHOICES, MarketArgs};
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::screen::{decide_momentum, decide_rank_among, with_preset};
use crate::cli::settings::view::market_condition;
use crate::measure::calendar::SESSIONS;

const EXAMPLES: &str = "\
Examples:
  screener momentum -t AAPL,MSFT                 two tickers
  screener momentum my.csv -o scores.csv         a list's scores, as CSV
  screener momentum dow30 -f json | jq .results  for scripts";

/// Score every ticker, in the order given
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("shard", |arg| {
    arg.conflicts_with_all(CHOICES).conflicts_with_all(["rank_among", "only_if"])
}))]
pub(crate) struct MomentumArgs {
    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    rank: RankArgs,

    #[command(flatten)]
    market: MarketArgs,

    #[command(flatten)]
    screen: ScreenArgs,
}

pub(super) fn momentum(args: MomentumArgs, context: &Context) -> CommandResult {
    let model = with_preset(args.model, &args.screen.view.choice, &context.typed);
    let rank_among = decide_rank_among(&args.rank, args.screen.run.list_day())?;
    screen_list(args.screen, SESSIONS, context, |run| {
        let momentum = decide_momentum(&model, run)?;
        let benchmark = momentum.benchmark.is_some();
        let only_if = market_condition(args.market.only_if.as_deref(), benchmark)?;
        Ok(Screen { rank_among, only_if, ..Screen::new(Criteria::Momentum(momentum)) })
    })
}
