//! Which shard of a list is this machine's.

use super::layers::variable;
use crate::cli::args::values::ShardChoice;
use crate::cli::error::{CommandError, usage};
use crate::universe::Shard;

/// The shard that is meant.
pub(crate) fn decide_shard(choice: ShardChoice) -> Result<Shard, CommandError> {
    match choice {
        ShardChoice::Numbered(shard) => Ok(shard),
        ShardChoice::Auto => from_environment(),
    }
}

/// The shard that a Kubernetes indexed job or a Slurm array numbers in the environment.
fn from_environment() -> Result<Shard, CommandError> {
    if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        let Some(count) = number("JOB_COMPLETIONS")? else {
            let error = "--shard auto: JOB_COMPLETION_INDEX is set, and JOB_COMPLETIONS is not";
            let hint = "the job's manifest has to set it to the job's completions";
            return Err(usage(error).hinted(hint));
        };
        return shard_of_index(index, count);
    }
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        return slurm(id);
    }
    let error = "--shard auto: neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID is set";
    let hint = "outside of a Kubernetes indexed job or a Slurm array, use --shard 3/16";
    Err(usage(error).hinted(hint))
}

fn slurm(id: u32) -> Result<Shard, CommandError> {
    let Some(count) = number("SLURM_ARRAY_TASK_COUNT")? else {
        let error = "--shard auto: SLURM_ARRAY_TASK_ID is set, and SLURM_ARRAY_TASK_COUNT is not";
        return Err(usage(error));
    };
    let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
    let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
    let last = number("SLURM_ARRAY_TASK_MAX")?;
    let expected = first.saturating_add(count.saturating_sub(1).saturating_mul(step));
    let is_plain_range = last.is_none_or(|last| last == expected);
    if !is_plain_range || id < first || !(id - first).is_multiple_of(step) {
        let error = "--shard auto: the tasks of this Slurm array are not a plain range";
        let hint = "--shard \"$SLURM_ARRAY_TASK_ID/16\" says which of how many shards a task takes, from 1";
        return Err(usage(error).hinted(hint));
    }
    shard_of_index((id - first) / step, count)
}

/// Schedulers count from 0, shards from 1.
fn shard_of_index(index: u32, count: u32) -> Result<Shard, CommandError> {
    Shard::new(index.saturating_add(1), count)
        .map_err(|bad| usage(format!("--shard auto: {bad}")).hinted("use --shard 3/16"))
}

fn number(name: &str) -> Result<Option<u32>, CommandError> {
    let Some(text) = variable(name)? else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(usage(format!("{name} is not a number: {text:?}"))),
    }
}
