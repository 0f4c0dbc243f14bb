//! Where prices come from, and how they are fetched.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use super::values::{
    parse_base_url, parse_day, parse_duration, parse_header_value, parse_positive_duration,
    parse_rate, parse_redis_address, parse_secret, parse_shared_key, parse_size,
};
use crate::fetch::Secret;
use crate::shared::RedisAddress;
use crate::table::DateOrder;
use crate::table::Decimal;

#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(crate) struct WorkerArgs {
    /// Concurrent requests, 1 to 256
    #[arg(short, long, value_name = "N", default_value = "10", env = "SCREENER_WORKERS",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) workers: u16,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct RunArgs {
    /// The last session to use: a date, yesterday, friday, -5d [default: the newest complete one]
    #[arg(long, value_name = "DAY", env = "SCREENER_AS_OF", value_parser = parse_day,
          allow_hyphen_values = true)]
    pub(crate) as_of: Option<NaiveDate>,

    /// With --as-of, use an embedded list's members of that day or of today
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = MembersName::Day)]
    pub(crate) members: MembersName,

    /// Also use the unfinished bar of a session that is still open
    #[arg(long, env = "SCREENER_INCLUDE_PARTIAL", value_parser = BoolishValueParser::new())]
    pub(crate) include_partial: bool,

    /// Print what would be downloaded and how long it would take; send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) fetch: FetchArgs,
}

impl RunArgs {
    /// The day of which embedded lists are wanted. `None`: today.
    pub(crate) fn list_day(&self) -> Option<NaiveDate> {
        self.as_of.filter(|_| self.members == MembersName::Day)
    }
}

/// Whose members a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MembersName {
    /// Those of the day that is asked about
    Day,
    /// Today's
    Today,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(crate) struct FetchArgs {
    /// Where prices come from
    #[arg(long, value_enum, default_value_t = ProviderName::Yahoo, env = "SCREENER_PROVIDER")]
    pub(crate) provider: ProviderName,

    /// A CSV or Parquet file of daily prices, or a folder of them, for `--provider files`
    #[arg(long, value_name = "PATH", env = "SCREENER_DATA")]
    pub(crate) data: Option<PathBuf>,

    /// Whether a day or a month comes first in dates such as 03/04/2024 of --data and of transactions
    #[arg(long, value_enum, value_name = "ORDER")]
    pub(crate) date_format: Option<DateFormatName>,

    /// The decimal separator in numbers such as 1,234 of --data
    #[arg(long, value_enum, value_name = "MARK")]
    pub(crate) decimal: Option<DecimalName>,

    /// The column of --data that holds the tickers, if it cannot be detected
    #[arg(long, value_name = "COLUMN")]
    pub(crate) symbol_column: Option<String>,

    /// The most that --data may unpack to, all files together: 500MB, 8GiB [default: 4GiB]
    #[arg(long, value_name = "SIZE", env = "SCREENER_MAX_BYTES", value_parser = parse_size)]
    pub(crate) max_bytes: Option<u64>,

    /// Use this server instead of the provider's; try the next URL if it refuses access
    #[arg(long, value_name = "URL,…", env = "SCREENER_BASE_URL", value_delimiter = ',',
          value_parser = parse_base_url)]
    pub(crate) base_url: Vec<String>,

    /// Requests per second [default: yahoo from 4 to 10, alpaca 3]
    #[arg(long, value_name = "R", env = "SCREENER_RATE", value_parser = parse_rate)]
    pub(crate) rate: Option<f64>,

    /// Requests at once after a rest [default: yahoo 3, else as many as workers]
    #[arg(long, value_name = "N", env = "SCREENER_BURST",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) burst: Option<u32>,

    /// A Redis or Valkey server through which processes share one rate limit and one cache
    #[arg(long, value_name = "redis://HOST:6379/0", env = "SCREENER_SHARED_URL", hide_env_values = true,
          value_parser = parse_redis_address)]
    pub(crate) shared: Option<RedisAddress>,

    /// A key that processes have in common: entries of the shared cache that were made without it are left alone
    #[arg(long, value_name = "KEY", env = "SCREENER_SHARED_KEY", hide_env_values = true,
          hide = true, value_parser = parse_shared_key)]
    pub(crate) shared_key: Option<Secret>,

    /// Requests per second of each process while that server is away [default: a sixteenth of --rate]
    #[arg(long, value_name = "R", env = "SCREENER_SHARED_FALLBACK", value_parser = parse_rate)]
    pub(crate) shared_fallback: Option<f64>,

    /// Time limit for one attempt: 30s, 2m; a plain number is seconds
    #[arg(long, value_name = "TIME", default_value = "30s", env = "SCREENER_TIMEOUT",
          value_parser = parse_positive_duration)]
    pub(crate) timeout: Duration,

    /// Retries after a temporary failure
    #[arg(long, value_name = "N", default_value = "3", env = "SCREENER_RETRIES",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) retries: u32,

    /// Time limit for the whole run; what is finished by then is reported
    #[arg(long, value_name = "TIME", env = "SCREENER_MAX_TIME", value_parser = parse_positive_duration)]
    pub(crate) max_time: Option<Duration>,

    /// The longest pause, single or in total, that a provider may ask for before the run stops
    #[arg(long, value_name = "TIME", default_value = "180s", env = "SCREENER_MAX_WAIT",
          value_parser = parse_duration)]
    pub(crate) max_wait: Duration,

    /// The User-Agent header [default: a browser's, then another if it is refused]
    #[arg(long, value_name = "TEXT", env = "SCREENER_USER_AGENT", value_parser = parse_header_value)]
    pub(crate) user_agent: Option<String>,

    // As a setting it gives way to what is typed.
    /// Neither read nor write the cache
    #[arg(long, env = "SCREENER_NO_CACHE", value_parser = BoolishValueParser::new(),
          conflicts_with_all = ["refresh", "offline"],
          default_value_ifs([("refresh", "true", "false"), ("offline", "true", "false")]))]
    pub(crate) no_cache: bool,

    /// Download everything again and update the cache
    #[arg(long)]
    pub(crate) refresh: bool,

    /// Use only the cache; tickers missing from it are failures
    #[arg(long, conflicts_with = "refresh")]
    pub(crate) offline: bool,

    /// How long to reuse a bar of an unfinished session
    #[arg(long, value_name = "TIME", default_value = "5m", env = "SCREENER_CACHE_TTL",
          value_parser = parse_duration)]
    pub(crate) cache_ttl: Duration,

    /// The public half of a key pair.
    #[arg(long, env = "APCA_API_KEY_ID", hide = true, hide_env_values = true, value_parser = parse_secret)]
    pub(crate) apca_api_key_id: Option<Secret>,

    /// The secret half.
    #[arg(long, env = "APCA_API_SECRET_KEY", hide = true, hide_env_values = true,
          value_parser = parse_secret)]
    pub(crate) apca_api_secret_key: Option<Secret>,

    /// Tickers written to the cache in one transaction
    #[arg(long, value_name = "N", default_value = "50", env = "SCREENER_BATCH_SIZE",
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) batch_size: u16,
}

/// The order of dates that are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DateFormatName {
    /// 31/01/2024
    Dmy,
    /// 01/31/2024
    Mdy,
}

impl From<DateFormatName> for DateOrder {
    fn from(name: DateFormatName) -> Self {
        match name {
            DateFormatName::Dmy => Self::DayFirst,
            DateFormatName::Mdy => Self::MonthFirst,
        }
    }
}

/// The mark before a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DecimalName {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

impl From<DecimalName> for Decimal {
    fn from(name: DecimalName) -> Self {
        match name {
            DecimalName::Point => Self::Point,
            DecimalName::Comma => Self::Comma,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProviderName {
    /// Yahoo's chart API, no key needed
    Yahoo,
    /// Alpaca's bars of US stocks: `APCA_API_KEY_ID` and `APCA_API_SECRET_KEY` are a free key
    Alpaca,
    /// Your own prices: CSV or Parquet, see --data
    Files,
    /// Embedded real prices of six companies to 2023-09-21
    Sample,
}

impl ProviderName {
    /// As it is typed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yahoo => "yahoo",
            Self::Alpaca => "alpaca",
            Self::Files => "files",
            Self::Sample => "sample",
        }
    }

    /// Whether prices are loaded from this machine.
    pub(crate) fn is_local(self) -> bool {
        matches!(self, Self::Files | Self::Sample)
    }
}
