//! Connections that fail, and bodies that arrive in pieces, late or not at all.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};

use super::{Reply, Scripted, counts, error, good, http, message, momentum, refusal, tickers};
use crate::yahoo::chart;

#[test]
fn http_5xx_and_408() {
    const STATUSES: [&str; 9] = ["500", "502", "503", "504", "520", "521", "523", "524", "408"];
    let server = Scripted::start(|nth, symbol| match (nth, symbol) {
        (0..=8, _) => refusal(&format!("{} Failed", STATUSES[nth])),
        (_, "DOWN") => Reply::Send(http("500 Internal Server Error", "", "<html>")),
        _ => good(symbol),
    });
    let ran = momentum(&server, "A,B,C,D,E,F,G,H,I", &["--workers", "9"]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (9, 0), 18), "{ran:#?}");
    let ran = momentum(&server, "A,DOWN", &["--retries", "2"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (1, 1)));
    assert_eq!(error(&ran, "DOWN"), ("server".into(), 3, Some(500)));
    assert_eq!(server.requests(), 18 + 1 + 3);
}

#[test]
fn connection_reset_before_in_headers_and_in_the_body() {
    let server = Scripted::start(|nth, symbol| {
        let whole = http("200 OK", "", &chart(symbol).to_string());
        match nth {
            0 => Reply::Reset(Vec::new()),
            1 => Reply::Reset(whole[..20].into()),
            2 => Reply::Reset(whole[..200].into()),
            _ => Reply::Send(whole),
        }
    });
    let ran = momentum(&server, "A", &["--workers", "1"]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (1, 0), 4), "{ran:#?}");
}

/// An idle connection that goes away when it is used again costs neither a retry nor a pause.
#[test]
fn keep_alive_closed_by_the_server() {
    let server = Scripted::choosy(|nth, arrival| {
        if arrival.connection % 2 == 0 && nth % 2 == 1 {
            return Reply::Reset(Vec::new()); // the second request of every other connection
        }
        good(&arrival.symbol)
    });
    let ran = momentum(&server, "A,B,C", &["--workers", "1", "--retries", "0"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (3, 0)), "{ran:#?}");
    assert_eq!(server.requests(), 4);
    assert!(ran.stderr.contains("· 3 requests ·"), "{}", ran.stderr);
    // On a new connection it is a failure like any other.
    let server = Scripted::start(|_, _| Reply::Reset(Vec::new()));
    let ran = momentum(&server, "A", &["--workers", "1", "--retries", "0"]);
    assert_eq!((error(&ran, "A").0.as_str(), server.requests()), ("network", 1));
}

#[test]
fn body_cut_by_length_chunk_or_close() {
    let server = Scripted::start(|nth, symbol| {
        let body = chart(symbol).to_string();
        match nth {
            0 => Reply::SendAndClose(http("200 OK", "", &body)[..400].into()),
            1 => Reply::SendAndClose(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n{\"chart\"".into(),
            ),
            2 => Reply::SendAndClose(
                [b"HTTP/1.1 200 OK\r\n\r\n", &body.as_bytes()[..body.len() / 2]].concat(),
            ),
            3 => Reply::SendAndClose(Vec::new()),
            _ => good(symbol),
        }
    });
    let ran = momentum(&server, "A", &["--retries", "4"]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (1, 0), 5), "{ran:#?}");
}

#[test]
fn gzip_cut_or_bad_crc() {
    let server = Scripted::start(|nth, symbol| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(chart(symbol).to_string().as_bytes()).expect("memory");
        let mut body = encoder.finish().expect("memory");
        let end = body.len();
        match nth {
            0 => body.truncate(end / 2),
            1 => body[end - 6] ^= 1, // in the checksum
            2 => body[end - 2] ^= 1, // in the length
            3 => body = b"\x1f\x8bno gzip".into(),
            _ => {}
        }
        Reply::Send(message("200 OK", "Content-Encoding: gzip\r\n", &body))
    });
    let ran = momentum(&server, "A", &["--retries", "4"]);
    assert_eq!((ran.code, counts(&ran), server.requests()), (Some(0), (1, 0), 5), "{ran:#?}");
}

#[test]
fn slow_headers_dripping_body_and_silence() {
    let server = Scripted::start(|_, symbol| match symbol {
        "SILENT" => Reply::Silence(Duration::from_secs(5)),
        "HEADERS" => Reply::Drip("HTTP/1.1 200 OK\r\nX-Slow:"),
        _ => Reply::Drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    });
    let start = Instant::now();
    let ran = momentum(&server, "SILENT,HEADERS,DRIPS", &["--timeout", "300ms", "--retries", "0"]);
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(ran.code, Some(5), "nobody answers");
    for ticker in ["SILENT", "HEADERS", "DRIPS"] {
        assert_eq!(error(&ran, ticker), ("timeout".into(), 1, None));
    }
}

/// Of 93 tickers 50, 25, 12 and 6 succeed after 0, 1, 2 and 3 failures, all at once (the shape of a test of
/// cargo's own downloads).
#[test]
fn cargos_93() {
    let left: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let server = Scripted::start(move |_, symbol| {
        let i: usize = symbol[1..].parse().expect("a number");
        let failures = [50, 75, 87, 93].iter().position(|end| i < *end).expect("below 93");
        let mut left = left.lock().expect("sound");
        let left = left.entry(symbol.into()).or_insert(failures);
        if *left == 0 {
            return good(symbol);
        }
        *left -= 1;
        match *left {
            0 => refusal("503 Service Unavailable"),
            1 => Reply::Reset(Vec::new()),
            _ => Reply::Send(http("200 OK", "", "{\"chart\": {\"res")),
        }
    });
    let ran = momentum(&server, &tickers(93), &["--workers", "16"]);
    assert_eq!((ran.code, counts(&ran)), (Some(0), (93, 0)), "{ran:#?}");
    // A reset of a connection used before is tried again at once, beside the count.
    let sent = server.requests();
    assert!((50 + 25 * 2 + 12 * 3 + 6 * 4..=160 + 18).contains(&sent), "{sent}");
}
