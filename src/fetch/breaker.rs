//! When to give up: a circuit breaker for a provider that is gone or refuses this client, and a budget for the
//! retries of a whole run.
//!
//! Nothing here waits or sends; the client reports the outcome of each request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::fault::{Fault, FaultKind};
use super::stop::{MAX_REFUSALS, StopReason};

/// Requests in a row without any answer that stop the run, while the provider never answered properly.
const MAX_FAILURES_UNHEARD: u32 = 5;
/// The same once it has answered properly; each worker may still hold one more that fails slowly.
const MAX_FAILURES_SILENT: u32 = 20;
/// How long a server that never answered may go on refusing connections: asking longer for it helps nobody who waits.
const MAX_UNHEARD_TIME: Duration = Duration::from_millis(1_800);
/// Requests in a row that were answered, but not with what was asked for.
const MAX_FAILURES_USELESS: u32 = 100;

/// Tokens in a full retry budget.
const FULL_BUDGET: u32 = 500;
/// What a retry costs.
const RETRY_PRICE: u32 = 5;
/// What a retry after a timeout costs: it has kept a worker busy for long.
const TIMEOUT_RETRY_PRICE: u32 = 10;

/// Watches for a provider that is gone or refuses this client.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    workers: u32,
    streaks: Mutex<Streaks>,
}

#[derive(Debug, Default)]
struct Streaks {
    /// Whether there ever was a proper answer.
    heard: bool,
    /// Requests in a row without any answer.
    silent: u32,
    /// Requests in a row with a useless answer.
    useless: u32,
    /// Requests in a row that were refused.
    refused: u32,
    /// When the first of the attempts in a row was made whose connection was refused, and how many they are.
    unheard: Option<(Instant, u32)>,
}

impl CircuitBreaker {
    pub(super) fn new(workers: usize) -> Self {
        let workers = u32::try_from(workers).unwrap_or(u32::MAX);
        Self { workers, streaks: Mutex::default() }
    }

    /// A request was answered properly, with bars or with the word that there are none.
    pub(super) fn succeeded(&self) {
        *self.lock() = Streaks { heard: true, ..Streaks::default() };
    }

    /// Forgets the failures; that there was a proper answer is remembered.
    pub(super) fn reset(&self) {
        let mut streaks = self.lock();
        *streaks = Streaks { heard: streaks.heard, ..Streaks::default() };
    }

    /// Whether there ever was a proper answer.
    pub(super) fn was_heard(&self) -> bool {
        self.lock().heard
    }

    /// An attempt failed. Returns why the run should stop, if nobody has listened for long enough.
    pub(super) fn attempted(&self, now: Instant, fault: &Fault) -> Option<StopReason> {
        let mut streaks = self.lock();
        if !fault.is_unheard || streaks.heard {
            streaks.unheard = None;
            return None;
        }
        let (since, before) = streaks.unheard.unwrap_or((now, 0));
        let failed = before + 1;
        streaks.unheard = Some((since, failed));
        let is_over = now.duration_since(since) >= MAX_UNHEARD_TIME;
        is_over.then(|| StopReason::Unreachable { failed, why: fault.message.clone() })
    }

    /// A request failed for good. Returns why the run should stop, if it should.
    pub(super) fn failed(&self, fault: &Fault) -> Option<StopReason> {
        let mut streaks = self.lock();
        match fault.kind {
            FaultKind::Tls if !streaks.heard => Some(StopReason::Insecure(fault.message.clone())),
            FaultKind::Blocked => {
                streaks.refused += 1;
                let is_over = streaks.refused >= MAX_REFUSALS;
                is_over.then(|| StopReason::Refused(fault.message.clone()))
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

    /// Pays for a retry after a failure of this kind: the price, if there is enough left.
    pub(super) fn pay(&self, kind: FaultKind) -> Option<u32> {
        let price = if kind == FaultKind::Timeout { TIMEOUT_RETRY_PRICE } else { RETRY_PRICE };
        let mut left = self.lock();
        *left = left.checked_sub(price)?;
        Some(price)
    }

    pub(super) fn refill(&self) {
        *self.lock() = FULL_BUDGET;
    }

    /// A request succeeded whose retries cost `paid`.
    pub(super) fn give_back(&self, paid: u32) {
        let mut left = self.lock();
        *left = left.saturating_add(paid.max(1)).min(FULL_BUDGET);
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
