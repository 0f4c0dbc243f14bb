//! How momentum is scored.

use clap::{Args, ValueHint};

use super::values::parse_model;
use crate::models::Model;

#[derive(Debug, Args)]
#[command(next_help_heading = "Scoring")]
pub(crate) struct ModelArgs {
    /// The momentum model
    #[arg(long, default_value = "composite", env = "SCREENER_MODEL", value_parser = parse_model())]
    pub(crate) model: Model,

    #[command(flatten)]
    pub(crate) benchmark: BenchmarkArgs,
}

/// What returns are measured against.
#[derive(Debug, Args)]
#[command(next_help_heading = "Scoring")]
pub(crate) struct BenchmarkArgs {
    /// The benchmark for returns [default: SPY where the provider has it; `none` for no benchmark]
    #[arg(long, value_name = "SYMBOL|none", env = "SCREENER_BENCHMARK")]
    pub(crate) benchmark: Option<String>,
}

/// What tickers are compared with.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Scoring")]
pub(crate) struct RankArgs {
    /// Rate tickers against this list instead of against each other
    #[arg(long, value_name = "LIST", value_hint = ValueHint::FilePath)]
    pub(crate) rank_among: Option<String>,
}
