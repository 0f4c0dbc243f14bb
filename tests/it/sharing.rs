//! What processes share through a real Redis: the quota, the pauses, the cache; and what they do without it.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use screener::fetch::{Limiter, RateLimit, SharedQuota};
use screener::shared::{RedisAddress, SERVER_TIMEOUT, SharedServer, Trouble};
use tempfile::TempDir;

use crate::redis_server::Redis;
use crate::replay::{Options, Server};
use crate::support::{Ran, cached, command, send_signal, skip, timeless};

/// A server for a test; `None`, which is said, where there is no such program.
pub(crate) fn start_redis() -> Option<Redis> {
    start_redis_with(&[])
}

pub(crate) fn start_redis_with(options: &[&str]) -> Option<Redis> {
    let redis = Redis::start(Ipv4Addr::LOCALHOST.into(), options).expect("it starts");
    if redis.is_none() {
        skip("there is no redis-server");
    }
    redis
}

pub(crate) fn connection(redis: &Redis) -> redis::Connection {
    redis.connection().expect("it listens")
}

fn pause(redis: &Redis) {
    send_signal(redis.id(), Signal::STOP);
}

fn go_on(redis: &Redis) {
    send_signal(redis.id(), Signal::CONT);
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// What was told of turns, and of series.
type Told = Arc<Mutex<Vec<String>>>;

fn shared_server(url: &str) -> (SharedServer, [Told; 2]) {
    let told = [Told::default(), Told::default()];
    let [turns, series] = told.clone().map(|heard| {
        Box::new(move |what: &Trouble| heard.lock().expect("no panic").push(what.why.clone()))
    });
    let address: RedisAddress = url.parse().expect("an address");
    (SharedServer::open(&address, None, turns, series, Box::new(|_| {})), told)
}

fn limiter(server: &SharedServer, rate: f64, burst: u32) -> Limiter {
    let rate_limit = RateLimit { rate, burst };
    let quota = SharedQuota::new(server, "a bucket", rate_limit, rate / 16.0);
    Limiter::new(rate_limit, ms(60_000), None, Some(quota), None)
}

fn start(words: &[&str]) -> Child {
    command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn ended(child: Child) -> Ran {
    Ran::of(child.wait_with_output())
}

/// Four processes of sixteen workers: together they keep the rate, and each brings everything.
#[test]
fn four_processes_have_one_rate() {
    let Some(redis) = start_redis() else { return };
    let server =
        Server::start(0, Options { latency: ms(50), ..Options::default() }).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let words = ["momentum", "dow30", "-w", "16", "--rate", "50", "--base-url", &url];
    let more = ["--shared", &shared, "-f", "json"];
    let begun = Instant::now();
    let children: Vec<Child> = (0..4).map(|_| start(&[&words[..], &more].concat())).collect();
    let reports: Vec<Ran> = children.into_iter().map(ended).collect();
    let took = begun.elapsed().as_secs_f64();
    for ran in &reports {
        assert_eq!((ran.code, ran.json()["successful"].as_u64()), (Some(0), Some(30)), "{ran:#?}");
        assert_eq!(timeless(ran), timeless(&reports[0]));
    }
    let stats = server.stats();
    assert_eq!(stats.requests, 4 * 31);
    // A busy machine may send a few turns late, and so closer to those after them.
    assert!(stats.peak_per_s <= 50 + 16 + 8, "{stats:?}");
    // That it takes as long as the rate says is no timing: it cannot be had sooner.
    assert!(took > (124.0 - 16.0 - 1.0) / 50.0, "{took}");
}

/// A pause is everybody's, and so is the speed that is left.
#[test]
fn a_throttle_of_one_pauses_all() {
    let Some(redis) = start_redis() else { return };
    let ((one, _), (other, _)) = (shared_server(&redis.url()), shared_server(&redis.url()));
    let (one, other) = (limiter(&one, 100.0, 5), limiter(&other, 100.0, 5));
    other.acquire().expect("a turn");
    let sent = one.acquire().expect("a turn");
    let told = Instant::now();
    assert!(one.throttled(sent, Some(ms(1_500))));
    let next = other.acquire().expect("a turn");
    assert!(next - told >= ms(1_490), "{:?}", next - told);
    // Five that were throttled without a word on when to come back, one after the other: 0.7 of the speed each.
    let mut sent = next;
    for pause in [1_000, 2_000] {
        let told = Instant::now();
        one.throttled(sent, None);
        sent = other.acquire().expect("a turn");
        assert!(sent - told >= ms(pause - 10), "{:?}", sent - told);
    }
    let mut connection = connection(&redis);
    let key = "screener:1:bucket:a bucket";
    let speed: f64 =
        redis::cmd("HGET").arg(key).arg("speed").query(&mut connection).expect("it is there");
    assert!((0.2..0.8).contains(&speed), "{speed}");
    let left: i64 = redis::cmd("PTTL").arg(key).query(&mut connection).expect("it is there");
    assert!((1..=600_000).contains(&left), "{left}");
}

/// The longest pause that is allowed is anybody's, too: no process waits longer because another was told to.
#[test]
fn a_pause_beyond_max_wait_stops_the_others() {
    let Some(redis) = start_redis() else { return };
    let ((one, _), (other, _)) = (shared_server(&redis.url()), shared_server(&redis.url()));
    let (one, other) = (limiter(&one, 100.0, 1), limiter(&other, 100.0, 1));
    let sent = one.acquire().expect("a turn");
    one.throttled(sent, Some(Duration::from_hours(1)));
    assert!(one.acquire().is_err());
    let stop = other.acquire().expect_err("it would be an hour");
    assert!(stop.to_string().contains("longer than --max-wait"), "{stop}");
}

/// A server that forgets everything, and nobody notices: who knows of the pause tells it.
#[test]
fn a_pause_outlives_the_servers_memory() {
    let Some(redis) = start_redis() else { return };
    let ((one, _), (other, _)) = (shared_server(&redis.url()), shared_server(&redis.url()));
    let (one, other) = (limiter(&one, 100.0, 5), limiter(&other, 100.0, 5));
    other.acquire().expect("a turn");
    let sent = one.acquire().expect("a turn");
    let told = Instant::now();
    one.throttled(sent, Some(ms(2_500)));
    redis::cmd("FLUSHALL").exec(&mut connection(&redis)).expect("it listens");
    let next = one.acquire().expect("a turn");
    assert!(next - told >= ms(2_490), "{:?}", next - told);
    assert!(other.acquire().expect("a turn") - told >= ms(2_490));
    // What nobody knows of is not saved up: the bucket begins empty for whoever asked before.
    redis::cmd("FLUSHALL").exec(&mut connection(&redis)).expect("it listens");
    let (slow, _) = shared_server(&redis.url());
    let slow = limiter(&slow, 2.0, 5);
    slow.acquire().expect("a turn");
    redis::cmd("FLUSHALL").exec(&mut connection(&redis)).expect("it listens");
    let asked = Instant::now();
    assert!(slow.acquire().expect("a turn") - asked >= ms(490));
}

/// Turns of one's own are nobody's debt: the next outage goes at the same pace, and time that is left is used.
#[test]
fn outages_leave_nothing_behind() {
    let Some(redis) = start_redis() else { return };
    let (server, _) = shared_server(&redis.url());
    let rate_limit = RateLimit { rate: 100.0, burst: 1 };
    let quota = SharedQuota::new(&server, "a bucket", rate_limit, 5.0);
    let limiter = Limiter::new(rate_limit, ms(60_000), Some(ms(8_000)), Some(quota), None);
    let turns = Mutex::new(Vec::new());
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..60 {
            // 60 turns at 5 a second would be 12 s, beyond the time there is.
            scope.spawn(|| {
                while let Ok(turn) = limiter.acquire() {
                    turns.lock().expect("no panic").push(turn - begun);
                    thread::sleep(ms(100));
                }
            });
        }
        for _ in 0..2 {
            thread::sleep(ms(1_000));
            pause(&redis);
            thread::sleep(ms(2_000));
            go_on(&redis);
        }
    });
    let turns = turns.into_inner().expect("no panic");
    let within =
        |from: u64, to: u64| turns.iter().filter(|turn| (ms(from)..ms(to)).contains(*turn)).count();
    for outage in [1_500, 4_500] {
        let count = within(outage, outage + 1_400);
        assert!((3..=12).contains(&count), "{count} in the outage at {outage}");
    }
    assert!(within(6_700, 8_000) > 50, "{}", within(6_700, 8_000));
}

/// Where only prices cannot be shared, the rate still is; and that is what is said.
#[test]
fn a_cache_that_cannot_be_used_costs_no_turns() {
    let Some(redis) = start_redis() else { return };
    redis::cmd("ACL")
        .arg(&["SETUSER", "half", "on", ">geheim", "~screener:1:bucket:*", "+@all"])
        .exec(&mut connection(&redis))
        .expect("it listens");
    let server =
        Server::start(0, Options { latency: ms(30), ..Options::default() }).expect("a port");
    let (url, folder) = (server.url(), folder());
    let shared = format!("redis://half:geheim@127.0.0.1:{}/0", redis.address.port());
    let words = ["momentum", "dow30", "-w", "2", "--rate", "40", "--base-url", &url];
    let ran =
        Ran::of(cached(folder.path(), &[&words[..], &["--shared", &shared]].concat()).output());
    assert_eq!((ran.code, server.stats().requests), (Some(0), 31), "{ran:#?}");
    assert!(!ran.stderr.contains("by itself"), "{ran:#?}");
    let buckets: Vec<String> = redis::cmd("KEYS")
        .arg("screener:1:bucket:yahoo:*")
        .query(&mut connection(&redis))
        .expect("it listens");
    assert_eq!(buckets.len(), 1);
}

#[test]
fn an_absurd_pause_leaves_the_bucket_sound() {
    let Some(redis) = start_redis() else { return };
    let (server, [turns, _]) = shared_server(&redis.url());
    let limiter = limiter(&server, 100.0, 1);
    let sent = limiter.acquire().expect("a turn");
    limiter.throttled(sent, Some(Duration::MAX));
    assert!(limiter.acquire().is_err());
    let left: i64 = redis::cmd("PTTL")
        .arg("screener:1:bucket:a bucket")
        .query(&mut connection(&redis))
        .expect("it listens");
    assert!((1..=31 * 86_400_000).contains(&left), "{left}");
    assert!(turns.lock().expect("no panic").is_empty());
}

#[test]
fn an_address_is_shown_without_who_asks() {
    for (text, shown) in [
        ("redis://host", "redis://host:6379/0"),
        ("rediss://u:p@host:7000/3", "rediss://host:7000/3"),
        ("redis://:p@[::1]:7400/1", "redis://[::1]:7400/1"),
    ] {
        let address: RedisAddress = text.parse().expect("an address");
        assert_eq!((address.to_string(), format!("{address:?}")), (shown.into(), shown.into()));
    }
}

#[test]
fn a_fallback_without_a_server_is_refused() {
    let ran = Ran::of(command(&["top", "-t", "A", "--shared-fallback", "3"]).output());
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--shared-fallback is for --shared"), "{ran:#?}");
}

#[test]
fn a_second_machine_is_served_from_the_shared_cache() {
    let Some(redis) = start_redis() else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let run = |folder: &TempDir, words: &[&str]| {
        let words =
            [words, &["--base-url", &url, "--shared", &shared, "--rate", "5000", "-f", "json"]];
        Ran::of(cached(folder.path(), &words.concat()).output())
    };
    let (one, other, third) = (folder(), folder(), folder());
    let words = ["top", "-n", "30", "dow30", "-t", "NOPE1,BRK.B"];
    let first = run(&one, &words);
    assert_eq!((first.code, server.stats().requests), (Some(0), 33), "{first:#?}");
    let second = run(&other, &words);
    assert!(second.stderr.contains("0 requests, 33 cached"), "{}", second.stderr);
    assert_eq!((server.stats().requests, timeless(&second)), (33, timeless(&first)));
    let offline = run(&third, &[&words[..], &["--offline"]].concat());
    assert_eq!((server.stats().requests, timeless(&offline)), (33, timeless(&first)));
    let past = run(&other, &["top", "dow30", "--as-of", "2024-06-28", "--benchmark", "none"]);
    assert_eq!(past.json()["as_of"], "2024-06-28");
    let asked = server.stats().requests;
    let again = run(&third, &["top", "dow30", "--as-of", "2024-06-28", "--benchmark", "none"]);
    assert_eq!((server.stats().requests, timeless(&again)), (asked, timeless(&past)));
    run(&third, &[&words[..], &["--refresh"]].concat());
    assert_eq!(server.stats().requests, asked + 33);
    run(&third, &[&words[..], &["--no-cache"]].concat());
    assert_eq!(server.stats().requests, asked + 66);

    // What only one machine has is told to the others.
    let mut connection = connection(&redis);
    redis::cmd("FLUSHALL").exec(&mut connection).expect("it listens");
    run(&one, &words);
    run(&folder(), &words);
    assert_eq!(server.stats().requests, asked + 66);

    // Each entry goes by itself, a session's bars when the next close could be.
    let keys: Vec<String> =
        redis::cmd("KEYS").arg("screener:1:bars:*").query(&mut connection).expect("it listens");
    assert_eq!(keys.len(), 33);
    for key in keys {
        let left: i64 = redis::cmd("PTTL").arg(&key).query(&mut connection).expect("it listens");
        assert!((1..=4 * 86_400_000).contains(&left), "{key} is there for {left} ms");
        // A damaged entry is a miss, and never a price.
        let mut bytes: Vec<u8> = redis::cmd("GET").arg(&key).query(&mut connection).expect("bytes");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        redis::cmd("SET").arg(&key).arg(bytes).exec(&mut connection).expect("it listens");
    }
    let damaged = run(&folder(), &words);
    assert_eq!((server.stats().requests, timeless(&damaged)), (asked + 99, timeless(&first)));
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The server is gone in the middle of a run and comes back with nothing in it.
#[test]
fn a_server_that_goes_and_comes_back() {
    let Some(mut redis) = start_redis() else { return };
    let server =
        Server::start(0, Options { latency: ms(20), ..Options::default() }).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let words = ["momentum", "nasdaq100", "-w", "16", "--rate", "40", "--burst", "8"];
    let more = ["--base-url", &url, "--shared", &shared, "-f", "json"];
    let children: Vec<Child> = (0..2).map(|_| start(&[&words[..], &more].concat())).collect();
    thread::sleep(ms(800));
    redis.stop();
    thread::sleep(ms(1_500));
    let without = server.stats().requests;
    redis.start_again().expect("it was there");
    for child in children {
        let ran = ended(child);
        let report = ran.json();
        assert_eq!((ran.code, &report["failed"]), (Some(0), &0.into()), "{ran:#?}");
        assert_eq!(ran.stderr.matches("is away").count(), 1, "{ran:#?}");
        assert!(
            ran.stderr.contains("this process sends 2.5 requests per second by itself"),
            "{ran:#?}"
        );
    }
    let stats = server.stats();
    assert!(stats.peak_per_s <= 40 + 8 + 5, "{stats:?}");
    let all = 2 * (report_size() + 1);
    assert!(without < all / 2 && stats.requests == all, "{without}, {stats:?}");
}

/// Tickers of the built-in nasdaq100.
fn report_size() -> u64 {
    let list = screener::universe::LISTS.iter().find(|(name, _)| *name == "nasdaq100");
    let mut universe = screener::universe::Universe::default();
    universe.add_list("nasdaq100", list.expect("it is built in").1).expect("it is a list");
    universe.symbols().len() as u64
}

/// It takes connections and says nothing, or is not there, or lets nobody in: nobody waits for it.
#[test]
fn nobody_waits_for_a_server_longer_than_a_moment() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent_url = format!("redis://127.0.0.1:{}", silent.local_addr().expect("bound").port());
    let nobody = format!("redis://127.0.0.1:{}", free_port());
    for url in [silent_url, nobody] {
        let (server, [turns, series]) = shared_server(&url);
        let (store, mut longest) = (server.store(), Duration::ZERO);
        for i in 0..50 {
            let asked = Instant::now();
            assert_eq!(store.get(vec![format!("key {i}")], None), [None]);
            store.put("key".into(), vec![1], ms(1_000));
            longest = longest.max(asked.elapsed());
        }
        assert!(longest < 2 * SERVER_TIMEOUT, "{longest:?}");
        // Sixteen times slower, but on its way.
        let limiter = limiter(&server, 160.0, 5);
        let begun = Instant::now();
        for _ in 0..4 {
            limiter.acquire().expect("a turn");
        }
        assert!((ms(290)..ms(3_000)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        assert_eq!(turns.lock().expect("no panic").len(), 1);
        // That the cache is of no use either goes without saying.
        assert!(series.lock().expect("no panic").len() <= 1);
    }
}

#[test]
fn a_server_that_is_stopped_for_a_while() {
    let Some(redis) = start_redis() else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    pause(&redis);
    let words = ["momentum", "-t", "A,B,C,D", "--base-url", &url, "--benchmark", "none"];
    let more = ["--shared", &shared, "--shared-fallback", "50", "-f", "json"];
    let ran = ended(start(&[&words[..], &more].concat()));
    assert_eq!((ran.code, &ran.json()["successful"]), (Some(0), &4.into()), "{ran:#?}");
    assert!(ran.stderr.contains("no answer within 250 ms"), "{ran:#?}");
    assert!(ran.stderr.contains("this process sends 50 requests per second by itself"), "{ran:#?}");
    go_on(&redis);
}

#[test]
fn passwords_are_used_and_never_told() {
    let Some(redis) = start_redis_with(&["--requirepass", "geheim"]) else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let url = server.url();
    let run = |shared: &str| {
        let words = ["momentum", "-t", "A", "--base-url", &url, "--benchmark", "none", "-vvv"];
        let ran = Ran::of(command(&words).env("SCREENER_SHARED_URL", shared).output());
        assert!(!ran.stderr.contains("geheim") && !ran.stderr.contains("falsch"), "{ran:#?}");
        ran
    };
    let good = run(&format!("redis://:geheim@127.0.0.1:{}/2", redis.address.port()));
    assert!(good.code == Some(0) && !good.stderr.contains("is away"), "{good:#?}");
    let bad = run(&format!("redis://:falsch@127.0.0.1:{}/2", redis.address.port()));
    assert!(
        bad.code == Some(0) && bad.stderr.contains("it refuses this user or password"),
        "{bad:#?}"
    );
    assert!(!bad.stderr.contains("is away: ") && bad.stderr.contains("until that is put right"));
    let none = run(&format!("redis://127.0.0.1:{}", redis.address.port()));
    assert!(
        none.code == Some(0) && none.stderr.contains("it refuses this user or password"),
        "{none:#?}"
    );
    for text in ["http://u:geheim@host", "redis://:geheim@host/x", "geheim"] {
        let ran = run(text);
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(ran.unfolded().contains("SCREENER_SHARED_URL is not valid"), "{ran:#?}");
        let typed = Ran::of(command(&["top", "-t", "A", "--shared", text]).output());
        assert!(typed.code == Some(2) && !typed.stderr.contains("geheim"), "{typed:#?}");
    }
    let shown = Ran::of(
        command(&["config", "show"]).env("SCREENER_SHARED_URL", "redis://:geheim@host/1").output(),
    );
    assert!(shown.stdout.contains("shared = \"***\""), "{shown:#?}");
}

/// Over TLS, with a certificate of an authority of our own.
#[cfg(target_os = "linux")]
#[test]
fn rediss_is_redis_over_tls() {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    let folder = folder();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"));
    let authority = authority.expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let trusted = file("trusted.pem", &authority.pem());
    let (certificate, key) =
        (file("own.pem", &certificate.pem()), file("key.pem", &key.serialize_pem()));
    let tls_port = free_port().to_string();
    let options = [
        "--tls-port",
        &tls_port,
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &trusted,
        "--tls-auth-clients",
        "no",
    ];
    let Some(redis) = start_redis_with(&options) else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), format!("rediss://localhost:{tls_port}/0"));
    let words = ["momentum", "-t", "A,B", "--base-url", &url, "--shared", &shared];
    let run = |words: &[&str], authority: &str| {
        Ran::of(command(words).env("SSL_CERT_FILE", authority).output())
    };
    let ran = run(&words, &trusted);
    assert!(ran.code == Some(0) && !ran.stderr.contains("is away"), "{ran:#?}");
    let buckets: Vec<String> = redis::cmd("KEYS")
        .arg("screener:1:bucket:yahoo:*")
        .query(&mut connection(&redis))
        .expect("it listens");
    assert_eq!(buckets.len(), 1);
    // Nobody is trusted but those who are.
    let other = run(&words, &certificate);
    assert!(other.code == Some(0) && other.unfolded().contains("certificate"), "{other:#?}");
    assert!(other.unfolded().contains("until that is put right"), "{other:#?}");
}

#[test]
fn a_bucket_is_of_one_provider_one_server_and_one_key() {
    let Some(redis) = start_redis() else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let run = |provider: &str, key: &str| {
        let words = ["momentum", "-t", "A", "--benchmark", "none", "--provider", provider];
        let words = [&words[..], &["--base-url", &url, "--shared", &shared]].concat();
        let mut command = command(&words);
        command.env("APCA_API_KEY_ID", key).env("APCA_API_SECRET_KEY", "geheim");
        let ran = Ran::of(command.output());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    };
    for (provider, key) in
        [("yahoo", "A"), ("yahoo", "B"), ("alpaca", "A"), ("alpaca", "B"), ("alpaca", "A")]
    {
        run(provider, key);
    }
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("screener:1:bucket:*:*")
        .query(&mut connection(&redis))
        .expect("it listens");
    assert_eq!(keys.len(), 3, "{keys:?}");
}

/// A child that is asked for too much is not left behind.
#[test]
fn a_signal_ends_a_run_that_waits_for_shared_turns() {
    let Some(redis) = start_redis() else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let words = ["momentum", "dow30", "--rate", "0.5", "--burst", "1", "--base-url", &url];
    let mut child = start(&[&words[..], &["--shared", &shared]].concat());
    while server.stats().requests == 0 {
        thread::sleep(ms(10));
    }
    let sent = Instant::now();
    send_signal(child.id(), Signal::TERM);
    let status = child.wait().expect("it ends");
    assert!(sent.elapsed() < Duration::from_secs(2), "{:?}", sent.elapsed());
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
    assert!(status.code() == Some(143) && told.contains("interrupted: "), "{status} {told}");
}

/// An entry as the program writes it, of somebody who knows how; `origin` is the provider's server.
fn forged(
    origin: &str,
    symbol: &str,
    times: [i64; 2],
    message: &str,
    data: Option<&[u8]>,
) -> Vec<u8> {
    let mut hasher = crc32fast::Hasher::new();
    for text in ["yahoo", origin, symbol, "1d", message] {
        hasher.update(text.as_bytes());
        hasher.update(&[0]);
    }
    let (since, attempts, status) = (0_i64, 1_i64, 404_i64);
    for number in [times[0], times[1], since, attempts, status] {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(&[u8::from(data.is_some())]);
    hasher.update(data.unwrap_or_default());
    let mut bytes = vec![1];
    bytes.extend(hasher.finalize().to_le_bytes());
    bytes.extend(times[0].to_le_bytes());
    bytes.extend(times[1].to_le_bytes());
    bytes.extend(0_i32.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(404_i32.to_le_bytes());
    bytes.extend(u32::try_from(message.len()).expect("short").to_le_bytes());
    bytes.extend(message.as_bytes());
    if let Some(data) = data {
        bytes.push(1);
        bytes.extend(data);
    }
    bytes
}

/// Whoever can write to the server ends no run, speaks to no terminal, and with a key is not believed at all.
#[test]
fn a_poisoned_cache_is_survived() {
    let Some(redis) = start_redis() else { return };
    let server = Server::start(0, Options::default()).expect("a port");
    let (url, shared) = (server.url(), redis.url());
    let run = |key: Option<&str>| {
        let words = ["momentum", "-t", "AAPL,MSFT", "--benchmark", "none", "--base-url", &url];
        let words = [&words[..], &["--shared", &shared, "--rate", "5000", "-f", "json"]].concat();
        let folder = folder();
        let mut command = cached(folder.path(), &words);
        if let Some(key) = key {
            command.env("SCREENER_SHARED_KEY", key);
        }
        Ran::of(command.output())
    };
    let expected = timeless(&run(None));
    let mut connection = connection(&redis);
    let keys: Vec<String> =
        redis::cmd("KEYS").arg("screener:1:bars:*:AAPL:1d").query(&mut connection).expect("keys");
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    let sound: Vec<u8> = redis::cmd("GET").arg(key).query(&mut connection).expect("bytes");
    let far = chrono::DateTime::<chrono::Utc>::MAX_UTC.timestamp_millis();
    let (now, escape) =
        (chrono::Utc::now().timestamp_millis(), "\u{1b}[31mgone\u{1b}]0;owned\u{7}");
    let mut damaged = sound.clone();
    damaged[40] ^= 1;
    for (what, bytes) in [
        ("the ends of the calendar", forged(&url, "AAPL", [far, -far], "x", Some(b"x"))),
        ("the other ends", forged(&url, "AAPL", [i64::MIN, i64::MAX], "x", None)),
        ("a time far ahead", forged(&url, "AAPL", [now + 1_000_000_000_000, far], "x", Some(b"x"))),
        (
            "no series",
            forged(&url, "AAPL", [now, now + 1_000_000], "x", Some(b"\x03\xff\xff\xff\x7f")),
        ),
        ("a flipped bit", damaged),
        ("nothing", Vec::new()),
    ] {
        redis::cmd("SET").arg(key).arg(bytes).exec(&mut connection).expect("set");
        let ran = run(None);
        assert_eq!((ran.code, timeless(&ran)), (Some(0), expected.clone()), "{what}: {ran:#?}");
    }
    let unknown = forged(&url, "AAPL", [now, now + 3_600_000], escape, None);
    redis::cmd("SET").arg(key).arg(&unknown).exec(&mut connection).expect("set");
    let ran = run(None);
    assert!(ran.stdout.contains("gone") && !ran.stdout.contains('\u{1b}'), "{ran:#?}");
    assert!(!ran.stderr.contains('\u{1b}') && !ran.stderr.contains('\u{7}'), "{ran:#?}");
    // With a key nobody else's entries are believed, and there is one word on it.
    let own = run(Some("a-key-of-our-own"));
    assert_eq!((own.code, timeless(&own)), (Some(0), expected.clone()), "{own:#?}");
    let asked = server.stats().requests;
    let again = run(Some("a-key-of-our-own"));
    assert_eq!((server.stats().requests, timeless(&again)), (asked, expected.clone()));
    let sealed: Vec<String> =
        redis::cmd("KEYS").arg("sealed:*").query(&mut connection).expect("keys");
    assert_eq!(sealed.len(), 2, "{sealed:?}");
    for key in &sealed {
        redis::cmd("SET").arg(key).arg(&sound).exec(&mut connection).expect("set");
    }
    let foreign = run(Some("a-key-of-our-own"));
    assert_eq!((foreign.code, timeless(&foreign)), (Some(0), expected.clone()), "{foreign:#?}");
    assert_eq!(foreign.stderr.matches("damaged or of somebody else").count(), 1, "{foreign:#?}");
    assert_eq!(server.stats().requests, asked + 2);
    let other = run(Some("a-key-of-somebody-else"));
    assert_eq!((server.stats().requests, timeless(&other)), (asked + 4, expected));
}
