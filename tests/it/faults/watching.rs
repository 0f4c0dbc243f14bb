//! A watch: its beat, its signals, its store, and what it survives.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::America::New_York;
use proptest::prelude::*;
use rusqlite::Connection;
use screener::bars::Hours;
use screener::watch::{Cadence, NextStart, TradingStatus, trading_status};
use serde_json::Value;
use tempfile::TempDir;

use super::{Reply, Scripted, http};
use crate::replay::{Options, Server};
use crate::support::{Ran, cached, command, unless_given};
use crate::yahoo::chart;

/// A chart whose last volume is so high, after two sessions of 1000 shares.
pub(super) fn with_volume(symbol: &str, last: u64) -> Reply {
    let mut chart = chart(symbol);
    chart["chart"]["result"][0]["indicators"]["quote"][0]["volume"] =
        serde_json::json!([1000, 1000, last]);
    Reply::Send(http("200 OK", "", &chart.to_string()))
}

/// A watch for twice the mean volume of two sessions, without rest.
pub(super) fn watch(url: &str, folder: &Path, tickers: &str, options: &[&str]) -> Command {
    let store = folder.join("w.db");
    let store = store.to_str().expect("the folder is UTF-8");
    let mut words = vec!["watch", "-t", tickers, "--base-url", url, "--always"];
    let usual = [
        ["--store", store],
        ["--rate", "1000"],
        ["--lookback", "2"],
        ["--min-volume", "0"],
        ["--every", "50ms"],
    ];
    words.extend(unless_given(options, &usual));
    words.extend(options);
    command(&words)
}

pub(super) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

pub(super) fn count(folder: &TempDir, what: &str) -> i64 {
    let store = Connection::open(folder.path().join("w.db")).expect("the store is there");
    store.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).expect(what)
}

/// The events of a ticker's signals, oldest first.
fn events(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("NDJSON"));
    lines.map(|signal: Value| signal["event"].as_str().expect("an event").to_owned()).collect()
}

proptest! {
    /// The next cycle is on the beat, after now, and the nearest such.
    #[test]
    fn beats_are_kept(every in 1_u64..5_000, begun in 0_u64..1_000, took in 0_u64..50_000) {
        let every_ms = Duration::from_millis(every);
        let begun = every_ms * u32::try_from(begun).expect("it is small");
        let now = begun + Duration::from_millis(took);
        let NextStart { at: due, missed: skipped } = Cadence::new(every_ms).after(begun, now);
        prop_assert!(due > begun && due >= now && due < now + every_ms + Duration::from_nanos(1));
        prop_assert_eq!(due.as_nanos() % every_ms.as_nanos(), 0);
        let beats = due.saturating_sub(begun).as_nanos() / every_ms.as_nanos();
        prop_assert_eq!(u128::from(skipped) + 1, beats);
    }
}

/// A Friday's session in New York, as told during it, that evening and on the Monday before it opens.
#[test]
fn the_next_opening_is_after_the_weekend() {
    let time = |text: &str| -> DateTime<Utc> { text.parse().expect("a time") };
    let (start, end) = (time("2024-05-10T13:30:00Z"), time("2024-05-10T20:00:00Z"));
    let friday = Hours { zone: New_York, start, end, last_trade: None };
    let monday = TradingStatus::Closed { opens: time("2024-05-13T13:30:00Z") };
    assert_eq!(trading_status([friday], time("2024-05-10T15:00:00Z")), TradingStatus::Open);
    assert_eq!(trading_status([friday], time("2024-05-10T20:00:00Z")), monday);
    assert_eq!(trading_status([friday], time("2024-05-12T09:00:00Z")), monday);
    assert_eq!(
        trading_status([friday], start - TimeDelta::minutes(1)),
        TradingStatus::Closed { opens: start }
    );
    // A winter's opening is an hour later in UTC than a summer's.
    assert_eq!(
        trading_status([friday], time("2024-11-02T12:00:00Z")),
        TradingStatus::Closed { opens: time("2024-11-04T14:30:00Z") }
    );
    assert_eq!(trading_status([], start), TradingStatus::Open, "nobody told any hours");
}

#[test]
fn a_signal_when_it_begins_and_when_it_ceases() {
    let volumes = [5000, 5000, 1000, 1000, 5000, 5000];
    let script = move |nth: usize, symbol: &str| with_volume(symbol, volumes[nth]);
    let (server, folder) = (Scripted::start(script), folder());
    let options = ["--cycles", "6", "--cooldown", "0", "-f", "ndjson"];
    let ran = Ran::of(watch(&server.url, folder.path(), "X", &options).output());
    assert_eq!(
        (ran.code, events(&ran)),
        (Some(0), ["began", "ceased", "began"].map(String::from).to_vec())
    );
    assert_eq!((count(&folder, "cycles"), count(&folder, "quotes")), (6, 6));
    assert_eq!(count(&folder, "quotes WHERE matched"), 4);

    let store = folder.path().join("w.db");
    let ask = |words: &[&str]| {
        let store = ["--store", store.to_str().expect("the folder is UTF-8")];
        Ran::of(command(&[words, &store].concat()).output())
    };
    let told = ask(&["signals", "X", "-f", "json"]).json();
    let told: Vec<&str> =
        told.as_array().expect("signals").iter().filter_map(|s| s["event"].as_str()).collect();
    assert_eq!(told, ["began", "ceased", "began"], "the newest first");
    let history = ask(&["history", "x", "-n", "2", "-f", "csv"]);
    assert_eq!(history.stdout.lines().count(), 3, "{history:#?}");
    let unknown = ask(&["history", "Y"]);
    assert_eq!(
        (unknown.code, unknown.stderr.lines().next()),
        (Some(2), Some("error: Y was never seen"))
    );
}

#[test]
fn a_cooldown_keeps_a_flapping_ticker_quiet() {
    let script = |nth: usize, symbol: &str| {
        with_volume(symbol, if nth.is_multiple_of(2) { 5000 } else { 1000 })
    };
    let (server, folder) = (Scripted::start(script), folder());
    let options = ["--cycles", "6", "--cooldown", "1h", "-f", "ndjson"];
    let ran = Ran::of(watch(&server.url, folder.path(), "X", &options).output());
    assert_eq!(events(&ran), ["began", "ceased"]);
}

/// What was told before the program was started again is not told again, but another screen's is.
#[test]
fn a_restart_remembers() {
    let (server, folder) = (Scripted::start(|_, symbol| with_volume(symbol, 5000)), folder());
    let run = |options: &[&str]| {
        let options = [&["--cycles", "1", "--cooldown", "0", "-f", "ndjson"], options].concat();
        events(&Ran::of(watch(&server.url, folder.path(), "X", &options).output()))
    };
    assert_eq!(run(&[]), ["began"]);
    assert_eq!(run(&[]), [""; 0]);
    assert_eq!(run(&["--filter", "price > 1"]), ["began"]);
}

/// A failed ticker is stored with its reason, is no news, and an unknown one is asked for once.
#[test]
fn failures_are_stored_and_the_unknown_asked_once() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let (folder, url) = (folder(), server.url());
    let options = ["--cycles", "3", "--every", "1s"]; // the cache is written beside the run
    let mut command = watch(&url, folder.path(), "AAPL,NOPE1", &options);
    command.env_remove("SCREENER_NO_CACHE").env("SCREENER_CACHE_DIR", folder.path().join("cache"));
    let ran = Ran::of(command.output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(server.stats().requests, 3 + 1);
    assert_eq!(
        (count(&folder, "quotes"), count(&folder, "quotes WHERE error = 'not_found'")),
        (6, 3)
    );
    // Its bars are not for the other commands' cache.
    let offline = ["momentum", "-t", "AAPL", "--base-url", &url, "--offline"];
    let offline = Ran::of(cached(&folder.path().join("cache"), &offline).output());
    assert_eq!(offline.code, Some(1), "{offline:#?}");
}

#[test]
fn an_outage_is_told_once_and_survived() {
    let broken = |nth: usize, symbol: &str| match nth {
        0..4 => super::refusal("503 Service Unavailable"),
        _ => with_volume(symbol, 1000),
    };
    let (server, folder) = (Scripted::start(broken), folder());
    let options = ["--cycles", "6", "--retries", "0"];
    let ran = Ran::of(watch(&server.url, folder.path(), "X", &options).output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(ran.stderr.matches("the watch goes on").count(), 1, "{ran:#?}");
    assert!(ran.stderr.contains("all is well again after 4 cycles"), "{ran:#?}");
    assert_eq!(count(&folder, "cycles WHERE successful = 0"), 4);
}

/// Nobody listens: each cycle gives up early, and the next one tries again.
#[test]
fn nobody_there_is_asked_again_in_the_next_cycle() {
    let folder = folder();
    let options = ["--cycles", "3", "--retries", "0"];
    let ran =
        Ran::of(watch("http://127.0.0.1:9", folder.path(), "A,B,C,D,E,F,G,H", &options).output());
    assert_eq!(
        (ran.code, ran.stderr.matches("the watch goes on").count()),
        (Some(1), 1),
        "{ran:#?}"
    );
    assert_eq!(count(&folder, "cycles WHERE successful = 0"), 3);
}

/// The limiter is one for all cycles.
#[test]
fn the_rate_is_kept_across_cycles() {
    let (server, folder) = (Server::start(0, Options::default()).expect("a free port"), folder());
    let options = ["--cycles", "12", "--rate", "50", "--burst", "1", "--every", "1ms"];
    let ran =
        Ran::of(watch(&server.url(), folder.path(), "A,B,C,D,E,F,G,H,I,J", &options).output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let stats = server.stats();
    assert_eq!(stats.requests, 120);
    // Rate and burst, and one that came a moment late.
    assert!(stats.peak_per_s <= 52, "{stats:?}");
}

/// Starts a watch and waits for its first status line.
fn started(url: &str, folder: &Path, options: &[&str]) -> (Child, BufReader<ChildStderr>) {
    let mut command = watch(url, folder, "AAPL,MSFT,NVDA", options);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("a status line");
    assert!(line.starts_with("cycle 1 · 3 of 3"), "{line}");
    (child, stderr)
}

#[test]
fn sigterm_between_cycles_ends_at_once() {
    let (server, folder) = (Server::start(0, Options::default()).expect("a free port"), folder());
    let url = server.url();
    let (mut child, _stderr) = started(&url, folder.path(), &["--every", "60s"]);
    let asked = Instant::now();
    super::process::send("TERM", &child);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!(count(&folder, "quotes"), 3);
}

/// The best of those that were reached are not the best: nobody began or ceased.
#[test]
fn half_a_ranking_is_no_news() {
    let half = |nth: usize, symbol: &str| match nth {
        0..2 => with_volume(symbol, 5000),
        _ => Reply::Silence(Duration::from_secs(5)),
    };
    let (server, folder) = (Scripted::start(half), folder());
    let options = ["--cycles", "1", "-n", "1", "--max-time", "300ms", "-w", "1", "-f", "ndjson"];
    let ran = Ran::of(watch(&server.url, folder.path(), "A,B,C,D", &options).output());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:#?}");
    assert_eq!(count(&folder, "quotes WHERE error IS NULL"), 2);
    assert!(ran.stderr.contains("the time for the run (--max-time) is over"), "{ran:#?}");
}

/// What was answered before a kill is stored, but for the unfinished batch.
#[test]
fn kill_9_in_mid_cycle_loses_a_batch_at_most() {
    let stuck = |nth: usize, symbol: &str| match nth {
        0..7 => with_volume(symbol, 5000),
        _ => Reply::Silence(Duration::from_secs(20)),
    };
    let (server, folder) = (Scripted::start(stuck), folder());
    let options = ["--batch-size", "2", "-w", "1"];
    let tickers = super::tickers(20);
    let mut child = watch(&server.url, folder.path(), &tickers, &options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    super::process::wait_for(&server, 8);
    thread::sleep(Duration::from_millis(100)); // the writer is a thread of its own
    child.kill().expect("it is there");
    child.wait().expect("it ended");
    assert_eq!(count(&folder, "quotes"), 6);
    assert_eq!(count(&folder, "cycles WHERE finished_at IS NULL"), 1);
}

/// Whenever it is killed, what is stored is whole: every batch, and a database that is sound.
#[test]
fn kill_9_leaves_a_sound_store() {
    let (server, folder) = (Server::start(0, Options::default()).expect("a free port"), folder());
    for round in 0..15_u64 {
        let options = ["--every", "1ms", "--batch-size", "1", "-q"];
        let mut command = watch(&server.url(), folder.path(), "AAPL,MSFT,NVDA", &options);
        let mut child = command.stdout(Stdio::null()).spawn().expect("it starts");
        thread::sleep(Duration::from_millis(40 + 17 * round));
        child.kill().expect("it is there");
        child.wait().expect("it ended");
    }
    let store = Connection::open(folder.path().join("w.db")).expect("the store is there");
    let sound: String =
        store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it answers");
    assert_eq!(sound, "ok");
    let finished = count(&folder, "cycles WHERE finished_at IS NOT NULL");
    let whole = "(SELECT cycle FROM quotes JOIN cycles ON id = cycle WHERE finished_at IS NOT NULL
                  GROUP BY cycle HAVING count(*) = 3)";
    assert!(finished > 15, "{finished}");
    assert_eq!(count(&folder, whole), finished);
}

/// A program gets the JSON; one that fails or hangs is told, and holds up nothing for long.
#[test]
fn exec_is_bounded_and_its_failures_told() {
    let (server, folder) = (Scripted::start(|_, symbol| with_volume(symbol, 5000)), folder());
    let run = |command: &str| {
        let store = folder.path().join(command.len().to_string());
        let options = ["--cycles", "1", "--exec", command, "--exec-timeout", "300ms", "--store"];
        let options = [&options[..], &[store.to_str().expect("UTF-8")]].concat();
        Ran::of(watch(&server.url, folder.path(), "X", &options).output())
    };
    let file = folder.path().join("a file.json");
    let ran = run(&format!("tee '{}'", file.display()));
    let told: Value =
        serde_json::from_slice(&std::fs::read(&file).expect("tee wrote it")).expect("JSON");
    assert_eq!(
        (ran.code, &told["ticker"], &told["event"]),
        (Some(0), &"X".into(), &"began".into())
    );
    assert!(run("false").stderr.contains("warning: --exec false: it ended with exit status: 1"));
    let start = Instant::now();
    assert!(run("sleep 30").stderr.contains("took longer than"));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(run("/no/such/program").stderr.contains("--exec /no/such/program: "));
}

/// A webhook that fails once gets the same signal again.
#[test]
fn a_webhook_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let hook = format!("http://{}/hook?key=secret", listener.local_addr().expect("it is bound"));
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&bodies);
    thread::spawn(move || {
        for (nth, mut stream) in listener.incoming().flatten().enumerate() {
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let (mut head, mut length) = (String::new(), 0);
            while reader.read_line(&mut head).is_ok_and(|n| n > 2) {
                let last = head.lines().last().unwrap_or_default().to_ascii_lowercase();
                length = last
                    .strip_prefix("content-length: ")
                    .map_or(length, |n| n.parse().unwrap_or(0));
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            seen.lock().expect("nobody panicked").push(String::from_utf8(body).expect("UTF-8"));
            let status = if nth == 0 { "503 Busy" } else { "204 No Content" };
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("it is read");
        }
    });
    let (server, folder) = (Scripted::start(|_, symbol| with_volume(symbol, 5000)), folder());
    let options = ["--cycles", "1", "--webhook", &hook];
    let ran = Ran::of(watch(&server.url, folder.path(), "X", &options).output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let bodies = bodies.lock().expect("nobody panicked");
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert_eq!(bodies[0], bodies[1]);
    let signal: Value = serde_json::from_str(&bodies[1]).expect("JSON");
    assert_eq!(signal["ticker"], "X");
}

#[test]
fn old_cycles_are_pruned() {
    let (server, folder) = (Scripted::start(|_, symbol| with_volume(symbol, 5000)), folder());
    let run = |options: &[&str]| {
        let options = [&["--cycles", "1"], options].concat();
        Ran::of(watch(&server.url, folder.path(), "X", &options).output())
    };
    run(&[]);
    let store = Connection::open(folder.path().join("w.db")).expect("the store is there");
    for (table, column) in [("cycles", "started_at"), ("signals", "time")] {
        let old = format!("UPDATE {table} SET {column} = '2020-01-01T00:00:00.000Z'");
        store.execute(&old, []).expect("it is updated");
    }
    run(&["--keep", "90d"]);
    assert_eq!((count(&folder, "cycles"), count(&folder, "quotes")), (1, 1));
    assert_eq!(count(&folder, "signals"), 1, "what is on is remembered");
}

#[test]
fn what_a_watch_cannot_do_is_said() {
    let folder = folder();
    let said = |options: &[&str]| {
        let ran = Ran::of(watch("http://127.0.0.1:9", folder.path(), "X", options).output());
        format!("{:?} {}", ran.code, ran.unfolded())
    };
    assert_eq!(
        said(&["-o", "x.csv"]),
        "Some(2) error: watch does not take --output\nhint: --append FILE keeps signals, --store FILE keeps everything\n"
    );
    assert!(said(&["-f", "parquet"]).contains("[possible values: table, ndjson]"));
    assert!(said(&["--model", "clenow"]).contains("--model is for --screen momentum"));
    assert!(said(&["--strict"]).contains("watch does not take --strict"));
    let local = Ran::of(command(&["watch", "--provider", "sample"]).output());
    assert!(local.stderr.contains("watch needs a live provider"), "{local:#?}");
    assert!(said(&["--exec", "a 'b"]).contains("a quotation mark is not closed"));
    assert!(said(&["--webhook", "example.com"]).contains("write an address as https://host/path"));
    std::fs::write(folder.path().join("w.db"), "no database").expect("it is written");
    let refused = said(&["--cycles", "1"]);
    assert!(refused.contains("cannot use the store") && refused.contains("w.db"), "{refused}");
}
