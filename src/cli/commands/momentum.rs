//! `momentum`: every ticker's score, in the order given.

use clap::Args;

use super::screen::screen_list;
use crate::cli::args::model::ModelArgs;
use crate::cli::args::screen::ScreenArgs;
use crate::cli::args::view::CHOICES;
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::screen::decide_momentum;
use crate::screen::series::SESSIONS;
use crate::screen::{Criteria, Screen};

const EXAMPLES: &str = "\
Examples:
  screener momentum -t AAPL,MSFT                 two tickers
  screener momentum my.csv -o scores.csv         a list's scores, as CSV
  screener momentum dow30 -f json | jq .results  for scripts";

/// Score every ticker, in the order given
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("shard", |arg| arg.conflicts_with_all(CHOICES)))]
pub(crate) struct MomentumArgs {
    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    screen: ScreenArgs,
}

pub(super) fn momentum(args: MomentumArgs, context: &Context) -> CommandResult {
    screen_list(args.screen, SESSIONS, context, |run| {
        let momentum = decide_momentum(&args.model, &run.source)?;
        Ok(Screen::new(Criteria::Momentum(momentum)))
    })
}
