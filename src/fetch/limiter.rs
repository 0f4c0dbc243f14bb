//! The one limiter of a run, shared by all workers: a [`TokenBucket`] under a lock, and the waiting.
//!
//! The lock is never held while a thread sleeps or asks. Nobody is let through early and nobody overtakes:
//! turns are given in the order they are asked for. Where processes share a [`SharedQuota`], turns come from there, to
//! whoever wakes first, and from the schedule, slowly, only while there is nobody to ask.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::client::RateLimit;
use super::lease::{Lease, SharedQuota};
use super::stop::StopReason;
use super::token_bucket::{Reservation, TokenBucket};
use crate::shared::{ClientState, Throttle};

/// While a shared bucket's server is away, it is looked so often whether it is back.
const OUTAGE_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The one limiter of a run: every request of every worker waits here for its turn.
#[derive(Debug)]
pub struct Limiter {
    start: Instant,
    max_wait: Duration,
    max_time: Option<Duration>,
    quota: Option<SharedQuota>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    bucket: TokenBucket,
    lease: Lease,
    /// When the run has to be over, since the start.
    deadline: Option<Duration>,
    /// There is no turn for anybody.
    stop: Option<StopReason>,
    /// There was no turn for somebody in the time that is left.
    is_late: bool,
}

/// What somebody has who waits for his turn.
#[derive(Debug, Default)]
struct Waiter {
    /// A turn of the shared bucket: when it is due, and in which edition of the lease.
    lent: Option<(Duration, u64)>,
    /// A turn of our own schedule.
    own: Option<Reservation>,
    /// Whether he is among those for whom the bucket is asked.
    is_counted: bool,
}

impl State {
    /// What the shared bucket may not know.
    fn known(&self, now: Duration) -> ClientState {
        self.lease.known(now, self.bucket.paused_for(now))
    }

    /// Gives somebody the turn that he can have, and says when it is due; when there may be one, if he has none.
    fn give(&mut self, waiter: &mut Waiter, now: Duration, is_shared: bool) -> Duration {
        waiter.lent = waiter.lent.filter(|(_, edition)| *edition == self.lease.edition);
        if waiter.lent.is_none() && is_shared {
            waiter.lent = self.lease.turn(now).map(|due| (due, self.lease.edition));
        }
        match (waiter.is_counted, waiter.lent.is_some()) {
            (false, false) => self.lease.waiting += 1,
            (true, true) => self.lease.waiting -= 1,
            _ => {}
        }
        waiter.is_counted = waiter.lent.is_none();
        // Until the bucket has answered again, our own turns go on.
        if waiter.lent.is_some() || (is_shared && !self.lease.was_away) {
            waiter.own = None;
        } else if waiter.own.is_none() {
            waiter.own = Some(self.bucket.reserve(now));
        }
        match (waiter.lent, waiter.own) {
            (Some((due, _)), _) => due,
            (None, Some(turn)) => self.bucket.due(turn),
            (None, None) => self.lease.next(),
        }
    }
}

impl Limiter {
    /// A limiter that keeps to `pace`, or to a bucket shared by processes; pauses for at most `max_wait` when it
    /// is told to, and gives no turn after `max_time`.
    #[must_use]
    pub fn new(
        rate_limit: RateLimit,
        max_wait: Duration,
        max_time: Option<Duration>,
        quota: Option<SharedQuota>,
    ) -> Self {
        let bucket = match &quota {
            Some(quota) => TokenBucket::new(quota.fallback, 1),
            None => TokenBucket::new(rate_limit.rate, rate_limit.burst),
        };
        let lease = Lease::new();
        Self {
            start: Instant::now(),
            max_wait,
            max_time,
            quota,
            state: Mutex::new(State {
                bucket,
                lease,
                deadline: max_time,
                stop: None,
                is_late: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits for one's turn and returns when the request may be sent.
    ///
    /// # Errors
    /// [`StopReason`] when there will be no turn any more; at once, when the turn would come after the run's time.
    pub fn acquire(&self) -> Result<Instant, StopReason> {
        let (mut state, mut waiter) = (self.lock(), Waiter::default());
        let outcome = loop {
            if let Some(stop) = &state.stop {
                break Err(stop.clone());
            }
            let now = self.start.elapsed();
            let pause = state.bucket.paused_for(now);
            if pause > self.max_wait {
                state = self.halt(state, StopReason::long_wait(pause, Utc::now()));
                continue;
            }
            let shared = self.quota.as_ref().filter(|quota| !quota.bucket.is_away());
            state.lease.was_away |= self.quota.is_some() && shared.is_none();
            let due = state.give(&mut waiter, now, shared.is_some());
            // By our own turns there may be none in time; but the bucket may be back before.
            let soonest = if self.quota.is_some() && waiter.own.is_some() { now } else { due };
            if state.deadline.is_some_and(|deadline| soonest.max(now) >= deadline) {
                state.is_late = true;
                break Err(StopReason::OutOfTime);
            }
            if due <= now && (waiter.lent.is_some() || waiter.own.is_some()) {
                break Ok(Instant::now());
            }
            let mut wait = due.saturating_sub(now);
            if waiter.lent.is_none() && self.quota.is_some() {
                // The bucket may answer somebody else, go, or come back.
                wait = if waiter.own.is_some() {
                    wait.min(OUTAGE_POLL_INTERVAL)
                } else {
                    OUTAGE_POLL_INTERVAL
                };
            }
            if let Some(quota) = shared.filter(|_| waiter.lent.is_none() && !state.lease.is_asking)
            {
                wait = wait.min(state.lease.ask_at().saturating_sub(now));
                if wait.is_zero() {
                    state = self.ask(quota, state);
                    continue;
                }
            }
            state = self.wait(state, wait);
        };
        state.lease.waiting -= usize::from(waiter.is_counted);
        outcome
    }

    /// Asks the shared bucket for as many turns as are waited for; the lock is let go meanwhile.
    fn ask<'a>(
        &'a self,
        quota: &SharedQuota,
        mut state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        let now = self.start.elapsed();
        let (wanted, edition) = (state.lease.waiting, state.lease.edition);
        let known = state.known(now);
        let news = state.lease.news(now);
        state.lease.is_asking = true;
        drop(state);
        let taken = quota.bucket.take(wanted, &news, known);
        let mut state = self.lock();
        let now = self.start.elapsed();
        state.lease.is_asking = false;
        state.lease.lent(now, wanted, taken.as_ref());
        if edition != state.lease.edition {
            state.lease.revoke(now); // somebody was throttled since
        }
        if let Some(taken) = taken {
            let pause = state.bucket.paused_for(now);
            if taken.pause + OUTAGE_POLL_INTERVAL < pause {
                // It has forgotten the pause, and somebody else began anew: it is told.
                state.lease.revoke(now);
                state.lease.was_away = true;
            } else if !taken.pause.is_zero() {
                state.bucket.pause(now, taken.pause);
            }
            state.bucket.give_back(now);
        }
        self.changed.notify_all();
        state
    }

    /// Sleeps without taking a turn; ends early when the run is stopped, and at once when the time left is
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

    /// Tells that a request sent at `sent` was throttled: see [`TokenBucket::throttled`]. A wait longer than
    /// allowed, by itself or with those before it, stops the run. Says whether it began a volley.
    pub fn throttled(&self, sent: Instant, asked: Option<Duration>) -> bool {
        let heard = self.throttled_for_all(sent, asked);
        let (now, sent) = (self.start.elapsed(), sent.saturating_duration_since(self.start));
        let mut state = self.lock();
        let throttle = match heard {
            Some(throttle) => {
                state.bucket.pause(now, throttle.pause);
                throttle
            }
            None => state.bucket.throttled(now, sent, asked),
        };
        if self.quota.is_some() && !throttle.pause.is_zero() {
            state.lease.revoke(now);
            self.changed.notify_all();
        }
        let end = now.saturating_add(throttle.pause);
        if asked.is_some() && throttle.pause > self.max_wait {
            drop(self.halt(state, StopReason::long_wait(throttle.pause, Utc::now())));
        } else if throttle.in_a_row > self.max_wait {
            let paused = throttle.in_a_row.saturating_sub(throttle.pause);
            drop(self.halt(state, StopReason::Throttled(paused)));
        } else if state.deadline.is_some_and(|deadline| end >= deadline) {
            state.is_late = true;
            self.changed.notify_all(); // whoever waits has no turn any more
        }
        throttle.is_first
    }

    /// Tells the shared bucket of a throttle; none where there is no bucket, or nobody to ask.
    fn throttled_for_all(&self, sent: Instant, asked: Option<Duration>) -> Option<Throttle> {
        let quota = self.quota.as_ref()?;
        let known = self.lock().known(self.start.elapsed());
        let heard = quota.bucket.throttled(sent.elapsed(), asked, known)?;
        // What went before this run is of no matter to how long it may pause.
        let in_a_row = heard.in_a_row.min(self.start.elapsed() + heard.pause);
        Some(Throttle { in_a_row, ..heard })
    }

    /// Tells that there is no turn for `wait`, though nobody was refused. One longer than allowed stops the
    /// run, if there is anything left to ask.
    pub fn exhausted(&self, wait: Duration) {
        if let Some(quota) = &self.quota {
            let _ = quota.bucket.pause(wait); // without the server, at least this process pauses
        }
        let now = self.start.elapsed();
        let mut state = self.lock();
        state.lease.revoke(now);
        state.bucket.pause(now, wait);
        self.changed.notify_all();
    }

    /// Tells that a request sent at `sent` was answered properly: see [`TokenBucket::answered`].
    pub fn answered(&self, sent: Instant) {
        let sent = sent.saturating_duration_since(self.start);
        let mut state = self.lock();
        match &self.quota {
            Some(quota) if !quota.bucket.is_away() => state.lease.answered(sent),
            _ => state.bucket.answered(self.start.elapsed(), sent),
        }
    }

    /// Gives no further turn, and wakes everyone who waits for one.
    pub fn stop(&self, why: StopReason) {
        drop(self.halt(self.lock(), why));
    }

    /// Begins another run at the pace of those before it: what stopped them is forgotten, but for a signal.
    pub fn resume(&self) {
        let mut state = self.lock();
        state.stop.take_if(|stop| !matches!(stop, StopReason::Signal(_)));
        state.is_late = false;
        state.lease.revoke(self.start.elapsed());
        state.deadline = self.max_time.map(|time| self.start.elapsed() + time);
    }

    /// Why there is no turn for anybody any more, if so.
    #[must_use]
    pub fn halted(&self) -> Option<StopReason> {
        self.lock().stop.clone()
    }

    /// Why somebody got no turn, if so.
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
    fn halt<'a>(&self, mut state: MutexGuard<'a, State>, why: StopReason) -> MutexGuard<'a, State> {
        self.changed.notify_all();
        state.stop.get_or_insert(why);
        state
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the schedule whole: every change to it is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, length: Duration) -> MutexGuard<'a, State> {
        let (state, _) =
            self.changed.wait_timeout(state, length).unwrap_or_else(PoisonError::into_inner);
        state
    }
}
