//! `guide`: how the program is used, topic by topic, in a pager where a person reads.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use clap::Args;
use unicode_width::UnicodeWidthStr;

use crate::cli::context::CommandResult;
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::settings::layers::{is_set, variable};
use crate::cli::terminal::destination::Destination;
use crate::cli::terminal::interrupts::Interrupts;
use crate::guide::TOPICS;
use crate::table::nearest;

const EXAMPLES: &str = "\
Examples:
  screener guide                                 the topics
  screener guide filters
  screener guide columns | less";

/// The topics that a command's help points at.
const SEE: [(&str, &str); 23] = [
    ("momentum", "models, lists, scripting"),
    ("top", "models, filters, columns, lists"),
    ("volume-screen", "volume, columns"),
    ("compare", "providers, measured"),
    ("portfolio", "portfolio, files"),
    ("groups", "filters"),
    ("watch", "watch"),
    ("history", "watch"),
    ("signals", "watch"),
    ("prices", "files, providers"),
    ("merge", "many-machines"),
    ("evaluate", "evaluate"),
    ("explain", "models"),
    ("chart", "providers"),
    ("cache", "cache"),
    ("config", "settings"),
    ("lists", "lists"),
    ("models", "models"),
    ("columns", "columns, filters"),
    ("presets", "filters"),
    ("completions", "settings"),
    ("doctor", "providers, cache"),
    ("schema", "scripting"),
];

/// Show the guide, or one of its topics
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GuideArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

/// The topics that the help of a command points at.
pub(crate) fn topics_of(command: &str) -> Option<&'static str> {
    SEE.iter().find(|(name, _)| *name == command).map(|(_, topics)| *topics)
}

pub(super) fn guide(args: &GuideArgs) -> CommandResult {
    let text = match &args.topic {
        None => overview(),
        Some(name) => match TOPICS.iter().find(|topic| topic.name.eq_ignore_ascii_case(name)) {
            Some(topic) => topic.shown(),
            None => return Err(unknown(name)),
        },
    };
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    match width.filter(|_| std::io::stdout().is_terminal()) {
        Some(width) => {
            let text = fitted(&text, width);
            if !page(&text)? {
                Destination::print(&text)?;
            }
        }
        None => Destination::print(&text)?,
    }
    Ok(Exit::Reported)
}

fn overview() -> String {
    let mut text = String::from("screener guide TOPIC shows one of\n\n");
    for topic in TOPICS {
        text += &format!("  {:<15}{}\n", topic.name, topic.subject());
    }
    text
}

fn unknown(name: &str) -> CommandError {
    let error = usage(format!("the guide has no topic {name:?}"));
    match nearest(name, TOPICS.iter().map(|topic| topic.name)) {
        Some(topic) => error.hinted(format!("did you mean {topic}?")),
        None => error.hinted("screener guide lists the topics"),
    }
}

/// The text with tables that are too wide as paragraphs: the first cell, below it the others.
fn fitted(text: &str, width: usize) -> String {
    let mut fitted = String::with_capacity(text.len());
    for part in text.split_inclusive("\n\n") {
        if !part.starts_with("| ") || part.lines().all(|line| line.width() <= width) {
            fitted += part;
            continue;
        }
        for row in part.trim().lines().filter(|row| !row.starts_with("| ---")) {
            let cells = row.trim_matches('|').replace("\\|", "\u{0}");
            let mut cells = cells.split('|').map(|cell| cell.trim().replace('\u{0}', "|"));
            fitted += &format!("{}\n", cells.next().unwrap_or_default());
            for cell in cells.filter(|cell| !cell.is_empty()) {
                fitted += &format!("    {cell}\n");
            }
        }
        fitted.push('\n');
    }
    fitted
}

/// Shows a text in the user's pager. Returns whether there is one.
fn page(text: &str) -> Result<bool, CommandError> {
    let words = variable("PAGER")?.and_then(|pager| shlex::split(&pager)).unwrap_or_default();
    let words = if words.is_empty() { vec!["less".to_owned()] } else { words };
    let mut pager = Command::new(&words[0]);
    // Short texts are printed, long ones stay on the screen after leaving.
    if !is_set("LESS") {
        pager.env("LESS", "FRX");
    }
    let Ok(mut child) = pager.args(&words[1..]).stdin(Stdio::piped()).spawn() else {
        return Ok(false);
    };
    Interrupts::leave_to_child();
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(text.as_bytes()); // who leaves early has read enough
    }
    Ok(child.wait().is_ok())
}
