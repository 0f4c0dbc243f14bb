//! Signals that arrive: at least once, whatever dies in between, and each receiver for itself.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;

use super::Scripted;
use super::watching::{count, folder, watch, with_volume};
use crate::support::{Ran, command, screener, shared};

/// What a receiver was posted, each body after some delay.
struct Hook {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/hook?key=secret", listener.local_addr().expect("it is bound"));
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&bodies);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                    let lower = line.trim().to_ascii_lowercase();
                    let stated = lower.strip_prefix("content-length: ");
                    length = stated.and_then(|n| n.parse().ok()).unwrap_or(length);
                    line.clear();
                }
                let mut body = vec![0; length];
                let sent = reader.read_exact(&mut body).is_ok();
                let Some(body) =
                    Some(body).filter(|_| sent).and_then(|b| serde_json::from_slice(&b).ok())
                else {
                    continue; // the sender was killed
                };
                seen.lock().expect("nobody panicked").push(body);
                thread::sleep(delay);
                let answer =
                    "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { url, bodies }
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().expect("nobody panicked").clone()
    }

    /// The tickers that it was told of, sorted.
    fn tickers(&self) -> Vec<String> {
        let bodies = self.bodies();
        let mut tickers: Vec<String> =
            bodies.iter().filter_map(|body| Some(body["ticker"].as_str()?.to_owned())).collect();
        tickers.sort();
        tickers
    }
}

fn spiking() -> Scripted {
    Scripted::start(|_, symbol| with_volume(symbol, 5000))
}

/// Nobody listens: the watch ends in time, says so once, and keeps the signals; a later one delivers them, once each.
#[test]
fn a_dead_webhook_costs_no_signal() {
    let (server, folder) = (spiking(), folder());
    let run = |hook: &str, options: &[&str]| {
        let options = [&["--cycles", "1", "--webhook", hook], options].concat();
        let start = Instant::now();
        let ran = Ran::of(watch(&server.url, folder.path(), "A,B,C", &options).output());
        (ran, start.elapsed())
    };
    let (ran, took) = run("http://127.0.0.1:1/T/B/secret?key=secret", &["--deliver-within", "20s"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(took < Duration::from_secs(25), "{took:?}");
    assert_eq!(
        ran.stderr.matches("warning: --webhook http://127.0.0.1:1/…: ").count(),
        1,
        "{ran:#?}"
    );
    assert!(!ran.stderr.contains("secret") && ran.stderr.contains("3 signals not delivered yet"));
    assert_eq!(count(&folder, "signals WHERE owed = 'webhook' AND delivered_at IS NULL"), 3);
    // Another program's turn: nothing is owed to it, and the webhook's signals stay.
    let options = ["--cycles", "1", "--exec", "true"];
    Ran::of(watch(&server.url, folder.path(), "A,B,C", &options).output());
    assert_eq!(count(&folder, "signals WHERE owed = 'webhook'"), 3);
    let hook = Hook::start(Duration::ZERO);
    let (ran, _) = run(&hook.url, &[]);
    assert_eq!((ran.code, hook.tickers()), (Some(0), ["A", "B", "C"].map(String::from).to_vec()));
    assert_eq!(count(&folder, "signals WHERE owed = '' AND delivered_at IS NOT NULL"), 3);
    run(&hook.url, &[]);
    assert_eq!(hook.bodies().len(), 3, "and not again");
    let ids: Vec<_> = hook.bodies().iter().map(|body| body["id"].as_i64()).collect();
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
}

/// Killed whenever it may be: every signal arrives at least once.
#[test]
fn kill_9_loses_no_signal() {
    let (server, folder, hook) = (spiking(), folder(), Hook::start(Duration::from_millis(3)));
    let tickers = super::tickers(20);
    for round in 0..25_u64 {
        // Each round is another screen, so that all of its tickers begin.
        let multiplier = format!("1.{:02}", round + 1);
        let options = ["--multiplier", &multiplier, "--webhook", &hook.url, "--every", "60s", "-q"];
        let mut child = watch(&server.url, folder.path(), &tickers, &options)
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("it starts");
        thread::sleep(Duration::from_millis(30 + 6 * round));
        child.kill().expect("it is there");
        child.wait().expect("it ended");
    }
    let stored = count(&folder, "signals");
    assert!(stored > 100, "{stored}");
    for round in 0..25_u64 {
        let multiplier = format!("1.{:02}", round + 1);
        let options = ["--multiplier", &multiplier, "--webhook", &hook.url, "--cycles", "1", "-q"];
        Ran::of(watch(&server.url, folder.path(), &tickers, &options).output());
    }
    assert_eq!(count(&folder, "signals WHERE owed <> ''"), 0);
    let ids: std::collections::BTreeSet<i64> =
        hook.bodies().iter().filter_map(|body| body["id"].as_i64()).collect();
    assert_eq!(i64::try_from(ids.len()), Ok(count(&folder, "signals")));
}

/// A slow address does not hold up a program, and a program that does not read does not hold up anybody.
#[test]
fn receivers_do_not_wait_for_each_other() {
    let (server, folder) = (spiking(), folder());
    let hook = Hook::start(Duration::from_millis(700));
    let file = folder.path().join("told");
    let tell = format!("sh -c 'date +%s%N >> {}'", file.display());
    let options = ["--cycles", "1", "--webhook", &hook.url, "--exec", &tell];
    let ran = Ran::of(watch(&server.url, folder.path(), "A,B,C,D", &options).output());
    assert_eq!((ran.code, hook.bodies().len()), (Some(0), 4), "{ran:#?}");
    let times: Vec<u64> = std::fs::read_to_string(&file)
        .expect("it was told")
        .lines()
        .map(|time| time.parse().expect("a time"))
        .collect();
    assert!(times.len() == 4 && times[3] - times[0] < 700_000_000, "{times:?}");
}

/// A program does not get our secrets, is killed with all that it started, and has to be there.
#[test]
fn programs_are_kept_apart() {
    let (server, folder) = (spiking(), folder());
    let file = folder.path().join("environment");
    let run = |exec: &str, store: &str| {
        let store = folder.path().join(store);
        let options = ["--cycles", "1", "--exec-timeout", "300ms", "--exec", exec, "--store"];
        let options = [&options[..], &[store.to_str().expect("UTF-8")]].concat();
        let mut command = watch(&server.url, folder.path(), "X", &options);
        command
            .env("APCA_API_SECRET_KEY", "MARKER")
            .env("PATH", std::env::var("PATH").expect("a path"));
        Ran::of(command.output())
    };
    run(&format!("sh -c 'env > {}'", file.display()), "1");
    let environment = std::fs::read_to_string(&file).expect("it was run");
    assert!(environment.contains("PATH=") && !environment.contains("MARKER"), "{environment}");
    let mark = folder.path().join("late");
    let ran = run(&format!("sh -c 'sh -c \"sleep 2; touch {}\"; true'", mark.display()), "2");
    assert!(ran.stderr.contains("it took longer than 300ms and was killed"), "{ran:#?}");
    thread::sleep(Duration::from_millis(2500));
    assert!(!mark.exists(), "what it started was killed, too");
    let ran = run("no-such-program-at-all", "3");
    assert_eq!(ran.code, Some(2), "{ran:#?}");
}

#[test]
fn chat_services_are_told_in_their_words() {
    let (server, folder, hook) = (spiking(), folder(), Hook::start(Duration::ZERO));
    let run = |store: &str, options: &[&str]| {
        let store = folder.path().join(store);
        let store = ["--store", store.to_str().expect("UTF-8")];
        let usual = ["--cycles", "1", "--webhook", &hook.url];
        let options = [&usual[..], &store, options].concat();
        Ran::of(watch(&server.url, folder.path(), "X", &options).output())
    };
    let ran = run("1", &["--webhook-format", "slack"]);
    let said = hook.bodies()[0]["text"].as_str().expect("a text").to_owned();
    assert!(
        said.contains(" X entered volume-screen: ") && said.contains(" × usual volume"),
        "{said}"
    );
    assert_eq!(ran.stdout.trim(), said, "the line on standard output is the same");
    run(
        "2",
        &["--webhook-format", "discord", "--webhook-template", "{ticker} at {price} on {as_of}"],
    );
    let said = hook.bodies()[1]["content"].as_str().expect("a text").to_owned();
    assert!(said.starts_with("X at ") && !said.contains('{'), "{said}");
    run("3", &[]);
    let all = &hook.bodies()[2];
    assert_eq!(
        (&all["screen"], &all["definition"]["screen"]),
        (&"volume-screen".into(), &"volume-screen".into())
    );
    let ran = run("4", &["--webhook-template", "{tickr}"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("a signal has no tickr"), "{ran:#?}");
}

/// Two watches of one screen would tell everything twice.
#[test]
fn one_watch_of_a_screen_at_a_time() {
    let (server, folder) = (spiking(), folder());
    let mut first = watch(&server.url, folder.path(), "X", &["--every", "60s", "-q"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    super::process::wait_for(&server, 1);
    let second = || Ran::of(watch(&server.url, folder.path(), "X", &["--cycles", "1"]).output());
    let refused = second();
    assert!(refused.code == Some(2) && refused.stderr.contains("another watch of this screen"));
    let other = Ran::of(
        watch(&server.url, folder.path(), "X", &["--cycles", "1", "--multiplier", "3"]).output(),
    );
    assert_eq!(other.code, Some(0), "{other:#?}");
    first.kill().expect("it is there");
    first.wait().expect("it ended");
    let after = second();
    assert_eq!(after.code, Some(0), "{after:#?}");
    assert!(after.stderr.contains("cycle 2 · "), "cycles are counted on: {after:#?}");
}

/// A start with a wrong clock does not mute a ticker until then.
#[test]
fn signals_of_the_future_mute_nobody() {
    let volumes = [5000, 1000, 5000];
    let script = move |nth: usize, symbol: &str| with_volume(symbol, volumes[nth.min(2)]);
    let (server, folder) = (Scripted::start(script), folder());
    let run = || {
        Ran::of(
            watch(&server.url, folder.path(), "X", &["--cycles", "1", "--cooldown", "1h"]).output(),
        )
    };
    assert!(run().stdout.contains("entered"));
    assert!(run().stdout.contains("left"));
    let store = Connection::open(folder.path().join("w.db")).expect("it is there");
    store.execute("UPDATE signals SET time = '2099-01-01T00:00:00.000Z'", []).expect("updated");
    assert!(run().stdout.contains("entered"));
}

/// A store of the version before is taken over; another program's database is not touched.
#[test]
fn stores_of_others() {
    let (server, folder) = (spiking(), folder());
    let run = || Ran::of(watch(&server.url, folder.path(), "X", &["--cycles", "1"]).output());
    run();
    let path = folder.path().join("w.db");
    let store = Connection::open(&path).expect("it is there");
    let older =
        "ALTER TABLE signals DROP COLUMN owed; ALTER TABLE signals DROP COLUMN delivered_at;
                 PRAGMA user_version = 1; PRAGMA application_id = 0; PRAGMA journal_mode = DELETE";
    store.execute_batch(older).expect("changed");
    drop(store);
    assert_eq!(run().code, Some(0));
    assert_eq!((count(&folder, "cycles"), count(&folder, "signals WHERE owed = ''")), (2, 1));
    std::fs::remove_file(&path).expect("removed");
    let foreign = Connection::open(&path).expect("made");
    foreign.execute_batch("CREATE TABLE mine (x); PRAGMA user_version = 1").expect("made");
    drop(foreign);
    let before = std::fs::read(&path).expect("it is there");
    let ran = run();
    assert!(ran.code == Some(1) && ran.stderr.contains("cannot use the store"), "{ran:#?}");
    assert_eq!(std::fs::read(&path).expect("it is there"), before);
}

fn rehearse(data: &Path, days: &str, options: &[&str]) -> Ran {
    let data = data.to_str().expect("UTF-8");
    let words = ["watch", "--rehearse", days, "--provider", "files", "--data", data];
    screener(&[&words[..], options].concat())
}

/// The signals of past days are those of cycle after cycle with `--as-of`.
#[test]
fn a_rehearsal_raises_what_a_watch_would_have() {
    let Some(data) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let options = ["sp500", "--screen", "volume", "-f", "ndjson"];
    let ran = rehearse(&data, "2020-02-03..2020-02-14", &options);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.stderr.contains("rehearsed 10 sessions"), "{ran:#?}");
    let told: Vec<(String, String, String)> = ran
        .stdout
        .lines()
        .map(|line| {
            let signal: Value = serde_json::from_str(line).expect("JSON");
            let text = |name: &str| signal[name].as_str().expect(name).to_owned();
            (text("as_of"), text("ticker"), text("event"))
        })
        .collect();
    let mut expected = Vec::new();
    let mut on: Vec<String> = Vec::new();
    for day in 3..=14 {
        let as_of = format!("2020-02-{day:02}");
        let data = data.to_str().expect("UTF-8");
        let words =
            ["volume-screen", "sp500", "--provider", "files", "--data", data, "-f", "json", "-q"];
        let report = screener(&[&words[..], &["--as-of", &as_of]].concat()).json();
        if report["as_of"] != as_of.as_str() {
            continue;
        }
        let hits = report["stocks"].as_array().expect("hits");
        let hits: Vec<String> =
            hits.iter().map(|hit| hit["ticker"].as_str().expect("a ticker").to_owned()).collect();
        for ticker in hits.iter().filter(|ticker| !on.contains(ticker)) {
            expected.push((as_of.clone(), ticker.clone(), "began".to_owned()));
        }
        for ticker in on.iter().filter(|ticker| !hits.contains(ticker)) {
            expected.push((as_of.clone(), ticker.clone(), "ceased".to_owned()));
        }
        on = hits;
    }
    let sorted = |mut all: Vec<(String, String, String)>| {
        all.sort();
        all
    };
    assert!(expected.len() > 50, "{}", expected.len());
    assert_eq!(sorted(told), sorted(expected));
    let none = rehearse(&data, "2010-01-01..2010-01-10", &["sp500"]);
    assert!(none.code == Some(2), "{none:#?}");
    let wrong =
        Ran::of(command(&["watch", "--rehearse", "2020-02-03", "--provider", "sample"]).output());
    assert!(wrong.code == Some(2) && wrong.stderr.contains("2020-02-01..2020-06-30"), "{wrong:#?}");
}

/// That the provider is away, and that it is back, are signals where that is asked for.
#[test]
fn outages_are_signals() {
    let broken = |nth: usize, symbol: &str| match nth {
        1..3 => super::refusal("503 Service Unavailable"),
        _ => with_volume(symbol, 1000),
    };
    let (server, folder, hook) = (Scripted::start(broken), folder(), Hook::start(Duration::ZERO));
    let options = ["--cycles", "5", "--retries", "0", "--notify-outages", "--webhook", &hook.url];
    let ran = Ran::of(watch(&server.url, folder.path(), "X", &options).output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(ran.stdout.matches(" an outage begins: ").count(), 1, "{ran:#?}");
    assert_eq!(
        ran.stdout.matches(" an outage is over: all is well again after 2 cycles").count(),
        1
    );
    let events: Vec<_> = hook.bodies().iter().map(|body| body["event"].clone()).collect();
    assert_eq!(events, ["began", "ceased"]);
    assert!(
        hook.bodies().iter().all(|body| body["screen"] == "outage" && body["ticker"].is_null())
    );
}

/// Signals that fail whatever is done keep no others waiting, and take turns.
#[test]
fn what_always_fails_holds_up_nothing() {
    let (server, folder) = (spiking(), folder());
    let told = folder.path().join("told");
    let exec = format!("sh -c 'grep -E \"ticker.:.(G|H)\" >> {}'", told.display());
    let options = ["--cycles", "4", "--every", "300ms", "--exec", &exec, "-q"];
    Ran::of(watch(&server.url, folder.path(), "A,B,C,D,E,F,G,H", &options).output());
    let told = std::fs::read_to_string(&told).expect("it was told");
    assert_eq!(told.lines().count(), 2, "{told}");
    assert_eq!(count(&folder, "signals WHERE owed = 'exec'"), 6);
    assert_eq!(count(&folder, "signals WHERE delivered_at IS NOT NULL"), 2);
}
