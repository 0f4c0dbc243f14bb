//! What may be typed, and its help. No IO and no decisions.

mod fetch;
mod screen;
pub(in crate::cli) mod shard;
pub(in crate::cli) mod values;
pub(in crate::cli) mod watch;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

use crate::cli::args::values::at_least_one;
pub(in crate::cli) use fetch::{
    FetchArgs, ListArgs, LogFormat, OutputArgs, ProviderName, RunArgs, When, WorkerArgs,
};
pub(in crate::cli) use screen::{
    BaselineName, ChoiceArgs, CompareArgs, DirectionName, ModelArgs, PortfolioArgs, ViewArgs,
    VolumeArgs,
};
use shard::{MergeArgs, ShardArgs};
use watch::{PastArgs, WatchArgs};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// How many a `top` shows.
pub(in crate::cli) const TOP: usize = 10;

const EXAMPLES: &str = "\
Examples:
  screener top -n 20 sp500.txt              the best 20 of a list
  screener momentum -t AAPL,MSFT -f json    every score of some tickers
  screener volume-screen nasdaq100          twice the usual volume, or more
  screener compare sp500 -w 5,10,20         does concurrency pay?
  screener top --provider sample            offline, on embedded real prices
  cut -f1 my.tsv | screener top -           tickers from a pipe

Exit codes: 0 report written, 1 everything failed, 2 usage,
3 failures under --strict, 5 stopped early (rate limit, --max-time,
nobody answers), 130 and 143 interrupted";

const MOMENTUM_EXAMPLES: &str = "\
Examples:
  screener momentum -t AAPL,MSFT                 two tickers
  screener momentum my.csv -o scores.csv         a list's scores, as CSV
  screener momentum dow30 -f json | jq .results  for scripts";

const TOP_EXAMPLES: &str = "\
Examples:
  screener top -n 20 sp500                       the best 20 of an index
  screener top sp500 --prefilter                 the same with fewer requests
  screener top sp500 --by sector -n 3            the best 3 of each sector
  screener top sp500 --filter 'rsi_14 < 70'      only those that pass
  screener top sp500 --as-of 2024-06-28          as it stood on a day";

const VOLUME_EXAMPLES: &str = "\
Examples:
  screener volume-screen nasdaq100               twice the usual volume
  screener volume-screen sp500 --multiplier 3 --direction up
  screener volume-screen sp500 -f csv -o hits.csv";

const COMPARE_EXAMPLES: &str = "\
Examples:
  screener compare dow30                         1 worker against 10
  screener compare sp500 -w 5,10,20 --repeat 3   a sweep, medians of three";

const PORTFOLIO_EXAMPLES: &str = "\
Examples:
  screener portfolio holdings.csv                ticker, shares, cost_basis
  screener portfolio AAPL=100 NVDA=50            without a file
  screener portfolio mine.csv --worst-first      what to look at first
  screener portfolio mine.csv --against 60-40.csv";

const WATCH_EXAMPLES: &str = "\
Examples:
  screener watch sp500                           unusual volume, every minute
  screener watch sp500 --screen momentum -n 20   the best 20: who is new?
  screener watch mine.txt --exec 'notify.sh -q'  each signal as JSON to a program
  screener signals --since 1d                    what there was to tell";

const MERGE_EXAMPLES: &str = "\
Examples:
  screener top sp500 --shard 0/2 -o part-0.parquet   on one machine
  screener top sp500 --shard 1/2 -o part-1.parquet   on another
  screener merge part-*.parquet -n 20                as one run would rank";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  screener explain NVDA                          why this score?
  screener explain NVDA --model clenow -f json";

/// Screen lists of tickers for momentum and unusual volume, fetched concurrently but politely
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, after_help = EXAMPLES, max_term_width = 80, args_override_self = true)]
pub(in crate::cli) struct Cli {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,
}

impl Cli {
    /// What the commands that fetch have in common.
    pub(in crate::cli) fn run_mut(&mut self) -> Option<&mut RunArgs> {
        match &mut self.command {
            Command::Momentum { run, .. }
            | Command::Top { run, .. }
            | Command::VolumeScreen { run, .. }
            | Command::Portfolio { run, .. }
            | Command::Watch { run, .. }
            | Command::Compare { run, .. }
            | Command::Explain { run, .. }
            | Command::Chart { run, .. }
            | Command::Cache { command: CacheCommand::Warm { run, .. } } => Some(run),
            _ => None,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Score every ticker, in the order given
    #[command(after_help = MOMENTUM_EXAMPLES)]
    Momentum {
        #[command(flatten)]
        model: ModelArgs,
        #[command(flatten)]
        view: ViewArgs,
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        shard: ShardArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Rank tickers and show the best
    #[command(after_help = TOP_EXAMPLES)]
    Top {
        /// How many to show
        #[arg(short, long = "count", value_name = "N", default_value_t = TOP, value_parser = at_least_one)]
        n: usize,
        /// Fetch closes of 20 tickers a request first, then bars of the promising ones only (yahoo)
        #[arg(long)]
        prefilter: bool,
        #[command(flatten)]
        model: ModelArgs,
        #[command(flatten)]
        view: ViewArgs,
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        shard: ShardArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Show tickers whose last volume is unusually high
    #[command(after_help = VOLUME_EXAMPLES)]
    VolumeScreen {
        #[command(flatten)]
        volume: VolumeArgs,
        #[command(flatten)]
        view: ViewArgs,
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        shard: ShardArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Measure whether concurrency pays, and whether the scores are the same
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare {
        #[command(flatten)]
        model: ModelArgs,
        #[command(flatten)]
        compare: CompareArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Value what you hold, and score it: total, weights, gains, concentration
    #[command(after_help = PORTFOLIO_EXAMPLES)]
    Portfolio {
        #[command(flatten)]
        portfolio: PortfolioArgs,
        #[command(flatten)]
        model: ModelArgs,
        #[command(flatten)]
        view: ViewArgs,
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Screen again and again: store what is seen, tell what is new
    #[command(after_help = WATCH_EXAMPLES)]
    Watch {
        #[command(flatten)]
        watch: WatchArgs,
        #[command(flatten)]
        model: ModelArgs,
        #[command(flatten)]
        volume: VolumeArgs,
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Print what `watch` saw of a ticker, the newest first
    History {
        /// Which
        #[arg(value_name = "TICKER")]
        ticker: String,
        #[command(flatten)]
        past: PastArgs,
    },
    /// Print the signals that `watch` raised, the newest first
    Signals {
        /// Only this ticker's
        #[arg(value_name = "TICKER")]
        ticker: Option<String>,
        #[command(flatten)]
        past: PastArgs,
    },
    /// Put the parts of a list together, and screen them as one
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeArgs),
    /// Take one ticker's score apart
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain {
        #[command(flatten)]
        model: ModelArgs,
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Draw tickers in the terminal: closes and volume
    Chart {
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// See to the prices that are kept
    Cache {
        #[command(subcommand)]
        command: CacheCommand,
    },
    /// See to the settings
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Name the ticker lists that are built in
    Lists,
    /// Name the momentum models
    Models,
    /// Print a shell's completions
    Completions {
        /// Which shell's
        shell: clap_complete::Shell,
    },
    /// Print the manual page, of the program or of a command
    Man {
        /// The command, such as top or screener-top
        command: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Print every setting with its value and where it comes from
    Show,
    /// Print where the file is
    Path,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub(in crate::cli) enum CacheCommand {
    /// Print where it is
    Path,
    /// Print what it holds
    Stats,
    /// Remove it
    Clear,
    /// Fetch what it lacks of some tickers, and print nothing
    Warm {
        #[command(flatten)]
        workers: WorkerArgs,
        #[command(flatten)]
        shard: ShardArgs,
        #[command(flatten)]
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
}
