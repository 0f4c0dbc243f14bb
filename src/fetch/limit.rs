//! The one limiter of a run, shared by all workers: a [`Schedule`] under a lock, and the waiting.
//!
//! The lock is never held while a thread sleeps. Nobody is let through early and nobody overtakes: turns are
//! given in the order they are asked for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::retry::Pace;
use super::schedule::Schedule;
use super::stop::Stop;

/// The one limiter of a run: every request of every worker waits here for its turn.
#[derive(Debug)]
pub struct Limiter {
    start: Instant,
    max_wait: Duration,
    max_time: Option<Duration>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    schedule: Schedule,
    /// When the run has to be over, since the start.
    deadline: Option<Duration>,
    /// There is no turn for anybody.
    stop: Option<Stop>,
    /// There was no turn for somebody in the time that is left.
    is_late: bool,
}

impl Limiter {
    /// A limiter that keeps to `pace`, pauses for at most `max_wait` when it is told to, and gives no turn
    /// after `max_time`.
    #[must_use]
    pub fn new(pace: Pace, max_wait: Duration, max_time: Option<Duration>) -> Self {
        let schedule = Schedule::new(pace.rate, pace.burst);
        Self {
            start: Instant::now(),
            max_wait,
            max_time,
            state: Mutex::new(State { schedule, deadline: max_time, stop: None, is_late: false }),
            changed: Condvar::new(),
        }
    }

    /// Waits for one's turn and returns when the request may be sent.
    ///
    /// # Errors
    /// [`Stop`] when there will be no turn any more; at once, when the turn would come after the run's time.
    pub fn acquire(&self) -> Result<Instant, Stop> {
        let mut state = self.lock();
        let turn = state.schedule.reserve(self.start.elapsed());
        loop {
            if let Some(stop) = &state.stop {
                return Err(stop.clone());
            }
            let (now, due) = (self.start.elapsed(), state.schedule.due(turn));
            if state.deadline.is_some_and(|deadline| due.max(now) >= deadline) {
                state.is_late = true;
                return Err(Stop::OutOfTime);
            }
            let pause = state.schedule.paused_for(now);
            if pause > self.max_wait {
                return Err(self.halt(state, Stop::long_wait(pause, Utc::now())));
            }
            let wait = due.saturating_sub(now);
            if wait.is_zero() {
                return Ok(Instant::now());
            }
            state = self.wait(state, wait);
        }
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

    /// Tells that a request sent at `sent` was throttled: see [`Schedule::throttled`]. A wait longer than
    /// allowed, by itself or with those before it, stops the run. Says whether it began a volley.
    pub fn throttled(&self, sent: Instant, asked: Option<Duration>) -> bool {
        let (now, sent) = (self.start.elapsed(), sent.saturating_duration_since(self.start));
        let mut state = self.lock();
        let throttle = state.schedule.throttled(now, sent, asked);
        let end = now.saturating_add(throttle.pause);
        if asked.is_some() && throttle.pause > self.max_wait {
            self.halt(state, Stop::long_wait(throttle.pause, Utc::now()));
        } else if throttle.in_a_row > self.max_wait {
            self.halt(state, Stop::Throttled(throttle.in_a_row.saturating_sub(throttle.pause)));
        } else if state.deadline.is_some_and(|deadline| end >= deadline) {
            state.is_late = true;
            self.changed.notify_all(); // whoever waits has no turn any more
        }
        throttle.is_first
    }

    /// Tells that there is no turn for `wait`, though nobody was refused. One longer than allowed stops the
    /// run, if there is anything left to ask.
    pub fn exhausted(&self, wait: Duration) {
        let now = self.start.elapsed();
        let mut state = self.lock();
        state.schedule.pause(now, wait);
        drop(state);
    }

    /// Tells that a request sent at `sent` was answered properly: see [`Schedule::answered`].
    pub fn answered(&self, sent: Instant) {
        let sent = sent.saturating_duration_since(self.start);
        self.lock().schedule.answered(self.start.elapsed(), sent);
    }

    /// Gives no further turn, and wakes everyone who waits for one.
    pub fn stop(&self, why: Stop) {
        self.halt(self.lock(), why);
    }

    /// Begins another run at the pace of those before it: what stopped them is forgotten, but for a signal.
    pub fn resume(&self) {
        let mut state = self.lock();
        state.stop.take_if(|stop| !matches!(stop, Stop::Signal(_)));
        state.is_late = false;
        state.deadline = self.max_time.map(|time| self.start.elapsed() + time);
    }

    /// Why there is no turn for anybody any more, if so.
    #[must_use]
    pub fn halted(&self) -> Option<Stop> {
        self.lock().stop.clone()
    }

    /// Why somebody got no turn, if so.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        let state = self.lock();
        state.stop.clone().or_else(|| state.is_late.then_some(Stop::OutOfTime))
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
    fn halt(&self, mut state: MutexGuard<'_, State>, why: Stop) -> Stop {
        self.changed.notify_all();
        state.stop.get_or_insert(why).clone()
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
