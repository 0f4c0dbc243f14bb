//! The `watch` command: cycles on a beat, each one run of the pipeline, stored and told.

mod cycle;

use std::fs::{File, create_dir_all};

use anyhow::Context;
use chrono::{TimeDelta, Utc};
use serde_json::json;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::watch::{ScreenName, WatchArgs};
use crate::cli::args::{
    ChoiceArgs, ListArgs, ModelArgs, OutputArgs, RunArgs, ViewArgs, VolumeArgs, WorkerArgs,
};
use crate::cli::commands::history as past;
use crate::cli::log_to_stderr;
use crate::cli::settings::source::SourceSettings;
use crate::cli::settings::{Asked, Settings};
use crate::cli::tell;
use crate::cli::terminal::interrupts::Interrupts;
use crate::pipeline;
use crate::report::Format;
use crate::screen::{Criteria, Screen};
use crate::universe::{Symbol, Universe};
use crate::watch::{Notifications, Notifier, Tracker, WatchStore};
use cycle::{SignalPrinter, WarnedAbout, WatchTimes, Watcher};

/// The best that a momentum watch takes unless it is told how many.
const BEST: usize = 20;

/// What was typed.
pub(in crate::cli) struct Typed {
    pub(in crate::cli) watch: WatchArgs,
    pub(in crate::cli) model: ModelArgs,
    pub(in crate::cli) volume: VolumeArgs,
    pub(in crate::cli) workers: WorkerArgs,
    pub(in crate::cli) list: ListArgs,
    pub(in crate::cli) run: RunArgs,
}

pub(in crate::cli) fn watch(typed: Typed) -> anyhow::Result<Exit> {
    let Typed { watch: args, model, volume, workers, list, mut run } = typed;
    log_to_stderr(&run.output);
    refuse(&run)?;
    let lines = line_format(&run.output)?;
    run.include_partial = true; // the bar of today is what is watched
    let (batch, is_dry) = (usize::from(run.fetch.batch_size), run.dry_run);
    let choice = ChoiceArgs { filter: args.filter.clone(), ..ChoiceArgs::default() };
    let view = ViewArgs { choice, html: None };
    let asked = match args.screen {
        ScreenName::Volume => Asked::Volume(volume, list),
        ScreenName::Momentum => {
            Asked::Top { n: volume.n.unwrap_or(BEST), prefilter: false, model, list }
        }
    };
    let settings = Settings::decide(asked, Some(&view), workers.workers, run, Utc::now())?;
    let Settings { universe, source, screen, plan, output, notice, .. } = settings;
    if matches!(source, SourceSettings::Local(_)) {
        let error = CommandError::new("watch needs a provider that is asked: yahoo or alpaca");
        return Err(error.hint("prices of files and the sample do not change").into());
    }
    let source = source.asking_anew();
    source.share(output.quiet, tell);
    let (source, warning) = source.source(plan.workers);
    if is_dry {
        tell(&pipeline::forecast(&screen, &universe, &source, &plan).to_string());
        return Ok(Exit::Reported);
    }
    for said in [notice, warning].into_iter().flatten().filter(|_| !output.quiet) {
        tell(&said);
    }

    let path = past::path(&args.store)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let cannot = || format!("cannot use the store {}", path.display());
    let store = WatchStore::open(&path).with_context(cannot)?;
    let definition = definition(&screen, args.filter.as_deref(), &universe, source.name());
    let last = store.last_signals(&definition).with_context(cannot)?;
    let cooldown = TimeDelta::from_std(args.cooldown).unwrap_or(TimeDelta::MAX);
    let append = args.append.as_ref().map(|file| {
        let opened = File::options().create(true).append(true).open(file);
        opened.with_context(|| format!("cannot write {}", file.display()))
    });
    let errands = Notifications {
        program: args.exec.map(|words| words.0),
        timeout: args.exec_timeout,
        webhook: args.webhook,
    };
    let signals = Interrupts::listen()?;
    signals.stop(&source);
    let mut watcher = Watcher {
        screen: &screen,
        universe: &universe,
        source: &source,
        plan,
        definition,
        store,
        batch,
        tracker: Tracker::new(cooldown, last),
        printer: SignalPrinter {
            notifier: Notifier::begin(errands, |why| tell(&format!("warning: {why}")))?,
            append: append.transpose()?,
            as_json: lines == Format::Ndjson,
        },
        quiet: output.quiet,
        warned: WarnedAbout::default(),
    };
    let schedule = WatchTimes {
        every: args.every,
        most: args.cycles,
        always: args.always,
        keep: args.keep.and_then(|keep| TimeDelta::from_std(keep).ok()),
    };
    let exit = watcher.go(&schedule, &signals);
    watcher.printer.finish(signals.heard().is_some());
    if let Some(trouble) = source.close() {
        tell(&format!("warning: {trouble}"));
    }
    Ok(exit)
}

/// Options that have no meaning for what goes on and on.
fn refuse(run: &RunArgs) -> Result<(), CommandError> {
    let unwanted = [
        (run.as_of.is_some(), "--as-of", "it looks at the present"),
        (run.fetch.offline, "--offline", "it asks anew in every cycle"),
        (run.fetch.refresh, "--refresh", "it asks anew in every cycle anyway"),
        (run.output.output.is_some(), "-o", "--append FILE keeps signals, --store FILE all"),
    ];
    match unwanted.into_iter().find(|(is_given, ..)| *is_given) {
        Some((_, option, why)) => {
            Err(CommandError::new(format!("watch takes no {option}")).hint(why))
        }
        None => Ok(()),
    }
}

/// How signals are written to standard output.
fn line_format(output: &OutputArgs) -> Result<Format, CommandError> {
    match output.format.unwrap_or(Format::Table) {
        format @ (Format::Table | Format::Ndjson) => Ok(format),
        other => Err(CommandError::new(format!("watch does not write {}", other.name()))
            .hint("it writes lines for a person, or -f ndjson")),
    }
}

/// Everything that is asked and of whom, so that another watch's signals are not taken for this one's.
fn definition(
    screen: &Screen,
    filter: Option<&str>,
    universe: &Universe,
    provider: &str,
) -> String {
    let parameters = match &screen.criteria {
        Criteria::Volume(volume) => json!(volume),
        criteria => json!(criteria.momentum().map(|momentum| {
            (momentum.model.name(), momentum.benchmark.as_ref().map(ToString::to_string))
        })),
    };
    let mut definition = json!({
        "screen": screen.name(),
        "parameters": parameters,
        "count": screen.limit,
        "filter": filter,
        "provider": provider,
    });
    // Who is the best depends on who is in the list; whose volume is high does not.
    if screen.limit.is_some() {
        let mut symbols: Vec<&str> = universe.symbols().iter().map(Symbol::as_str).collect();
        symbols.sort_unstable();
        definition["tickers"] =
            json!([symbols.len(), crc32fast::hash(symbols.join(",").as_bytes())]);
    }
    definition.to_string()
}
