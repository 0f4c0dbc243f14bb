//! What a watch is told.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use crate::cli::args::fetch::{RunArgs, WorkerArgs};
use crate::cli::args::model::ModelArgs;
use crate::cli::args::output::OutputArgs;
use crate::cli::args::store::{ScreenName, StoreArgs};
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::values::{
    CommandWords, parse_command, parse_days, parse_duration, parse_format, parse_positive_duration,
    parse_webhook_url,
};
use crate::cli::args::view::DoubtArgs;
use crate::cli::args::volume::VolumeArgs;
use crate::table::Format;
use crate::watch::{Envelope, Template};

const EXAMPLES: &str = "\
Examples:
  screener watch sp500                           unusual volume, every minute
  screener watch sp500 --screen momentum -n 20   the best 20: who is new?
  screener watch mine.txt --exec 'tee -a told'   each signal to a program
  screener signals --since 1d                    the signals of a day
  screener watch -t NVDA --provider sample --rehearse 2023-01-01..2023-06-30";

/// Run a screen at intervals, store the results and report new matches
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(super) times: TimeArgs,

    #[command(flatten)]
    pub(super) notify: NotifyArgs,

    #[command(flatten)]
    pub(super) store: StoreArgs,

    #[command(flatten)]
    pub(super) model: ModelArgs,

    #[command(flatten)]
    pub(super) volume: VolumeArgs,

    #[command(flatten)]
    pub(super) workers: WorkerArgs,

    #[command(flatten)]
    pub(super) list: ListArgs,

    #[command(flatten)]
    pub(super) run: RunArgs,

    /// How signals are written to standard output
    #[arg(short, long, help_heading = "Output", default_value = "table",
          value_parser = parse_format(&[Format::Table, Format::Ndjson]))]
    pub(super) format: Format,

    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Watching")]
pub(super) struct TimeArgs {
    /// The screen: unusual volume, or being among the best -n by momentum
    #[arg(long, value_enum, default_value_t = ScreenName::Volume, env = "SCREENER_SCREEN")]
    pub(super) screen: ScreenName,

    /// An additional condition, such as `price > 5`
    #[arg(long, value_name = "CONDITION")]
    pub(super) filter: Vec<String>,

    /// Time from the start of a cycle to the start of the next
    #[arg(long, value_name = "TIME", default_value = "60s", env = "SCREENER_EVERY",
          value_parser = parse_positive_duration)]
    pub(super) every: Duration,

    /// Stop after N cycles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) cycles: Option<u64>,

    /// Continue while the exchanges are closed
    #[arg(long, env = "SCREENER_ALWAYS", value_parser = BoolishValueParser::new())]
    pub(super) always: bool,

    /// Print the signals of past days without raising any, such as 2020-02-01..2020-06-30
    #[arg(long, value_name = "DAY..DAY", value_parser = parse_days,
          conflicts_with_all = ["every", "cycles", "always", "keep", "append", "exec", "webhook"])]
    pub(super) rehearse: Option<RangeInclusive<NaiveDate>>,

    /// Minimum time between two signals for the same ticker
    #[arg(long, value_name = "TIME", default_value = "15m", env = "SCREENER_COOLDOWN",
          value_parser = parse_duration)]
    pub(super) cooldown: Duration,

    /// Remove quotes older than this, such as 90d
    #[arg(long, value_name = "TIME", env = "SCREENER_KEEP", value_parser = parse_positive_duration)]
    pub(super) keep: Option<Duration>,

    #[command(flatten)]
    pub(super) doubt: DoubtArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Watching")]
pub(super) struct NotifyArgs {
    /// Append each signal to this file, one JSON object per line
    #[arg(long, value_name = "FILE")]
    pub(super) append: Option<PathBuf>,

    /// Run this program for each signal, with the JSON on its standard input; no shell is used
    #[arg(long, value_name = "COMMAND", env = "SCREENER_EXEC", hide_env_values = true, value_parser = parse_command)]
    pub(super) exec: Option<CommandWords>,

    /// Time limit for that program
    #[arg(long, value_name = "TIME", default_value = "10s", env = "SCREENER_EXEC_TIMEOUT",
          value_parser = parse_positive_duration)]
    pub(super) exec_timeout: Duration,

    /// Post each signal as JSON to this address
    #[arg(long, value_name = "URL", env = "SCREENER_WEBHOOK", hide_env_values = true,
          value_parser = parse_webhook_url)]
    pub(super) webhook: Option<String>,

    /// What is posted: the whole signal, or a sentence in the form of a chat service
    #[arg(long, value_enum, default_value_t = EnvelopeName::Json, env = "SCREENER_WEBHOOK_FORMAT")]
    pub(super) webhook_format: EnvelopeName,

    /// The sentence that is posted, with columns in braces: '{ticker} at {price}'
    #[arg(long, value_name = "TEXT", env = "SCREENER_WEBHOOK_TEMPLATE", value_parser = parse_template)]
    pub(super) webhook_template: Option<Template>,

    /// Also raise signals when the provider goes away and comes back
    #[arg(long, env = "SCREENER_NOTIFY_OUTAGES", value_parser = BoolishValueParser::new())]
    pub(super) notify_outages: bool,

    /// Time limit for one delivery, and for all remaining ones at the end; the rest is kept for the next watch
    #[arg(long, value_name = "TIME", default_value = "60s", env = "SCREENER_DELIVER_WITHIN",
          value_parser = parse_positive_duration)]
    pub(super) deliver_within: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EnvelopeName {
    /// The signal as JSON
    Json,
    /// {"text": …}
    Slack,
    /// {"content": …}
    Discord,
}

impl From<EnvelopeName> for Envelope {
    fn from(name: EnvelopeName) -> Self {
        match name {
            EnvelopeName::Json => Self::Json,
            EnvelopeName::Slack => Self::Slack,
            EnvelopeName::Discord => Self::Discord,
        }
    }
}

fn parse_template(text: &str) -> Result<Template, String> {
    Template::parse(text).map_err(|bad| bad.to_string())
}
