//! Why a run ends before its work is done, and when to give up by ourselves.
//!
//! Nothing here waits or sends; the client tells what became of each request and is told whether to go on.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fault, FaultKind};

/// Tokens in a full retry budget.
const FULL_BUDGET: u32 = 500;
/// What a retry costs.
const RETRY_PRICE: u32 = 5;
/// What a retry after a timeout costs: it has taken a worker for long.
const TIMEOUT_RETRY_PRICE: u32 = 10;
/// Refusals of the client in a row that stop the run.
const MAX_REFUSALS: u32 = 3;
/// Requests in a row that failed for good and stop the run: while nobody was ever heard, and later.
/// (each worker may hold one that fails slowly while the others' were answered long ago); and if they were
/// answered, but not with what was asked for.
const MAX_FAILURES_UNHEARD: u32 = 5;
const MAX_FAILURES_SILENT: u32 = 20;
const MAX_FAILURES_USELESS: u32 = 100;

/// Why there will be no further turn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StopReason {
    /// The provider asks for a longer wait than the user allows.
    #[error(
        "the provider asks to wait {} s, until {}, longer than --max-wait",
        .wait.as_secs(), .until.format("%Y-%m-%d %H:%M:%S UTC")
    )]
    LongWait {
        /// From now.
        wait: Duration,
        /// When to come back.
        until: DateTime<Utc>,
    },
    /// The provider asks to slow down whatever we do.
    #[error("the provider still asked to slow down after pauses of {} s", .0.as_secs())]
    Throttled(Duration),
    /// The time the user gave the run is over, or does not suffice for the next wait.
    #[error("the time for the run (--max-time) is over")]
    OutOfTime,
    /// Nothing comes back.
    #[error("{failed} requests in a row failed: {why}")]
    Unreachable {
        /// How many.
        failed: u32,
        /// The last one's failure.
        why: String,
    },
    /// The provider refuses this client.
    #[error("{MAX_REFUSALS} requests in a row were refused: {0}")]
    Refused(String),
    /// There is no secure connection to be had.
    #[error("{0}")]
    Insecure(String),
    /// Some of a run's parts ended before their end.
    #[error("{0}")]
    Part(String),
    /// Some of a run's parts are not there, which the user allows.
    #[error("{0}")]
    Missing(String),
    /// A signal, by its number.
    #[error("interrupted")]
    Signal(i32),
}

impl StopReason {
    /// A wait that is too long.
    #[must_use]
    pub fn long_wait(wait: Duration, now: DateTime<Utc>) -> Self {
        let length = TimeDelta::from_std(wait).ok();
        let until = length.and_then(|length| now.checked_add_signed(length));
        Self::LongWait { wait, until: until.unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }

    /// Whether it is our own conclusion, of no matter once every request was made.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Refused(_))
    }

    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::LongWait { .. } => Some("a longer --max-wait waits for it"),
            Self::Throttled(_) => Some("come back in a while, with a lower --rate"),
            Self::Unreachable { .. } => {
                Some("look at the network, at --base-url and at the proxy variables (HTTPS_PROXY)")
            }
            Self::Refused(_) => Some("another --user-agent, network or key may be let in"),
            Self::Insecure(_) => Some(
                "SSL_CERT_FILE names a file of certificates to trust; a proxy that opens TLS has its own",
            ),
            Self::OutOfTime | Self::Part(_) | Self::Missing(_) | Self::Signal(_) => None,
        }
    }
}

/// Watches for a provider that is gone or refuses us.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    workers: u32,
    streaks: Mutex<Streaks>,
}

#[derive(Debug, Default)]
struct Streaks {
    /// Whether there ever was a proper answer.
    heard: bool,
    /// Requests in a row without any answer, and with one of no use.
    silent: u32,
    useless: u32,
    refused: u32,
}

impl CircuitBreaker {
    pub(super) fn new(workers: usize) -> Self {
        let workers = u32::try_from(workers).unwrap_or(u32::MAX);
        Self { workers, streaks: Mutex::default() }
    }

    /// A request came to a proper answer, bars or that there are none: no reason to stop.
    pub(super) fn heard(&self) -> Option<StopReason> {
        *self.lock() = Streaks { heard: true, ..Streaks::default() };
        None
    }

    /// Nothing has failed yet; whether there ever was a proper answer is remembered.
    pub(super) fn reset(&self) {
        let mut streaks = self.lock();
        *streaks = Streaks { heard: streaks.heard, ..Streaks::default() };
    }

    /// Whether there ever was a proper answer.
    pub(super) fn was_heard(&self) -> bool {
        self.lock().heard
    }

    /// A request failed for good; whether that is a reason to stop.
    pub(super) fn failed(&self, fault: &Fault) -> Option<StopReason> {
        let mut streaks = self.lock();
        match fault.kind {
            FaultKind::Tls if !streaks.heard => Some(StopReason::Insecure(fault.message.clone())),
            FaultKind::Blocked => {
                streaks.refused += 1;
                (streaks.refused >= MAX_REFUSALS)
                    .then(|| StopReason::Refused(fault.message.clone()))
            }
            FaultKind::Network
            | FaultKind::Tls
            | FaultKind::Timeout
            | FaultKind::Server
            | FaultKind::Rejected
            | FaultKind::BadData => {
                let (failed, most) = match (fault.http_status, streaks.heard) {
                    (Some(_), _) => (&mut streaks.useless, MAX_FAILURES_USELESS),
                    (None, true) => {
                        (&mut streaks.silent, MAX_FAILURES_SILENT.saturating_add(self.workers))
                    }
                    (None, false) => (&mut streaks.silent, MAX_FAILURES_UNHEARD),
                };
                *failed += 1;
                let (failed, why) = (*failed, fault.message.clone());
                (failed >= most).then_some(StopReason::Unreachable { failed, why })
            }
            FaultKind::NotFound
            | FaultKind::Throttled
            | FaultKind::TooLarge
            | FaultKind::Stopped
            | FaultKind::Offline
            | FaultKind::Missing
            | FaultKind::Internal => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Streaks> {
        self.streaks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bounds the retries of a whole run, so that a provider in trouble is not asked four times for everything.
///
/// A retry costs 5, one after a timeout 10, of 500; success gives back what its own retries cost, else 1.
/// Source: the standard retry mode of the AWS SDKs.
#[derive(Debug)]
pub(super) struct RetryBudget(Mutex<u32>);

impl RetryBudget {
    pub(super) fn full() -> Self {
        Self(Mutex::new(FULL_BUDGET))
    }

    /// Pays for trying again after a failure of this kind: the price, if there is enough left.
    pub(super) fn pay(&self, kind: FaultKind) -> Option<u32> {
        let price = if kind == FaultKind::Timeout { TIMEOUT_RETRY_PRICE } else { RETRY_PRICE };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.checked_sub(price)?;
        Some(price)
    }

    pub(super) fn refill(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = FULL_BUDGET;
    }

    /// A request succeeded whose retries cost `paid`.
    pub(super) fn give_back(&self, paid: u32) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_add(paid.max(1)).min(FULL_BUDGET);
    }
}
