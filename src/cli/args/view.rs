//! Which rows and columns a report shows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::{ColumnWords, parse_preset};
use crate::ask::presets::Preset;
use crate::compare::groups::Grouping;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct ViewArgs {
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,

    /// Also write an HTML page with ranking, groups, charts and failures; works offline
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct ChoiceArgs {
    /// Show only rows that pass, such as `rsi_14 < 70 and return_6m > 5%`; given twice, both must hold
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) filter: Vec<String>,

    /// A filter with an order and columns, see `screener presets`; can be combined with --filter
    #[arg(long, value_name = "NAME", value_parser = parse_preset())]
    pub(crate) preset: Vec<&'static Preset>,

    /// Sort by this column, :asc or :desc
    #[arg(long, value_name = "COLUMN[:asc|:desc]", value_parser = ColumnWords,
          hide_possible_values = true)]
    pub(crate) sort: Option<String>,

    /// Columns of every format but JSON, in this order; `name = expression` computes one
    #[arg(long, value_name = "COLUMN,…", value_parser = ColumnWords, hide_possible_values = true)]
    pub(crate) columns: Vec<String>,

    /// Add the columns of a CSV or Parquet file with a column ticker or symbol
    #[arg(long, value_name = "FILE")]
    pub(crate) join: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) doubt: DoubtArgs,

    /// Rank within each sector or sub-industry, the strongest first, and show the top N of each
    #[arg(long, value_enum)]
    pub(crate) by: Option<GroupName>,
}

/// Whether tickers of doubtful prices are ranked.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct DoubtArgs {
    /// Also rank tickers with doubtful prices: unexplained jumps, frozen series
    #[arg(long)]
    pub(crate) include_suspect: bool,
}

/// The state of the market that a run may depend on.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Choosing rows and columns")]
pub(crate) struct MarketArgs {
    /// Write nothing and exit with 4 unless this holds: `benchmark > sma_200`, `above_sma_200 > 0.5`
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) only_if: Option<String>,
}

/// Options that choose among rows, of which a shard holds all: they do not go with `--shard`.
pub(crate) const CHOICES: [&str; 8] =
    ["filter", "preset", "sort", "columns", "join", "by", "html", "include_suspect"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupName {
    Sector,
    #[value(name = "sub_industry", alias = "sub-industry", alias = "industry")]
    SubIndustry,
}

impl From<GroupName> for Grouping {
    fn from(name: GroupName) -> Self {
        match name {
            GroupName::Sector => Self::Sector,
            GroupName::SubIndustry => Self::SubIndustry,
        }
    }
}
