//! The token bucket of all processes: one script, run in the server by the server's clock.

use std::sync::Arc;
use std::time::Duration;

use redis::Script;

use super::connection::Connection;
use super::handle::RedisHandle;

/// The script. It keeps to what `fetch::TokenBucket` does in one process.
pub const SCRIPT: &str = include_str!("bucket.lua");

/// What the keys of buckets begin with.
const KEY_PREFIX: &str = "screener:1:bucket:";
/// No pause is longer, whoever asks for it.
const MAX_PAUSE: Duration = Duration::from_hours(30 * 24);

/// How a bucket behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BucketConfig {
    /// From one reservation to the next.
    pub interval: Duration,
    /// How far ahead of the steady rhythm a reservation may be.
    pub ahead: Duration,
    /// The lowest speed a throttle leads to, as a fraction of the rate.
    pub lowest_speed: f64,
    /// Pause after the first throttle that names no time.
    pub first_pause: Duration,
    /// The longest pause of that kind.
    pub longest_pause: Duration,
    /// What is left of the speed after a throttle.
    pub slowdown: f64,
    /// Time in which the whole speed is won back.
    pub recovery: Duration,
    /// Reservations are lent that are due within this time.
    pub horizon: Duration,
}

/// What a process knows that asks: the server may have lost its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClientState {
    /// Whether it asked before.
    pub has_asked: bool,
    /// Whether it sent requests without the server meanwhile.
    pub was_away: bool,
    /// What is left of its current pause.
    pub pause: Duration,
    /// The speed it was last told.
    pub speed: f64,
}

/// Reservations, and the state of the bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// When each reservation is due, from now.
    pub reservations: Vec<Duration>,
    /// When the next one will be, as things stand.
    pub next: Duration,
    /// What is left of the current pause.
    pub pause: Duration,
    /// The speed, as a fraction of the rate.
    pub speed: f64,
}

/// What a throttle led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Whether it began a pause: requests under way at that time belong to the same volley.
    pub is_first: bool,
    /// How long to wait from now.
    pub pause: Duration,
    /// The pauses since the last good answer, this one included.
    pub in_a_row: Duration,
}

/// A bucket in the server.
#[derive(Clone)]
pub struct SharedBucket {
    handle: Arc<RedisHandle>,
    script: Arc<Script>,
    key: String,
    config: BucketConfig,
}

impl std::fmt::Debug for SharedBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedBucket").field("key", &self.key).finish_non_exhaustive()
    }
}

impl SharedBucket {
    pub(super) fn new(handle: Arc<RedisHandle>, name: &str, config: BucketConfig) -> Self {
        let key = format!("{KEY_PREFIX}{name}");
        Self { handle, script: Arc::new(Script::new(SCRIPT)), key, config }
    }

    /// Whether the server does not answer just now.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.handle.is_away()
    }

    /// Reports that the server answers and lends nothing.
    pub fn report_stall(&self, waited: Duration) {
        self.handle.report_stall(waited);
    }

    /// Takes reservations for up to `wanted` requests; the ages of requests that were answered properly are
    /// reported along with it. `None`: the server did not answer.
    #[must_use]
    pub fn take(&self, wanted: usize, answered: &[Duration], client: ClientState) -> Option<Grant> {
        let mut rest = vec![0.0, count(wanted), micros(self.config.horizon)];
        rest.extend(answered.iter().copied().map(micros));
        let answer = self.run(rest, client)?;
        let [pause, speed, next, reservations @ ..] = answer.as_slice() else { return None };
        Some(Grant {
            reservations: reservations.iter().copied().map(duration).collect(),
            next: duration(*next),
            pause: duration(*pause),
            speed: duration(*speed).as_secs_f64(),
        })
    }

    /// Reports the throttle of a request that was sent `age` ago. `None`: the server did not answer.
    #[must_use]
    pub fn throttled(
        &self,
        age: Duration,
        asked: Option<Duration>,
        client: ClientState,
    ) -> Option<Throttle> {
        let asked = asked.map_or(0.0, micros);
        let answer = self.run(vec![1.0, micros(age), asked], client)?;
        let [is_first, pause, in_a_row] = *answer.as_slice() else { return None };
        Some(Throttle {
            is_first: is_first == 1,
            pause: duration(pause),
            in_a_row: duration(in_a_row),
        })
    }

    /// Pauses every process for `length`. Returns whether the server answered.
    #[must_use]
    pub fn pause(&self, length: Duration) -> bool {
        self.run(vec![2.0, micros(length)], ClientState::default()).is_some()
    }

    fn run(&self, rest: Vec<f64>, client: ClientState) -> Option<Vec<i64>> {
        let script = Arc::clone(&self.script);
        let key = self.key.clone();
        let mut arguments = self.config.arguments(client);
        arguments.extend(rest);
        self.handle
            .ask(move |connection| script.key(&key).arg(&arguments).invoke::<Vec<i64>>(connection))
    }
}

/// Whether buckets can be used: nothing is taken of one that no process uses.
pub(super) fn probe(connection: &mut Connection) -> redis::RedisResult<()> {
    let config = BucketConfig {
        interval: Duration::from_secs(1),
        ahead: Duration::ZERO,
        lowest_speed: 1.0,
        first_pause: Duration::ZERO,
        longest_pause: Duration::ZERO,
        slowdown: 1.0,
        recovery: Duration::from_secs(1),
        horizon: Duration::ZERO,
    };
    let mut arguments = config.arguments(ClientState::default());
    arguments.extend([0.0, 0.0, 0.0]);
    let script = Script::new(SCRIPT);
    let key = format!("{KEY_PREFIX}probe");
    script.key(key).arg(&arguments).invoke::<Vec<i64>>(connection).map(drop)
}

impl BucketConfig {
    /// The arguments that every call of the script begins with.
    #[must_use]
    pub fn arguments(&self, client: ClientState) -> Vec<f64> {
        let ClientState { has_asked, was_away, pause, speed } = client;
        vec![
            micros(self.interval),
            micros(self.ahead),
            self.lowest_speed,
            micros(self.first_pause),
            micros(self.longest_pause),
            self.slowdown,
            micros(self.recovery),
            f64::from(u8::from(has_asked)),
            f64::from(u8::from(was_away)),
            micros(pause),
            speed,
        ]
    }
}

/// Microseconds, as the script counts; what is longer than a month might as well be a month.
fn micros(length: Duration) -> f64 {
    length.min(MAX_PAUSE).as_secs_f64() * 1e6
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(micros.max(0).unsigned_abs())
}

#[expect(clippy::cast_precision_loss, reason = "a count of workers")]
fn count(n: usize) -> f64 {
    n as f64
}
