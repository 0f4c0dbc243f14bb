//! The tickers of a command.

use clap::Args;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Tickers")]
pub(crate) struct ListArgs {
    /// A file of tickers, an embedded list (see `screener lists`), a ticker, or - for standard input
    #[arg(value_name = "LIST|TICKER|-")]
    pub(crate) lists: Vec<String>,

    /// Tickers, separated by commas
    #[arg(short, long, value_name = "TICKER,…", value_delimiter = ',')]
    pub(crate) tickers: Vec<String>,
}
