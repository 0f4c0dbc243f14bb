//! The store of a watch, and questions about it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::values::{parse_at_least_one, parse_format, parse_positive_duration};
use crate::table::Format;

/// The formats of a history.
const HISTORY_FORMATS: [Format; 4] = [Format::Table, Format::Csv, Format::Json, Format::Ndjson];

#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The `SQLite` database that `watch` writes [default: in the user's data folder]
    #[arg(long, value_name = "FILE", env = "SCREENER_STORE")]
    pub(crate) store: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Only rows from the last 7d, 2h, …
    #[arg(long, value_name = "TIME", value_parser = parse_positive_duration)]
    pub(crate) since: Option<Duration>,

    /// Show the newest N rows
    #[arg(short, long = "count", value_name = "N", default_value = "50", value_parser = parse_at_least_one)]
    pub(crate) n: usize,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    /// Output format
    #[arg(short, long, default_value = "table", value_parser = parse_format(&HISTORY_FORMATS))]
    pub(crate) format: Format,
}

/// What a watch looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScreenName {
    /// Unusual volume
    Volume,
    /// Being among the best by momentum
    Momentum,
}

impl ScreenName {
    /// As signals and stores name it.
    pub(crate) fn stored(self) -> &'static str {
        match self {
            Self::Volume => "volume-screen",
            Self::Momentum => "top",
        }
    }
}
