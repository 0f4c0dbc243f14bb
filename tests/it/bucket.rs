//! The bucket that processes share: the script in a real Redis, told the time; and what a run makes of a server that
//! holds poison, forgets, or says "later" for ever.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use screener::fetch::{RateLimit, TokenBucket};
use screener::shared::{BucketConfig, ClientState, SCRIPT};

use crate::redis_server::Redis;
use crate::replay::{Options, Server};
use crate::sharing::{connection, start_redis, start_redis_with};
use crate::support::{Ran, command};

/// What happens to a bucket, after so many microseconds.
#[derive(Clone, Debug)]
enum Happening {
    Take,
    Throttled { age: u64, asked: Option<u64> },
    Answered { age: u64 },
    Pause(u64),
}

fn happenings() -> impl Strategy<Value = Vec<(u64, Happening)>> {
    let age = || 0_u64..3_000_000;
    let what = prop_oneof![
        4 => Just(Happening::Take),
        2 => (age(), prop::option::of(0_u64..5_000_000))
            .prop_map(|(age, asked)| Happening::Throttled { age, asked }),
        4 => age().prop_map(|age| Happening::Answered { age }),
        1 => (0_u64..3_000_000).prop_map(Happening::Pause),
    ];
    prop::collection::vec((0_u64..700_000, what), 1..60)
}

/// The script, told the seconds and microseconds as further keys.
fn timed_script() -> redis::Script {
    let timed = SCRIPT.replace("redis.call('TIME')", "{KEYS[2], KEYS[3]}");
    assert_ne!(timed, SCRIPT);
    redis::Script::new(&timed)
}

/// Nobody waits until the server's clock is back where it was.
#[test]
fn a_clock_that_is_set_back_costs_nothing() {
    let Some(redis) = start_redis() else { return };
    let (script, mut connection) = (timed_script(), connection(&redis));
    let mut next = |time: u64| -> u64 {
        let mut arguments =
            TokenBucket::shared_config(RateLimit { rate: 10.0, burst: 1 }, Duration::ZERO)
                .arguments(ClientState::default());
        arguments.extend([0.0, 1.0, 1e15]);
        let mut call = script.key("bucket");
        let answer: Vec<u64> =
            call.key(time).key(0).arg(&arguments).invoke(&mut connection).expect("it runs");
        answer[3]
    };
    assert_eq!([next(10_000), next(10_000)], [0, 100_000]);
    let after = next(5_000);
    assert!(after <= 200_000, "a turn in {after} µs");
    assert_eq!(next(5_001), 0);
}

/// The script, told the time, does what the schedule of one process does.
#[test]
fn the_script_is_the_schedule() {
    let Some(redis) = start_redis() else { return };
    let connection = std::cell::RefCell::new(connection(&redis));
    let script = timed_script();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(150));
    let bucket = std::cell::Cell::new(0);
    let cases = (happenings(), 1_u32..200, 1_u32..20);
    let outcome = runner.run(&cases, |(happenings, rate, burst)| {
        bucket.set(bucket.get() + 1);
        let rate = f64::from(rate);
        let mut schedule = TokenBucket::new(rate, burst);
        let terms = BucketConfig {
            horizon: Duration::ZERO,
            ..TokenBucket::shared_config(RateLimit { rate, burst }, Duration::ZERO)
        };
        // A new bucket in a server has one token; a process's own has all of them.
        for _ in 1..burst {
            schedule.reserve(Duration::ZERO);
        }
        // The schedule's clock begins with the run, the server's with 1970.
        let (begin, mut now) = (1_800_000_000_000_000_u64, 0_u64);
        let run = |now: u64, rest: &[f64]| {
            let time = begin + now;
            let mut arguments = terms.arguments(ClientState::default());
            arguments.extend(rest);
            let mut call = script.key(format!("b{}", bucket.get()));
            call.key(time / 1_000_000).key(time % 1_000_000).arg(&arguments);
            call.invoke::<Vec<f64>>(&mut *connection.borrow_mut()).expect("the script runs")
        };
        run(0, &[0.0, 0.0, 0.0]); // begins now
        #[expect(clippy::cast_precision_loss, reason = "within an hour")]
        for (after, what) in happenings {
            now += after;
            let time = Duration::from_micros(now);
            let (mine, theirs) = match what {
                Happening::Take => {
                    let turn = schedule.reserve(time);
                    let due = schedule.due(turn).saturating_sub(time);
                    (vec![due.as_secs_f64()], run(now, &[0.0, 1.0, 1e15])[3..].to_vec())
                }
                Happening::Throttled { age, asked } => {
                    let sent = time.saturating_sub(Duration::from_micros(age));
                    let asked = asked.map(Duration::from_micros);
                    let is = schedule.throttled(time, sent, asked);
                    let age = time.saturating_sub(sent).as_secs_f64() * 1e6;
                    let theirs =
                        run(now, &[1.0, age, asked.unwrap_or_default().as_secs_f64() * 1e6]);
                    let first = if is.is_first { 1e-6 } else { 0.0 };
                    (vec![first, is.pause.as_secs_f64(), is.in_a_row.as_secs_f64()], theirs)
                }
                Happening::Answered { age } => {
                    let sent = time.saturating_sub(Duration::from_micros(age));
                    schedule.answered(time, sent);
                    let age = time.saturating_sub(sent).as_secs_f64() * 1e6;
                    (vec![schedule.speed()], run(now, &[0.0, 0.0, 0.0, age])[1..2].to_vec())
                }
                Happening::Pause(length) => {
                    schedule.pause(time, Duration::from_micros(length));
                    run(now, &[2.0, length as f64]);
                    let left = schedule.paused_for(time).as_secs_f64();
                    (vec![left], run(now, &[0.0, 0.0, 0.0])[..1].to_vec())
                }
            };
            prop_assert_eq!(mine.len(), theirs.len());
            for (mine, theirs) in mine.iter().zip(&theirs) {
                let apart = (mine * 1e6 - theirs).abs();
                // A turn's time goes through a division by a speed of at least 1/400.
                prop_assert!(apart < 20.0, "{} µs against {} µs", mine * 1e6, theirs);
            }
        }
        Ok(())
    });
    outcome.expect("they agree");
}

/// A bucket of four turns a second under a key of its own, and the server's time, in microseconds.
struct Simulated {
    script: redis::Script,
    connection: redis::Connection,
    key: String,
    now: u64,
    has_asked: bool,
}

const SECOND: u64 = 1_000_000;
const RATE: u64 = 4;
const HORIZON: u64 = 150_000;

impl Simulated {
    fn new(redis: &Redis, key: &str) -> Self {
        let connection = connection(redis);
        Self {
            script: timed_script(),
            connection,
            key: key.into(),
            now: 1_800_000_000 * SECOND,
            has_asked: false,
        }
    }

    /// Asks for up to `wanted` turns, and says that one before was answered. Returns when each is due, from now.
    fn take(&mut self, wanted: u32) -> Vec<u64> {
        let limit = RateLimit { rate: 4.0, burst: 8 };
        let config = TokenBucket::shared_config(limit, Duration::from_micros(HORIZON));
        let client =
            ClientState { has_asked: self.has_asked, speed: 1.0, ..ClientState::default() };
        let mut arguments = config.arguments(client);
        arguments.extend([0.0, f64::from(wanted), 150_000.0, 100_000.0]);
        let mut call = self.script.key(&self.key);
        call.key(self.now / SECOND).key(self.now % SECOND).arg(&arguments);
        let answer: Vec<u64> = call.invoke(&mut self.connection).expect("the script runs");
        self.has_asked = true;
        answer[3..].to_vec()
    }

    /// Takes all that is lent in so many seconds. Returns when each turn was due.
    fn take_for(&mut self, seconds: u64) -> Vec<u64> {
        let mut turns = Vec::new();
        for _ in 0..seconds * 8 {
            let now = self.now;
            turns.extend(self.take(4).into_iter().map(|due| now + due));
            self.now += SECOND / 8;
        }
        turns
    }

    fn set(&mut self, field: &str, value: &str) {
        redis::cmd("HSET")
            .arg(&self.key)
            .arg(field)
            .arg(value)
            .exec(&mut self.connection)
            .expect("set");
    }
}

/// Four hours of steady use, and none of them different from the first.
#[test]
fn the_rate_is_kept_for_hours() {
    let Some(redis) = start_redis() else { return };
    let mut bucket = Simulated::new(&redis, "hours");
    for hour in 0..4 {
        let turns = bucket.take_for(3_600).len() as u64;
        let ideal = 3_600 * RATE;
        assert!(turns.abs_diff(ideal) <= ideal / 100, "hour {hour}: {turns} turns");
    }
}

/// A bucket that was begun long ago, as an earlier version kept it.
#[test]
fn an_old_bucket_goes_on() {
    let Some(redis) = start_redis() else { return };
    let mut bucket = Simulated::new(&redis, "old");
    bucket.take_for(2);
    let begun = bucket.now - 3_570 * SECOND;
    for (field, value) in [("since", begun), ("shown", 0), ("beat", 3_570 * SECOND)] {
        bucket.set(field, &value.to_string());
    }
    let turns = bucket.take_for(120).len() as u64;
    assert!(turns.abs_diff(120 * RATE) <= 8, "{turns}");
}

/// The server's clock jumps: what that costs is a horizon, and what it gives is no more than a rest would.
#[test]
fn a_clock_that_jumps_costs_a_horizon() {
    let Some(redis) = start_redis() else { return };
    for (name, jump) in [("ahead", 7_200_i64), ("back", -7_200), ("far back", -100_000_000)] {
        let mut bucket = Simulated::new(&redis, name);
        bucket.take_for(20);
        bucket.now = bucket.now.checked_add_signed(jump * SECOND.cast_signed()).expect("a time");
        let start = bucket.now;
        let turns = bucket.take_for(60);
        assert!(turns[0] - start <= HORIZON + SECOND / RATE, "{name}: {}", turns[0] - start);
        let count = turns.len() as u64;
        assert!((60 * RATE - 2..=60 * RATE + 8).contains(&count), "{name}: {count}");
    }
}

/// Whatever somebody writes into a bucket, it lends again within a horizon, and never more than a full one.
#[test]
fn poison_costs_a_horizon() {
    let Some(redis) = start_redis() else { return };
    let fields = [
        "beat",
        "since",
        "began",
        "pause_end",
        "volleys",
        "paused",
        "good",
        "volley_throttled",
        "volley_good",
        "volley_lower",
        "volley_same",
        "last",
    ];
    let values = [
        "1e15",
        "inf",
        "-inf",
        "nan",
        "3.7e9",
        "-1e300",
        "1e300",
        "-1",
        "0",
        "x",
        "",
        "9e15",
        "1800003600000000",
    ];
    for field in fields {
        for value in values {
            // Half an hour ahead is a pause that a provider may have asked for.
            if field == "pause_end" && value == "1800003600000000" {
                continue;
            }
            let mut bucket = Simulated::new(&redis, &format!("{field} {value}"));
            bucket.take_for(5);
            bucket.set(field, value);
            let start = bucket.now;
            let turns = bucket.take_for(20);
            let first = turns.first().map(|turn| turn - start);
            let soon = HORIZON + 2 * SECOND / RATE;
            assert!(first.is_some_and(|first| first <= soon), "{field} = {value}: {first:?}");
            let count = turns.len() as u64;
            assert!((20 * RATE - 3..=20 * RATE + 8).contains(&count), "{field} = {value}: {count}");
        }
    }
    let mut bucket = Simulated::new(&redis, "not a bucket");
    redis::cmd("SET").arg("not a bucket").arg("x").exec(&mut bucket.connection).expect("set");
    assert!(!bucket.take_for(2).is_empty());
}

/// The server forgets the bucket, and whoever comes first: nobody gets a full one.
#[test]
fn a_new_bucket_is_empty() {
    let Some(redis) = start_redis() else { return };
    let mut known = Simulated::new(&redis, "lost");
    let mut last = known.take_for(10);
    redis::cmd("FLUSHALL").exec(&mut known.connection).expect("it listens");
    let mut newcomer = Simulated::new(&redis, "lost");
    newcomer.now = known.now;
    last.extend(newcomer.take(20).into_iter().map(|due| newcomer.now + due));
    last.extend(known.take(20).into_iter().map(|due| known.now + due));
    let within = last.iter().filter(|turn| **turn + SECOND > known.now).count() as u64;
    assert!(within <= 2 * RATE, "{within} turns within a second");
}

/// A server that speaks as Redis does, and lends nothing for ever.
fn start_server_that_says_later() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || say_later(&stream));
        }
    });
    format!("redis://{address}/0")
}

fn say_later(stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut out = stream;
    while let Some(words) = read_command(&mut reader) {
        let answer: &[u8] = match words[0].as_str() {
            "MGET" => b"*1\r\n$-1\r\n",
            "EVALSHA" | "EVAL" => b"*3\r\n:0\r\n:1000000\r\n:1000000000\r\n",
            _ => b"+OK\r\n",
        };
        if out.write_all(answer).is_err() {
            return;
        }
    }
}

/// The words of a command, as a client sends them.
fn read_command(reader: &mut impl BufRead) -> Option<Vec<String>> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let count: usize = line.trim().strip_prefix('*')?.parse().ok()?;
    let mut words = Vec::new();
    for _ in 0..count {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let length: usize = line.trim().strip_prefix('$')?.parse().ok()?;
        let mut bytes = vec![0; length + 2];
        reader.read_exact(&mut bytes).ok()?;
        words.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
    }
    Some(words)
}

/// It is an outage like any other: one warning, and the run goes on by itself.
#[test]
fn a_server_that_says_later_for_ever_is_away() {
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), start_server_that_says_later());
    let words = ["momentum", "-t", "A,B,C,D", "--base-url", &url, "--benchmark", "none"];
    let more = ["--shared", &shared, "--rate", "40", "--shared-fallback", "20", "--max-wait", "1s"];
    let start = Instant::now();
    let ran = Ran::of(command(&[&words[..], &more].concat()).output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    let said = ran.unfolded();
    assert_eq!(said.matches("is away: it lent no turn for 1 s (--max-wait)").count(), 1, "{said}");
    assert!(said.contains("this process sends 20 requests per second by itself"), "{said}");
}

/// What only its owner can put right is told as what it is, once.
#[test]
fn a_refusal_is_no_outage() {
    let server = Server::start(0, Options::default()).expect("a port");
    let url = server.url();
    let refused = |options: &[&str]| {
        let redis = start_redis_with(options)?;
        let words = ["momentum", "-t", "A,B", "--base-url", &url, "--benchmark", "none"];
        let shared = redis.url();
        let more = ["--shared", &shared, "--shared-fallback", "20"];
        let ran = Ran::of(command(&[&words[..], &more].concat()).output());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        Some(ran.unfolded())
    };
    for (options, word) in [
        (["--replicaof", "127.0.0.1 1"], "READONLY"),
        (["--maxmemory", "1"], "OOM"),
        (["--cluster-enabled", "yes"], "CLUSTERDOWN"),
    ] {
        let Some(said) = refused(&options) else { return };
        let is_told = said.contains(word) && said.matches("warning: ").count() <= 2;
        assert!(is_told, "{word}: {said}");
        assert!(
            word == "CLUSTERDOWN" || said.contains("until that is put right"),
            "{word}: {said}"
        );
    }
}

/// A bucket that somebody wrote into keeps nobody waiting for longer than a bucket can.
#[test]
fn a_poisoned_bucket_is_brought_back() {
    let Some(redis) = start_redis() else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let run = || {
        let words = ["momentum", "-t", "AAPL,MSFT", "--benchmark", "none", "--base-url", &url];
        let options =
            ["--shared", &shared, "--rate", "5000", "-q", "--max-wait", "1s", "--max-time", "3s"];
        let start = Instant::now();
        let ran = Ran::of(command(&[&words[..], &options].concat()).output());
        (ran, start.elapsed())
    };
    assert_eq!(run().0.code, Some(0));
    let mut connection = connection(&redis);
    let mut keys: Vec<String> =
        redis::cmd("KEYS").arg("screener:1:bucket:*").query(&mut connection).expect("keys");
    keys.retain(|key| !key.ends_with(":probe"));
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    for (field, value) in [
        ("beat", "1e15"),
        ("speed", "-1"),
        ("speed", "1e300"),
        ("pause_end", "1e18"),
        ("since", "nan"),
        ("volleys", "1e300"),
        ("shown", "-1e300"),
    ] {
        redis::cmd("HSET").arg(key).arg(field).arg(value).exec(&mut connection).expect("set");
        let (ran, took) = run();
        assert!(took < Duration::from_secs(6), "{field} {value}: {took:?} {ran:#?}");
        assert!(matches!(ran.code, Some(0 | 5)), "{field} {value}: {ran:#?}");
        let time_to_live: i64 = redis::cmd("PTTL").arg(key).query(&mut connection).expect("a time");
        assert!(time_to_live < 4 * 3_600_000, "{field} {value}: {time_to_live} ms");
        redis::cmd("DEL").arg(key).exec(&mut connection).expect("gone");
        assert_eq!(run().0.code, Some(0));
    }
}
