//! Turns from a bucket that processes share: a few at a time, which one worker asks for on behalf of all.
//!
//! Turns are lent for a moment, so that a pause that another process began is known soon, and no turn is held
//! back from others for long. Nothing here waits or asks; the limiter does.

use std::collections::VecDeque;
use std::time::Duration;

use super::client::RateLimit;
use super::token_bucket::{RECOVERY, TokenBucket};
use crate::shared::{ClientState, Grant, SharedBucket, SharedServer};

/// Turns are lent that are due within this time, and are void when that long overdue.
const HORIZON: Duration = Duration::from_millis(150);
/// Where the rate is what everybody waits for, it is asked about so often: half of it to one and a half, by
/// chance, or the same process would always come first.
const REFILL_INTERVAL: Duration = Duration::from_millis(100);
/// Even in a long pause it is asked so often: something may have changed.
const MAX_REFILL_INTERVAL: Duration = Duration::from_secs(1);
/// More good answers than this are not told one by one.
const MAX_ANSWERED: usize = 1_000;

/// A bucket shared by processes, and how fast to go without it.
#[derive(Clone, Debug)]
pub struct SharedQuota {
    /// The bucket.
    pub bucket: SharedBucket,
    /// Requests a second while its server is away.
    pub fallback: f64,
}

impl SharedQuota {
    /// The bucket of that name for turns at that pace; `fallback` requests a second without it.
    #[must_use]
    pub fn new(server: &SharedServer, name: &str, rate_limit: RateLimit, fallback: f64) -> Self {
        let terms = TokenBucket::terms(rate_limit.rate, rate_limit.burst, HORIZON);
        Self { bucket: server.bucket(name, terms), fallback }
    }
}

/// What is lent, and what is to be said when more is asked for. Times are since the start of the run.
#[derive(Debug)]
pub(super) struct Lease {
    turns: VecDeque<Duration>,
    /// When the bucket may be asked, and when it will have a turn.
    ask_at: Duration,
    next: Duration,
    /// Somebody is asking.
    pub(super) is_asking: bool,
    /// How many wait for a turn of it.
    pub(super) waiting: usize,
    /// Good answers that the bucket has not heard of: when their requests were sent.
    answered: Vec<Duration>,
    /// Whether turns were taken without the bucket since it was asked last.
    pub(super) was_away: bool,
    /// When it answered last.
    asked_at: Option<Duration>,
    /// Its speed then.
    speed: f64,
    /// Turns of an earlier one are void.
    pub(super) edition: u64,
}

impl Lease {
    pub(super) fn new() -> Self {
        Self {
            turns: VecDeque::new(),
            ask_at: Duration::ZERO,
            next: Duration::ZERO,
            is_asking: false,
            waiting: 0,
            answered: Vec::new(),
            was_away: false,
            asked_at: None,
            speed: 1.0,
            edition: 0,
        }
    }

    /// What the bucket may not know; `pause` is how long this process pauses still.
    pub(super) fn known(&self, now: Duration, pause: Duration) -> ClientState {
        let Self { asked_at, was_away, speed, .. } = *self;
        // A bucket that nobody asked for longer is gone, as it should.
        let has_asked = asked_at.is_some_and(|asked| now.saturating_sub(asked) < RECOVERY);
        ClientState { has_asked, was_away, pause, speed }
    }

    /// The next turn that is lent, if one is.
    pub(super) fn turn(&mut self, now: Duration) -> Option<Duration> {
        while let Some(due) = self.turns.pop_front() {
            if due + HORIZON >= now {
                return Some(due);
            }
        }
        None
    }

    /// When to ask for more.
    pub(super) fn ask_at(&self) -> Duration {
        self.ask_at
    }

    /// When there may be a turn, as far as is known.
    pub(super) fn next(&self) -> Duration {
        self.next
    }

    /// The ages of good answers that are to be told.
    pub(super) fn news(&mut self, now: Duration) -> Vec<Duration> {
        self.answered.drain(..).map(|sent| now.saturating_sub(sent)).collect()
    }

    pub(super) fn answered(&mut self, sent: Duration) {
        if self.answered.len() < MAX_ANSWERED {
            self.answered.push(sent);
        }
    }

    /// What came of asking for `wanted`.
    pub(super) fn lent(&mut self, now: Duration, wanted: usize, taken: Option<&Grant>) {
        let Some(taken) = taken else {
            self.was_away = true;
            self.ask_at = now + REFILL_INTERVAL;
            return;
        };
        (self.was_away, self.asked_at, self.speed) = (false, Some(now), taken.speed);
        self.turns.extend(taken.turns.iter().map(|due| now + *due));
        self.next = now.saturating_add(taken.next);
        let is_short = taken.turns.len() < wanted;
        let again = REFILL_INTERVAL.mul_f64(0.5 + fastrand::f64());
        let soonest = if is_short { again } else { Duration::ZERO };
        self.ask_at = now + taken.next.saturating_sub(HORIZON).clamp(soonest, MAX_REFILL_INTERVAL);
    }

    /// What is lent is void: there is a pause.
    pub(super) fn revoke(&mut self, now: Duration) {
        self.turns.clear();
        self.edition += 1;
        (self.ask_at, self.next) = (now, now);
    }
}
