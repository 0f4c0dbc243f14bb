//! The only code that knows a terminal: arguments in, report to standard output, everything else to standard error,
//! an exit code.

mod args;
mod commands;
mod completion;
mod context;
mod error;
mod program;
mod reference;
mod settings;
mod suggestions;
mod terminal;

pub use reference::options_reference;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;
use unicode_width::UnicodeWidthStr;

use args::output::LogFormat;
use context::{CommandResult, Context};
use error::{Exit, usage};
use program::{Cli, command};
use settings::layers::Layers;
use settings::outputs::reject_lost_files;
use settings::typed::Typed;
use terminal::interrupts::Interrupts;
use terminal::messages::{MAX_WIDTH, Messages, folded};
use terminal::panics::tell_in_a_sentence;

/// The argument that names a model.
const MODEL: &str = "model";

/// Runs the program on a command line, the program's name first.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    tell_in_a_sentence();
    Interrupts::outlive_full_files();
    let words: Vec<OsString> = words.into_iter().collect();
    if completion::answer(&words) {
        return ExitCode::SUCCESS;
    }
    let messages = Messages::new(false, log_format(&words));
    run(&words, &messages).unwrap_or_else(|error| messages.error(&error)).into()
}

/// How messages are written, as far as that is known before anything is read: what cannot be read is a message, too.
fn log_format(words: &[OsString]) -> LogFormat {
    let mut words = words.iter().filter_map(|word| word.to_str());
    let typed = words.by_ref().find_map(|word| word.strip_prefix("--log-format"));
    let typed = match typed {
        Some("") => words.next().map(String::from),
        Some(rest) => rest.strip_prefix('=').map(String::from),
        None => std::env::var("SCREENER_LOG_FORMAT").ok(), // one that cannot be read is told later
    };
    let is_json = typed.is_some_and(|format| format == "json");
    if is_json { LogFormat::Json } else { LogFormat::Text }
}

fn run(words: &[OsString], messages: &Messages) -> CommandResult {
    let command = command();
    let layers = Layers::read(&command);
    let applied = match &layers {
        Ok(layers) => layers.apply(command.clone()),
        Err(_) => command.clone(),
    };
    let mut parsed = applied.try_get_matches_from(words);
    let mut is_saved = false;
    if let (Ok(matches), Ok(layers)) = (&parsed, &layers)
        && let Some(with_saved) = layers.with_saved_screen(matches, &command)?
    {
        parsed = with_saved.try_get_matches_from(words);
        is_saved = true;
    }
    if let Err(error) = &parsed
        && !error.use_stderr()
    {
        let _ = error.print(); // help and version are errors to clap; a closed pipe is not one
        return Ok(Exit::Reported);
    }
    let layers = layers?;
    let matches = match parsed {
        Ok(matches) => matches,
        Err(error) => {
            let exit = reject(&error, &layers, &command, words, messages);
            if is_saved {
                messages.hint("the saved screen says so; screener config path names its file");
            }
            return exit;
        }
    };
    for hint in layers.hints() {
        messages.hint(&hint);
    }
    reject_lost_files(&matches, &command, layers.path())?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage(error.to_string()))?;
    let mut typed = Typed::of(&matches);
    if layers.is_saved(&matches, MODEL) {
        typed.add(MODEL); // a screen that states its model means it
    }
    let context = Context { layers, command, typed };
    commands::run(cli.command, &context)
}

/// A command line that cannot be read: a setting's mistake with its place, anything else in clap's own words.
fn reject(
    error: &clap::Error,
    layers: &Layers,
    command: &clap::Command,
    words: &[OsString],
    messages: &Messages,
) -> CommandResult {
    if let Some(error) = layers.explain(error, command, words) {
        return Err(error);
    }
    let text = error.render().to_string();
    if messages.is_json() {
        messages.urgent(text.trim_end());
    } else if text.lines().all(|line| line.width() <= MAX_WIDTH) {
        let _ = error.print(); // in colour, where clap would
    } else {
        messages.urgent(folded(&text).trim_end());
    }
    if let Some(hint) = suggestions::hint(error) {
        messages.hint(&hint);
    }
    Ok(Exit::Usage)
}
