//! What may be typed of watching, and of what was seen.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::args::values::{at_least_one, duration, hook_url, positive_duration, words};
use crate::report::Format;

#[derive(Debug, Args)]
#[command(next_help_heading = "Watching")]
pub(in crate::cli) struct WatchArgs {
    /// What a ticker has to satisfy: the volume screen, or being among the best -n by momentum
    #[arg(long, value_enum, default_value_t = ScreenName::Volume, env = "SCREENER_SCREEN")]
    pub(in crate::cli) screen: ScreenName,

    /// … and this condition, such as `price > 5`
    #[arg(long, value_name = "CONDITION")]
    pub(in crate::cli) filter: Option<String>,

    /// Time from the beginning of a cycle to that of the next
    #[arg(long, value_name = "TIME", default_value = "60s", env = "SCREENER_EVERY", value_parser = positive_duration)]
    pub(in crate::cli) every: Duration,

    /// End after so many cycles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(in crate::cli) cycles: Option<u64>,

    /// Go on while the exchanges are closed
    #[arg(long)]
    pub(in crate::cli) always: bool,

    /// Time after a ticker's signal in which it raises no other
    #[arg(long, value_name = "TIME", default_value = "15m", env = "SCREENER_COOLDOWN", value_parser = duration)]
    pub(in crate::cli) cooldown: Duration,

    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,

    /// Remove what was seen longer ago than this, such as 90d
    #[arg(long, value_name = "TIME", env = "SCREENER_KEEP", value_parser = positive_duration)]
    pub(in crate::cli) keep: Option<Duration>,

    /// Append each signal to this file, a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) append: Option<PathBuf>,

    /// Run this program for each signal, with the JSON on its standard input; no shell is used
    #[arg(long, value_name = "COMMAND", env = "SCREENER_EXEC", value_parser = words)]
    pub(in crate::cli) exec: Option<CommandWords>,

    /// How long that program may take
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = positive_duration)]
    pub(in crate::cli) exec_timeout: Duration,

    /// Post each signal as JSON to this address
    #[arg(long, value_name = "URL", env = "SCREENER_WEBHOOK", hide_env_values = true, value_parser = hook_url)]
    pub(in crate::cli) webhook: Option<String>,
}

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(in crate::cli) struct CommandWords(pub(in crate::cli) Vec<String>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ScreenName {
    Volume,
    Momentum,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct StoreArgs {
    /// The `SQLite` database of what was seen [default: in the user's data folder]
    #[arg(long, value_name = "FILE", env = "SCREENER_STORE")]
    pub(in crate::cli) store: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PastArgs {
    /// Only since then: 7d, 2h
    #[arg(long, value_name = "TIME", value_parser = positive_duration)]
    pub(in crate::cli) since: Option<Duration>,

    /// The newest so many
    #[arg(short, long = "count", value_name = "N", default_value = "50", value_parser = at_least_one)]
    pub(in crate::cli) n: usize,

    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,

    /// How it is written
    #[arg(short, long, default_value = "table", value_parser = past_format())]
    pub(in crate::cli) format: Format,
}

fn past_format() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::TypedValueParser;
    clap::builder::PossibleValuesParser::new(["table", "csv", "json", "ndjson"]).map(|name| {
        Format::ALL.into_iter().find(|format| format.name() == name).unwrap_or(Format::Table)
    })
}
