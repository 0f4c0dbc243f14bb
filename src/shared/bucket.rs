//! The token bucket of all processes: one script, run in the server by the server's clock.

use std::sync::Arc;
use std::time::Duration;

use redis::Script;

use super::handle::RedisHandle;

/// The script. It keeps to what `fetch::Schedule` does in one process.
pub const SCRIPT: &str = include_str!("bucket.lua");

/// What the keys of buckets begin with.
const PREFIX: &str = "screener:1:bucket:";

/// No pause is longer, whoever asks for it.
const MAX_PAUSE: Duration = Duration::from_hours(30 * 24);

/// How a bucket is meant to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BucketConfig {
    /// From one turn to the next.
    pub interval: Duration,
    /// How far ahead of the steady beat a turn may be.
    pub ahead: Duration,
    /// The lowest speed a throttle leads to, as a share of the rate.
    pub lowest_speed: f64,
    /// Pause after the first throttle that names no time.
    pub first_pause: Duration,
    /// The longest pause of that kind.
    pub longest_pause: Duration,
    /// What is left of the speed after a throttle.
    pub slower: f64,
    /// Time in which the whole speed is won back.
    pub recovery: Duration,
    /// Turns are given that are due within this time.
    pub horizon: Duration,
}

/// What somebody knows who asks: the server may have lost its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClientState {
    /// Whether he asked before.
    pub has_asked: bool,
    /// Whether he went on without the server meanwhile.
    pub was_away: bool,
    /// Of a pause that goes on.
    pub pause: Duration,
    /// The speed at last.
    pub speed: f64,
}

/// Turns, and how things stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// When each is due, from now.
    pub turns: Vec<Duration>,
    /// When the next one will be, as things stand.
    pub next: Duration,
    /// Of a pause that goes on.
    pub pause: Duration,
    /// The speed, as a share of the rate.
    pub speed: f64,
}

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

/// A bucket in the server.
#[derive(Clone)]
pub struct SharedBucket {
    line: Arc<RedisHandle>,
    script: Arc<Script>,
    key: String,
    terms: BucketConfig,
}

impl std::fmt::Debug for SharedBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedBucket").field("key", &self.key).finish_non_exhaustive()
    }
}

impl SharedBucket {
    pub(super) fn new(line: Arc<RedisHandle>, name: &str, terms: BucketConfig) -> Self {
        let key = format!("{PREFIX}{name}");
        Self { line, script: Arc::new(Script::new(SCRIPT)), key, terms }
    }

    /// Whether there is nobody to ask just now.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.line.is_away()
    }

    /// Turns for up to `wanted` requests; good answers to requests sent so long ago are told along with it.
    #[must_use]
    pub fn take(&self, wanted: usize, answered: &[Duration], known: ClientState) -> Option<Grant> {
        let mut rest = vec![0.0, count(wanted), micros(self.terms.horizon)];
        rest.extend(answered.iter().copied().map(micros));
        let answer = self.run(rest, known)?;
        let [pause, speed, next, turns @ ..] = answer.as_slice() else { return None };
        Some(Grant {
            turns: turns.iter().copied().map(duration).collect(),
            next: duration(*next),
            pause: duration(*pause),
            speed: duration(*speed).as_secs_f64(),
        })
    }

    /// Tells of a throttle of a request that was sent so long ago.
    #[must_use]
    pub fn throttled(
        &self,
        age: Duration,
        asked: Option<Duration>,
        known: ClientState,
    ) -> Option<Throttle> {
        let asked = asked.map_or(0.0, micros);
        let answer = self.run(vec![1.0, micros(age), asked], known)?;
        let [is_first, pause, in_a_row] = *answer.as_slice() else { return None };
        Some(Throttle {
            is_first: is_first == 1,
            pause: duration(pause),
            in_a_row: duration(in_a_row),
        })
    }

    /// Tells that there is no turn for anybody for `length`; says whether that was heard.
    #[must_use]
    pub fn pause(&self, length: Duration) -> bool {
        self.run(vec![2.0, micros(length)], ClientState::default()).is_some()
    }

    fn run(&self, rest: Vec<f64>, known: ClientState) -> Option<Vec<i64>> {
        let (script, key) = (Arc::clone(&self.script), self.key.clone());
        let mut arguments = self.terms.arguments(known);
        arguments.extend(rest);
        self.line
            .ask(move |connection| script.key(&key).arg(&arguments).invoke::<Vec<i64>>(connection))
    }
}

/// Whether buckets can be used: nothing is taken of one that nobody uses.
pub(super) fn probe(connection: &mut redis::Connection) -> redis::RedisResult<()> {
    let terms = BucketConfig {
        interval: Duration::from_secs(1),
        ahead: Duration::ZERO,
        lowest_speed: 1.0,
        first_pause: Duration::ZERO,
        longest_pause: Duration::ZERO,
        slower: 1.0,
        recovery: Duration::from_secs(1),
        horizon: Duration::ZERO,
    };
    let mut arguments = terms.arguments(ClientState::default());
    arguments.extend([0.0, 0.0, 0.0]);
    let script = Script::new(SCRIPT);
    script.key(format!("{PREFIX}probe")).arg(&arguments).invoke::<Vec<i64>>(connection).map(drop)
}

impl BucketConfig {
    /// The arguments that every call of the script begins with.
    #[must_use]
    pub fn arguments(&self, known: ClientState) -> Vec<f64> {
        let ClientState { has_asked, was_away, pause, speed } = known;
        let number = |truth| f64::from(u8::from(truth));
        vec![
            micros(self.interval),
            micros(self.ahead),
            self.lowest_speed,
            micros(self.first_pause),
            micros(self.longest_pause),
            self.slower,
            micros(self.recovery),
            number(has_asked),
            number(was_away),
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
