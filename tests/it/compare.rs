//! `compare` against the replay server: what it measures, and that it says so truthfully.

use std::time::Duration;

use screener::report::{Comparison, WorkerRun};

use crate::replay::{Options, Server};
use crate::support::{Ran, screener};

fn compare(server: &Server, words: &[&str]) -> Ran {
    let url = server.url();
    screener(&[&["compare", "--base-url", &url], words].concat())
}

fn slow(milliseconds: u64) -> Server {
    let latency = Duration::from_millis(milliseconds);
    Server::start(0, Options { latency, ..Options::default() }).expect("a free port")
}

#[test]
fn concurrency_pays_where_there_is_something_to_wait_for() {
    let server = slow(40);
    let ran = compare(&server, &["dow30", "-w", "10", "--rate", "1000", "-f", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let json = ran.json();
    assert_eq!((&json["tickers_processed"], &json["max_workers_used"]), (&30.into(), &10.into()));
    assert_eq!(json["results_identical"], true);
    assert!(json["speedup_factor"].as_f64().is_some_and(|s| s > 4.0), "{json}");
    let runs = json["runs"].as_array().expect("runs");
    let ideal = |i: usize| runs[i]["ideal_seconds"].as_f64().expect("a number");
    let seconds = |i: usize| runs[i]["seconds"].as_f64().expect("a number");
    assert_eq!((&runs[0]["workers"], &runs[1]["workers"]), (&1.into(), &10.into()));
    assert_eq!((&runs[0]["requests"], &runs[1]["requests"]), (&30.into(), &30.into()));
    assert!((ideal(0) / ideal(1) - 10.0).abs() < 1e-9, "30 turns against 3");
    assert!(seconds(0) >= 30.0 * 0.04 && ideal(0) >= 30.0 * 0.04, "{json}");
    assert_eq!(
        server.stats().requests,
        61,
        "the benchmark is fetched once, before the clock starts"
    );
    let told = json["recommendation"].as_str().expect("a sentence");
    assert!(told.starts_with("10 workers are ") && told.contains("x faster than one"), "{told}");
}

/// A comparison with these seconds by worker count.
fn measured(seconds: &[(usize, f64)]) -> Comparison {
    let run = |&(workers, seconds): &(usize, f64)| WorkerRun {
        workers,
        seconds,
        tickers_per_second: 1.0,
        requests: 1,
        ideal_seconds: 1.0,
        is_rate_bound: false,
    };
    let runs = seconds.iter().map(run).collect();
    Comparison { tickers: 1, runs, differing: vec![], failures: vec![], stopped: None }
}

#[test]
fn nothing_is_praised_that_is_no_faster() {
    let cases = [
        (
            &[(1, 1.0), (10, 1.0)][..],
            "10 workers make no difference here (1.0x); --workers 1 is as fast as any",
            1,
        ),
        (
            &[(1, 1.0), (10, 2.0)],
            "10 workers are slower than one (0.5x); --workers 1 is as fast as any",
            1,
        ),
        (
            &[(1, 9.0), (5, 2.05), (10, 2.0)],
            "10 workers are 4.5x faster than one; --workers 5 is as fast as any",
            5,
        ),
        (&[(1, 9.0), (10, 1.0)], "10 workers are 9.0x faster than one", 10),
        (&[(1, 9.0)], "Only one worker was measured: there is nothing to compare", 1),
    ];
    for (seconds, told, recommended) in cases {
        let comparison = measured(seconds);
        assert_eq!(comparison.recommendation(), told);
        assert_eq!(comparison.recommended_workers(), recommended);
    }
    let ran = compare(&slow(50), &["-t", "AAPL", "-w", "10", "-f", "json"]);
    let json = ran.json();
    assert_eq!(json["results_identical"], true);
    assert!(json["speedup_factor"].as_f64().is_some_and(|s| s < 1.5), "{json}");
}

#[test]
fn a_sweep_with_repeats_names_the_rate_where_it_is_the_bound() {
    let server = slow(5);
    let words = ["dow30", "--workers", "2,4,2", "--rate", "60", "--burst", "1", "--repeat", "3"];
    let ran = compare(&server, &words);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let table: Vec<&str> = ran.stdout.lines().collect();
    assert!(table[0].starts_with("Workers"), "{}", ran.stdout);
    assert_eq!(table.len(), 6, "three runs, a blank and a sentence: {}", ran.stdout);
    assert!(table[5].contains("the rate limit is the bound"), "{}", table[5]);
    assert_eq!(server.stats().requests, 3 * 3 * 30 + 1);
}

#[test]
fn other_formats_hold_the_runs() {
    let server = slow(0);
    let csv = compare(&server, &["-t", "A,B", "-w", "2", "--rate", "1000", "-f", "csv"]).stdout;
    assert!(
        csv.starts_with("workers,seconds,tickers_per_second,requests,ideal_seconds\n1,"),
        "{csv}"
    );
    let lines =
        compare(&server, &["-t", "A,B", "-w", "2", "--rate", "1000", "-f", "ndjson"]).stdout;
    assert_eq!(lines.lines().count(), 2);
    let ran = screener(&["compare", "--provider", "sample", "-f", "json"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is nothing to compare"), "{}", ran.stderr);
}

#[test]
fn failures_are_told_and_all_of_them_are_an_error() {
    let server = slow(0);
    let ran = compare(&server, &["-t", "A,NOPE1", "-w", "2", "--rate", "1000", "-f", "json"]);
    assert_eq!((ran.code, &ran.json()["failed"]), (Some(0), &1.into()));
    assert!(ran.stderr.contains("1 of 2 tickers failed: not found"), "{}", ran.stderr);
    let ran = compare(&server, &["-t", "NOPE1", "-w", "2", "--rate", "1000"]);
    assert_eq!(ran.code, Some(1));
}
