//! What is said on standard error: errors, hints, warnings, the log.

use std::io::{self, IsTerminal, Write};

use unicode_width::UnicodeWidthStr;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::{LogFormat, OutputArgs};
use crate::cli::settings::Output;
use crate::pipeline::PipelineError;
use crate::screen::RankingError;

/// Errors are folded to this width.
pub(in crate::cli) const COLUMNS: usize = 80;

/// An error as a person reads it: one sentence, the way out on a line of its own.
pub(in crate::cli) fn complain(error: &anyhow::Error) -> Exit {
    tell(&folded(&format!("error: {error:#}")));
    let usage = error.downcast_ref::<CommandError>();
    let cannot_compare =
        matches!(error.downcast_ref(), Some(PipelineError::Ranking(RankingError::TooFew(_))));
    if let Some(hint) = usage.and_then(|usage| usage.hint.as_ref()) {
        tell(&folded(&format!("hint: {hint}")));
    }
    if usage.is_some() || cannot_compare { Exit::CommandError } else { Exit::Failed }
}

pub(in crate::cli) fn warn(what: &str, output: &Output) {
    if !output.quiet {
        tell(&format!("warning: {what}"));
    }
}

/// Lines no wider than a terminal's 80 columns, broken between words and indented where they go on. A word
/// that is wider stays whole: it may be a path to copy.
pub(in crate::cli) fn folded(text: &str) -> String {
    if text.contains('\n') && text.contains('^') {
        return text.into(); // a place is pointed at
    }
    let fold = |line: &str| {
        let (mut out, mut width) = (String::new(), 0);
        for word in line.split_inclusive(' ') {
            if width + word.trim_end().width() > COLUMNS && width > 2 {
                out.truncate(out.trim_end().len());
                out.push_str("\n  ");
                width = 2;
            }
            out.push_str(word);
            width += word.width();
        }
        out
    };
    text.lines().map(fold).collect::<Vec<_>>().join("\n")
}

/// A line on standard error. When nobody reads there, nobody misses it.
pub(in crate::cli) fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

pub(in crate::cli) fn log_to_stderr(args: &OutputArgs) {
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
