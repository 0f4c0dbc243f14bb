//! The one limiter of a run, shared by all workers: permits under a lock, and the waiting.
//!
//! The lock is never held while a thread sleeps or asks. Where processes share a [`SharedQuota`], reservations
//! come from there, to whichever worker wakes first, and from a slow bucket of the process's own only while the
//! server is away.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::config::UnstatedLimits;
use super::lease::SharedQuota;
use super::permits::{Next, PermitSource, Waiter};
use super::stop::StopReason;
use super::token_bucket::RateLimit;
use crate::shared::{SharedBucket, Throttle};

/// How often a worker looks whether the request that tries a block has been answered.
const PROBE_POLL: Duration = Duration::from_millis(100);

/// The one limiter of a run: every request of every worker waits here for permission.
#[derive(Debug)]
pub struct Limiter {
    start: Instant,
    max_wait: Duration,
    max_time: Option<Duration>,
    /// Of a provider that does not state its limits.
    unstated: Option<UnstatedLimits>,
    /// The bucket that processes share, to be asked without the lock.
    shared: Option<SharedBucket>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    permits: PermitSource,
    /// When the run has to be over, since the start.
    deadline: Option<Duration>,
    /// Why no request is sent any more.
    stop: Option<StopReason>,
    /// Whether a request was not sent because the time did not suffice.
    is_late: bool,
    /// Whether the one pause of a block was made.
    was_blocked: bool,
    probe: Probe,
}

/// The one request that is sent after a block, to see whether it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probe {
    /// There is no block.
    Unneeded,
    /// It is still to be sent.
    Due,
    /// It is under way; everyone else waits for its answer.
    Sent,
}

impl State {
    fn is_over_at(&self, time: Duration) -> bool {
        self.deadline.is_some_and(|deadline| time >= deadline)
    }
}

impl Limiter {
    /// A limiter that keeps to `limit`, or to a bucket shared by processes; pauses for at most `max_wait` when
    /// the provider asks for it, and permits no request after `max_time`.
    #[must_use]
    pub fn new(
        limit: RateLimit,
        max_wait: Duration,
        max_time: Option<Duration>,
        quota: Option<SharedQuota>,
        unstated: Option<UnstatedLimits>,
    ) -> Self {
        let shared = quota.as_ref().map(|quota| quota.bucket.clone());
        let slow_start = unstated.is_some_and(|limits| limits.slow_start);
        let permits = PermitSource::new(limit, slow_start, quota, max_wait);
        let state = State {
            permits,
            deadline: max_time,
            stop: None,
            is_late: false,
            was_blocked: false,
            probe: Probe::Unneeded,
        };
        Self {
            start: Instant::now(),
            max_wait,
            max_time,
            unstated,
            shared,
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Waits until a request may be sent, and returns the time.
    ///
    /// # Errors
    /// [`StopReason`] when no request will be permitted any more; at once, when permission would come after the
    /// run's time.
    pub fn acquire(&self) -> Result<Instant, StopReason> {
        let mut waiter = Waiter::default();
        let mut state = self.lock();
        let outcome = loop {
            let now = self.start.elapsed();
            self.stop_if_pause_is_too_long(&mut state, now);
            if let Some(stop) = &state.stop {
                break Err(stop.clone());
            }
            let poll = state.permits.poll(now, &mut waiter);
            if state.is_over_at(poll.earliest.max(now)) {
                state.is_late = true;
                break Err(StopReason::OutOfTime);
            }
            match poll.next {
                Next::Ready if state.probe == Probe::Sent => state = self.wait(state, PROBE_POLL),
                Next::Ready => {
                    if state.probe == Probe::Due {
                        state.probe = Probe::Sent;
                    }
                    break Ok(Instant::now());
                }
                Next::Wait(length) => state = self.wait(state, length),
                Next::Refill => state = self.refill(state),
            }
        };
        state.permits.leave(&waiter);
        outcome
    }

    fn stop_if_pause_is_too_long(&self, state: &mut State, now: Duration) {
        let pause = state.permits.paused_for(now);
        if pause > self.max_wait {
            self.halt(state, StopReason::long_wait(pause, Utc::now()));
        }
    }

    /// Asks the shared bucket for as many reservations as are waited for; the lock is released meanwhile.
    fn refill<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let PermitSource::Shared(quota, permits) = &mut state.permits else { return state };
        let refill = permits.begin_refill(self.start.elapsed());
        let bucket = quota.bucket.clone();
        drop(state);
        let grant = bucket.take(refill.wanted, &refill.answered, refill.client);
        let mut state = self.lock();
        if let PermitSource::Shared(quota, permits) = &mut state.permits {
            let now = self.start.elapsed();
            permits.end_refill(now, &refill, grant.as_ref());
            if permits.is_stalled(now) {
                quota.bucket.report_stall(self.max_wait);
            }
        }
        self.changed.notify_all();
        state
    }

    /// Sleeps without a permission; ends early when the run is stopped, and at once when the time left is
    /// shorter.
    pub fn sleep(&self, length: Duration) {
        if self.time_left().is_some_and(|left| left < length) {
            return;
        }
        let end = Instant::now() + length;
        let mut state = self.lock();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || state.stop.is_some() {
                return;
            }
            state = self.wait(state, left);
        }
    }

    /// Reports that a request sent at `sent` was throttled: see
    /// [`TokenBucket::throttled`](super::TokenBucket::throttled). A wait longer than allowed, by itself or with
    /// those before it, stops the run. Returns whether it began a volley.
    pub fn throttled(&self, sent: Instant, asked: Option<Duration>) -> bool {
        let reported = self.report_throttle(sent, asked);
        let now = self.start.elapsed();
        let sent = sent.saturating_duration_since(self.start);
        let mut state = self.lock();
        let throttle = match (reported, &mut state.permits) {
            (Some(throttle), PermitSource::Shared(_, permits)) => {
                permits.pause(now, &throttle);
                throttle
            }
            (_, permits) => permits.bucket().throttled(now, sent, asked),
        };
        if state.probe == Probe::Sent {
            state.probe = Probe::Due; // it is throttled for a time that is stated
        }
        if !throttle.pause.is_zero() {
            state.permits.revoke(now);
            self.changed.notify_all();
        }
        let end = now.saturating_add(throttle.pause);
        if asked.is_some() && throttle.pause > self.max_wait {
            self.halt(&mut state, StopReason::long_wait(throttle.pause, Utc::now()));
        } else if throttle.in_a_row > self.max_wait {
            let paused = throttle.in_a_row.saturating_sub(throttle.pause);
            self.halt(&mut state, StopReason::Throttled(paused));
        } else if state.is_over_at(end) {
            state.is_late = true;
            self.changed.notify_all(); // a worker that waits gets no permission any more
        }
        throttle.is_first
    }

    /// Reports a throttle that names no time, by a provider that does not state its limits: everyone pauses once, for
    /// as long as allowed; then one request alone is sent. A second time stops the run, for asking prolongs a block.
    /// Returns the pause, where it began now. `None`: limits are stated, or shared by processes.
    pub fn blocked(&self, sent: Instant) -> Option<Option<Duration>> {
        let pause = self.unstated?.pause.min(self.max_wait);
        let now = self.start.elapsed();
        let sent = sent.saturating_duration_since(self.start);
        let mut state = self.lock();
        let was_blocked = state.was_blocked;
        let PermitSource::Own(bucket) = &mut state.permits else { return None };
        let pause = if was_blocked { Duration::ZERO } else { pause };
        if !bucket.blocked(now, sent, pause) {
            return Some(None);
        }
        state.was_blocked = true;
        state.probe = Probe::Due;
        if pause.is_zero() {
            let waited = self.unstated.map_or(pause, |limits| limits.pause.min(self.max_wait));
            self.halt(&mut state, StopReason::Blocked(if was_blocked { waited } else { pause }));
        } else if state.is_over_at(now.saturating_add(pause)) {
            state.is_late = true;
        }
        self.changed.notify_all();
        Some(Some(pause))
    }

    /// Reports that a request brought no answer from which to see whether a block is over.
    pub fn unanswered(&self) {
        let mut state = self.lock();
        if state.probe == Probe::Sent {
            state.probe = Probe::Due;
            self.changed.notify_all();
        }
    }

    /// Reports a throttle to the shared bucket. `None`: there is none, or its server does not answer.
    fn report_throttle(&self, sent: Instant, asked: Option<Duration>) -> Option<Throttle> {
        let bucket = self.shared.as_ref()?;
        let client = match &self.lock().permits {
            PermitSource::Shared(_, permits) => permits.client_state(self.start.elapsed()),
            PermitSource::Own(_) => return None,
        };
        let throttle = bucket.throttled(sent.elapsed(), asked, client)?;
        // Pauses before this run do not count towards how long it may pause.
        let in_a_row = throttle.in_a_row.min(self.start.elapsed() + throttle.pause);
        Some(Throttle { in_a_row, ..throttle })
    }

    /// Reports that the provider's quota is used up for `wait`, though no request was refused. A wait longer
    /// than allowed stops the run, if there is anything left to fetch.
    pub fn exhausted(&self, wait: Duration) {
        if let Some(bucket) = &self.shared {
            let _ = bucket.pause(wait); // without the server, at least this process pauses
        }
        let now = self.start.elapsed();
        let mut state = self.lock();
        state.permits.revoke(now);
        state.permits.bucket().pause(now, wait);
        self.changed.notify_all();
    }

    /// Reports that a request sent at `sent` was answered properly: see
    /// [`TokenBucket::answered`](super::TokenBucket::answered).
    pub fn answered(&self, sent: Instant) {
        let sent = sent.saturating_duration_since(self.start);
        let mut state = self.lock();
        state.permits.answered(self.start.elapsed(), sent);
        if state.probe == Probe::Sent {
            state.probe = Probe::Unneeded;
            self.changed.notify_all();
        }
    }

    /// Permits no further request, and wakes every worker that waits for permission.
    pub fn stop(&self, why: StopReason) {
        self.halt(&mut self.lock(), why);
    }

    /// Begins another run at the pace of those before it: what stopped them is forgotten, but for a signal.
    pub fn resume(&self) {
        let now = self.start.elapsed();
        let mut state = self.lock();
        state.stop.take_if(|stop| !matches!(stop, StopReason::Signal(_)));
        state.is_late = false;
        state.was_blocked = false;
        state.probe = Probe::Unneeded;
        state.permits.revoke(now);
        state.deadline = self.max_time.map(|time| now + time);
    }

    /// Why no request is permitted any more, if so.
    #[must_use]
    pub fn halted(&self) -> Option<StopReason> {
        self.lock().stop.clone()
    }

    /// Why a request was not permitted, if one was not.
    #[must_use]
    pub fn stopped(&self) -> Option<StopReason> {
        let state = self.lock();
        state.stop.clone().or_else(|| state.is_late.then_some(StopReason::OutOfTime))
    }

    /// Until the run has to be over.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let mut state = self.lock();
        let left = state.deadline?.saturating_sub(self.start.elapsed());
        state.is_late |= left.is_zero();
        Some(left)
    }

    /// The first reason stays.
    fn halt(&self, state: &mut State, why: StopReason) {
        state.stop.get_or_insert(why);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the permits whole: every change to them is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, length: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, length).unwrap_or_else(PoisonError::into_inner).0
    }
}
