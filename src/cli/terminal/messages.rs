//! The one object that speaks to the user: notes, warnings, hints and errors, on standard error. Whether it is to
//! be quiet is its business.

use std::io::{self, Write};

use indicatif::ProgressBar;
use unicode_width::UnicodeWidthStr;

use crate::cli::error::{CommandError, Exit};

/// Errors are folded to this width.
pub(crate) const MAX_WIDTH: usize = 80;
/// How far the folded rest of a line is indented.
const INDENT: usize = 2;

/// Speaks to the user, from any thread.
#[derive(Clone)]
pub(crate) struct Messages {
    quiet: bool,
    /// The bar that lines are printed above.
    bar: Option<ProgressBar>,
}

impl Messages {
    /// With `quiet`, only errors and what is urgent is printed.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet, bar: None }
    }

    /// The same, above a progress bar.
    pub(crate) fn above(&self, bar: ProgressBar) -> Self {
        Self { bar: Some(bar), ..self.clone() }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Something worth knowing.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.print(text);
        }
    }

    /// Something worth knowing that may be long: on a terminal it is broken between words.
    pub(crate) fn paragraph(&self, text: &str) {
        let width = terminal_size_of(io::stderr());
        match width {
            Some(width) => self.note(&folded_to(text, width)),
            None => self.note(text),
        }
    }

    /// Something that is not as it should be, though the work goes on.
    pub(crate) fn warning(&self, text: &str) {
        if !self.quiet {
            self.print(&format!("warning: {text}"));
        }
    }

    /// Something that is said even when it is to be quiet.
    pub(crate) fn urgent(&self, text: &str) {
        self.print(text);
    }

    /// The way out.
    pub(crate) fn hint(&self, text: &str) {
        self.print(&folded(&format!("hint: {text}")));
    }

    /// Why the work could not be done, and the way out.
    pub(crate) fn error(&self, error: &CommandError) -> Exit {
        self.print(&folded(&format!("error: {}", error.message)));
        if let Some(hint) = &error.hint {
            self.hint(hint);
        }
        error.exit
    }

    fn print(&self, text: &str) {
        // When nothing reads standard error, nothing is lost.
        let print = || drop(writeln!(io::stderr().lock(), "{text}"));
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
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
