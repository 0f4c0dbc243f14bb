//! The log on standard error, where one is asked for.

use std::io::{self, IsTerminal};

use crate::cli::args::output::{LogFormat, OutputArgs};

/// Starts the log at the level that is asked for.
pub(crate) fn start_log(args: &OutputArgs) {
    let level = match args.verbose {
        0 => return,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    match args.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
