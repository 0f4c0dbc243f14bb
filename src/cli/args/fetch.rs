//! What may be typed of where prices come from and where reports go.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use crate::cli::args::values::{
    FailureLimit, allowance, base_url, date, duration, format_parser, header_value,
    positive_duration, rate, secret, shared,
};
use crate::fetch::Secret;
use crate::report::Format;
use crate::shared::RedisAddress;

#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(in crate::cli) struct WorkerArgs {
    /// Requests under way at once, 1 to 256
    #[arg(short, long, value_name = "N", default_value = "10", env = "SCREENER_WORKERS",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) workers: u16,
}

#[derive(Debug, Default, Args)]
pub(in crate::cli) struct ListArgs {
    /// A file of tickers, an embedded list (see `screener lists`), a ticker, or - for standard input
    #[arg(value_name = "LIST|TICKER|-")]
    pub(in crate::cli) lists: Vec<String>,

    /// Tickers, separated by commas
    #[arg(short, long, value_name = "TICKER,…", value_delimiter = ',')]
    pub(in crate::cli) tickers: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RunArgs {
    /// The last session to use [default: the newest complete one]
    #[arg(long, value_name = "YYYY-MM-DD", env = "SCREENER_AS_OF", value_parser = date)]
    pub(in crate::cli) as_of: Option<NaiveDate>,

    /// Use the unfinished bar of a session that is still open, too
    #[arg(long)]
    pub(in crate::cli) include_partial: bool,

    /// Say what would be asked of whom and how long it takes, and send nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,

    #[command(flatten)]
    pub(in crate::cli) fetch: FetchArgs,

    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(in crate::cli) struct FetchArgs {
    /// Where prices come from
    #[arg(long, value_enum, default_value_t = ProviderName::Yahoo, env = "SCREENER_PROVIDER")]
    pub(in crate::cli) provider: ProviderName,

    /// A CSV or Parquet file of daily prices, or a folder of them, for `--provider files`
    #[arg(long, value_name = "PATH", env = "SCREENER_DATA")]
    pub(in crate::cli) data: Option<PathBuf>,

    /// Ask this server instead of the provider's own; the next one when it lets nobody in
    #[arg(long, value_name = "URL,…", env = "SCREENER_BASE_URL", value_delimiter = ',', value_parser = base_url)]
    pub(in crate::cli) base_url: Vec<String>,

    /// Requests a second [default: 10, of alpaca 3]
    #[arg(long, value_name = "R", env = "SCREENER_RATE", value_parser = rate)]
    pub(in crate::cli) rate: Option<f64>,

    /// Requests at once after a rest [default: as many as workers]
    #[arg(long, value_name = "N", env = "SCREENER_BURST",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(in crate::cli) burst: Option<u32>,

    /// A Redis or Valkey server through which processes share one rate limit and one cache
    #[arg(long, value_name = "redis://HOST:6379/0", env = "SCREENER_SHARED_URL", hide_env_values = true, value_parser = shared)]
    pub(in crate::cli) shared: Option<RedisAddress>,

    /// Requests a second of each process while that server is away [default: a sixteenth of --rate]
    #[arg(long, value_name = "R", env = "SCREENER_SHARED_FALLBACK", value_parser = rate)]
    pub(in crate::cli) shared_fallback: Option<f64>,

    /// Time for one attempt: 30s, 2m; a bare number is seconds
    #[arg(long, value_name = "TIME", default_value = "30s", env = "SCREENER_TIMEOUT", value_parser = positive_duration)]
    pub(in crate::cli) timeout: Duration,

    /// Attempts after the first one when a request fails for a passing reason
    #[arg(long, value_name = "N", default_value = "3", env = "SCREENER_RETRIES",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(in crate::cli) retries: u32,

    /// Time for the whole run; what is done by then is reported
    #[arg(long, value_name = "TIME", env = "SCREENER_MAX_TIME", value_parser = positive_duration)]
    pub(in crate::cli) max_time: Option<Duration>,

    /// The longest pause a provider may ask for, at once or in a row, before the run stops
    #[arg(long, value_name = "TIME", default_value = "60s", env = "SCREENER_MAX_WAIT", value_parser = duration)]
    pub(in crate::cli) max_wait: Duration,

    /// The User-Agent header [default: one of a browser's, another when it is refused]
    #[arg(long, value_name = "TEXT", env = "SCREENER_USER_AGENT", value_parser = header_value)]
    pub(in crate::cli) user_agent: Option<String>,

    /// Neither read nor write the cache
    #[arg(long, env = "SCREENER_NO_CACHE", value_parser = FalseyValueParser::new())]
    pub(in crate::cli) no_cache: bool,

    /// Fetch everything anew and keep it
    #[arg(long)]
    pub(in crate::cli) refresh: bool,

    /// Use only what the cache has; what it lacks is a failure
    #[arg(long, conflicts_with = "refresh")]
    pub(in crate::cli) offline: bool,

    /// How long a bar of an open session is believed
    #[arg(long, value_name = "TIME", default_value = "5m", env = "SCREENER_CACHE_TTL", value_parser = duration)]
    pub(in crate::cli) cache_ttl: Duration,

    /// One half of a key pair.
    #[arg(long, env = "APCA_API_KEY_ID", hide = true, hide_env_values = true, value_parser = secret)]
    pub(in crate::cli) apca_api_key_id: Option<Secret>,

    /// The other half.
    #[arg(long, env = "APCA_API_SECRET_KEY", hide = true, hide_env_values = true, value_parser = secret)]
    pub(in crate::cli) apca_api_secret_key: Option<Secret>,

    /// Tickers written to the cache in one transaction
    #[arg(long, value_name = "N", default_value = "50", env = "SCREENER_BATCH_SIZE",
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(in crate::cli) batch_size: u16,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct OutputArgs {
    /// How the report is written [default: by the ending of -o, else `SCREENER_FORMAT`, else table]
    #[arg(short, long, value_parser = format_parser())]
    pub(in crate::cli) format: Option<Format>,

    /// The format where neither an option nor a file's ending says one.
    #[arg(long, env = "SCREENER_FORMAT", hide = true, value_parser = format_parser())]
    pub(in crate::cli) usual_format: Option<Format>,

    /// Write the report to this file, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Exit with 3 when any ticker failed
    #[arg(long, env = "SCREENER_STRICT", value_parser = FalseyValueParser::new())]
    pub(in crate::cli) strict: bool,

    /// Exit with 3 when more tickers failed than this: 5 or 2%
    #[arg(long, value_name = "N|N%", env = "SCREENER_ALLOW_FAILURES", value_parser = allowance)]
    pub(in crate::cli) allow_failures: Option<FailureLimit>,

    /// Colour the table
    #[arg(long, value_enum, default_value_t = When::Auto, env = "SCREENER_COLOR")]
    pub(in crate::cli) color: When,

    /// No progress bar
    #[arg(long, env = "SCREENER_NO_PROGRESS", value_parser = FalseyValueParser::new())]
    pub(in crate::cli) no_progress: bool,

    /// Errors only on standard error
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,

    /// Tell what the run cost: requests, bytes, latencies, memory, …
    #[arg(long, env = "SCREENER_STATS", value_parser = FalseyValueParser::new())]
    pub(in crate::cli) stats: bool,

    /// How what goes on is told
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "SCREENER_LOG_FORMAT")]
    pub(in crate::cli) log_format: LogFormat,

    /// Tell what goes on: -v failed attempts, -vv every request
    #[arg(short, long, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub(in crate::cli) verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProviderName {
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
pub(in crate::cli) enum LogFormat {
    /// Lines for a person
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum When {
    Auto,
    Always,
    Never,
}
