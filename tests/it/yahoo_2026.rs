//! Yahoo as it was in 2026: whom it lets in, how it blocks, a day on which it knows nothing, traps in its answers.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::replay::{Options, Server, Temper};
use crate::support::{Ran, cached, screener};

fn server(temper: Temper) -> Server {
    let options = Options { temper: Some(temper), ..Options::default() };
    Server::start(0, options).expect("a free port")
}

fn tickers(ran: &Ran) -> Vec<(String, f64)> {
    let rows = ran.json()["top_stocks"].as_array().expect("rows").clone();
    let score = |row: &Value| row["overall_momentum_score"].as_f64().expect("a score");
    rows.iter().map(|row| (row["ticker"].as_str().expect("text").into(), score(row))).collect()
}

/// The command as it is typed: few requests, slowly at first, and the same best twenty.
#[test]
fn the_default_command() {
    let server = server(Temper::default());
    let url = server.url();
    let words = ["top", "-n", "20", "sp500", "--base-url", &url, "-f", "json"];
    let (ran, early) = thread::scope(|scope| {
        let run = scope.spawn(|| screener(&words));
        let begun = Instant::now();
        while server.stats().requests == 0 && begun.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(980));
        let early = server.stats().requests;
        (run.join().expect("it ends"), early)
    });
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(early <= 8, "{early} requests in the first second");
    let stats = server.stats();
    assert!(stats.requests <= 135 && stats.throttled == 0, "{stats:?}");
    assert!(stats.peak_per_s <= 13, "10 a second and a burst of 3: {stats:?}");
    let full = ["--no-prefilter", "--rate", "5000", "-w", "16"];
    let full = screener(&[&words[..], &full].concat());
    assert_eq!(tickers(&ran), tickers(&full));
    assert_eq!(full.json()["total_analyzed"], 503);
}

#[test]
fn browsers_whole_names_are_refused_and_others_tried() {
    let server = server(Temper::default());
    let words = ["momentum", "-t", "A,B", "--base-url", &server.url(), "-f", "json"];
    let chrome = "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/143.0.0.0 Safari/537.36";
    let ran = screener(&[&words[..], &["--user-agent", chrome]].concat());
    assert_eq!(ran.code, Some(5));
    for name in ["Mozilla/5.0", "Mozilla/5.0 (anything)", "mine/1.0 (weekly ranking)"] {
        let ran = screener(&[&words[..], &["--user-agent", name]].concat());
        assert_eq!(ran.code, Some(0), "{name}: {ran:#?}");
    }
}

#[test]
fn nobody_is_let_in() {
    let server = server(Temper { shut: true, ..Temper::default() });
    let (url, start) = (server.url(), Instant::now());
    let urls = format!("{url},{}", url.replace("127.0.0.1", "localhost"));
    let ran = screener(&["top", "-n", "20", "sp500", "--base-url", &urls, "--no-cache"]);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""));
    let said = ran.unfolded();
    for words in ["lets this network in no more", "another network", "--provider alpaca"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("--rate"), "{said}");
    assert!(server.stats().requests <= 12, "{:?}", server.stats());
}

/// A block in the middle of a run: one pause, and then half the rate; or the end, with what is done.
#[test]
fn a_block_is_waited_for_once() {
    let block = Duration::from_millis(1200);
    let server = server(Temper { budget: Some(40), block, ..Temper::default() });
    let url = server.url();
    let words = ["momentum", "dow30", "nasdaq100", "--base-url", &url, "--rate", "60", "-w", "4"];
    let ran = screener(&[&words[..], &["--max-wait", "3s", "-f", "json"]].concat());
    assert_eq!(ran.code, Some(5), "40, a pause, 40, and no second pause: {ran:#?}");
    assert!(ran.stderr.contains("one pause of 3 s, then one request alone"), "{}", ran.stderr);
    assert!(ran.unfolded().contains("after a pause of 3 s, too"), "{}", ran.stderr);
    assert_eq!(ran.json()["successful"], 79, "80 less the benchmark");
    let ran =
        screener(&["momentum", "dow30", "-t", "A,B,C,D,E", "--base-url", &url, "--max-wait", "3s"]);
    assert!(matches!(ran.code, Some(0 | 5)), "{ran:#?}");
}

/// Valid symbols are "not found": the run ends, nothing is remembered, and the same command is right afterwards.
#[test]
fn an_epidemic_of_not_found() {
    let server = server(Temper { epidemic: Some((30, 150)), ..Temper::default() });
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.url();
    let words = ["momentum", "sp500", "--base-url", &url, "--rate", "3000", "-f", "json"];
    let ran = Ran::of(cached(folder.path(), &words).output());
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert!(ran.stderr.contains("does not know symbols it knew: it may be failing"), "{ran:#?}");
    let json = ran.json();
    let errors = json["errors"].as_object().expect("errors");
    assert!(errors.values().all(|error| error["kind"] != "not_found"), "{errors:?}");
    assert!(errors.values().any(|error| error["kind"] == "server"));
    assert!(server.stats().requests < 100, "it ends early: {:?}", server.stats());

    // Asked until it is over: then everything is there, for nothing was remembered.
    let after = (0..20).map(|_| Ran::of(cached(folder.path(), &words).output()));
    let is_right = |ran: &Ran| ran.code == Some(0) && ran.json()["successful"] == 503;
    assert!(after.into_iter().any(|ran| is_right(&ran)), "it ends some time");
}

/// One unknown ticker among known ones is only that; it is remembered.
#[test]
fn a_single_unknown_is_remembered() {
    let server = server(Temper::default());
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.url();
    let words =
        ["momentum", "-t", "NOPE1,AAPL", "--base-url", &url, "--benchmark", "none", "-f", "json"];
    for requests in [2, 2] {
        let ran = Ran::of(cached(folder.path(), &words).output());
        assert_eq!(ran.json()["errors"]["NOPE1"]["kind"], "not_found", "{ran:#?}");
        assert_eq!(server.stats().requests, requests);
    }
    assert!(fs::read_dir(folder.path()).expect("it is there").next().is_some());
}

#[test]
fn traps() {
    let server = server(Temper::default());
    let url = server.url();
    let kinds = ["FROZEN", "REVSPLIT", "UNIT", "PRICE", "DIVIDEND", "MISSING", "MIDNIGHT"];
    let names: Vec<String> = kinds.iter().map(|kind| format!("TRAP-{kind}")).collect();
    let list = format!("A,B,C,{}", names.join(","));
    let words = ["momentum", "-t", &list, "--base-url", &url, "--rate", "1000", "-f", "json"];
    let ran = screener(&words);
    let json = ran.json();
    let has = |kind: &str, note: &str| {
        let notes = json["results"][format!("TRAP-{kind}")]["notes"].as_array().expect("notes");
        notes.iter().any(|own| own == note)
    };
    for (kind, note) in [
        ("FROZEN", "frozen"),
        ("REVSPLIT", "suspect_split"),
        ("UNIT", "suspect_unit"),
        ("PRICE", "suspect_price"),
        ("DIVIDEND", "suspect_dividend"),
        ("MISSING", "last_session_missing"),
    ] {
        assert!(has(kind, note), "{kind}: {}", json["results"][format!("TRAP-{kind}")]["notes"]);
    }
    let row = |name: &str| json["results"][name].clone();
    assert_eq!(row("TRAP-MIDNIGHT")["as_of"], row("A")["as_of"], "stamps of the evening before");
    assert_eq!(row("A")["currency"], "USD");
    for kind in ["FROZEN", "REVSPLIT", "UNIT", "PRICE"] {
        assert!(row(&format!("TRAP-{kind}"))["overall_momentum_score"].is_null(), "{kind}");
    }
    assert!(row("A")["notes"].as_array().expect("notes").is_empty(), "{}", row("A")["notes"]);
}
