//! The rate limit: a token bucket by reservation, shared by all workers.
//!
//! [`Schedule`] is the arithmetic, pure: time comes in as a number. It runs on a clock of its own that
//! stands still during a pause, so a pause moves everyone who is waiting, keeps their order and their
//! distance, and saves up no tokens. [`Limiter`] adds the lock and the waiting; the lock is never held
//! while a thread sleeps. Nobody is let through early and nobody overtakes: turns are given in the order
//! they are asked for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::retry::Pace;

/// Pause after a throttle that names no time: doubled for each further one in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause of our own choosing.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A token bucket by reservation (the generic cell rate algorithm) on a clock that can be stopped.
///
/// All times are durations since the start of the run.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// One token's worth of time.
    interval: Duration,
    /// How far ahead of the steady beat a turn may be: (burst − 1) intervals.
    ahead: Duration,
    /// The steady beat's next time, on the bucket's clock.
    beat: Duration,
    /// Real time spent in pauses, the one going on included to its end.
    lost: Duration,
    /// Real end of the latest pause.
    pause_end: Duration,
    /// Volleys of throttles in a row: since the last good answer to a request sent after a pause.
    volleys: u32,
}

/// A place in the schedule: the time of one's turn on the bucket's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn(Duration);

impl Schedule {
    /// `rate` turns a second, `burst` of them at once after a rest.
    ///
    /// # Panics
    /// When `rate` is not a positive number; the command line refuses such a rate.
    #[must_use]
    pub fn new(rate: f64, burst: u32) -> Self {
        assert!(rate.is_finite() && rate > 0.0, "a rate is a positive number, not {rate}");
        let interval = Duration::from_secs_f64(1.0 / rate);
        Self {
            interval,
            ahead: interval * burst.saturating_sub(1),
            beat: Duration::ZERO,
            lost: Duration::ZERO,
            pause_end: Duration::ZERO,
            volleys: 0,
        }
    }

    /// Takes the next free turn. It stays valid whatever pauses come; see [`Schedule::due`].
    pub fn reserve(&mut self, now: Duration) -> Turn {
        let clock = now.max(self.pause_end).saturating_sub(self.lost);
        self.beat = self.beat.max(clock);
        let turn = Turn(self.beat.saturating_sub(self.ahead).max(clock));
        self.beat += self.interval;
        turn
    }

    /// The real time of a turn as things stand: a later pause moves it back.
    #[must_use]
    pub fn due(&self, turn: Turn) -> Duration {
        turn.0.saturating_add(self.lost).max(self.pause_end)
    }

    /// A request sent at `sent` was throttled: everyone pauses for as long as the server asks, else for a
    /// second, doubled with each volley in a row, at most 30 s. A request that was under way when a pause
    /// began belongs to the volley that began it.
    pub fn throttled(&mut self, now: Duration, sent: Duration, asked: Option<Duration>) {
        let is_new = sent >= self.pause_end;
        let own = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.volleys)).min(LONGEST_PAUSE);
        match asked.filter(|wait| !wait.is_zero()) {
            Some(wait) => self.pause(now, wait),
            None if is_new => self.pause(now, own),
            None => {}
        }
        self.volleys = self.volleys.saturating_add(u32::from(is_new));
    }

    /// A request sent at `sent` was answered: the next throttle is the first in its row, unless this one
    /// was sent before the pause.
    pub fn answered(&mut self, sent: Duration) {
        if sent >= self.pause_end {
            self.volleys = 0;
        }
    }

    /// Stops the clock from `now` for `length`, or until the pause going on ends, whichever is later.
    pub fn pause(&mut self, now: Duration, length: Duration) {
        let end = now.saturating_add(length);
        self.lost += end.saturating_sub(now.max(self.pause_end));
        self.pause_end = self.pause_end.max(end);
    }
}

/// Why there will be no further turn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The provider asks for a longer wait than the user allows.
    #[error("the provider asks to wait {} s, longer than --max-wait", .0.as_secs())]
    LongWait(Duration),
}

/// The one limiter of a run: every request of every worker waits here for its turn.
#[derive(Debug)]
pub struct Limiter {
    start: Instant,
    max_wait: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    schedule: Schedule,
    stop: Option<Stop>,
}

impl Limiter {
    /// A limiter that keeps to `pace` and pauses for at most `max_wait` when it is told to.
    #[must_use]
    pub fn new(pace: Pace, max_wait: Duration) -> Self {
        let schedule = Schedule::new(pace.rate, pace.burst);
        let state = State { schedule, stop: None };
        Self { start: Instant::now(), max_wait, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits for one's turn and returns when the request may be sent.
    ///
    /// # Errors
    /// [`Stop`] when there will be no turn any more.
    pub fn acquire(&self) -> Result<Instant, Stop> {
        let mut state = self.lock();
        let turn = state.schedule.reserve(self.start.elapsed());
        loop {
            if let Some(stop) = &state.stop {
                return Err(stop.clone());
            }
            let wait = state.schedule.due(turn).saturating_sub(self.start.elapsed());
            if wait.is_zero() {
                return Ok(Instant::now());
            }
            state = self.wait(state, wait);
        }
    }

    /// Sleeps without taking a turn; ends early when the run is stopped.
    pub fn sleep(&self, length: Duration) {
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
    /// allowed stops the run.
    pub fn throttled(&self, sent: Instant, asked: Option<Duration>) {
        let mut state = self.lock();
        if let Some(wait) = asked.filter(|wait| *wait > self.max_wait) {
            state.stop.get_or_insert(Stop::LongWait(wait));
            self.changed.notify_all();
        } else {
            let sent = sent.saturating_duration_since(self.start);
            state.schedule.throttled(self.start.elapsed(), sent, asked);
        }
    }

    /// Tells that a request sent at `sent` was answered properly: see [`Schedule::answered`].
    pub fn answered(&self, sent: Instant) {
        self.lock().schedule.answered(sent.saturating_duration_since(self.start));
    }

    /// Why the run was stopped, if it was.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.lock().stop.clone()
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
