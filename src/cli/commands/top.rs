//! `top`: the tickers with the strongest momentum.

use clap::Args;

use super::screen::screen_list;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::model::{ModelArgs, RankArgs};
use crate::cli::args::screen::ScreenArgs;
use crate::cli::args::values::parse_at_least_one;
use crate::cli::args::view::{CHOICES, MarketArgs};
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, usage};
use crate::cli::settings::screen::{decide_momentum, decide_rank_among, with_preset};
use crate::cli::settings::source::SourceSettings;
use crate::cli::settings::view::market_condition;
use crate::measure::calendar::SESSIONS;
use crate::models::Model;
use crate::pipeline::Prefilter;

/// How many tickers are shown, unless another number is asked for.
pub(super) const DEFAULT_COUNT: usize = 10;

const EXAMPLES: &str = "\
Examples:
  screener top -n 20 sp500                       the best 20 of an index
  screener top sp500 --no-prefilter              every ticker's bars
  screener top sp500 --by sector -n 3            the best 3 of each sector
  screener top sp500 --filter 'rsi_14 < 70'      only those that pass
  screener top sp500 --preset liquid             a filter by name
  screener top sp500 --as-of 2024-06-28          on the closes of that day";

/// Rank tickers and show the best
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("shard", |arg| {
    arg.conflicts_with_all(CHOICES).conflicts_with_all(["n", "prefilter", "rank_among", "only_if"])
}))]
pub(crate) struct TopArgs {
    /// Show the best N
    #[arg(short, long = "count", value_name = "N", default_value_t = DEFAULT_COUNT,
          env = "SCREENER_COUNT", value_parser = parse_at_least_one)]
    n: usize,

    /// Fetch closes of 20 tickers a request first, then bars of the promising ones only (yahoo) [default: for more
    /// than 150 tickers, where no filter, order or groups need every ticker's bars]
    #[arg(long, conflicts_with_all = ["filter", "preset", "sort", "by", "rank_among", "only_if"])]
    prefilter: bool,

    /// Download the bars of every ticker
    #[arg(long, conflicts_with = "prefilter")]
    no_prefilter: bool,

    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    rank: RankArgs,

    #[command(flatten)]
    market: MarketArgs,

    #[command(flatten)]
    screen: ScreenArgs,
}

pub(super) fn top(args: TopArgs, context: &Context) -> CommandResult {
    let TopArgs { n, prefilter, no_prefilter, model, rank, market, screen } = args;
    let screen_is_shard = screen.shard.shard.is_some();
    let model = with_preset(model, &screen.view.choice, &context.typed);
    let rank_among = decide_rank_among(&rank, screen.run.list_day())?;
    screen_list(screen, SESSIONS, context, |run| {
        if prefilter {
            run.plan.prefilter = Some(decide_prefilter(n, model.model, &run.source)?);
        } else if !no_prefilter && !screen_is_shard {
            run.plan.prefilter = decide_prefilter(n, model.model, &run.source)
                .ok()
                .map(|prefilter| Prefilter { is_asked_for: false, ..prefilter });
        }
        let momentum = decide_momentum(&model, run)?;
        let only_if = market_condition(market.only_if.as_deref(), momentum.benchmark.is_some())?;
        let screen = Screen::new(Criteria::Top(momentum));
        Ok(Screen { limit: Some(n), rank_among, only_if, ..screen })
    })
}

/// Closes can rank by a model; they know nothing of the other columns.
fn decide_prefilter(
    n: usize,
    model: Model,
    source: &SourceSettings,
) -> Result<Prefilter, CommandError> {
    if model.compares_tickers() {
        let error = usage(format!("--prefilter does not go with --model {}", model.name));
        return Err(error.hinted("its scores need the bars of all tickers"));
    }
    if !source.has_prefilter() {
        let error = usage("--prefilter is for --provider yahoo");
        return Err(error.hinted("the other providers do not need it"));
    }
    Ok(Prefilter { n, is_asked_for: true })
}
