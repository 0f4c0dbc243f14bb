//! What every screen of a list takes, whatever it asks of the tickers.

use clap::Args;

use super::fetch::{RunArgs, WorkerArgs};
use super::output::{FormatArgs, OutputArgs};
use super::shard::ShardArgs;
use super::tickers::ListArgs;
use super::view::ViewArgs;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct SavedScreenArgs {
    /// A screen from the configuration file, `[screens.NAME]`; typed options take precedence
    #[arg(id = "saved_screen", long = "screen", value_name = "NAME")]
    pub(crate) screen: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ScreenArgs {
    #[command(flatten)]
    pub(crate) saved: SavedScreenArgs,

    #[command(flatten)]
    pub(crate) view: ViewArgs,

    #[command(flatten)]
    pub(crate) workers: WorkerArgs,

    #[command(flatten)]
    pub(crate) shard: ShardArgs,

    #[command(flatten)]
    pub(crate) list: ListArgs,

    #[command(flatten)]
    pub(crate) run: RunArgs,

    #[command(flatten)]
    pub(crate) format: FormatArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
