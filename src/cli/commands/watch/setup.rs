//! From arguments to a watch that runs: what is screened, its store, who is notified.

use std::path::Path;

use anyhow::Context as _;
use chrono::TimeDelta;

use super::args::{TimeArgs, WatchArgs};
use super::cycles::{WatchTimes, Watcher};
use super::failures::WarnedAbout;
use super::printer::SignalPrinter;
use super::receivers::{check_template, receivers};
use super::rehearsal::rehearse;
use super::watched::{definition, screen_of, sessions_of};
use crate::cli::args::store::ScreenName;
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, failed, usage};
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::cli::settings::store::store_path;
use crate::cli::settings::typed::Typed;
use crate::cli::terminal::interrupts::Interrupts;
use crate::pipeline;
use crate::private::make_folder;
use crate::watch::{Claim, Notifier, Tracker, WatchStore};

pub(in crate::cli::commands) fn watch(args: WatchArgs, context: &Context) -> CommandResult {
    reject_useless(&args, &context.typed)?;
    if let Some(days) = args.times.rehearse.clone() {
        return rehearse(args, days, context);
    }
    let WatchArgs { times, notify, store, model, volume, workers, list, mut run, format, output } =
        args;
    let receivers = receivers(&notify)?;
    run.include_partial = true; // the bar of today is what is watched
    run.as_of = None;
    let batch_size = usize::from(run.fetch.batch_size);
    let sessions = sessions_of(&times, &volume)?;
    let mut run = RunSettings::decide(RunRequest {
        tickers: Tickers::Listed(list),
        sessions,
        from: None,
        workers: workers.workers,
        run,
        format: None,
        output,
        typed: &context.typed,
    })?;
    let screen = screen_of(&times, &model, &volume, &mut run)?;
    if run.source.remote().is_none() {
        let error = usage("watch needs a live provider: yahoo or alpaca");
        let hint = "prices of files and the sample do not change; --rehearse 2023-01-01..2023-06-30 \
                    goes through past days of them";
        return Err(error.hinted(hint));
    }
    let messages = run.output.messages;
    let notice = run.source.notice();
    let source_settings = run.source.without_cached_bars();
    let opened = source_settings.open(run.plan.workers, &messages);
    let source = opened.source;
    if run.dry_run {
        let forecast = pipeline::forecast(&screen, &run.universe, &source, &run.plan);
        messages.urgent(&forecast.to_string());
        return Ok(Exit::Reported);
    }
    for text in [notice, opened.warning].into_iter().flatten() {
        messages.note(&text);
    }

    let path = store_path(&store)?;
    let store = open_store(&path)?;
    let definition = definition(&screen, &times.filter.join(" and "), &run.universe, source.name());
    let cannot_use = || format!("cannot use the store {}", path.display());
    let claim = Claim::of(&path, &definition).with_context(cannot_use)?;
    let Some(_claim) = claim else {
        let error = usage(format!("another watch of this screen uses {}", path.display()));
        return Err(error.hinted("end it, or name another file with --store"));
    };
    let last = store.last_signals(&definition);
    let last = last.with_context(cannot_use)?;
    let earlier_cycles = store.cycles(&definition).with_context(cannot_use)?;
    let cooldown = TimeDelta::from_std(times.cooldown).unwrap_or(TimeDelta::MAX);
    check_template(&notify, &screen)?;
    let say = messages.clone();
    let say = move |text: String| say.urgent(&text);
    let notifier = Notifier::start(receivers, &path, &definition, notify.deliver_within, say);
    let interrupts = Interrupts::listen()?;
    interrupts.watch_over(&source);
    let mut watcher = Watcher {
        screen: &screen,
        universe: &run.universe,
        source: &source,
        plan: run.plan,
        tracker: Tracker::new(&definition, cooldown, last),
        definition,
        store,
        batch_size,
        printer: SignalPrinter::open(notify.append.as_deref(), format, &messages)?,
        notifier: notifier.map_err(failed)?,
        notifies_outages: notify.notify_outages,
        unstored: Vec::new(),
        warned: WarnedAbout::new(&messages),
        messages: messages.clone(),
        earlier_cycles,
        cycles: 0,
        hours: Vec::new(),
        pruned: None,
    };
    let exit = watcher.run(&times_of(&times), &interrupts);
    watcher.finish(notify.deliver_within, interrupts.heard().is_some());
    if let Some(trouble) = source.close() {
        messages.urgent(&format!("warning: {trouble}"));
    }
    Ok(exit)
}

fn times_of(times: &TimeArgs) -> WatchTimes {
    WatchTimes {
        every: times.every,
        max_cycles: times.cycles,
        always: times.always,
        keep: times.keep.and_then(|keep| TimeDelta::from_std(keep).ok()),
    }
}

fn open_store(path: &Path) -> Result<WatchStore, CommandError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let store = WatchStore::open(path);
    Ok(store.with_context(|| format!("cannot use the store {}", path.display()))?)
}

/// Options of the screen that is not watched, of reports, which a watch does not write, and of other days.
fn reject_useless(args: &WatchArgs, typed: &Typed) -> Result<(), CommandError> {
    const MOMENTUM: &[&str] = &["model", "benchmark"];
    const VOLUME: &[&str] = &[
        "min_volume",
        "multiplier",
        "lookback",
        "baseline",
        "direction",
        "min_price",
        "max_price",
        "min_dollar_volume",
    ];
    const USELESS: [(&str, &str); 8] = [
        ("failures", "its store keeps them"),
        ("as_of", "it is about the present"),
        ("offline", "it fetches in every cycle"),
        ("refresh", "it fetches in every cycle anyway"),
        ("output", "--append FILE keeps signals, --store FILE keeps everything"),
        ("strict", "its status lines and its store show how each cycle went"),
        ("allow_failures", "its status lines and its store show how each cycle went"),
        ("stats", "its status lines and its store show how each cycle went"),
    ];
    let (others, screen) = match args.times.screen {
        ScreenName::Volume => (MOMENTUM, "--screen momentum"),
        ScreenName::Momentum => (VOLUME, "--screen volume"),
    };
    if let Some(option) = typed.first_of(others) {
        return Err(usage(format!("{option} is for {screen}")));
    }
    for (id, why) in USELESS {
        if let Some(option) = typed.first_of(&[id]) {
            return Err(usage(format!("watch does not take {option}")).hinted(why));
        }
    }
    Ok(())
}
