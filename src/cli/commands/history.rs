//! `history`: what `watch` saw of a ticker.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;

use crate::cli::args::store::HistoryArgs;
use crate::cli::context::CommandResult;
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::settings::store::{cannot_read, existing_store};
use crate::cli::terminal::destination::Destination;
use crate::report::{HistoryTable, write_history};
use crate::universe::Symbol;

const EXAMPLES: &str = "\
Examples:
  screener history NVDA                          the newest 50 quotes
  screener history NVDA --since 7d -f csv";

/// Print what `watch` saw of a ticker, the newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TickerHistoryArgs {
    /// The ticker to look up
    #[arg(value_name = "TICKER")]
    ticker: String,

    #[command(flatten)]
    history: HistoryArgs,
}

pub(super) fn history(args: &TickerHistoryArgs) -> CommandResult {
    let symbol = parse_ticker(&args.ticker)?;
    let args = &args.history;
    let store = existing_store(&args.store)?;
    let history = store.history(&symbol, since(args), args.n).map_err(|e| cannot_read(&e))?;
    if history.rows.is_empty() {
        let is_known = store.knows(&symbol).map_err(|e| cannot_read(&e))?;
        let what = if is_known { "was not seen since then" } else { "was never seen" };
        let error = usage(format!("{symbol} {what}"));
        return Err(error.hinted("screener watch LIST stores what it sees"));
    }
    write(&history, args)
}

pub(super) fn parse_ticker(ticker: &str) -> Result<Symbol, CommandError> {
    Symbol::parse(ticker).map_err(|bad| usage(format!("{bad} is not a valid ticker")))
}

pub(super) fn since(args: &HistoryArgs) -> Option<DateTime<Utc>> {
    Utc::now().checked_sub_signed(TimeDelta::from_std(args.since?).ok()?)
}

pub(super) fn write(history: &HistoryTable, args: &HistoryArgs) -> CommandResult {
    let mut document = Vec::new();
    write_history(history, args.format, &mut document)?;
    Destination::Stdout.write(&document)?;
    Ok(Exit::Reported)
}
