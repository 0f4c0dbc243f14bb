//! `evaluate`: whether a score works, on prices of the user's choosing.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use chrono::{Months, NaiveDate, Utc};
use clap::Args;

use super::run::{
    MAX_NAMED, conclude, facts_of, in_vain, may_write, open_target, with_source, write_failures,
};
use crate::bars::Bars;
use crate::cli::args::evaluate::JudgeArgs;
use crate::cli::args::fetch::{FetchArgs, MembersName, RunArgs, WorkerArgs};
use crate::cli::args::model::BenchmarkArgs;
use crate::cli::args::output::{FormatArgs, OutputArgs};
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::view::DoubtArgs;
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::settings::members::{TakingPart, decide_members};
use crate::cli::settings::output::Output;
use crate::cli::settings::run::{RunRequest, RunSettings};
use crate::cli::settings::screen::decide_benchmark;
use crate::cli::terminal::destination::Destination;
use crate::evaluate::{Evaluation, Member, Panel, Rules, Score, Settings, check_lookahead};
use crate::failure::Incomplete;
use crate::measure::calendar::SESSIONS;
use crate::models::Model;
use crate::pipeline::{self, Gathered, PipelineError, separate};
use crate::provider::calendar_days;
use crate::report::{
    self, EvaluationAsked, EvaluationReport, MembersUsed, RunCost, write_evaluation,
    write_evaluation_page,
};
use crate::source::Source;
use crate::table::plural;
use crate::universe::{Memberships, Symbol};

const EXAMPLES: &str = "\
Examples:
  screener evaluate --provider files --data prices.parquet --model all
  screener evaluate dow30 --from 2015-01-01 --html evaluation.html
  screener evaluate dow30 --provider files --data prices.parquet --members today";

/// Years of scores unless `--from` says otherwise, where each ticker costs a request.
const YEARS: u32 = 10;
const BASIS_POINT: f64 = 1e-4;

/// Evaluate scores: what following them would have brought, and how certain that is
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvaluateArgs {
    #[command(flatten)]
    judge: JudgeArgs,

    #[command(flatten)]
    benchmark: BenchmarkArgs,

    #[command(flatten)]
    doubt: DoubtArgs,

    /// Print what would be downloaded and how long it would take; send nothing
    #[arg(long, help_heading = "Running")]
    dry_run: bool,

    #[command(flatten)]
    list: ListArgs,

    #[command(flatten)]
    workers: WorkerArgs,

    #[command(flatten)]
    fetch: FetchArgs,

    /// Also write a page with charts to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    html: Option<PathBuf>,

    #[command(flatten)]
    format: FormatArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn evaluate(args: EvaluateArgs, context: &Context) -> CommandResult {
    let EvaluateArgs { judge, benchmark, doubt, dry_run, list, workers, fetch, html, .. } = args;
    if let (Some(from), Some(to)) = (judge.from, judge.to)
        && to < from
    {
        return Err(usage(format!("--to {to} is before --from {from}")));
    }
    let today = Utc::now().date_naive();
    // Files hold what they hold; of a provider it is asked for.
    let first = if fetch.provider.is_local() {
        judge.from
    } else {
        judge.from.or_else(|| today.checked_sub_months(Months::new(12 * YEARS)))
    };
    let first_bar = first.and_then(|day| day.checked_sub_days(calendar_days(SESSIONS)));
    let TakingPart { tickers, more, memberships, used } =
        decide_members(&judge.members, list, first, fetch.provider.is_local())?;
    let run = RunArgs {
        as_of: None,
        members: MembersName::Today,
        include_partial: false,
        dry_run,
        fetch,
    };
    let mut run = RunSettings::decide(RunRequest {
        tickers,
        sessions: SESSIONS,
        from: Some(first_bar.unwrap_or(NaiveDate::MIN)),
        workers: workers.workers,
        run,
        format: args.format.format,
        output: args.output,
        typed: &context.typed,
    })?;
    run.universe.extend(more);
    let models = judge.models();
    let benchmark = decide_benchmark(&benchmark, &mut run)?;
    let benchmark = benchmark.filter(|_| models.iter().any(|model| model.takes_median()));
    let target = open_target(&run)?;
    let page = html.filter(|_| !dry_run);
    let page = page.map(|file| Destination::open(Some(&file))).transpose()?;
    let beside: Vec<Symbol> = benchmark.iter().cloned().collect();
    let forecast = |source: &Source| {
        pipeline::forecast_of_bars(&run.universe, beside.clone(), source, &run.plan)
    };
    let gathered = with_source(&run, forecast, |source, progress| {
        let keep = |symbol: &Symbol, bars: Bars| (symbol.clone(), bars);
        let (universe, plan) = (&run.universe, &run.plan);
        let gathered = pipeline::gather(universe, beside.clone(), source, plan, keep, progress);
        Ok((gathered.map_err(PipelineError::from)?, source.name()))
    })?;
    let (gathered, provider) = match gathered {
        ControlFlow::Continue(gathered) => gathered,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let question = Question {
        models,
        horizons: judge.horizons(),
        judge,
        benchmark,
        include_suspect: doubt.include_suspect,
        memberships,
        used,
    };
    let report = judge_scores(&question, gathered, provider, &run)?;
    finish(&report, &run.output, target, page)
}

/// What is asked, once it is known who takes part.
struct Question {
    judge: JudgeArgs,
    models: Vec<Model>,
    horizons: Vec<usize>,
    benchmark: Option<Symbol>,
    include_suspect: bool,
    /// When each symbol is a member. `None`: always.
    memberships: Option<Memberships>,
    used: MembersUsed,
}

/// Judges the scores on what was gathered.
fn judge_scores(
    question: &Question,
    gathered: Gathered<(Symbol, Bars)>,
    provider: &str,
    run: &RunSettings,
) -> Result<EvaluationReport, CommandError> {
    let Question { judge, models, memberships, .. } = question;
    let Gathered { entries, beside, stopped, cost } = gathered;
    let start = Instant::now();
    let (series, mut failures) = separate(entries);
    let beside = beside.into_iter().find_map(|(_, made)| made.ok());
    let benchmark = match &question.benchmark {
        Some(symbol) => beside.or_else(|| series.iter().find(|(own, _)| own == symbol).cloned()),
        None => None,
    };
    if let Some(symbol) = question.benchmark.as_ref().filter(|_| run.plan.needs_benchmark)
        && benchmark.is_none()
        && stopped.is_none()
    {
        let why = "the provider has none of it".into();
        return Err(PipelineError::NoBenchmark { symbol: symbol.clone(), why }.into());
    }
    let panel = Panel::new(series);
    if let (Some(members), Some(first), Some(last)) =
        (memberships, panel.calendar.first(), panel.calendar.last())
    {
        // Who was no member while there are prices is not missing.
        failures.retain(|failure| members.was_one(&failure.symbol, *first, *last));
    }
    let incomplete = stopped.map(Incomplete::Stopped);
    if let Some(incomplete) = incomplete.as_ref().filter(|_| panel.members.is_empty()) {
        return Err(in_vain(incomplete));
    }
    let sector = |member: &Member| run.universe.industry(&member.symbol).sector;
    let sectors = judge.neutral.map(|_| panel.members.iter().map(sector).collect());
    let scores: Vec<Score> = models.iter().copied().map(Score::model).collect();
    let settings = Settings {
        horizons: question.horizons.clone(),
        lag: judge.lag,
        every: judge.every,
        quantiles: judge.quantiles,
        cost: judge.cost * BASIS_POINT,
        days: (judge.from, judge.to),
        sectors,
        rules: Rules {
            members: memberships.as_ref(),
            benchmark: benchmark.as_ref().map(|(symbol, bars)| (symbol, bars)),
            include_suspect: question.include_suspect,
        },
    };
    let mut compared_scores = None;
    if judge.check_lookahead {
        let compared = check_lookahead(&panel, &scores, &settings).map_err(|differs| {
            CommandError { exit: Exit::DoesNotHold, message: differs.to_string(), hint: None }
        })?;
        compared_scores = Some(compared);
    }
    let evaluation = Evaluation::of(&panel, &scores, &settings);
    if evaluation.summaries.iter().all(|summary| summary.dates == 0) && !panel.members.is_empty() {
        if let Some(incomplete) = &incomplete {
            return Err(in_vain(incomplete));
        }
        return Err(no_date(&evaluation, &settings));
    }
    let elapsed = cost.elapsed + start.elapsed();
    Ok(EvaluationReport {
        asked: EvaluationAsked {
            lag: judge.lag,
            every: judge.every,
            quantiles: judge.quantiles,
            cost: judge.cost,
            within_sectors: judge.neutral.is_some(),
            members: question.used.clone(),
            benchmark: benchmark.map(|(symbol, _)| symbol),
        },
        provider: provider.into(),
        requested: panel.members.len() + failures.len(),
        listed: evaluation.members + failures.len(),
        evaluation,
        failures,
        incomplete,
        compared_scores,
        cost: RunCost { elapsed, ..cost },
    })
}

/// Why nothing can be said.
fn no_date(evaluation: &Evaluation, settings: &Settings<'_>) -> CommandError {
    let Evaluation { sessions, names, .. } = evaluation;
    let shortest = settings.horizons.iter().min().copied().unwrap_or_default();
    let error = format!(
        "no date can be judged: there are {} and {}",
        plural(*sessions, "session"),
        plural(*names, "name")
    );
    usage(error).hinted(format!(
        "a date needs 126 sessions before it, {} after it and {} names with a score; longer prices, a shorter \
         --horizon or fewer --quantiles help",
        settings.lag + shortest,
        2 * settings.quantiles
    ))
}

/// Writes the evaluation, its page and its failures, says what is beside it and finds the exit code.
fn finish(
    report: &EvaluationReport,
    output: &Output,
    target: Destination,
    page: Option<Destination>,
) -> CommandResult {
    let is_worthless = report.evaluation.names == 0 && !output.format.holds_failures();
    if may_write(is_worthless, output) {
        let mut document = Vec::new();
        write_evaluation(report, output.format, output.style, &mut document)?;
        target.write(&document)?;
    }
    if let Some(page) = page.filter(|_| report.evaluation.names > 0) {
        let mut document = Vec::new();
        write_evaluation_page(report, &mut document)?;
        page.write(&document)?;
    }
    write_failures(&report.failures, output)?;
    let EvaluationReport { evaluation, failures, requested, incomplete, cost, .. } = report;
    let mut said = format!(
        "judged {} on {} of {}",
        plural(evaluation.summaries.len(), "result"),
        plural(evaluation.sessions, "session"),
        plural(evaluation.names, "name")
    );
    if !failures.is_empty() {
        said += &format!(" · {}", report::failures(failures, MAX_NAMED));
    }
    said += &format!(" · {:.1} s", cost.elapsed.as_secs_f64());
    if let Some(incomplete) = incomplete {
        output.messages.urgent(&format!("incomplete: {incomplete}"));
    }
    output.messages.summary(&said, facts_of(*requested, failures, cost));
    conclude(failures, *requested, incomplete.as_ref(), false, output)
}
