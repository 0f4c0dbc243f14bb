//! How a command ends: an exit code, and an error that carries its exit code and its hint.

use std::process::ExitCode;

use crate::ask::RankError;
use crate::failure::Incomplete;
use crate::fetch::StopReason;
use crate::pipeline::PipelineError;
use crate::provider::FilesError;
use crate::shard::{MergeError, ShardFileError};
use crate::universe::UniverseError;

const FILES_HINT: &str = "prices need a date and a close column, and a symbol column or one file a \
                          symbol; adj_close, high, low and volume are used where they are";

/// How a run ended, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Reported = 0,
    Failed = 1,
    Usage = 2,
    TooManyFailures = 3,
    /// What was made a condition: one on the market, or that no score looks ahead.
    DoesNotHold = 4,
    StoppedEarly = 5,
    /// By a signal, as a shell would report it.
    Interrupted = 130,
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// The exit code of a report that does not cover every ticker.
    pub(crate) fn of_incomplete(incomplete: &Incomplete) -> Self {
        incomplete.stop().map_or(Self::StoppedEarly, Self::of_stop)
    }

    /// The exit code of a run that was stopped.
    pub(crate) fn of_stop(stop: &StopReason) -> Self {
        match stop {
            StopReason::Insecure(_) => Self::Failed,
            StopReason::Signal(signal) => Self::of_signal(*signal),
            _ => Self::StoppedEarly,
        }
    }

    pub(crate) fn of_signal(signal: i32) -> Self {
        match signal {
            15 => Self::Terminated,
            _ => Self::Interrupted,
        }
    }
}

/// Why a command did not do its work: one sentence, the way out, the exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CommandError {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// A mistake in what was asked for.
pub(crate) fn usage(message: impl Into<String>) -> CommandError {
    CommandError { exit: Exit::Usage, message: message.into(), hint: None }
}

/// Something that went wrong though nothing was wrong with what was asked for.
pub(crate) fn failed(message: impl Into<String>) -> CommandError {
    CommandError { exit: Exit::Failed, message: message.into(), hint: None }
}

impl CommandError {
    /// The same, with the way out.
    pub(crate) fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(error: anyhow::Error) -> Self {
        failed(format!("{error:#}"))
    }
}

impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        failed(error.to_string())
    }
}

impl From<UniverseError> for CommandError {
    fn from(error: UniverseError) -> Self {
        usage(error.to_string()).hinted(error.hint())
    }
}

impl From<FilesError> for CommandError {
    fn from(error: FilesError) -> Self {
        usage(error.to_string()).hinted(FILES_HINT)
    }
}

impl From<MergeError> for CommandError {
    fn from(error: MergeError) -> Self {
        usage(error.to_string()).hinted(error.hint())
    }
}

impl From<ShardFileError> for CommandError {
    fn from(error: ShardFileError) -> Self {
        usage(error.to_string())
    }
}

impl From<RankError> for CommandError {
    fn from(error: RankError) -> Self {
        usage(error.to_string())
    }
}

impl From<PipelineError> for CommandError {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::Workers(error) => failed(error.to_string()),
            PipelineError::Rank(error) => error.into(),
            no_benchmark @ PipelineError::NoBenchmark { .. } => {
                usage(no_benchmark.to_string()).hinted("--benchmark names another, or none")
            }
        }
    }
}
