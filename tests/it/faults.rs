//! What may go wrong on the wire, against the real binary: a server that does it on purpose.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Ran, screener};
use crate::yahoo::chart;

/// What the server does with one request.
enum Reply {
    /// Sends this and keeps the connection.
    Send(String),
    /// Sends this and closes.
    SendAndClose(String),
    /// Sends nothing for so long, then closes.
    Silence(Duration),
    /// Sends a byte now and then, for ever.
    Drip,
}

struct Scripted {
    url: String,
    arrivals: Arc<Mutex<Vec<Instant>>>,
}

impl Scripted {
    /// A server that answers the n-th request (from 0, of all connections) for a symbol with `script`.
    fn start(script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (Arc::clone(&arrivals), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                // The client may go away whenever it likes.
                thread::spawn(move || converse(stream, &log, &*script).unwrap_or_default());
            }
        });
        Self { url, arrivals }
    }

    fn arrivals(&self) -> Vec<Instant> {
        self.arrivals.lock().expect("no test panicked in there").clone()
    }
}

fn converse(
    mut stream: TcpStream,
    log: &Mutex<Vec<Instant>>,
    script: &dyn Fn(usize, &str) -> Reply,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let symbol = head.split(['/', '?']).nth(4).unwrap_or_default().to_owned();
        let nth = {
            let mut arrivals = log.lock().expect("no test panicked in there");
            arrivals.push(Instant::now());
            arrivals.len() - 1
        };
        match script(nth, &symbol) {
            Reply::Send(text) => stream.write_all(text.as_bytes())?,
            Reply::SendAndClose(text) => return stream.write_all(text.as_bytes()),
            Reply::Silence(length) => {
                thread::sleep(length);
                return Ok(());
            }
            Reply::Drip => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
                for _ in 0..100 {
                    stream.write_all(b" ")?;
                    thread::sleep(Duration::from_millis(50));
                }
                return Ok(());
            }
        }
    }
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn good(symbol: &str) -> Reply {
    Reply::Send(http("200 OK", "", &chart(symbol).to_string()))
}

/// `momentum` over `tickers` against a server, without a benchmark, as JSON.
fn momentum(server: &Scripted, tickers: &str, options: &[&str]) -> Ran {
    let mut words = vec!["momentum", "-t", tickers, "--base-url", &server.url, "-f", "json"];
    words.extend(["--benchmark", "none", "--rate", "1000"]);
    words.extend(options);
    screener(&words)
}

/// Kind, attempts and status of a ticker's failure.
fn error(ran: &Ran, ticker: &str) -> (String, u64, Option<u64>) {
    let error = &ran.json()["errors"][ticker];
    let kind = error["kind"].as_str().unwrap_or_else(|| panic!("no error of {ticker} in {ran:#?}"));
    (kind.into(), error["attempts"].as_u64().expect("a number"), error["http_status"].as_u64())
}

#[test]
fn one_429_pauses_every_worker_and_all_succeed() {
    let server = Scripted::start(|nth, symbol| {
        if nth == 4 {
            let body = "Too Many Requests\r\n";
            return Reply::Send(http("429 Too Many Requests", "Retry-After: 1\r\n", body));
        }
        thread::sleep(Duration::from_millis(20));
        good(symbol)
    });
    let tickers: Vec<String> = (0..20).map(|i| format!("S{i}")).collect();
    let ran = momentum(&server, &tickers.join(","), &["--workers", "4"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!((&ran.json()["successful"], &ran.json()["failed"]), (&20.into(), &0.into()));
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 21, "one retry");
    // Those under way with the throttled one have arrived already; all others come after the pause.
    let in_pause = |t: &&Instant| {
        let after = t.saturating_duration_since(arrivals[4]);
        (Duration::from_millis(100)..Duration::from_millis(950)).contains(&after)
    };
    assert_eq!(arrivals.iter().filter(in_pause).count(), 0);
    assert!(ran.stderr.contains("hint: the provider asked to slow down once"), "{}", ran.stderr);
}

#[test]
fn a_429_without_retry_after_pauses_too() {
    let server = Scripted::start(|nth, symbol| match nth {
        0 => Reply::Send(http("429 Too Many Requests", "", "Edge: Too Many Requests")),
        _ => good(symbol),
    });
    let ran = momentum(&server, "A,B,C", &["--workers", "1"]);
    assert_eq!(ran.json()["successful"], 3);
    let arrivals = server.arrivals();
    assert!(arrivals[1] - arrivals[0] >= Duration::from_millis(950));
}

#[test]
fn a_retry_after_too_long_ends_the_run_with_what_is_done() {
    let server = Scripted::start(|nth, symbol| match nth {
        3 => Reply::Send(http("429 Too Many Requests", "Retry-After: 3600\r\n", "")),
        _ => good(symbol),
    });
    let ran = momentum(&server, "A,B,C,D,E,F", &["--workers", "1"]);
    assert_eq!(ran.code, Some(5));
    let json = ran.json();
    assert_eq!(
        (&json["total_requested"], &json["successful"], &json["failed"]),
        (&6.into(), &3.into(), &3.into())
    );
    assert!(json["incomplete"].as_str().is_some_and(|why| why.contains("3600 s")), "{json}");
    assert_eq!(error(&ran, "E"), ("stopped".into(), 0, None));
    assert_eq!(server.arrivals().len(), 4);
}

#[test]
fn server_errors_are_retried_and_then_told() {
    let server = Scripted::start(|nth, symbol| match nth {
        0 | 1 => Reply::Send(http("503 Service Unavailable", "", "<html>")),
        _ if symbol == "DOWN" => Reply::Send(http("500 Internal Server Error", "", "")),
        _ => good(symbol),
    });
    let ran = momentum(&server, "A,DOWN", &["--workers", "1", "--retries", "2"]);
    assert_eq!((ran.code, &ran.json()["successful"]), (Some(0), &1.into()));
    assert_eq!(error(&ran, "DOWN"), ("server".into(), 3, Some(500)));
    assert_eq!(server.arrivals().len(), 6);
}

#[test]
fn silence_and_drips_end_at_the_timeout() {
    let server = Scripted::start(|_, symbol| match symbol {
        "SILENT" => Reply::Silence(Duration::from_secs(5)),
        _ => Reply::Drip,
    });
    let start = Instant::now();
    let ran = momentum(&server, "SILENT,DRIPS", &["--timeout", "300ms", "--retries", "0"]);
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(ran.code, Some(1));
    for ticker in ["SILENT", "DRIPS"] {
        assert_eq!(error(&ran, ticker), ("timeout".into(), 1, None));
    }
}

#[test]
fn cut_answers_are_asked_for_again() {
    let server = Scripted::start(|nth, symbol| {
        let body = chart(symbol).to_string();
        match nth {
            0 => Reply::Send(http("200 OK", "", &body[..body.len() / 2])),
            1 => Reply::SendAndClose(http("200 OK", "", &body)[..400].into()),
            2 => Reply::SendAndClose(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n{\"chart\"".into(),
            ),
            3 => Reply::SendAndClose(String::new()),
            4 => Reply::SendAndClose(http("200 OK", "Content-Encoding: gzip\r\n", "\u{1f}no gzip")),
            _ => good(symbol),
        }
    });
    let ran = momentum(&server, "A", &["--retries", "5"]);
    assert_eq!((ran.code, &ran.json()["successful"]), (Some(0), &1.into()), "{ran:#?}");
    assert_eq!(server.arrivals().len(), 6);
}

#[test]
fn pages_that_are_no_data_are_never_data() {
    let server = Scripted::start(|_, symbol| match symbol {
        "HTML" => {
            Reply::Send(http("200 OK", "Content-Type: text/html\r\n", "<html>consent</html>"))
        }
        "EMPTY" => Reply::Send(http("200 OK", "", "")),
        "OTHER" => Reply::Send(http("200 OK", "", &chart("MSFT").to_string())),
        "GONE" => Reply::Send(http(
            "404 Not Found",
            "",
            r#"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}"#,
        )),
        "BLOCKED" => Reply::Send(http("403 Forbidden", "", "")),
        "MOVED" => Reply::Send(http("302 Found", "Location: http://127.0.0.1:1/\r\n", "")),
        _ => good(symbol),
    });
    let ran = momentum(&server, "HTML,EMPTY,OTHER,GONE,BLOCKED,MOVED,A", &["--retries", "1"]);
    assert_eq!((ran.code, &ran.json()["successful"]), (Some(0), &1.into()), "{ran:#?}");
    for ticker in ["HTML", "EMPTY", "OTHER"] {
        assert_eq!(error(&ran, ticker), ("bad_data".into(), 2, Some(200)));
    }
    assert_eq!(error(&ran, "GONE"), ("not_found".into(), 1, Some(404)));
    assert_eq!(error(&ran, "BLOCKED"), ("blocked".into(), 1, Some(403)));
    assert_eq!(error(&ran, "MOVED"), ("rejected".into(), 1, Some(302)));
    let strict = momentum(&server, "GONE,A", &["--strict"]);
    assert_eq!(strict.code, Some(3));
}

#[test]
fn a_refusal_with_a_damaged_body_is_a_refusal() {
    let server = Scripted::start(|_, _| {
        let headers = "Retry-After: 3600\r\nContent-Encoding: gzip\r\n";
        Reply::SendAndClose(http("429 Too Many Requests", headers, "no gzip"))
    });
    let ran = momentum(&server, "A,B", &["--workers", "1"]);
    assert_eq!(ran.code, Some(5));
    assert_eq!(error(&ran, "A"), ("throttled".into(), 1, Some(429)));
    assert_eq!(error(&ran, "B"), ("stopped".into(), 0, None));
}

#[test]
fn a_bar_from_the_future_is_left_out() {
    let server = Scripted::start(|_, symbol| {
        let mut chart = chart(symbol);
        chart["chart"]["result"][0]["timestamp"][2] = 4_000_000_000_i64.into();
        Reply::Send(http("200 OK", "", &chart.to_string()))
    });
    let ran = momentum(&server, "A", &[]);
    assert_eq!(
        (&ran.json()["as_of"], &ran.json()["results"]["A"]["bars"]),
        (&"2024-05-09".into(), &2.into())
    );
}

#[test]
fn a_server_that_speaks_no_tls_is_no_secure_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(http("400 Bad Request", "", "").as_bytes());
            let _ = stream.read(&mut [0; 1024]);
        }
    });
    let words = ["momentum", "-t", "A", "--base-url", &url, "--benchmark", "none", "-f", "json"];
    let ran = screener(&words);
    assert_eq!(ran.code, Some(1));
    assert_eq!(error(&ran, "A"), ("tls".into(), 1, None));
}

#[test]
fn nobody_listens() {
    let ran = screener(&[
        "momentum",
        "-t",
        "A",
        "--base-url",
        "http://127.0.0.1:9",
        "--retries",
        "0",
        "-q",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.starts_with("failed: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: A: the connection failed: "), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 2);
}
