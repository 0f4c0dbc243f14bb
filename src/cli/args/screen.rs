//! What may be typed of what is asked of the tickers.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::values::{at_least_one, model_parser, not_negative};
use crate::screen::models::Model;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(in crate::cli) struct ViewArgs {
    #[command(flatten)]
    pub(in crate::cli) choice: ChoiceArgs,

    /// Write a page to look at as well: ranking, charts, what failed; needs no network
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(in crate::cli) struct ChoiceArgs {
    /// Show only rows that pass, such as `rsi_14 < 70 and return_6m > 0.1`
    #[arg(long, value_name = "CONDITION")]
    pub(in crate::cli) filter: Option<String>,

    /// Order by this column, :asc or :desc
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub(in crate::cli) sort: Option<String>,

    /// Columns of the table, CSV and NDJSON, in this order
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub(in crate::cli) columns: Vec<String>,

    /// Rank within sectors, and show so many of each
    #[arg(long, value_enum, value_name = "sector")]
    pub(in crate::cli) by: Option<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Group {
    Sector,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PortfolioArgs {
    /// A CSV with the columns ticker, shares and perhaps `cost_basis` (of one share), or words like AAPL=100
    #[arg(required = true, value_name = "HOLDINGS|TICKER=SHARES|-")]
    pub(in crate::cli) holdings: Vec<String>,

    /// Holdings to set these beside
    #[arg(long, value_name = "HOLDINGS")]
    pub(in crate::cli) against: Option<String>,

    /// The lowest scores first, not the greatest values
    #[arg(long, conflicts_with = "sort")]
    pub(in crate::cli) worst_first: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Scoring")]
pub(in crate::cli) struct ModelArgs {
    /// How momentum is scored
    #[arg(long, default_value = "composite", env = "SCREENER_MODEL", value_parser = model_parser())]
    pub(in crate::cli) model: Model,

    /// What returns are compared with [default: SPY where the provider has it; `none` for nothing]
    #[arg(long, value_name = "SYMBOL|none", env = "SCREENER_BENCHMARK")]
    pub(in crate::cli) benchmark: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Screening")]
pub(in crate::cli) struct VolumeArgs {
    /// Least volume of the last complete bar, in shares
    #[arg(long, value_name = "SHARES", default_value = "1000000", env = "SCREENER_MIN_VOLUME", value_parser = not_negative)]
    pub(in crate::cli) min_volume: f64,

    /// Least ratio of that volume to the baseline
    #[arg(long, value_name = "X", default_value = "2.0", env = "SCREENER_MULTIPLIER", value_parser = not_negative)]
    pub(in crate::cli) multiplier: f64,

    /// Sessions of the baseline: those before the last bar
    #[arg(long, value_name = "N", default_value = "20", env = "SCREENER_LOOKBACK",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(in crate::cli) lookback: u16,

    /// What the ratio is taken of
    #[arg(long, value_enum, default_value_t = BaselineName::Mean)]
    pub(in crate::cli) baseline: BaselineName,

    /// Which way the price must have gone
    #[arg(long, value_enum, default_value_t = DirectionName::Any)]
    pub(in crate::cli) direction: DirectionName,

    /// Least last price
    #[arg(long, value_name = "PRICE", value_parser = not_negative)]
    pub(in crate::cli) min_price: Option<f64>,

    /// Greatest last price
    #[arg(long, value_name = "PRICE", value_parser = not_negative)]
    pub(in crate::cli) max_price: Option<f64>,

    /// Least mean of price times volume over the lookback
    #[arg(long, value_name = "AMOUNT", value_parser = not_negative)]
    pub(in crate::cli) min_dollar_volume: Option<f64>,

    /// Show at most so many
    #[arg(short, long = "count", value_name = "N", value_parser = at_least_one)]
    pub(in crate::cli) n: Option<usize>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Comparing")]
pub(in crate::cli) struct CompareArgs {
    /// Worker counts to compare with one worker, 1 to 256 each
    #[arg(short, long, value_name = "N,…", default_value = "10", env = "SCREENER_WORKERS",
          value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) workers: Vec<u16>,

    /// Run each so many times and take the median
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(in crate::cli) repeat: u16,

    /// Do not ask before sending many requests to a live provider
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum BaselineName {
    /// Mean volume
    Mean,
    /// Median volume; days without any are left out
    Median,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DirectionName {
    /// Above the close before
    Up,
    /// Below the close before
    Down,
    /// Either
    Any,
}
