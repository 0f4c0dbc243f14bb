//! Where a report goes, in which format, and how many failures it may hold.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::layers::is_set;
use super::typed::Typed;
use crate::cli::args::output::{LogFormat, OutputArgs, When};
use crate::cli::args::values::FailureLimit;
use crate::cli::error::{CommandError, usage};
use crate::cli::terminal::logging::start_log;
use crate::cli::terminal::messages::Messages;
use crate::table::{Format, Style};

/// Where a report and the messages beside it go.
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
    /// Where failures are written besides.
    pub(crate) failures: Option<PathBuf>,
    pub(crate) style: Style,
    pub(crate) shows_progress: bool,
    pub(crate) with_stats: bool,
    pub(crate) messages: Messages,
    /// Whether a row of a list that is left out is an error, too.
    pub(crate) is_strict: bool,
    /// How many failures exit 0 allows. `None`: any number.
    pub(crate) failure_limit: Option<FailureLimit>,
}

impl Output {
    /// Decides, and starts the log; `format` is what `--format` says, typed or set.
    pub(crate) fn decide(
        args: OutputArgs,
        format: Option<Format>,
        typed: &Typed,
    ) -> Result<Self, CommandError> {
        start_log(&args);
        let file = args.output.filter(|file| file.as_os_str() != "-");
        let format = match (format, &file) {
            (Some(format), _) if typed.has("format") => format,
            (_, Some(file)) => format_of(file)?,
            (format, None) => format.unwrap_or(Format::Table),
        };
        let to_terminal = file.is_none() && std::io::stdout().is_terminal();
        if format == Format::Parquet && to_terminal {
            let error = usage("a terminal cannot show Parquet");
            return Err(error.hinted("-o report.parquet writes it to a file"));
        }
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let no_color = is_set("NO_COLOR");
        let is_forced = is_set("CLICOLOR_FORCE")
            && std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let color = match args.color {
            When::Always => true,
            When::Never => false,
            When::Auto if no_color => false,
            When::Auto => (is_forced && file.is_none()) || (to_terminal && !is_dumb),
        };
        let terminal = if to_terminal { terminal_size::terminal_size() } else { None };
        let is_unwanted =
            args.no_progress || args.quiet || args.verbose > 0 || (no_color && is_dumb);
        let is_unwanted = is_unwanted || args.log_format == LogFormat::Json;
        let strict = args.strict.then_some(FailureLimit::Tickers(0));
        Ok(Self {
            format,
            file,
            failures: args.failures,
            style: Style { width: terminal.map(|(width, _)| width.0), color },
            shows_progress: std::io::stderr().is_terminal() && !is_unwanted,
            with_stats: args.stats,
            messages: Messages::new(args.quiet, args.log_format),
            is_strict: args.strict,
            failure_limit: strict.or(args.allow_failures),
        })
    }

    /// An error when a command does not write the format that the file's ending names.
    pub(crate) fn reject_unless(
        &self,
        formats: &[Format],
        command: &str,
    ) -> Result<(), CommandError> {
        if formats.contains(&self.format) {
            return Ok(());
        }
        let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
        let error = usage(format!("{command} does not write {}", self.format.name()));
        Err(error.hinted(format!("it writes {}", names.join(", "))))
    }
}

fn format_of(file: &Path) -> Result<Format, CommandError> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Format::of_ending(ending).ok_or_else(|| {
        let dotted =
            if ending.is_empty() { file.display().to_string() } else { format!("\".{ending}\"") };
        let error = usage(format!("cannot tell the format from {dotted}"));
        if matches!(ending, "html" | "htm") {
            error.hinted("--html FILE writes a page")
        } else {
            error.hinted("use -f table, csv, json, ndjson, markdown or parquet")
        }
    })
}
