//! The one object that speaks to the user: notes, warnings, hints and errors, on standard error. Whether it is to
//! be quiet is its business.

use std::io::{self, Write};

use chrono::{SecondsFormat, Utc};
use indicatif::ProgressBar;
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use crate::cli::args::output::LogFormat;
use crate::cli::error::{CommandError, Exit};
use crate::table::printable;

/// Errors are folded to this width.
pub(crate) const MAX_WIDTH: usize = 80;
/// How far the folded rest of a line is indented.
const INDENT: usize = 2;

/// What a message is.
#[derive(Clone, Copy)]
enum Kind {
    Note,
    Warning,
    Hint,
    Error,
    /// What a run came to.
    Summary,
    /// What a cycle of a watch came to.
    Cycle,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Hint => "hint",
            Self::Error => "error",
            Self::Summary => "summary",
            Self::Cycle => "cycle",
        }
    }

    /// As the log calls it.
    fn level(self) -> &'static str {
        match self {
            Self::Warning => "WARN",
            Self::Error => "ERROR",
            Self::Note | Self::Hint | Self::Summary | Self::Cycle => "INFO",
        }
    }
}

/// Speaks to the user, from any thread.
#[derive(Clone)]
pub(crate) struct Messages {
    quiet: bool,
    /// Whether each message is a JSON object on a line of its own, as those of the log are.
    json: bool,
    /// The bar that lines are printed above.
    bar: Option<ProgressBar>,
}

impl Messages {
    /// With `quiet`, only errors and what is urgent is printed.
    pub(crate) fn new(quiet: bool, format: LogFormat) -> Self {
        Self { quiet, json: format == LogFormat::Json, bar: None }
    }

    /// The same, above a progress bar.
    pub(crate) fn above(&self, bar: ProgressBar) -> Self {
        Self { bar: Some(bar), ..self.clone() }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Something worth knowing.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.print(Kind::Note, text);
        }
    }

    /// What a run came to, which may be long: on a terminal it is broken between words. `facts` are the same for
    /// scripts.
    pub(crate) fn summary(&self, text: &str, facts: Map<String, Value>) {
        if self.quiet {
            return;
        }
        match terminal_size_of(io::stderr()) {
            Some(width) if !self.json => self.print(Kind::Summary, &folded_to(text, width)),
            _ => self.print_with(Kind::Summary, text, facts),
        }
    }

    /// What a cycle came to.
    pub(crate) fn cycle(&self, text: &str, facts: Map<String, Value>) {
        if !self.quiet {
            self.print_with(Kind::Cycle, text, facts);
        }
    }

    /// Something that is not as it should be, though the work goes on.
    pub(crate) fn warning(&self, text: &str) {
        if !self.quiet {
            self.print(Kind::Warning, &format!("{WARNING}{text}"));
        }
    }

    /// Something that is said even when it is to be quiet.
    pub(crate) fn urgent(&self, text: &str) {
        self.print(Kind::Warning, text);
    }

    /// The way out.
    pub(crate) fn hint(&self, text: &str) {
        self.print(Kind::Hint, &format!("{HINT}{text}"));
    }

    /// Why the work could not be done, and the way out.
    pub(crate) fn error(&self, error: &CommandError) -> Exit {
        self.print(Kind::Error, &format!("{ERROR}{}", error.message));
        if let Some(hint) = &error.hint {
            self.hint(hint);
        }
        error.exit
    }

    fn print(&self, kind: Kind, text: &str) {
        self.print_with(kind, text, Map::new());
    }

    fn print_with(&self, kind: Kind, text: &str, facts: Map<String, Value>) {
        // Here goes out what comes from files, servers and stores: none of it may speak to a terminal.
        let lines: Vec<String> = text.lines().map(printable).collect();
        let text = lines.join("\n");
        let text = match kind {
            _ if self.json => line(kind, &text, facts),
            Kind::Hint | Kind::Error => folded(&text),
            _ => text,
        };
        // When nothing reads standard error, nothing is lost.
        let print = || drop(writeln!(io::stderr().lock(), "{text}"));
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

/// What a line for a person begins with; a line for scripts says it otherwise.
const WARNING: &str = "warning: ";
const HINT: &str = "hint: ";
const ERROR: &str = "error: ";

/// A message as the log writes its lines.
fn line(kind: Kind, text: &str, facts: Map<String, Value>) -> String {
    let plain = [WARNING, HINT, ERROR].into_iter().find_map(|prefix| text.strip_prefix(prefix));
    let mut members = Map::new();
    members
        .insert("timestamp".into(), Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true).into());
    members.insert("level".into(), kind.level().into());
    members.insert("kind".into(), kind.name().into());
    members.insert("message".into(), plain.unwrap_or(text).into());
    members.extend(facts);
    Value::Object(members).to_string()
}

/// Lines no wider than a terminal's 80 columns, broken between words and indented where they go on. A word that is
/// wider stays whole: it may be a path to copy.
pub(crate) fn folded(text: &str) -> String {
    if text.contains('\n') && text.contains('^') {
        return text.into(); // it points at a place
    }
    folded_to(text, MAX_WIDTH)
}

/// Lines no wider than so many columns.
fn folded_to(text: &str, max_width: usize) -> String {
    text.lines().map(|line| fold_line(line, max_width)).collect::<Vec<_>>().join("\n")
}

/// The width of a terminal. `None`: it is none.
fn terminal_size_of(stream: io::Stderr) -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(stream)?;
    Some(width.0.into())
}

fn fold_line(line: &str, max_width: usize) -> String {
    let mut folded = String::with_capacity(line.len());
    let mut width = 0;
    for word in line.split_inclusive(' ') {
        if width + word.trim_end().width() > max_width && width > INDENT {
            folded.truncate(folded.trim_end().len());
            folded.push('\n');
            folded.push_str(&" ".repeat(INDENT));
            width = INDENT;
        }
        folded.push_str(word);
        width += word.width();
    }
    folded
}
