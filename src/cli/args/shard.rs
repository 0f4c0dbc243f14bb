//! One machine's shard of a list.

use clap::Args;

use super::values::{ShardChoice, parse_shard};

#[derive(Debug, Args)]
#[command(next_help_heading = "Tickers")]
pub(crate) struct ShardArgs {
    /// Process only this shard of the tickers, for `screener merge`: 1/4 to 4/4; auto in a Kubernetes indexed job
    /// or a Slurm array
    #[arg(long, value_name = "I/N|auto", value_parser = parse_shard)]
    pub(crate) shard: Option<ShardChoice>,
}
