//! The tickers of a command.

use clap::{Args, ValueEnum, ValueHint};

use crate::universe::ListOptions;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Tickers")]
pub(crate) struct ListArgs {
    /// A file of tickers, an embedded list (see `screener lists`), a ticker, or - for standard input
    #[arg(value_name = "LIST|TICKER|-", value_hint = ValueHint::FilePath)]
    pub(crate) lists: Vec<String>,

    /// Tickers, separated by commas
    #[arg(short, long, value_name = "TICKER,…", value_delimiter = ',')]
    pub(crate) tickers: Vec<String>,

    /// Only common shares of a table that names its securities (no warrants, units, rights, notes, funds)
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) only: Option<SecurityName>,
}

impl ListArgs {
    /// How lists are read.
    pub(crate) fn options(&self) -> ListOptions {
        let only_common = self.only == Some(SecurityName::Common);
        ListOptions { only_common, ..ListOptions::default() }
    }

    /// Whether no ticker and no list is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.tickers.is_empty()
    }
}

/// A kind of security.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecurityName {
    /// Common and ordinary shares, depositary shares of such
    Common,
}
