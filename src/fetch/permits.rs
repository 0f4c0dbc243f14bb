//! Where a worker's permission to send comes from: the process's own token bucket, or one that processes share.
//!
//! Everything here is arithmetic on times that are passed in; the limiter locks, sleeps and asks.

use std::time::Duration;

use super::lease::{Lease, REFILL_INTERVAL, SharedQuota};
use super::token_bucket::{RateLimit, Reservation, TokenBucket};
use crate::shared::{ClientState, Grant, Throttle};

/// How often a waiting worker looks whether the shared bucket's server has gone or come back.
const OUTAGE_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// What a worker holds that waits to send.
#[derive(Debug, Default)]
pub struct Waiter {
    /// A reservation of the shared bucket: when it is due, and of which edition of the lease.
    lent: Option<(Duration, u64)>,
    /// A reservation of the process's own bucket.
    own: Option<Reservation>,
    /// Whether the shared bucket is asked for a reservation for this worker.
    is_counted: bool,
}

/// What a waiting worker should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poll {
    /// There is no permission before this time.
    pub earliest: Duration,
    /// What to do now.
    pub next: Next,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The request may be sent.
    Ready,
    /// Poll again after this time, or when something changed.
    Wait(Duration),
    /// Ask the shared bucket for more reservations.
    Refill,
}

/// Where permission comes from.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub(super) enum PermitSource {
    /// The process's own bucket.
    Own(TokenBucket),
    /// A bucket that processes share.
    Shared(SharedQuota, SharedPermits),
}

impl PermitSource {
    pub(super) fn new(
        limit: RateLimit,
        slow_start: bool,
        quota: Option<SharedQuota>,
        max_wait: Duration,
    ) -> Self {
        match quota {
            None if slow_start => {
                Self::Own(TokenBucket::new(limit.rate, limit.burst).starting_slowly())
            }
            None => Self::Own(TokenBucket::new(limit.rate, limit.burst)),
            Some(quota) => {
                let permits = SharedPermits::new(quota.fallback, max_wait);
                Self::Shared(quota, permits)
            }
        }
    }

    pub(super) fn poll(&mut self, now: Duration, waiter: &mut Waiter) -> Poll {
        match self {
            Self::Own(bucket) => {
                let reservation = *waiter.own.get_or_insert_with(|| bucket.reserve(now));
                let due = bucket.due(reservation);
                let next =
                    if due <= now { Next::Ready } else { Next::Wait(due.saturating_sub(now)) };
                Poll { earliest: due, next }
            }
            Self::Shared(quota, permits) => permits.poll(now, quota.bucket.is_away(), waiter),
        }
    }

    /// The worker has its permission, or waits no longer.
    pub(super) fn leave(&mut self, waiter: &Waiter) {
        if let Self::Shared(_, permits) = self {
            permits.leave(waiter);
        }
    }

    /// The bucket that decides about this process's pauses: its own, or the one it falls back to.
    pub(super) fn bucket(&mut self) -> &mut TokenBucket {
        match self {
            Self::Own(bucket) => bucket,
            Self::Shared(_, permits) => &mut permits.fallback,
        }
    }

    /// How long the current pause still is.
    pub(super) fn paused_for(&self, now: Duration) -> Duration {
        match self {
            Self::Own(bucket) => bucket.paused_for(now),
            Self::Shared(_, permits) => permits.fallback.paused_for(now),
        }
    }

    /// A request sent at `sent` was answered properly.
    pub(super) fn answered(&mut self, now: Duration, sent: Duration) {
        match self {
            Self::Shared(quota, permits) if !quota.bucket.is_away() => permits.lease.answered(sent),
            _ => self.bucket().answered(now, sent),
        }
    }

    /// Voids what the shared bucket lent.
    pub(super) fn revoke(&mut self, now: Duration) {
        if let Self::Shared(_, permits) = self {
            permits.lease.revoke(now);
        }
    }
}

/// What the shared bucket is asked for, and told.
#[derive(Debug)]
pub struct Refill {
    /// Reservations that are waited for.
    pub wanted: usize,
    /// How long ago the requests were sent that were answered properly since the last refill.
    pub answered: Vec<Duration>,
    /// What the server may not know.
    pub client: ClientState,
    edition: u64,
}

/// Permits of a bucket that processes share, with a slow bucket of the process's own for the time that the
/// server is away. All times are since the start of the run.
#[derive(Debug)]
pub struct SharedPermits {
    fallback: TokenBucket,
    lease: Lease,
    /// Whether a worker is asking the shared bucket.
    is_refilling: bool,
    /// How many workers wait for a reservation of it.
    waiting: usize,
    /// The longest wait for a reservation before the shared bucket counts as away.
    patience: Duration,
    /// When the shared bucket was first asked in vain since it last lent a reservation.
    in_vain_since: Option<Duration>,
}

impl SharedPermits {
    /// Nothing is lent yet; without the server, or when it lends nothing for `max_wait`, `fallback` requests are
    /// sent per second.
    #[must_use]
    pub fn new(fallback: f64, max_wait: Duration) -> Self {
        Self {
            fallback: TokenBucket::new(fallback, 1),
            lease: Lease::new(),
            is_refilling: false,
            waiting: 0,
            // A bucket that is not slower than the fallback is of use.
            patience: max_wait.max(Duration::from_secs_f64(1.0 / fallback)),
            in_vain_since: None,
        }
    }

    /// Says what a waiting worker should do; `is_away` is whether the server does not answer just now.
    pub fn poll(&mut self, now: Duration, is_away: bool, waiter: &mut Waiter) -> Poll {
        self.lease.was_away |= is_away || self.is_stalled(now);
        self.serve(now, is_away, waiter);
        if let Some((due, _)) = waiter.lent {
            let next = if due <= now { Next::Ready } else { Next::Wait(due.saturating_sub(now)) };
            return Poll { earliest: due, next };
        }
        let (earliest, wait) = match waiter.own {
            Some(reservation) => {
                let due = self.fallback.due(reservation);
                if due <= now {
                    return Poll { earliest: due, next: Next::Ready };
                }
                // The shared bucket may be back before the fallback's reservation is due.
                (now, due.saturating_sub(now).min(OUTAGE_POLL_INTERVAL))
            }
            // By the time that the shared bucket counts as away there is the fallback.
            None => (self.lease.next.min(self.stalls_at(now)), OUTAGE_POLL_INTERVAL),
        };
        if is_away || self.is_refilling {
            return Poll { earliest, next: Next::Wait(wait) };
        }
        let wait = wait.min(self.lease.ask_at.saturating_sub(now));
        let next = if wait.is_zero() { Next::Refill } else { Next::Wait(wait) };
        Poll { earliest, next }
    }

    /// Gives a worker the reservation that it can have.
    fn serve(&mut self, now: Duration, is_away: bool, waiter: &mut Waiter) {
        waiter.lent = waiter.lent.filter(|(_, edition)| *edition == self.lease.edition);
        if waiter.lent.is_none() && !is_away {
            waiter.lent = self.lease.take(now).map(|due| (due, self.lease.edition));
        }
        let needs_one = waiter.lent.is_none();
        if needs_one && !waiter.is_counted {
            self.waiting += 1;
        } else if !needs_one && waiter.is_counted {
            self.waiting -= 1;
        }
        waiter.is_counted = needs_one;
        // Until the shared bucket has answered again, the fallback goes on.
        let uses_fallback = needs_one && (is_away || self.lease.was_away);
        if !uses_fallback {
            waiter.own = None;
        } else if waiter.own.is_none() {
            waiter.own = Some(self.fallback.reserve(now));
        }
    }

    /// When the shared bucket counts as away unless it lends something.
    fn stalls_at(&self, now: Duration) -> Duration {
        self.in_vain_since.unwrap_or(now).saturating_add(self.patience)
    }

    /// Whether the server answers but lent nothing for as long as anybody waits: whatever the reason, it is away.
    #[must_use]
    pub fn is_stalled(&self, now: Duration) -> bool {
        self.in_vain_since.is_some() && now >= self.stalls_at(now)
    }

    /// The worker has its permission, or waits no longer.
    pub fn leave(&mut self, waiter: &Waiter) {
        self.waiting -= usize::from(waiter.is_counted);
    }

    /// What the shared bucket may not know.
    pub(super) fn client_state(&self, now: Duration) -> ClientState {
        self.lease.client_state(now, self.fallback.paused_for(now))
    }

    /// Begins to ask the shared bucket, for every worker that waits.
    pub fn begin_refill(&mut self, now: Duration) -> Refill {
        self.is_refilling = true;
        let client = self.client_state(now);
        Refill {
            wanted: self.waiting,
            answered: self.lease.take_answered(now),
            client,
            edition: self.lease.edition,
        }
    }

    /// Takes what came of asking; `None`: the server did not answer.
    pub fn end_refill(&mut self, now: Duration, refill: &Refill, grant: Option<&Grant>) {
        self.is_refilling = false;
        self.lease.accept(now, refill.wanted, grant);
        if refill.edition != self.lease.edition {
            self.lease.revoke(now); // another worker was throttled meanwhile
        }
        let Some(grant) = grant else { return };
        if !grant.reservations.is_empty() {
            self.in_vain_since = None;
        } else if refill.wanted > 0 {
            self.in_vain_since.get_or_insert(now);
        }
        if self.is_stalled(now) {
            self.lease.was_away = true; // its pauses are not believed either
            return;
        }
        if grant.pause.saturating_add(REFILL_INTERVAL) < self.fallback.paused_for(now) {
            // The server lost the pause and another process began anew: it has to be told.
            self.lease.revoke(now);
            self.lease.was_away = true;
        } else if !grant.pause.is_zero() {
            self.fallback.pause(now, grant.pause);
        }
        self.fallback.give_back(now);
    }

    /// Takes over a pause that the shared bucket reported.
    pub(super) fn pause(&mut self, now: Duration, throttle: &Throttle) {
        self.fallback.pause(now, throttle.pause);
    }
}
