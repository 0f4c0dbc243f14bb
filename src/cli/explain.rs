//! The `explain` command: a momentum run whose scores are shown taken apart.

use chrono::Utc;

use super::args::{ModelArgs, RunArgs, WorkerArgs};
use super::output::Target;
use super::progress::Progress;
use super::settings::{Asked, Settings};
use super::{Exit, Usage, conclude, log_to_stderr, tell};
use crate::pipeline;
use crate::report::{Format, write_explanation};

pub(super) fn explain(
    model: ModelArgs,
    workers: &WorkerArgs,
    run: RunArgs,
) -> anyhow::Result<Exit> {
    log_to_stderr(run.output.verbose);
    let Settings { universe, supply, screen, plan, output, notice } =
        Settings::decide(Asked::Momentum(model), None, workers.workers, run, Utc::now())?;
    if !matches!(output.format, Format::Table | Format::Json) {
        let error = Usage::new(format!("explain does not write {}", output.format.name()));
        return Err(error.hint("it writes words (-f table) and -f json").into());
    }
    let target = Target::open(output.file.as_deref())?;
    if let Some(notice) = notice.filter(|_| !output.quiet) {
        tell(&notice);
    }
    let progress = Progress::new(output.progress);
    let report = pipeline::run(&screen, &universe, &supply.source(plan.workers), &plan, &progress);
    progress.finish();
    let report = report?;
    let mut document = Vec::new();
    write_explanation(&report, output.format, &mut document)?;
    target.write(&document)?;
    Ok(conclude(&report, &output))
}
