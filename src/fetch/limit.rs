//! The rate limit: a token bucket by reservation, shared by all workers.
//!
//! [`Schedule`] is the arithmetic, pure: time comes in as a number. It runs on a clock of its own that
//! stands still during a pause and goes slower after a throttle, so both move everyone who is waiting, keep
//! their order, and save up no tokens. [`Limiter`] adds the lock and the waiting; the lock is never held
//! while a thread sleeps. Nobody is let through early and nobody overtakes: turns are given in the order
//! they are asked for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::retry::Pace;
use super::stop::Stop;

/// Pause after a throttle that names no time: doubled for each further one in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause of our own choosing.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// What is left of the rate after a throttle.
const SLOWER: f64 = 0.7;
/// The lowest rate a throttle leads to, in requests a second.
const LOWEST_RATE: f64 = 0.5;
/// Time in which the whole configured rate is won back, a little with every good answer.
const RECOVERY: Duration = Duration::from_secs(200);

/// A token bucket by reservation (the generic cell rate algorithm) on a clock that can be stopped and slowed.
///
/// All times are durations since the start of the run.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// One token's worth of the bucket's time.
    interval: Duration,
    /// How far ahead of the steady beat a turn may be: (burst − 1) intervals.
    ahead: Duration,
    /// The steady beat's next time, on the bucket's clock.
    beat: Duration,
    /// The bucket's clock: what it shows at the real time `since`, from which it runs on.
    shown: Duration,
    since: Duration,
    /// How fast it runs: 1 at the configured rate.
    speed: f64,
    lowest_speed: f64,
    /// When the latest volley of throttles began: what was sent before is of it.
    began: Duration,
    /// Real end of the latest pause.
    pause_end: Duration,
    /// Throttles in a row: volleys since the last good answer to a request sent after a pause, and how long
    /// their pauses were.
    volleys: u32,
    paused: Duration,
    /// Good answers to requests sent since the latest pause.
    good: u32,
    volley: Volley,
}

/// What became of the requests that were under way when a pause began.
#[derive(Clone, Copy, Debug)]
struct Volley {
    throttled: u32,
    good: u32,
    /// The speed if most of them were throttled, and if not.
    lower: f64,
    same: f64,
}

/// A place in the schedule: the time of one's turn on the bucket's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn(Duration);

/// What a throttle led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Whether it began a pause: those under way at that time are of the same volley.
    pub is_first: bool,
    /// How long to wait from now.
    pub pause: Duration,
    /// The pauses since the last good answer, this one included.
    pub in_a_row: Duration,
}

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
            shown: Duration::ZERO,
            since: Duration::ZERO,
            speed: 1.0,
            lowest_speed: (LOWEST_RATE / rate).min(1.0),
            began: Duration::ZERO,
            pause_end: Duration::ZERO,
            volleys: 0,
            paused: Duration::ZERO,
            good: 0,
            volley: Volley { throttled: 0, good: 0, lower: 1.0, same: 1.0 },
        }
    }

    /// Takes the next free turn. It stays valid whatever pauses come; see [`Schedule::due`].
    pub fn reserve(&mut self, now: Duration) -> Turn {
        let clock = self.clock(now);
        self.beat = self.beat.max(clock);
        let turn = Turn(self.beat.saturating_sub(self.ahead).max(clock));
        self.beat += self.interval;
        turn
    }

    /// The real time of a turn as things stand: a later throttle moves it back.
    #[must_use]
    pub fn due(&self, turn: Turn) -> Duration {
        self.since.saturating_add(times(turn.0.saturating_sub(self.shown), 1.0 / self.speed))
    }

    /// A request sent at `sent` was throttled: everyone pauses for as long as the server asks, else for a
    /// second, doubled with each volley in a row, at most 30 s. A request that was under way when a pause
    /// began belongs to the volley that began it. The rate goes down to 0.7 of what it was, at least 0.5/s,
    /// for each volley; but not if most of a volley got through, and not if the server said how long to wait
    /// and even with that pause more got through than would have at the lower rate: such throttles are not
    /// about the rate.
    pub fn throttled(
        &mut self,
        now: Duration,
        sent: Duration,
        asked: Option<Duration>,
    ) -> Throttle {
        let is_first = sent >= self.began;
        let own = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.volleys)).min(LONGEST_PAUSE);
        let asked = asked.filter(|wait| !wait.is_zero());
        let pause = asked.unwrap_or(if is_first { own } else { Duration::ZERO });
        if is_first {
            let lower = (self.speed * SLOWER).max(self.lowest_speed);
            let taken = now.saturating_sub(self.pause_end).saturating_add(pause);
            let got = f64::from(self.good) * self.interval.as_secs_f64();
            let is_worth_it = asked.is_none() || got < lower * taken.as_secs_f64();
            let same = self.speed;
            let lower = if is_worth_it { lower } else { same };
            self.volley = Volley { throttled: 0, good: 0, lower, same };
            self.volleys = self.volleys.saturating_add(1);
            self.paused = self.paused.saturating_add(pause);
            self.good = 0;
            self.began = now;
        }
        if is_first || now < self.pause_end {
            self.volley.throttled = self.volley.throttled.saturating_add(1);
            self.set_clock(now);
            self.speed = self.volley.speed();
        }
        if !pause.is_zero() {
            self.pause(now, pause);
        }
        Throttle { is_first, pause, in_a_row: self.paused }
    }

    /// A request sent at `sent` was answered: the next throttle is the first in its row, and a little of the
    /// rate is won back; unless this one was sent before the pause, and is of its volley.
    pub fn answered(&mut self, now: Duration, sent: Duration) {
        if sent < self.began {
            if now < self.pause_end {
                self.volley.good = self.volley.good.saturating_add(1);
                self.speed = self.volley.speed();
            }
            return;
        }
        (self.volleys, self.paused) = (0, Duration::ZERO);
        self.good = self.good.saturating_add(1);
        if self.speed < 1.0 {
            let rested = now.saturating_sub(self.since);
            self.set_clock(now);
            self.speed = (self.speed + rested.div_duration_f64(RECOVERY)).min(1.0);
        }
    }

    /// Stops the clock from `now` for `length`, or until the pause going on ends, whichever is later.
    pub fn pause(&mut self, now: Duration, length: Duration) {
        self.set_clock(now);
        self.pause_end = self.pause_end.max(now.saturating_add(length));
        self.since = self.since.max(self.pause_end);
    }

    /// Requests a second as things stand, as a share of the configured rate.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }

    fn clock(&self, now: Duration) -> Duration {
        self.shown.saturating_add(times(now.saturating_sub(self.since), self.speed))
    }

    fn set_clock(&mut self, now: Duration) {
        self.shown = self.clock(now);
        self.since = self.since.max(now);
    }
}

impl Volley {
    fn speed(&self) -> f64 {
        if self.throttled > self.good { self.lower } else { self.same }
    }
}

/// `length` times `factor`, at most for ever.
fn times(length: Duration, factor: f64) -> Duration {
    if (factor - 1.0).abs() < f64::EPSILON {
        return length; // not a nanosecond lost to rounding
    }
    Duration::try_from_secs_f64(length.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// The one limiter of a run: every request of every worker waits here for its turn.
#[derive(Debug)]
pub struct Limiter {
    start: Instant,
    max_wait: Duration,
    /// When the run has to be over, since its start.
    deadline: Option<Duration>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    schedule: Schedule,
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
            deadline: max_time,
            state: Mutex::new(State { schedule, stop: None, is_late: false }),
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
            if self.deadline.is_some_and(|deadline| due.max(now) >= deadline) {
                state.is_late = true;
                return Err(Stop::OutOfTime);
            }
            let pause = state.schedule.pause_end.saturating_sub(now);
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
        } else if self.deadline.is_some_and(|deadline| end >= deadline) {
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
        let left = self.deadline?.saturating_sub(self.start.elapsed());
        if left.is_zero() {
            self.lock().is_late = true;
        }
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
