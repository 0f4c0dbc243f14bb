//! Where reports go and how they are written.

use std::path::PathBuf;

use clap::builder::{ArgPredicate, BoolishValueParser};
use clap::{Args, ValueEnum};

use super::values::{FailureLimit, parse_failure_limit, parse_format};
use crate::table::Format;

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct FormatArgs {
    /// Output format [default: by the ending of -o, else table]
    #[arg(short, long, env = "SCREENER_FORMAT", value_parser = parse_format(&Format::ALL))]
    pub(crate) format: Option<Format>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write the report to this file; it is replaced completely or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write failures to this file, one JSON object per line
    #[arg(long, value_name = "FILE")]
    pub(crate) failures: Option<PathBuf>,

    // As a setting it gives way to what is typed.
    /// Exit with 3 if any ticker failed; refuse tables with rows without a ticker
    #[arg(long, env = "SCREENER_STRICT", value_parser = BoolishValueParser::new(),
          default_value_if("allow_failures", ArgPredicate::IsPresent, "false"))]
    pub(crate) strict: bool,

    /// Exit with 3 if more tickers than this failed: 5 or 2%
    #[arg(long, value_name = "N|N%", env = "SCREENER_ALLOW_FAILURES", value_parser = parse_failure_limit)]
    pub(crate) allow_failures: Option<FailureLimit>,

    /// When to colour the table
    #[arg(long, value_enum, default_value_t = When::Auto, env = "SCREENER_COLOR")]
    pub(crate) color: When,

    /// Show no progress bar
    #[arg(long, env = "SCREENER_NO_PROGRESS", value_parser = BoolishValueParser::new())]
    pub(crate) no_progress: bool,

    /// Print only errors to standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Print run statistics: requests, bytes, latencies, memory, …
    #[arg(long, env = "SCREENER_STATS", value_parser = BoolishValueParser::new())]
    pub(crate) stats: bool,

    /// Log format
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "SCREENER_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,

    /// Log more: -v failed attempts, -vv every request
    #[arg(short, long, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for a person
    Text,
    /// A JSON object a line
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}
