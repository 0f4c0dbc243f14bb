//! The arithmetic of the rate limit: a token bucket by reservation, pure: time comes in as a number.
//!
//! It runs on a clock of its own that stands still during a pause and goes slower after a throttle, so both
//! move every reservation, keep their order, and save up no tokens.

use std::time::Duration;

use crate::shared::{BucketConfig, Throttle};

/// Pause after a throttle that names no time: doubled for each further one in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that the program chooses by itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// What is left of the rate after a throttle.
const SLOWDOWN: f64 = 0.7;
/// The lowest rate a throttle leads to, in requests per second.
const LOWEST_RATE: f64 = 0.5;
/// Time in which the whole configured rate is won back, a little with every good answer.
pub(super) const RECOVERY: Duration = Duration::from_secs(200);

/// The share of the rate that a slow start begins with, and what each good answer adds: sixty lead to all of it.
const SLOW_START: f64 = 0.4;
const GROWTH: f64 = 0.01;
/// What is left of the rate after a block.
const AFTER_BLOCK: f64 = 0.5;

/// How fast requests may be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// Requests per second.
    pub rate: f64,
    /// Requests at once after a rest.
    pub burst: u32,
}

/// A token bucket by reservation (the generic cell rate algorithm) on a clock that can be stopped and slowed.
///
/// All times are durations since the start of the run.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    /// One token's worth of the bucket's time.
    interval: Duration,
    /// How far ahead of the steady rhythm a reservation may be: (burst − 1) intervals.
    ahead: Duration,
    /// The next time of the steady rhythm, on the bucket's clock.
    next: Duration,
    /// The bucket's clock: what it shows at the real time `since`, from which it runs on.
    shown: Duration,
    since: Duration,
    /// How fast it runs: 1 at the configured rate.
    speed: f64,
    lowest_speed: f64,
    /// When the latest volley of throttles began: requests sent before belong to it.
    began: Duration,
    /// Real end of the latest pause.
    pause_end: Duration,
    /// Volleys since the last good answer to a request sent after a pause.
    volleys: u32,
    /// How long the pauses of these volleys were.
    paused: Duration,
    /// Good answers to requests sent since the latest pause.
    good: u32,
    volley: Volley,
    /// What a good answer adds to the speed while a slow start lasts.
    growth: f64,
}

/// What became of the requests that were under way when a pause began.
#[derive(Clone, Copy, Debug)]
struct Volley {
    throttled: u32,
    good: u32,
    /// The speed if most of them were throttled.
    lower: f64,
    /// The speed if they were not.
    same: f64,
}

/// A reserved time on the bucket's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reservation(Duration);

impl TokenBucket {
    /// `rate` requests per second, `burst` of them at once after a rest.
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
            next: Duration::ZERO,
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
            growth: 0.0,
        }
    }

    /// The same, which begins at 0.4 of the rate and reaches all of it with sixty good answers.
    #[must_use]
    pub fn starting_slowly(self) -> Self {
        Self { speed: SLOW_START, growth: GROWTH, ..self }
    }

    /// A provider that does not state its limits refuses requests: everyone pauses, and goes on at half the rate.
    /// Returns whether the request that was sent at `sent` is the first of its volley.
    pub fn blocked(&mut self, now: Duration, sent: Duration, pause: Duration) -> bool {
        if sent < self.began {
            return false;
        }
        self.began = now;
        self.growth = 0.0;
        self.set_clock(now);
        self.speed = (self.speed * AFTER_BLOCK).max(self.lowest_speed);
        self.volley = Volley { throttled: 0, good: 0, lower: self.speed, same: self.speed };
        self.pause(now, pause);
        true
    }

    /// What a bucket shared by processes has to know to do the same, and to lend reservations that are due
    /// within `horizon`.
    #[must_use]
    pub fn shared_config(limit: RateLimit, horizon: Duration) -> BucketConfig {
        let Self { interval, ahead, lowest_speed, .. } = Self::new(limit.rate, limit.burst);
        BucketConfig {
            interval,
            ahead,
            lowest_speed,
            first_pause: FIRST_PAUSE,
            longest_pause: LONGEST_PAUSE,
            slowdown: SLOWDOWN,
            recovery: RECOVERY,
            horizon,
        }
    }

    /// Takes the next free reservation. It stays valid whatever pauses come; see [`TokenBucket::due`].
    pub fn reserve(&mut self, now: Duration) -> Reservation {
        let clock = self.clock(now);
        self.next = self.next.max(clock);
        let reservation = Reservation(self.next.saturating_sub(self.ahead).max(clock));
        self.next += self.interval;
        reservation
    }

    /// Gives back every reservation that is still to come; the next one is an interval away.
    pub fn give_back(&mut self, now: Duration) {
        self.next = self.next.min(self.clock(now) + self.interval);
    }

    /// The real time of a reservation as things stand: a later throttle moves it back.
    #[must_use]
    pub fn due(&self, reservation: Reservation) -> Duration {
        self.since.saturating_add(times(reservation.0.saturating_sub(self.shown), 1.0 / self.speed))
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
        self.growth = 0.0;
        let own = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.volleys)).min(LONGEST_PAUSE);
        let asked = asked.filter(|wait| !wait.is_zero());
        let pause = asked.unwrap_or(if is_first { own } else { Duration::ZERO });
        if is_first {
            let lower = (self.speed * SLOWDOWN).max(self.lowest_speed);
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
        self.volleys = 0;
        self.paused = Duration::ZERO;
        self.good = self.good.saturating_add(1);
        if self.growth > 0.0 {
            self.set_clock(now);
            self.speed = (self.speed + self.growth).min(1.0);
            self.growth = if self.speed < 1.0 { self.growth } else { 0.0 };
        } else if self.speed < 1.0 {
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

    /// Until the pause going on ends, if there is one.
    #[must_use]
    pub fn paused_for(&self, now: Duration) -> Duration {
        self.pause_end.saturating_sub(now)
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

/// `length` times `factor`, at most [`Duration::MAX`].
fn times(length: Duration, factor: f64) -> Duration {
    if (factor - 1.0).abs() < f64::EPSILON {
        return length; // not a nanosecond lost to rounding
    }
    Duration::try_from_secs_f64(length.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}
