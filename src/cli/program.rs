//! The program as clap knows it: every command, every option, and what stands below their help.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory, Parser};

use super::commands::{Command, topics_of};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  screener top -n 20 sp500.txt              the best 20 of a list
  screener momentum -t AAPL,MSFT -f json    every score of some tickers
  screener volume-screen nasdaq100          twice the usual volume, or more
  screener compare sp500 -w 5,10,20         does concurrency pay?
  screener top --provider sample            offline, on embedded real prices
  cut -f1 my.tsv | screener top -           tickers from a pipe

Exit codes: 0 report written, 1 everything failed, 2 usage,
3 failures under --strict, 4 --only-if does not hold, 5 stopped early
(rate limit, --max-time, the provider does not answer),
130 and 143 interrupted";

/// Screen lists of tickers for momentum and unusual volume, fetched concurrently but politely
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, after_help = EXAMPLES, max_term_width = 80)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Every command and option; the help of each command points at its topics in the guide.
pub(super) fn command() -> clap::Command {
    Cli::command().mut_subcommands(|command| {
        let Some(topics) = topics_of(command.get_name()) else { return command };
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let topics = match topics.split_once(", ") {
            Some((first, more)) => format!("{first} (and {more})"),
            None => topics.to_owned(),
        };
        command.after_help(
            format!("{after}\n\nGuide: screener guide {topics}").trim_start().to_owned(),
        )
    })
}
