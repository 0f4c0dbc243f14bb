//! 429 in all its forms: one shared limiter, which pauses and slows for everyone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Reply, Scripted, counts, error, good, http, momentum, throttle, tickers};
use crate::support::screener;

#[test]
fn http_429_retry_after_seconds() {
    let server = Scripted::start(|nth, symbol| {
        if nth == 4 {
            return throttle("Retry-After: 2\r\n");
        }
        thread::sleep(Duration::from_millis(20));
        good(symbol)
    });
    let ran = momentum(&server, &tickers(20), &["--workers", "4"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (20, 0)), "{ran:#?}");
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 21, "one retry");
    // Those under way with the throttled one have arrived already; all others come after the pause.
    let in_pause = |t: &&Instant| {
        let after = t.saturating_duration_since(arrivals[4]);
        (Duration::from_millis(100)..Duration::from_millis(1950)).contains(&after)
    };
    assert_eq!(arrivals.iter().filter(in_pause).count(), 0);
    assert!(ran.stderr.contains("hint: the provider asked to slow down once"), "{}", ran.stderr);
}

/// A date is measured against the answer's own `Date`: the clocks need not agree.
#[test]
fn http_429_retry_after_date() {
    let server = Scripted::start(|nth, symbol| match nth {
        1 => throttle(
            "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2015 07:28:02 GMT\r\n",
        ),
        _ => good(symbol),
    });
    let ran = momentum(&server, "A,B,C", &["--workers", "1"]);
    assert_eq!(counts(&ran), (3, 0));
    let arrivals = server.arrivals();
    let pause = arrivals[2] - arrivals[1];
    assert!((1.95..3.5).contains(&pause.as_secs_f64()), "{pause:?}");
}

/// What cannot be understood, or is no wait at all, is as if it were not there: the one pause of a block.
#[test]
fn http_429_retry_after_past_negative_garbage() {
    for header in ["Wed, 21 Oct 2015 07:28:00 GMT", "-5", "0", "soon", "1e3", ""] {
        let server = Scripted::start(move |nth, symbol| match nth {
            1 => throttle(&format!("Retry-After: {header}\r\n")),
            _ => good(symbol),
        });
        let ran = momentum(&server, "A,B", &["--workers", "1", "--max-wait", "1s"]);
        assert_eq!(counts(&ran), (2, 0), "{header:?}");
        let arrivals = server.arrivals();
        let pause = arrivals[2] - arrivals[1];
        assert!((0.95..2.5).contains(&pause.as_secs_f64()), "{header:?}: {pause:?}");
    }
}

/// A block that names no time: everyone pauses once, then one request alone is sent, then all go on at half the rate.
#[test]
fn http_429_without_header() {
    let server = Scripted::start(|nth, symbol| {
        if nth == 4 {
            return throttle("");
        }
        thread::sleep(Duration::from_millis(100));
        good(symbol)
    });
    let ran =
        momentum(&server, &tickers(30), &["--workers", "4", "--max-wait", "1s", "--rate", "40"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (30, 0)), "{ran:#?}");
    let arrivals = server.arrivals();
    let pause = arrivals.windows(2).position(|pair| pair[1] - pair[0] > Duration::from_millis(800));
    let probe = pause.expect("a pause") + 1;
    assert!(arrivals[probe + 1] - arrivals[probe] >= Duration::from_millis(90), "one alone");
    let rest = arrivals.last().expect("some").duration_since(arrivals[probe + 1]).as_secs_f64();
    let rate = f64::from(u32::try_from(arrivals.len() - probe - 2).expect("few")) / rest;
    assert!(rate < 30.0, "half of 40 a second and the burst, not {rate}");
    assert!(ran.stderr.contains("one pause of 1 s, then one request alone"), "{}", ran.stderr);
}

/// Still refused after the pause: over, with what is done; asking again would only prolong it.
#[test]
fn http_429_after_the_pause_too() {
    let server = Scripted::start(|nth, symbol| if nth < 4 { good(symbol) } else { throttle("") });
    let ran = momentum(&server, &tickers(30), &["--workers", "4", "--max-wait", "1s"]);
    assert_eq!((ran.code, counts(&ran)), (Some(5), (4, 26)), "{ran:#?}");
    assert!(server.requests() <= 9, "the volley and one: {}", server.requests());
    let said = "incomplete: the provider refuses this address for now, after a pause of 1 s, too";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(!ran.stderr.contains("--rate"), "{}", ran.stderr);
}

/// Never let in: every endpoint is tried once, and that is all.
#[test]
fn http_429_from_the_first_request_on() {
    for status in ["429 Too Many Requests", "401 Unauthorized", "403 Forbidden"] {
        let server = Scripted::start(move |_, _| super::refusal(status));
        let start = Instant::now();
        let words = ["top", "sp500", "--base-url", &server.url, "--no-cache"];
        let ran = screener(&words);
        assert!(start.elapsed() < Duration::from_secs(5), "{status}");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:#?}");
        assert!(ran.unfolded().contains("lets this network in no more"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("--rate"), "{}", ran.stderr);
        assert!(server.requests() <= 16, "{}", server.requests());
    }
}

/// Longer than `--max-wait`, however large: over at once, with what is done and when to come back.
#[test]
fn http_429_retry_after_longer_than_max_wait() {
    for seconds in ["3600", "99999999999999999999"] {
        let server = Scripted::start(move |nth, symbol| match nth {
            3 => throttle(&format!("Retry-After: {seconds}\r\n")),
            _ => good(symbol),
        });
        let ran = momentum(&server, "A,B,C,D,E,F", &["--workers", "1"]);
        assert_eq!((ran.code, counts(&ran)), (Some(5), (3, 3)));
        let json = ran.json();
        let why = json["incomplete"].as_str().expect("it is marked");
        assert!(why.contains(" s, until 2") || why.contains(" s, until +"), "{why}");
        assert_eq!(error(&ran, "E"), ("stopped".into(), 0, None));
        assert_eq!(server.requests(), 4);
    }
}

#[test]
fn http_429_retry_after_longer_than_the_time_left() {
    let server = Scripted::start(|nth, symbol| match nth {
        2 => throttle("Retry-After: 30\r\n"),
        _ => good(symbol),
    });
    let start = Instant::now();
    let ran = momentum(&server, "A,B,C,D", &["--workers", "1", "--max-time", "10s"]);
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!((ran.code, counts(&ran)), (Some(5), (2, 2)));
    assert!(
        ran.stderr.contains("incomplete: the time for the run (--max-time) is over"),
        "{}",
        ran.stderr
    );
}

#[test]
fn http_429_with_a_damaged_body() {
    let server = Scripted::start(|_, _| {
        let headers = "Retry-After: 3600\r\nContent-Encoding: gzip\r\n";
        Reply::SendAndClose(http("429 Too Many Requests", headers, "no gzip"))
    });
    let ran = momentum(&server, "A,B", &["--workers", "1"]);
    assert_eq!(ran.code, Some(5));
    assert_eq!(error(&ran, "A"), ("throttled".into(), 1, Some(429)));
    assert_eq!(error(&ran, "B"), ("stopped".into(), 0, None));
}

/// A refusal of the very first request may be about the User-Agent, which is then another one, at once.
#[test]
fn http_429_at_the_first_request_another_user_agent() {
    let server = Scripted::choosy(|_, arrival| {
        if arrival.user_agent == "Mozilla/5.0" { throttle("") } else { good(&arrival.symbol) }
    });
    let start = Instant::now();
    let ran = momentum(&server, &tickers(30), &["--workers", "8"]);
    assert!(start.elapsed() < Duration::from_millis(900), "nobody paused");
    assert_eq!((ran.code, counts(&ran)), (Some(0), (30, 0)));
    assert!(server.requests() <= 30 + 8, "those who had been sent already: {}", server.requests());
    assert!(!ran.stderr.contains("slow down"), "{}", ran.stderr);

    let ran = momentum(&server, "A", &["--user-agent", "Mozilla/5.0", "--max-wait", "0"]);
    assert_eq!(ran.code, Some(5), "one that the user chose is not changed");
}

#[test]
fn http_403_at_the_first_request_another_host() {
    let shut = Scripted::start(|_, _| super::refusal("403 Forbidden"));
    let open = Scripted::start(|_, symbol| good(symbol));
    let urls = format!("{},{}", shut.url, open.url);
    let words = ["momentum", "-t", "A,B,C", "--base-url", &urls, "--benchmark", "none"];
    let ran = screener(&[&words[..], &["-f", "json", "-w", "1"]].concat());
    assert_eq!((ran.code, counts(&ran)), (Some(0), (3, 0)), "{ran:#?}");
    assert_eq!((shut.requests(), open.requests()), (1, 3));
}

/// A server stricter than `--rate`: everything comes through, with few requests too many.
#[test]
fn http_429_a_stricter_server() {
    let server = crate::replay::Server::start(
        0,
        crate::replay::Options { rate_limit: Some(25), ..Default::default() },
    )
    .expect("a free port");
    let url = server.url();
    let words = ["momentum", "nasdaq100", "--base-url", &url, "--rate", "100", "-f", "json"];
    let ran = screener(&words);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (102, 0)), "{ran:#?}");
    let stats = server.stats();
    assert!(stats.throttled > 0 && stats.requests <= 103 * 14 / 10, "{stats:?}");
}

/// The same in the small: one volley, however many of it come back, is one pause.
#[test]
fn http_429_a_volley_is_one() {
    let shut = std::sync::Arc::new(AtomicBool::new(true));
    let server = {
        let shut = std::sync::Arc::clone(&shut);
        Scripted::start(move |nth, symbol| {
            thread::sleep(Duration::from_millis(100));
            if (1..=8).contains(&nth) && shut.load(Ordering::Relaxed) {
                return throttle("");
            }
            shut.store(nth < 9, Ordering::Relaxed);
            good(symbol)
        })
    };
    let ran = momentum(&server, &tickers(9), &["--workers", "9", "--max-wait", "1s"]);
    assert_eq!(counts(&ran), (9, 0));
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 17, "9 and 8 retries");
    let whole = arrivals[16] - arrivals[0];
    assert!(whole < Duration::from_millis(2500), "one pause of a second: {whole:?}");
}
