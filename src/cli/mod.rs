//! The only code that knows a terminal: arguments in, report to standard output, everything else to
//! standard error, an exit code.

mod args;
mod commands;
mod settings;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use chrono::Utc;
use clap::CommandFactory;
use unicode_width::UnicodeWidthStr;

use crate::fetch::StopReason;
use crate::report::{self, Format};
use crate::screen::models::Model;
use crate::universe::{LISTS, Universe, UniverseError};
use args::shard::ShardChoice;
use args::{Cli, Command, ListArgs, ModelArgs, RunArgs, ViewArgs, WorkerArgs};
use commands::config as about;
use commands::history as past;
use commands::merge as parts;
use commands::run::run_and_write;
use commands::{cache, compare, explain, watch};
use settings::conflicts::understood;
use settings::layers::Config;
use settings::{Asked, Settings};
use terminal::destination::Destination;
use terminal::messages::{COLUMNS, complain, folded, log_to_stderr, tell};

/// A mistake in what was asked for: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct CommandError {
    message: String,
    hint: Option<String>,
}

impl CommandError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl From<UniverseError> for CommandError {
    fn from(error: UniverseError) -> Self {
        Self::new(error.to_string()).hint(error.hint())
    }
}

/// How a run ended, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Exit {
    Reported = 0,
    Failed = 1,
    CommandError = 2,
    TooManyFailures = 3,
    StoppedEarly = 5,
    /// By a signal, as a shell would tell of it.
    Interrupted = 130,
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    fn of_stop(stop: &StopReason) -> Self {
        match stop {
            StopReason::Insecure(_) => Self::Failed,
            StopReason::Signal(signal) => Self::of_signal(*signal),
            _ => Self::StoppedEarly,
        }
    }

    fn of_signal(signal: i32) -> Self {
        match signal {
            15 => Self::Terminated,
            _ => Self::Interrupted,
        }
    }
}

/// Runs the program on a command line, the program's name first.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let command = Cli::command();
    let config = Config::read(&command);
    let mut command = match &config {
        Ok(config) => config.applied(command),
        Err(_) => command,
    };
    let parsed = command.try_get_matches_from_mut(&words);
    let exit = match (parsed, config) {
        // Help and version are errors to clap; a closed pipe is not one to us.
        (Err(error), _) if !error.use_stderr() => {
            let _ = error.print();
            Exit::Reported
        }
        (_, Err(error)) => complain(&error.into()),
        (Err(error), Ok(config)) => {
            match config.told(&error, &command, &words) {
                Some(text) => tell(&folded(&text)),
                // In colour where clap would, and where nothing has to be folded.
                None => match error.render().to_string() {
                    text if text.lines().all(|line| line.width() <= COLUMNS) => drop(error.print()),
                    text => tell(folded(&text).trim_end()),
                },
            }
            Exit::CommandError
        }
        (Ok(matches), Ok(config)) => match understood(&matches) {
            Ok(cli) => run(cli, &config, command).unwrap_or_else(|error| complain(&error)),
            Err(error) => complain(&error),
        },
    };
    exit.into()
}

fn run(cli: Cli, config: &Config, command: clap::Command) -> anyhow::Result<Exit> {
    for hint in config.hints() {
        tell(&format!("hint: {hint}"));
    }
    match cli.command {
        Command::Momentum { model, view, workers, shard, list, run } => {
            screen(Asked::Momentum(model, list), &view, shard.shard, &workers, run)
        }
        Command::Top { n, prefilter, model, view, workers, shard, list, run } => {
            let asked = Asked::Top { n, prefilter, model, list };
            screen(asked, &view, shard.shard, &workers, run)
        }
        Command::VolumeScreen { volume, view, workers, shard, list, run } => {
            screen(Asked::Volume(volume, list), &view, shard.shard, &workers, run)
        }
        Command::Portfolio { portfolio, model, mut view, workers, run } => {
            let (holdings, against) = settings::held(&portfolio)?;
            if portfolio.worst_first {
                view.choice.sort = Some("score:asc".into());
            }
            screen(Asked::Portfolio { holdings, against, model }, &view, None, &workers, run)
        }
        Command::Watch { watch: args, model, volume, workers, list, run } => {
            watch::watch(watch::Typed { watch: args, model, volume, workers, list, run })
        }
        Command::History { ticker, past: args } => past::history(&ticker, &args),
        Command::Signals { ticker, past: args } => past::signals(ticker.as_deref(), &args),
        Command::Explain { model, workers, list, run } => {
            explain::explain(model, &workers, list, run)
        }
        Command::Merge(args) => parts::merge(args),
        Command::Models => models(),
        Command::Compare { model, compare, list, run } => {
            compare::compare(model, &compare, list, run)
        }
        Command::Chart { workers, list, run } => chart(&workers, list, run),
        Command::Cache { command } => cache::cache(command),
        Command::Config { command: asked } => about::config(asked, config, command),
        Command::Completions { shell } => about::completions(shell, command),
        Command::Man { command: name } => about::man(name.as_deref(), command),
        Command::Lists => lists(),
    }
}

/// A screen: what is asked, shown as a report, or a part of it.
fn screen(
    asked: Asked,
    view: &ViewArgs,
    shard: Option<ShardChoice>,
    workers: &WorkerArgs,
    mut args: RunArgs,
) -> anyhow::Result<Exit> {
    log_to_stderr(&args.output);
    let shard = shard.map(parts::shard).transpose()?;
    if shard.is_some() {
        args.output.usual_format = args
            .output
            .usual_format
            .filter(|format| parts::is_one(*format))
            .or(Some(Format::Ndjson));
    }
    let settings = Settings::decide(asked, Some(view), workers.workers, args, Utc::now())?;
    if let Some(shard) = shard {
        return parts::gather(settings, shard);
    }
    let page = match &view.html {
        Some(file) if !settings.dry_run => Some(Destination::open(Some(file))?),
        _ => None,
    };
    run_and_write(&settings, |report, output, document| {
        if let Some(page) = page {
            let mut text = Vec::new();
            report::write_page(report, &mut text)?;
            page.write(&text)?;
        }
        Ok(report::write(report, output.format, output.style, document)?)
    })
}

/// Tickers drawn in the terminal.
fn chart(workers: &WorkerArgs, list: ListArgs, run: RunArgs) -> anyhow::Result<Exit> {
    log_to_stderr(&run.output);
    let model = ModelArgs { model: Model::Composite, benchmark: Some("none".into()) };
    let asked = Asked::Momentum(model, list);
    let mut settings = Settings::decide(asked, None, workers.workers, run, Utc::now())?;
    if settings.output.format != Format::Table {
        let error =
            CommandError::new(format!("chart does not write {}", settings.output.format.name()));
        return Err(error.hint("momentum --html FILE writes charts to a page").into());
    }
    settings.screen.with_history = true;
    run_and_write(&settings, |report, output, document| {
        Ok(report::write_charts(report, output.style, document)?)
    })
}

fn models() -> anyhow::Result<Exit> {
    let mut text = String::new();
    for model in Model::ALL {
        text += &format!("{:<18} {:>3} bars  {}\n", model.name(), model.bars(), model.meaning());
    }
    Destination::open(None)?.write(text.as_bytes())?;
    Ok(Exit::Reported)
}

fn lists() -> anyhow::Result<Exit> {
    let mut text = String::new();
    for (name, list) in LISTS {
        let mut universe = Universe::default();
        universe.add_list(name, list).map_err(CommandError::from)?;
        let about =
            list.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        text += &format!("{name:<10} {:>4}  {about}\n", universe.symbols().len());
    }
    Destination::open(None)?.write(text.as_bytes())?;
    Ok(Exit::Reported)
}
