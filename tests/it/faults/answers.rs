//! Answers that are complete, and not what was asked for.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{Reply, Scripted, counts, error, good, http, message, momentum, refusal, throttle};
use crate::yahoo::chart;

const UNKNOWN: &str = r#"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}"#;

#[test]
fn http_200_with_html_empty_or_another_symbol() {
    let server = Scripted::start(|_, symbol| match symbol {
        "HTML" => {
            Reply::Send(http("200 OK", "Content-Type: text/html\r\n", "<html>consent</html>"))
        }
        "EMPTY" => Reply::Send(http("200 OK", "", "")),
        "OTHER" => Reply::Send(http("200 OK", "", &chart("MSFT").to_string())),
        "CUT" => Reply::Send(http("200 OK", "", &chart(symbol).to_string()[..300])),
        _ => good(symbol),
    });
    let ran = momentum(&server, "HTML,EMPTY,OTHER,CUT,A", &["--retries", "1"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (1, 4)), "{ran:#?}");
    for ticker in ["HTML", "EMPTY", "OTHER", "CUT"] {
        assert_eq!(error(&ran, ticker), ("bad_data".into(), 2, Some(200)));
    }
}

#[test]
fn http_404_not_found_is_asked_once() {
    let server = Scripted::start(|_, symbol| match symbol {
        "GONE" => Reply::Send(http("404 Not Found", "", UNKNOWN)),
        "PAGE" => Reply::Send(http("404 Not Found", "", "<html>no such page</html>")),
        _ => good(symbol),
    });
    let ran = momentum(&server, "GONE,PAGE,A", &[]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (1, 2), 3));
    assert_eq!(error(&ran, "GONE"), ("not_found".into(), 1, Some(404)));
    assert_eq!(error(&ran, "PAGE"), ("rejected".into(), 1, Some(404)), "a wrong address");
    assert_eq!(momentum(&server, "GONE,A", &["--strict"]).code, Some(3));
}

/// Dead tickers cost a request each, and nobody waits for them.
#[test]
fn http_404_dead_tickers_do_not_slow_the_run() {
    let server = Scripted::start(|_, symbol| match symbol {
        dead if dead.starts_with("NOPE") => Reply::Send(http("404 Not Found", "", UNKNOWN)),
        _ => good(symbol),
    });
    let tickers: Vec<String> =
        (0..500).map(|i| if i % 15 == 0 { format!("NOPE{i}") } else { format!("S{i}") }).collect();
    let ran = momentum(&server, &tickers.join(","), &["--rate", "5000", "-w", "16"]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (466, 34), 500));
    assert!(!ran.stderr.contains("hint:"), "{}", ran.stderr);
}

#[test]
fn redirects_are_refused() {
    let to = |place: &str| Reply::Send(http("302 Found", &format!("Location: {place}\r\n"), ""));
    let server = Scripted::start(move |_, symbol| match symbol {
        "LOOP" => to("/v8/finance/chart/LOOP"),
        "HOST" => to("http://127.0.0.2:1/v8/finance/chart/HOST"),
        "SCHEME" => to("ftp://127.0.0.1/"),
        _ => good(symbol),
    });
    let ran = momentum(&server, "LOOP,HOST,SCHEME,A", &[]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (1, 3), 4));
    for ticker in ["LOOP", "HOST", "SCHEME"] {
        assert_eq!(error(&ran, ticker), ("rejected".into(), 1, Some(302)));
    }
}

/// A body without end, a gigabyte in a megabyte of gzip, headers without end: that ticker fails, and the
/// memory stays small.
#[test]
fn gzip_bomb_large_body_and_large_headers() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..1024 {
        encoder.write_all(&blanks).expect("memory");
    }
    let bomb = encoder.finish().expect("memory");
    assert!(bomb.len() < 2 << 20);
    let server = Scripted::start(move |_, symbol| match symbol {
        "BOMB" => Reply::Send(message("200 OK", "Content-Encoding: gzip\r\n", &bomb)),
        "LARGE" => Reply::SendAndClose(message("200 OK", "", &vec![b' '; 17 << 20])),
        "HEADERS" => {
            Reply::SendAndClose(http("200 OK", &format!("X: {}\r\n", "x".repeat(70_000)), ""))
        }
        _ => good(symbol),
    });
    let ran = momentum(&server, "BOMB,LARGE,HEADERS,A", &[]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (1, 3), 4), "{ran:#?}");
    for ticker in ["BOMB", "LARGE", "HEADERS"] {
        assert_eq!(error(&ran, ticker).0, "too_large");
    }
    #[cfg(target_os = "linux")]
    {
        // In kB of address space: the 1 GiB would not fit.
        let limited = "ulimit -v 900000; exec \"$0\" \"$@\"";
        let words = ["momentum", "-t", "BOMB,LARGE,A", "--base-url", &server.url, "-w", "2"];
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", limited, env!("CARGO_BIN_EXE_screener")]).args(words);
        let ran = crate::support::Ran::of(shell.env("SCREENER_NO_CACHE", "1").output());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
}

/// What a provider says is shown, but never as commands to a terminal.
#[test]
fn terminal_escapes_never_reach_a_terminal() {
    const EVIL: &str = "\u{1b}[31m\u{202e}\u{9b}2J\u{7}evil";
    let server = Scripted::start(|_, symbol| {
        let error = serde_json::json!({"chart": {"result": null,
            "error": {"code": EVIL, "description": EVIL}}});
        match symbol {
            "SAYS" => Reply::Send(http("400 Bad Request", "", &error.to_string())),
            "SAYS2" => Reply::Send(http("200 OK", "", &error.to_string())),
            "NAMES" => Reply::Send(http("200 OK", "", &chart(EVIL).to_string())),
            _ => Reply::Send(http(&format!("500 {EVIL}"), "", EVIL)),
        }
    });
    for format in ["table", "json", "csv"] {
        let options = ["-f", format, "--retries", "0", "-vvv"];
        let words =
            ["momentum", "-t", "SAYS,SAYS2,NAMES,FAILS", "--base-url", &server.url, "-w", "1"];
        let ran = crate::support::screener(&[&words[..], &options].concat());
        for text in [&ran.stdout, &ran.stderr] {
            let evil = ['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}'];
            assert!(!text.contains(evil), "{format}: {text:?}");
        }
        assert!(ran.stdout.contains("evil") || ran.stderr.contains("evil"), "{ran:#?}");
    }
}

#[test]
fn http_999_is_a_throttle() {
    let server = Scripted::start(|nth, symbol| match nth {
        1 => refusal("999 Request denied"),
        2 => throttle("Retry-After: 1\r\n"),
        _ => good(symbol),
    });
    let ran = momentum(&server, "A,B", &["-w", "1", "--max-wait", "1s"]);
    assert_eq!(counts(&ran), (2, 0));
    assert!(ran.stderr.contains("slow down 2 times"), "{}", ran.stderr);
}
