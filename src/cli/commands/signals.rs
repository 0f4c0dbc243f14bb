//! `signals`: what `watch` reported.

use clap::Args;

use super::history::{parse_ticker, since, write};
use crate::cli::args::store::{HistoryArgs, ScreenName};
use crate::cli::context::CommandResult;
use crate::cli::settings::store::{cannot_read, existing_store};

const EXAMPLES: &str = "\
Examples:
  screener signals --since 1d                    of every ticker
  screener signals NVDA -n 5 -f json";

/// Print the signals that `watch` raised, the newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SignalsArgs {
    /// Only this ticker's
    #[arg(value_name = "TICKER")]
    ticker: Option<String>,

    /// Only rows of this screen
    #[arg(long, value_enum)]
    screen: Option<ScreenName>,

    #[command(flatten)]
    history: HistoryArgs,
}

pub(super) fn signals(args: &SignalsArgs) -> CommandResult {
    let symbol = args.ticker.as_deref().map(parse_ticker).transpose()?;
    let screen = args.screen.map(ScreenName::stored);
    let args = &args.history;
    let store = existing_store(&args.store)?;
    let signals = store.signals(symbol.as_ref(), screen, since(args), args.n);
    write(&signals.map_err(|e| cannot_read(&e))?, args)
}
