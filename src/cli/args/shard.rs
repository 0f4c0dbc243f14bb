//! What may be typed of parts of a list, and of putting them together.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::ChoiceArgs;
use crate::cli::args::OutputArgs;
use crate::cli::args::values::{at_least_one, part};
use crate::universe::Shard;

#[derive(Debug, Args)]
pub(in crate::cli) struct ShardArgs {
    /// Measure only this part of the tickers, for `screener merge`: 0/4 to 3/4; auto in a Kubernetes indexed
    /// job or a Slurm array
    #[arg(long, value_name = "I/N|auto", value_parser = part)]
    pub(in crate::cli) shard: Option<ShardChoice>,
}

/// Which part is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ShardChoice {
    /// This one.
    Named(Shard),
    /// The one that whoever started the program numbered in its environment.
    Auto,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MergeArgs {
    /// What --shard wrote
    #[arg(required = true, value_name = "PART")]
    pub(in crate::cli) parts: Vec<PathBuf>,

    /// How many to show [default: 10 of top, all hits of volume-screen]
    #[arg(short, long = "count", value_name = "N", value_parser = at_least_one)]
    pub(in crate::cli) n: Option<usize>,

    /// Whether that was typed, and is not only a setting.
    #[arg(skip)]
    pub(in crate::cli) is_n_typed: bool,

    /// Go on without parts that are not there: their tickers are failures
    #[arg(long)]
    pub(in crate::cli) allow_missing: bool,

    #[command(flatten)]
    pub(in crate::cli) choice: ChoiceArgs,

    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
