//! Parts of a list: which one is ours, writing it, and the `merge` command.

use std::ops::ControlFlow;

use anyhow::Context;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::TOP;
use crate::cli::args::shard::{MergeArgs, ShardChoice as Named};
use crate::cli::commands::run::{self, finish};
use crate::cli::log_to_stderr;
use crate::cli::settings::view;
use crate::cli::settings::{Output, Settings};
use crate::cli::terminal::destination::Destination;
use crate::pipeline::PipelineError;
use crate::report::{self, Format, Report};
use crate::screen::{Criteria, Screen};
use crate::shard::{
    self, MergeError, ShardFacts, ShardFile, ShardFileError, merge as put_together,
};
use crate::universe::Shard;

/// Whether parts are written in a format.
pub(in crate::cli) fn is_one(format: Format) -> bool {
    matches!(format, Format::Ndjson | Format::Parquet)
}

/// The part that is meant.
pub(in crate::cli) fn shard(named: Named) -> Result<Shard, CommandError> {
    match named {
        Named::Named(shard) => Ok(shard),
        Named::Auto => numbered(&|name| std::env::var(name).ok().filter(|value| !value.is_empty())),
    }
}

/// The part that a Kubernetes indexed job or a Slurm array numbers in the environment.
fn numbered(variable: &dyn Fn(&str) -> Option<String>) -> Result<Shard, CommandError> {
    let number = |name: &str| -> Result<Option<u32>, CommandError> {
        let Some(text) = variable(name) else { return Ok(None) };
        let number = text.trim().parse().ok();
        Ok(Some(number.ok_or_else(|| CommandError::new(format!("{name} is no number: {text:?}")))?))
    };
    let of = |index, count| {
        Shard::new(index, count).map_err(|bad| {
            CommandError::new(format!("--shard auto: {bad}")).hint("--shard 3/16 names a part")
        })
    };
    if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        let count = number("JOB_COMPLETIONS")?.ok_or_else(|| {
            CommandError::new(
                "--shard auto: JOB_COMPLETION_INDEX is set, and JOB_COMPLETIONS is not",
            )
            .hint("the job's manifest has to set it to the job's completions")
        })?;
        return of(index, count);
    }
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        let count = number("SLURM_ARRAY_TASK_COUNT")?.ok_or_else(|| {
            CommandError::new(
                "--shard auto: SLURM_ARRAY_TASK_ID is set, and SLURM_ARRAY_TASK_COUNT is not",
            )
        })?;
        let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        let last = number("SLURM_ARRAY_TASK_MAX")?;
        let expected = first.saturating_add(count.saturating_sub(1).saturating_mul(step));
        if last.is_some_and(|last| last != expected) || id < first || (id - first) % step != 0 {
            return Err(CommandError::new(
                "--shard auto: the tasks of this Slurm array are no plain range",
            )
            .hint("--shard \"$SLURM_ARRAY_TASK_ID/16\" says which part of how many a task is"));
        }
        return of((id - first) / step, count);
    }
    Err(CommandError::new(
        "--shard auto: neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID is set",
    )
    .hint("outside of a Kubernetes indexed job or a Slurm array, --shard 3/16 names a part"))
}

/// Gathers one part, and writes it.
pub(in crate::cli) fn gather(mut settings: Settings, shard: Shard) -> anyhow::Result<Exit> {
    let format = settings.output.format;
    if !is_one(format) {
        return Err(CommandError::new(format!("--shard does not write {}", format.name()))
            .hint("a part is -f ndjson or -f parquet, or a file with such an ending")
            .into());
    }
    let whole = settings.universe.clone();
    settings.universe = whole.part(shard);
    let (gathered, target) = match run::gather(&settings)? {
        ControlFlow::Continue(gathered) => gathered,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let facts = ShardFacts::of(&settings.screen, &whole, shard, &settings.plan, &gathered);
    let report = gathered.unranked(&settings.screen, shard);
    finish(&report, &settings.output, target, |report, _, document| {
        Ok(shard::write(&facts, &report.result.rest, &report.failures, format, document)?)
    })
}

/// Screens what several runs gathered.
pub(in crate::cli) fn merge(args: MergeArgs) -> anyhow::Result<Exit> {
    log_to_stderr(&args.output);
    let with_stats = args.output.stats;
    let output = Output::decide(args.output)?;
    let refused = |e: MergeError| CommandError::new(e.to_string()).hint(e.hint());
    let mut parts = Vec::with_capacity(args.parts.len());
    for path in &args.parts {
        let file = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {file}"))?;
        let part = ShardFile::read(&bytes)
            .map_err(|why| refused(MergeError::Unusable { file: file.clone(), why }))?;
        parts.push((file, part));
    }
    let merged = put_together(parts, args.allow_missing).map_err(refused)?;
    let criteria =
        merged.run.criteria().map_err(|why: ShardFileError| CommandError::new(why.to_string()))?;
    let limit = match (&criteria, args.n) {
        (Criteria::Top(_), n) => Some(n.unwrap_or(TOP)),
        (Criteria::Volume(_), n) => n,
        _ if !args.is_n_typed => None,
        _ => {
            return Err(CommandError::new("-n is for parts of top and volume-screen")
                .hint("momentum shows every ticker, in the order given")
                .into());
        }
    };
    let include_partial = merged.run.include_partial;
    let screen = Screen { limit, include_partial, with_stats, ..Screen::new(criteria) };
    let screen = view::apply(&args.choice, screen)?;
    let target = Destination::open(output.file.as_deref())?;
    let report: Report = merged.gathered.conclude(&screen).map_err(PipelineError::from)?;
    finish(&report, &output, target, |report, output, document| {
        Ok(report::write(report, output.format, output.style, document)?)
    })
}
