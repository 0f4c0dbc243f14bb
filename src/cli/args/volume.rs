//! What counts as unusual volume.

use clap::{Args, ValueEnum};

use super::values::{parse_at_least_one, parse_not_negative};

#[derive(Debug, Args)]
#[command(next_help_heading = "Screening")]
pub(crate) struct VolumeArgs {
    /// Minimum volume of the last complete bar, in shares
    #[arg(long, value_name = "SHARES", default_value = "1000000", env = "SCREENER_MIN_VOLUME",
          value_parser = parse_not_negative)]
    pub(crate) min_volume: f64,

    /// Minimum ratio of that volume to the baseline
    #[arg(long, value_name = "X", default_value = "2.0", env = "SCREENER_MULTIPLIER",
          value_parser = parse_not_negative)]
    pub(crate) multiplier: f64,

    /// Sessions of the baseline: those before the last bar
    #[arg(long, value_name = "N", default_value = "20", env = "SCREENER_LOOKBACK",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) lookback: u16,

    /// Baseline for the ratio
    #[arg(long, value_enum, default_value_t = BaselineName::Mean, env = "SCREENER_BASELINE")]
    pub(crate) baseline: BaselineName,

    /// Direction of the price change
    #[arg(long, value_enum, default_value_t = DirectionName::Any, env = "SCREENER_DIRECTION")]
    pub(crate) direction: DirectionName,

    /// Minimum last price
    #[arg(long, value_name = "PRICE", env = "SCREENER_MIN_PRICE", value_parser = parse_not_negative)]
    pub(crate) min_price: Option<f64>,

    /// Maximum last price
    #[arg(long, value_name = "PRICE", env = "SCREENER_MAX_PRICE", value_parser = parse_not_negative)]
    pub(crate) max_price: Option<f64>,

    /// Minimum average dollar volume over the lookback period
    #[arg(long, value_name = "AMOUNT", env = "SCREENER_MIN_DOLLAR_VOLUME",
          value_parser = parse_not_negative)]
    pub(crate) min_dollar_volume: Option<f64>,

    /// Show at most N rows
    #[arg(short, long = "count", value_name = "N", env = "SCREENER_COUNT",
          value_parser = parse_at_least_one)]
    pub(crate) n: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BaselineName {
    /// Mean volume
    Mean,
    /// Median volume; days without any are left out
    Median,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DirectionName {
    /// Above the close before
    Up,
    /// Below the close before
    Down,
    /// Either
    Any,
}
