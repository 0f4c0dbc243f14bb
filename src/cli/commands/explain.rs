//! The `explain` command: a momentum run whose scores are shown taken apart.

use chrono::Utc;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::{ListArgs, ModelArgs, RunArgs, WorkerArgs};
use crate::cli::commands::run::run_and_write;
use crate::cli::log_to_stderr;
use crate::cli::settings::{Asked, Settings};
use crate::report::{Format, write_explanation};

pub(in crate::cli) fn explain(
    model: ModelArgs,
    workers: &WorkerArgs,
    list: ListArgs,
    run: RunArgs,
) -> anyhow::Result<Exit> {
    log_to_stderr(&run.output);
    let asked = Asked::Momentum(model, list);
    let settings = Settings::decide(asked, None, workers.workers, run, Utc::now())?;
    let format = settings.output.format;
    if !matches!(format, Format::Table | Format::Json) {
        let error = CommandError::new(format!("explain does not write {}", format.name()));
        return Err(error.hint("it writes words (-f table) and -f json").into());
    }
    run_and_write(&settings, |report, _, document| Ok(write_explanation(report, format, document)?))
}
