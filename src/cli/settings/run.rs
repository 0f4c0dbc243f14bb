//! Everything that a run needs besides its screen, decided: which tickers, from where, how, and where to.

use chrono::{Days, NaiveDate, Utc};

use super::descriptors::allowed_workers;
use super::output::Output;
use super::source::SourceSettings;
use super::typed::Typed;
use crate::cli::args::fetch::RunArgs;
use crate::cli::args::list_run::ListRunArgs;
use crate::cli::args::output::OutputArgs;
use crate::cli::args::tickers::ListArgs;
use crate::cli::error::{CommandError, usage};
use crate::measure::calendar::SESSIONS;
use crate::pipeline::Plan;
use crate::provider::calendar_days;
use crate::table::Format;
use crate::universe::{ListOptions, Universe};

/// A run without its screen.
pub(crate) struct RunSettings {
    pub(crate) universe: Universe,
    pub(crate) source: SourceSettings,
    pub(crate) plan: Plan,
    pub(crate) output: Output,
    pub(crate) dry_run: bool,
}

/// Which tickers a run is about.
pub(crate) enum Tickers {
    /// Those that are named. When none is, those that are loaded.
    Listed(ListArgs),
    /// Those that are held.
    Held(Universe),
}

/// What is asked of a run.
pub(crate) struct RunRequest<'a> {
    pub(crate) tickers: Tickers,
    /// Sessions that its screen uses.
    pub(crate) sessions: usize,
    /// The first day that is used, however many sessions that makes.
    pub(crate) from: Option<NaiveDate>,
    pub(crate) workers: u16,
    pub(crate) run: RunArgs,
    pub(crate) format: Option<Format>,
    pub(crate) output: OutputArgs,
    pub(crate) typed: &'a Typed,
}

impl RunSettings {
    /// A run over a list of as many sessions as momentum uses.
    pub(crate) fn of_list(
        args: ListRunArgs,
        format: Option<Format>,
        typed: &Typed,
    ) -> Result<Self, CommandError> {
        Self::decide(RunRequest {
            tickers: Tickers::Listed(args.list),
            sessions: SESSIONS,
            from: None,
            workers: args.workers.workers,
            run: args.run,
            format,
            output: args.output,
            typed,
        })
    }

    pub(crate) fn decide(request: RunRequest<'_>) -> Result<Self, CommandError> {
        let RunRequest { tickers, sessions, from, workers, run, format, output, typed } = request;
        let list_day = run.list_day();
        let RunArgs { as_of, members: _, include_partial, dry_run, fetch } = run;
        let now = Utc::now();
        // East of Greenwich it may be tomorrow already.
        let today = now.date_naive() + Days::new(1);
        if let Some(date) = as_of.filter(|date| *date > today) {
            return Err(usage(format!("--as-of {date} is in the future")));
        }
        let output = Output::decide(output, format, typed)?;
        let (mut universe, are_named) = match tickers {
            Tickers::Listed(list) => {
                (read(&list, list_day)?, !(list.lists.is_empty() && list.tickers.is_empty()))
            }
            Tickers::Held(universe) => (universe, true),
        };
        let days = from.map_or_else(|| calendar_days(sessions), |from| days_between(from, today));
        let source = SourceSettings::decide(fetch, as_of, days, today, typed)?;
        if let Some(sentence) = universe.without_ticker().filter(|_| output.is_strict) {
            return Err(usage(sentence.to_owned()).hinted("without --strict the rest is taken"));
        }
        for sentence in universe.left_out() {
            output.messages.note(sentence);
        }
        if !are_named {
            universe.extend(source.symbols());
        }
        if universe.symbols().is_empty() {
            let hint = "name a list (sp500), tickers (-t AAPL,MSFT) or - for standard input";
            return Err(usage("no tickers given").hinted(hint));
        }
        let has_connections = source.remote().is_some();
        let (allowed, limit) =
            if has_connections { allowed_workers(workers) } else { (workers, None) };
        if let Some(limit) = limit {
            output.messages.warning(&format!(
                "{allowed} workers instead of {workers}: this system lets a process open {limit} files (ulimit -n)"
            ));
        }
        let workers = allowed;
        let plan =
            Plan { as_of, sessions, from, include_partial, ..Plan::new(workers.into(), now) };
        Ok(Self { universe, source, plan, output, dry_run })
    }
}

fn read(list: &ListArgs, on: Option<NaiveDate>) -> Result<Universe, CommandError> {
    let options = ListOptions { on, ..list.options() };
    Ok(Universe::read(&list.lists, &list.tickers, options, &mut std::io::stdin().lock())?)
}

fn days_between(from: NaiveDate, to: NaiveDate) -> Days {
    Days::new((to - from).num_days().max(0).unsigned_abs())
}
