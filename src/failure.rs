//! What is not whole, as data in the report like any other: a ticker that brought no bars, a run that ended
//! early.

use std::fmt;

use crate::fetch::{Fault, FaultKind, StopReason};
use crate::universe::{Shard, Symbol};

/// A symbol and why there is nothing to score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The symbol without bars.
    pub symbol: Symbol,
    /// Why it has none.
    pub reason: FailureReason,
}

/// Why a symbol has no bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureReason {
    /// Its bars could not be fetched.
    Fault(Fault),
    /// It belongs to a shard that was not merged.
    MissingShard(Shard),
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureKind {
    /// See [`FaultKind`].
    Fault(FaultKind),
    /// See [`FailureReason::MissingShard`].
    Missing,
}

impl FailureReason {
    /// The kind, as scripts read it.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Fault(fault) => FailureKind::Fault(fault.kind),
            Self::MissingShard(_) => FailureKind::Missing,
        }
    }

    /// The fault, where it is one.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::MissingShard(_) => None,
        }
    }

    /// Requests sent for the symbol.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.fault().map_or(0, |fault| fault.attempts)
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.fault().and_then(|fault| fault.http_status)
    }

    /// Whether it says that the provider is away or lets nobody in, and nothing of the symbol.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        use FaultKind::{Blocked, Network, Server, Throttled, Timeout};
        let outages = [Blocked, Network, Server, Throttled, Timeout];
        self.fault().is_some_and(|fault| outages.contains(&fault.kind))
    }

    /// Whether the run stopped before the symbol was fetched.
    #[must_use]
    pub fn is_not_asked(&self) -> bool {
        self.fault().is_some_and(|fault| fault.kind == FaultKind::Stopped)
    }
}

/// One sentence without its period.
impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::MissingShard(shard) => write!(f, "shard {shard} is missing"),
        }
    }
}

/// How [`FailureKind::Missing`] is written.
const MISSING: &str = "missing";

impl FailureKind {
    /// As scripts read it: `not_found`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Fault(kind) => kind.name(),
            Self::Missing => MISSING.into(),
        }
    }

    /// As a person reads it: `2 not found`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Fault(kind) => kind.label(),
            Self::Missing => "in no shard",
        }
    }
}

/// Why a report does not cover every ticker that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// The run was stopped.
    #[error(transparent)]
    Stopped(#[from] StopReason),
    /// Some of the merged shards are of runs that were stopped.
    #[error("{0}")]
    ShardsStopped(String),
    /// Some shards were not merged, which the user allows.
    #[error("{0}")]
    ShardsMissing(String),
}

impl Incomplete {
    /// Why the run was stopped, where it was.
    #[must_use]
    pub fn stop(&self) -> Option<&StopReason> {
        match self {
            Self::Stopped(stop) => Some(stop),
            Self::ShardsStopped(_) | Self::ShardsMissing(_) => None,
        }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        self.stop().and_then(StopReason::hint)
    }

    /// Whether the user allowed it.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::ShardsMissing(_))
    }
}
