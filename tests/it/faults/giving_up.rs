//! When to give up: nobody answers, we are not wanted, too much fails, the time is over.

use std::time::{Duration, Instant};

use super::{Reply, Scripted, counts, error, good, http, momentum, refusal, tickers};
use crate::support::screener;

/// Seconds, not hours, and one sentence, not five hundred.
#[test]
fn connection_refused_nobody_listens() {
    let words = ["top", "sp500", "--base-url", "http://127.0.0.1:9", "--rate", "100"];
    let start = Instant::now();
    let ran = screener(&words);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""));
    let said = ran.unfolded();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stderr);
    let failed = lines[0].strip_prefix("error: ").expect("an error");
    assert!(failed.contains(" requests in a row failed: the connection failed: "), "{failed}");
    assert!(lines[1].starts_with("hint: "));

    let ran = screener(&[&words[..], &["-f", "json"]].concat());
    let json = ran.json();
    assert_eq!(json["errors"].as_object().map(serde_json::Map::len), Some(503), "none is lost");
    assert!(json["incomplete"].is_string());

    let one = ["momentum", "-t", "A", "--base-url", "http://127.0.0.1:9", "--retries", "0", "-q"];
    let ran = screener(&one);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "however short the list is");
    assert!(ran.stderr.starts_with("failed: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: A: the connection failed: "), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 2);
}

#[test]
fn dns_failure() {
    let words = ["top", "dow30", "--base-url", "http://no-such-host.invalid", "--retries", "1"];
    let ran = screener(&words);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""));
    assert!(ran.stderr.starts_with("error: 5 requests in a row failed: "), "{}", ran.stderr);
}

/// The wrong server, for instance: it answers, and has nothing of the kind.
#[test]
fn a_server_of_another_kind() {
    let server = Scripted::start(|_, _| Reply::Send(http("404 Not Found", "", "<html>")));
    let ran = momentum(&server, &tickers(120), &["-w", "1", "--rate", "5000"]);
    assert_eq!((ran.code, server.requests()), (Some(5), 100), "{}", ran.stderr);
}

/// A provider that dies in the middle is not asked four times for all the rest.
#[test]
fn a_server_that_dies_in_the_middle() {
    let server = Scripted::start(|nth, symbol| match nth {
        0..20 => good(symbol),
        _ => Reply::Reset(Vec::new()),
    });
    let ran = momentum(&server, &tickers(300), &["-w", "4", "--retries", "1"]);
    assert_eq!((ran.code, counts(&ran)), (Some(5), (20, 280)), "{}", ran.stderr);
    assert!(server.requests() < 100, "{}", server.requests());
    assert!(ran.stderr.contains("incomplete: 24 requests in a row failed: "), "{}", ran.stderr);
}

#[test]
fn http_401_403_three_in_a_row() {
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let server = Scripted::start(move |nth, symbol| match nth {
            0 | 3 => good(symbol),
            _ => refusal(status),
        });
        let ran = momentum(&server, &tickers(50), &["-w", "1"]);
        assert_eq!((ran.code, counts(&ran)), (Some(5), (2, 48)), "{}", ran.stderr);
        assert_eq!(error(&ran, "S1").0, "blocked");
        assert_eq!(server.requests(), 7, "two in a row are not enough");
        assert!(ran.stderr.contains("\nhint: try another --user-agent"), "{}", ran.stderr);
    }
}

/// Every second ticker fails for good: at most 500 / 5 retries, and one more for every five successes.
#[test]
fn retry_budget() {
    let server = Scripted::start(|_, symbol| match symbol[1..].parse::<usize>() {
        Ok(i) if i % 2 == 1 => refusal("500 Internal Server Error"),
        _ => good(symbol),
    });
    let ran = momentum(&server, &tickers(240), &["-w", "24"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (120, 120)), "{}", ran.stderr);
    let retries = server.requests() - 240;
    assert!((100..=124).contains(&retries), "{retries}");
    let json = ran.json();
    // Whose turn finds a few successes' worth left is a matter of time; most find nothing.
    let errors = json["errors"].as_object().expect("errors").values();
    let messages = errors.filter_map(|error| error["message"].as_str());
    let refused = messages.filter(|text| text.ends_with("too many requests fail to try again"));
    let refused = refused.count();
    assert!(refused >= 70, "{refused}");
}

#[test]
fn max_time() {
    let server = Scripted::start(|_, symbol| {
        std::thread::sleep(Duration::from_millis(100));
        if symbol == "S25" { Reply::Silence(Duration::from_secs(9)) } else { good(symbol) }
    });
    let start = Instant::now();
    let ran = momentum(&server, &tickers(400), &["-w", "4", "--max-time", "1s"]);
    let elapsed = start.elapsed();
    assert!((0.9..2.0).contains(&elapsed.as_secs_f64()), "{elapsed:?}");
    assert_eq!(ran.code, Some(5));
    let (successful, failed) = counts(&ran);
    assert!(successful > 10 && failed > 300, "{successful} and {failed}");
    assert!(
        ran.stderr.contains("incomplete: the time for the run (--max-time) is over"),
        "{}",
        ran.stderr
    );
    // At 2 a second the 5th turn is not within a second: nobody waits for it.
    let start = Instant::now();
    let slow = ["--rate", "2", "--burst", "1", "--max-time", "30s", "-w", "2"];
    let ran = momentum(&server, "A,B,C", &slow);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (3, 0)));
    assert!(start.elapsed() < Duration::from_secs(5), "the time is a limit, not a length");
}
