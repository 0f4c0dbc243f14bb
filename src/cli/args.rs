//! What may be typed, and its help. No IO and no decisions.

pub(super) mod watch;

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::builder::FalseyValueParser;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::parse::{
    Allowance, allowance, at_least_one, base_url, date, duration, format_parser, header_value,
    model_parser, not_negative, positive_duration, rate, secret,
};
use crate::fetch::Secret;
use crate::report::Format;
use crate::screen::models::Model;
use watch::{PastArgs, WatchArgs};

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

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  screener explain NVDA                          why this score?
  screener explain NVDA --model clenow -f json";

/// Screen lists of tickers for momentum and unusual volume, fetched concurrently but politely
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, after_help = EXAMPLES, max_term_width = 80, args_override_self = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

impl Cli {
    /// What the commands that fetch have in common.
    pub(super) fn run_mut(&mut self) -> Option<&mut RunArgs> {
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
pub(super) enum Command {
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
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Rank tickers and show the best
    #[command(after_help = TOP_EXAMPLES)]
    Top {
        /// How many to show
        #[arg(short, long = "count", value_name = "N", default_value = "10", value_parser = at_least_one)]
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
pub(super) enum ConfigCommand {
    /// Print every setting with its value and where it comes from
    Show,
    /// Print where the file is
    Path,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub(super) enum CacheCommand {
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
        list: ListArgs,
        #[command(flatten)]
        run: RunArgs,
    },
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(super) struct ViewArgs {
    /// Show only rows that pass, such as `rsi_14 < 70 and return_6m > 0.1`
    #[arg(long, value_name = "CONDITION")]
    pub(super) filter: Option<String>,

    /// Order by this column, :asc or :desc
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub(super) sort: Option<String>,

    /// Columns of the table, CSV and NDJSON, in this order
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub(super) columns: Vec<String>,

    /// Write a page to look at as well: ranking, charts, what failed; needs no network
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,

    /// Rank within sectors, and show so many of each
    #[arg(long, value_enum, value_name = "sector")]
    pub(super) by: Option<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Group {
    Sector,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(super) struct WorkerArgs {
    /// Requests under way at once, 1 to 256
    #[arg(short, long, value_name = "N", default_value = "10", env = "SCREENER_WORKERS",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) workers: u16,
}

#[derive(Debug, Default, Args)]
pub(super) struct ListArgs {
    /// A file of tickers, an embedded list (see `screener lists`), a ticker, or - for standard input
    #[arg(value_name = "LIST|TICKER|-")]
    pub(super) lists: Vec<String>,

    /// Tickers, separated by commas
    #[arg(short, long, value_name = "TICKER,…", value_delimiter = ',')]
    pub(super) tickers: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct PortfolioArgs {
    /// A CSV with the columns ticker, shares and perhaps `cost_basis` (of one share), or words like AAPL=100
    #[arg(required = true, value_name = "HOLDINGS|TICKER=SHARES|-")]
    pub(super) holdings: Vec<String>,

    /// Holdings to set these beside
    #[arg(long, value_name = "HOLDINGS")]
    pub(super) against: Option<String>,

    /// The lowest scores first, not the greatest values
    #[arg(long, conflicts_with = "sort")]
    pub(super) worst_first: bool,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The last session to use [default: the newest complete one]
    #[arg(long, value_name = "YYYY-MM-DD", env = "SCREENER_AS_OF", value_parser = date)]
    pub(super) as_of: Option<NaiveDate>,

    /// Use the unfinished bar of a session that is still open, too
    #[arg(long)]
    pub(super) include_partial: bool,

    /// Say what would be asked of whom and how long it takes, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    #[command(flatten)]
    pub(super) fetch: FetchArgs,

    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Scoring")]
pub(super) struct ModelArgs {
    /// How momentum is scored
    #[arg(long, default_value = "composite", env = "SCREENER_MODEL", value_parser = model_parser())]
    pub(super) model: Model,

    /// What returns are compared with [default: SPY where the provider has it; `none` for nothing]
    #[arg(long, value_name = "SYMBOL|none", env = "SCREENER_BENCHMARK")]
    pub(super) benchmark: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Screening")]
pub(super) struct VolumeArgs {
    /// Least volume of the last complete bar, in shares
    #[arg(long, value_name = "SHARES", default_value = "1000000", env = "SCREENER_MIN_VOLUME", value_parser = not_negative)]
    pub(super) min_volume: f64,

    /// Least ratio of that volume to the baseline
    #[arg(long, value_name = "X", default_value = "2.0", env = "SCREENER_MULTIPLIER", value_parser = not_negative)]
    pub(super) multiplier: f64,

    /// Sessions of the baseline: those before the last bar
    #[arg(long, value_name = "N", default_value = "20", env = "SCREENER_LOOKBACK",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) lookback: u16,

    /// What the ratio is taken of
    #[arg(long, value_enum, default_value_t = BaselineName::Mean)]
    pub(super) baseline: BaselineName,

    /// Which way the price must have gone
    #[arg(long, value_enum, default_value_t = DirectionName::Any)]
    pub(super) direction: DirectionName,

    /// Least last price
    #[arg(long, value_name = "PRICE", value_parser = not_negative)]
    pub(super) min_price: Option<f64>,

    /// Greatest last price
    #[arg(long, value_name = "PRICE", value_parser = not_negative)]
    pub(super) max_price: Option<f64>,

    /// Least mean of price times volume over the lookback
    #[arg(long, value_name = "AMOUNT", value_parser = not_negative)]
    pub(super) min_dollar_volume: Option<f64>,

    /// Show at most so many
    #[arg(short, long = "count", value_name = "N", value_parser = at_least_one)]
    pub(super) n: Option<usize>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Comparing")]
pub(super) struct CompareArgs {
    /// Worker counts to compare with one worker, 1 to 256 each
    #[arg(short, long, value_name = "N,…", default_value = "10", env = "SCREENER_WORKERS",
          value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) workers: Vec<u16>,

    /// Run each so many times and take the median
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(super) repeat: u16,

    /// Do not ask before sending many requests to a live provider
    #[arg(short, long)]
    pub(super) yes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BaselineName {
    /// Mean volume
    Mean,
    /// Median volume; days without any are left out
    Median,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DirectionName {
    /// Above the close before
    Up,
    /// Below the close before
    Down,
    /// Either
    Any,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(super) struct FetchArgs {
    /// Where prices come from
    #[arg(long, value_enum, default_value_t = ProviderName::Yahoo, env = "SCREENER_PROVIDER")]
    pub(super) provider: ProviderName,

    /// A CSV or Parquet file of daily prices, or a folder of them, for `--provider files`
    #[arg(long, value_name = "PATH", env = "SCREENER_DATA")]
    pub(super) data: Option<PathBuf>,

    /// Ask this server instead of the provider's own; the next one when it lets nobody in
    #[arg(long, value_name = "URL,…", env = "SCREENER_BASE_URL", value_delimiter = ',', value_parser = base_url)]
    pub(super) base_url: Vec<String>,

    /// Requests a second [default: 10, of alpaca 3]
    #[arg(long, value_name = "R", env = "SCREENER_RATE", value_parser = rate)]
    pub(super) rate: Option<f64>,

    /// Requests at once after a rest [default: as many as workers]
    #[arg(long, value_name = "N", env = "SCREENER_BURST",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) burst: Option<u32>,

    /// Time for one attempt: 30s, 2m; a bare number is seconds
    #[arg(long, value_name = "TIME", default_value = "30s", env = "SCREENER_TIMEOUT", value_parser = positive_duration)]
    pub(super) timeout: Duration,

    /// Attempts after the first one when a request fails for a passing reason
    #[arg(long, value_name = "N", default_value = "3", env = "SCREENER_RETRIES",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(super) retries: u32,

    /// Time for the whole run; what is done by then is reported
    #[arg(long, value_name = "TIME", env = "SCREENER_MAX_TIME", value_parser = positive_duration)]
    pub(super) max_time: Option<Duration>,

    /// The longest pause a provider may ask for, at once or in a row, before the run stops
    #[arg(long, value_name = "TIME", default_value = "60s", env = "SCREENER_MAX_WAIT", value_parser = duration)]
    pub(super) max_wait: Duration,

    /// The User-Agent header [default: one of a browser's, another when it is refused]
    #[arg(long, value_name = "TEXT", env = "SCREENER_USER_AGENT", value_parser = header_value)]
    pub(super) user_agent: Option<String>,

    /// Neither read nor write the cache
    #[arg(long, env = "SCREENER_NO_CACHE", value_parser = FalseyValueParser::new())]
    pub(super) no_cache: bool,

    /// Fetch everything anew and keep it
    #[arg(long)]
    pub(super) refresh: bool,

    /// Use only what the cache has; what it lacks is a failure
    #[arg(long, conflicts_with = "refresh")]
    pub(super) offline: bool,

    /// How long a bar of an open session is believed
    #[arg(long, value_name = "TIME", default_value = "5m", env = "SCREENER_CACHE_TTL", value_parser = duration)]
    pub(super) cache_ttl: Duration,

    /// One half of a key pair.
    #[arg(long, env = "APCA_API_KEY_ID", hide = true, hide_env_values = true, value_parser = secret)]
    pub(super) apca_api_key_id: Option<Secret>,

    /// The other half.
    #[arg(long, env = "APCA_API_SECRET_KEY", hide = true, hide_env_values = true, value_parser = secret)]
    pub(super) apca_api_secret_key: Option<Secret>,

    /// Tickers written to the cache in one transaction
    #[arg(long, value_name = "N", default_value = "50", env = "SCREENER_BATCH_SIZE",
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) batch_size: u16,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How the report is written [default: by the ending of -o, else `SCREENER_FORMAT`, else table]
    #[arg(short, long, value_parser = format_parser())]
    pub(super) format: Option<Format>,

    /// The format where neither an option nor a file's ending says one.
    #[arg(long, env = "SCREENER_FORMAT", hide = true, value_parser = format_parser())]
    pub(super) usual_format: Option<Format>,

    /// Write the report to this file, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Exit with 3 when any ticker failed
    #[arg(long, env = "SCREENER_STRICT", value_parser = FalseyValueParser::new())]
    pub(super) strict: bool,

    /// Exit with 3 when more tickers failed than this: 5 or 2%
    #[arg(long, value_name = "N|N%", env = "SCREENER_ALLOW_FAILURES", value_parser = allowance)]
    pub(super) allow_failures: Option<Allowance>,

    /// Colour the table
    #[arg(long, value_enum, default_value_t = When::Auto, env = "SCREENER_COLOR")]
    pub(super) color: When,

    /// No progress bar
    #[arg(long, env = "SCREENER_NO_PROGRESS", value_parser = FalseyValueParser::new())]
    pub(super) no_progress: bool,

    /// Errors only on standard error
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// Tell what the run cost: requests, bytes, latencies, memory, …
    #[arg(long, env = "SCREENER_STATS", value_parser = FalseyValueParser::new())]
    pub(super) stats: bool,

    /// How what goes on is told
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "SCREENER_LOG_FORMAT")]
    pub(super) log_format: LogFormat,

    /// Tell what goes on: -v failed attempts, -vv every request
    #[arg(short, long, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub(super) verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProviderName {
    /// Yahoo's chart API, no key needed
    Yahoo,
    /// Alpaca's bars of US stocks: `APCA_API_KEY_ID` and `APCA_API_SECRET_KEY` are a free key
    Alpaca,
    /// Prices of your own: CSV or Parquet, see --data
    Files,
    /// Embedded real prices of six companies to 2023-09-21
    Sample,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for a person
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}
