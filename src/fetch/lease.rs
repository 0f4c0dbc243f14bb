//! Reservations from a bucket that processes share: a few at a time, which one worker fetches for all.
//!
//! They are lent for a moment, so that a pause that another process began is known soon, and none is held back
//! from other processes for long. Nothing here waits or asks; the limiter does.

use std::collections::VecDeque;
use std::time::Duration;

use super::token_bucket::{RECOVERY, RateLimit, TokenBucket};
use crate::shared::{ClientState, Grant, SharedBucket, SharedServer};

/// Reservations are lent that are due within this time, and are void when that long overdue.
pub(super) const HORIZON: Duration = Duration::from_millis(150);
/// Where the rate is the bottleneck, the bucket is asked this often, times a random factor of 0.5 to 1.5: at
/// fixed times the same process would always come first.
pub(super) const REFILL_INTERVAL: Duration = Duration::from_millis(100);
/// Even in a long pause the bucket is asked this often: another process may have changed something.
const MAX_REFILL_INTERVAL: Duration = Duration::from_secs(1);
/// More good answers than this are not reported one by one.
const MAX_ANSWERED: usize = 1_000;

/// A bucket shared by processes, and the rate to keep without it.
#[derive(Clone, Debug)]
pub struct SharedQuota {
    /// The bucket.
    pub bucket: SharedBucket,
    /// Requests per second while its server is away.
    pub fallback: f64,
}

impl SharedQuota {
    /// The bucket of that name at that rate; `fallback` requests per second without it.
    #[must_use]
    pub fn new(server: &SharedServer, name: &str, limit: RateLimit, fallback: f64) -> Self {
        Self { bucket: server.bucket(name, TokenBucket::shared_config(limit, HORIZON)), fallback }
    }
}

/// What is lent, and what to report when more is asked for. Times are since the start of the run.
#[derive(Debug)]
pub(super) struct Lease {
    reservations: VecDeque<Duration>,
    /// When the bucket may be asked again.
    pub(super) ask_at: Duration,
    /// When the bucket will have a reservation, as far as is known.
    pub(super) next: Duration,
    /// Good answers that the bucket has not heard of: when their requests were sent.
    answered: Vec<Duration>,
    /// Whether requests were sent without the bucket since it was asked last.
    pub(super) was_away: bool,
    /// When the bucket answered last.
    asked_at: Option<Duration>,
    /// Its speed then.
    speed: f64,
    /// Reservations of an earlier edition are void.
    pub(super) edition: u64,
}

impl Lease {
    pub(super) fn new() -> Self {
        Self {
            reservations: VecDeque::new(),
            ask_at: Duration::ZERO,
            next: Duration::ZERO,
            answered: Vec::new(),
            was_away: false,
            asked_at: None,
            speed: 1.0,
            edition: 0,
        }
    }

    /// What the bucket may not know; `pause` is how long this process still pauses.
    pub(super) fn client_state(&self, now: Duration, pause: Duration) -> ClientState {
        // A bucket that was not used for that long has expired, as it should.
        let has_asked = self.asked_at.is_some_and(|asked| now.saturating_sub(asked) < RECOVERY);
        ClientState { has_asked, was_away: self.was_away, pause, speed: self.speed }
    }

    /// The next reservation that is lent, if there is one: when it is due.
    pub(super) fn take(&mut self, now: Duration) -> Option<Duration> {
        while let Some(due) = self.reservations.pop_front() {
            if due + HORIZON >= now {
                return Some(due);
            }
        }
        None
    }

    /// The ages of the good answers that are to be reported.
    pub(super) fn take_answered(&mut self, now: Duration) -> Vec<Duration> {
        self.answered.drain(..).map(|sent| now.saturating_sub(sent)).collect()
    }

    pub(super) fn answered(&mut self, sent: Duration) {
        if self.answered.len() < MAX_ANSWERED {
            self.answered.push(sent);
        }
    }

    /// Takes what the bucket granted when it was asked for `wanted`; `None`: it did not answer.
    pub(super) fn accept(&mut self, now: Duration, wanted: usize, grant: Option<&Grant>) {
        let Some(grant) = grant else {
            self.was_away = true;
            self.ask_at = now + REFILL_INTERVAL;
            return;
        };
        self.was_away = false;
        self.asked_at = Some(now);
        self.speed = grant.speed;
        for due in &grant.reservations {
            self.reservations.push_back(now + *due);
        }
        self.next = now.saturating_add(grant.next);
        let is_short = grant.reservations.len() < wanted;
        let soonest =
            if is_short { REFILL_INTERVAL.mul_f64(0.5 + fastrand::f64()) } else { Duration::ZERO };
        let until_next = grant.next.saturating_sub(HORIZON);
        self.ask_at = now + until_next.clamp(soonest, MAX_REFILL_INTERVAL);
    }

    /// Voids what is lent: there is a pause.
    pub(super) fn revoke(&mut self, now: Duration) {
        self.reservations.clear();
        self.edition += 1;
        self.ask_at = now;
        self.next = now;
    }
}
