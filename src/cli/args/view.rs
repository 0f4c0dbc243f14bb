//! Which rows and columns a report shows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct ViewArgs {
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,

    /// Also write an HTML page with ranking, charts and failures; works offline
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct ChoiceArgs {
    /// Show only rows that pass, such as `rsi_14 < 70 and return_6m > 0.1`
    #[arg(long, value_name = "CONDITION")]
    pub(crate) filter: Option<String>,

    /// Sort by this column, :asc or :desc
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub(crate) sort: Option<String>,

    /// Columns of the table, CSV and NDJSON, in this order
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,

    /// Rank within each sector and show the top N of each
    #[arg(long, value_enum, value_name = "sector")]
    pub(crate) by: Option<GroupName>,
}

/// Options that choose among rows, of which a shard holds all: they do not go with `--shard`.
pub(crate) const CHOICES: [&str; 5] = ["filter", "sort", "columns", "by", "html"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupName {
    Sector,
}
