//! A rehearsal: the signals that a watch would have raised on past days, one cycle a session.
//!
//! Nothing is stored and nobody is notified.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::args::WatchArgs;
use super::printer::SignalPrinter;
use super::watched::{definition, screen_of, sessions_of};
use crate::cli::args::fetch::MembersName;
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::cli::terminal::interrupts::Interrupts;
use crate::compare::row::Row;
use crate::measure::calendar::SESSIONS;
use crate::pipeline::{self, Event, Plan};
use crate::provider::calendar_days;
use crate::table::plural;
use crate::universe::{ListOptions, Universe};
use crate::watch::Tracker;

/// The end of a day.
const EVENING: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("a time");

pub(super) fn rehearse(
    args: WatchArgs,
    days: RangeInclusive<NaiveDate>,
    context: &Context,
) -> CommandResult {
    let WatchArgs { times, model, volume, workers, list, mut run, format, output, .. } = args;
    let sessions = sessions_of(&times, &volume)?;
    let (lists, tickers, options) = (list.lists.clone(), list.tickers.clone(), list.options());
    // Standard input is read once; of other lists the members of each day take part.
    let has_days = run.members == MembersName::Day && !lists.iter().any(|word| word == "-");
    run.as_of = None;
    run.include_partial = false;
    let mut run = RunSettings::decide(RunRequest {
        tickers: Tickers::Listed(list),
        sessions,
        from: days.start().checked_sub_days(calendar_days(sessions.max(SESSIONS))),
        workers: workers.workers,
        run,
        format: None,
        output,
        typed: &context.typed,
    })?;
    let screen = screen_of(&times, &model, &volume, &mut run)?;
    let messages = run.output.messages.clone();
    if let Some(notice) = run.source.notice() {
        messages.note(&notice);
    }
    let opened = run.source.open(run.plan.workers, &messages);
    let source = opened.source;
    if let Some(warning) = opened.warning {
        messages.warning(&warning);
    }
    let interrupts = Interrupts::listen()?;
    interrupts.watch_over(&source);
    let filter = times.filter.join(" and ");
    let definition = definition(&screen, &filter, &run.universe, source.name());
    let cooldown = TimeDelta::from_std(times.cooldown).unwrap_or(TimeDelta::MAX);
    let mut tracker = Tracker::new(&definition, cooldown, []);
    let mut printer = SignalPrinter::open(None, format, &messages)?;
    let ignore = |_: Event<'_, Row>| {};
    let (mut rehearsed, mut raised) = (0, 0);
    for day in days.start().iter_days().take_while(|day| day <= days.end()) {
        let of_day;
        let mut universe = &run.universe;
        if has_days && !lists.is_empty() {
            let options = ListOptions { on: Some(day), ..options };
            of_day = Universe::read(&lists, &tickers, options, &mut std::io::empty())?;
            universe = &of_day;
        }
        let plan = Plan { as_of: Some(day), from: None, ..run.plan.clone() };
        let report = pipeline::run(&screen, universe, &source, &plan, &ignore)?;
        if let Some(signal) = interrupts.heard() {
            return Ok(Exit::of_signal(signal));
        }
        if let Some(incomplete) = report.cut_short() {
            messages.urgent(&format!("incomplete: {incomplete}"));
            return Ok(Exit::of_incomplete(incomplete));
        }
        // On another day there was no session.
        if report.as_of == Some(day) {
            let signals = tracker.see(&report, day.and_time(EVENING).and_utc());
            for signal in &signals {
                printer.print(signal);
            }
            rehearsed += 1;
            raised += signals.len();
        }
    }
    if let Some(trouble) = source.close() {
        messages.urgent(&format!("warning: {trouble}"));
    }
    if rehearsed == 0 {
        return Err(no_session(&days));
    }
    messages.note(&format!(
        "rehearsed {} from {} to {} · {} · nothing was stored, nobody was notified",
        plural(rehearsed, "session"),
        days.start(),
        days.end(),
        plural(raised, "signal")
    ));
    Ok(Exit::Reported)
}

fn no_session(days: &RangeInclusive<NaiveDate>) -> CommandError {
    let (first, last) = (days.start(), days.end());
    usage(format!("there is no session from {first} to {last} in these prices"))
        .hinted("--rehearse 2020-02-01..2020-06-30 takes days that the prices have")
}
