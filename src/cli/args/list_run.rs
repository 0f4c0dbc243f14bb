//! What a run over a list takes, whatever is made of its bars.

use clap::Args;

use super::fetch::{RunArgs, WorkerArgs};
use super::output::OutputArgs;
use super::tickers::ListArgs;

#[derive(Debug, Args)]
pub(crate) struct ListRunArgs {
    #[command(flatten)]
    pub(crate) workers: WorkerArgs,

    #[command(flatten)]
    pub(crate) list: ListArgs,

    #[command(flatten)]
    pub(crate) run: RunArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
