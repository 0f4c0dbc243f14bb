//! What may go wrong, against the real binary: a server that does it on purpose, and logs what it sees.

mod answers;
mod chaos;
mod data;
mod delivering;
mod giving_up;
mod process;
mod secure;
mod throttling;
mod transport;
mod watching;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::support::{Ran, screener, unless_given};
use crate::yahoo::chart;

/// What the server does with one request.
pub(crate) enum Reply {
    /// Sends this and keeps the connection.
    Send(Vec<u8>),
    /// Sends this and closes.
    SendAndClose(Vec<u8>),
    /// Sends this and resets the connection.
    Reset(Vec<u8>),
    /// Sends nothing for so long, then closes.
    Silence(Duration),
    /// Sends this at once and then a byte now and then, for ever.
    Drip(&'static str),
}

/// A request as it came.
#[derive(Clone, Debug)]
struct Arrival {
    at: Instant,
    path: String,
    symbol: String,
    user_agent: String,
    /// The how manieth connection it came on.
    connection: usize,
}

pub(crate) struct Scripted {
    pub(crate) url: String,
    log: Arc<Mutex<Vec<Arrival>>>,
}

impl Scripted {
    /// A server that answers the n-th request (from 0, of all connections) for a symbol with `script`.
    pub(crate) fn start(script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::choosy(move |nth, arrival| script(nth, &arrival.symbol))
    }

    /// The same, with a look at who asks.
    fn choosy(script: impl Fn(usize, &Arrival) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (arrivals, script) = (Arc::clone(&log), Arc::new(script));
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                let (log, script) = (Arc::clone(&arrivals), Arc::clone(&script));
                // The client may go away whenever it likes.
                thread::spawn(move || {
                    converse(stream, connection, &log, &*script).unwrap_or_default();
                });
            }
        });
        Self { url, log }
    }

    fn log(&self) -> Vec<Arrival> {
        self.log.lock().expect("no test panicked in there").clone()
    }

    fn arrivals(&self) -> Vec<Instant> {
        self.log().into_iter().map(|arrival| arrival.at).collect()
    }

    pub(crate) fn requests(&self) -> usize {
        self.log().len()
    }
}

fn converse(
    mut stream: TcpStream,
    connection: usize,
    log: &Mutex<Vec<Arrival>>,
    script: &dyn Fn(usize, &Arrival) -> Reply,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let user_agent = head.lines().find_map(|line| line.strip_prefix("user-agent: "));
        let arrival = Arrival {
            at: Instant::now(),
            path: head.split(' ').nth(1).unwrap_or_default().to_owned(),
            symbol: head.split(['/', '?']).nth(4).unwrap_or_default().to_owned(),
            user_agent: user_agent.unwrap_or_default().to_owned(),
            connection,
        };
        let nth = {
            let mut log = log.lock().expect("no test panicked in there");
            log.push(arrival.clone());
            log.len() - 1
        };
        match script(nth, &arrival) {
            Reply::Send(bytes) => stream.write_all(&bytes)?,
            Reply::SendAndClose(bytes) => return stream.write_all(&bytes),
            Reply::Reset(bytes) => {
                stream.write_all(&bytes)?;
                thread::sleep(Duration::from_millis(20)); // what was sent arrives before the reset
                return SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            }
            Reply::Silence(length) => {
                thread::sleep(length);
                return Ok(());
            }
            Reply::Drip(start) => {
                stream.write_all(start.as_bytes())?;
                for _ in 0..100 {
                    stream.write_all(b" ")?;
                    thread::sleep(Duration::from_millis(50));
                }
                return Ok(());
            }
        }
    }
}

/// The base URL of a server that refuses everything with these words.
pub(crate) fn says(words: &str) -> String {
    let error = serde_json::json!({"chart": {"result": null,
        "error": {"code": words, "description": words}}});
    let answer = http("200 OK", "", &error.to_string());
    Scripted::start(move |_, _| Reply::Send(answer.clone())).url
}

pub(crate) fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    message(status, headers, body.as_bytes())
}

fn message(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) fn good(symbol: &str) -> Reply {
    Reply::Send(http("200 OK", "", &chart(symbol).to_string()))
}

fn refusal(status: &str) -> Reply {
    Reply::Send(http(status, "", ""))
}

fn throttle(headers: &str) -> Reply {
    Reply::Send(http("429 Too Many Requests", headers, "Too Many Requests\r\n"))
}

/// `S0,S1,…`
fn tickers(n: usize) -> String {
    (0..n).map(|i| format!("S{i}")).collect::<Vec<_>>().join(",")
}

/// `momentum` over `tickers` against a server, without a benchmark, as JSON.
fn momentum(server: &Scripted, tickers: &str, options: &[&str]) -> Ran {
    let mut words = vec!["momentum", "-t", tickers, "--base-url", &server.url, "-f", "json"];
    words.extend(unless_given(options, &[["--benchmark", "none"], ["--rate", "1000"]]));
    words.extend(options);
    screener(&words)
}

/// Kind, attempts and status of a ticker's failure.
fn error(ran: &Ran, ticker: &str) -> (String, u64, Option<u64>) {
    let error = &ran.json()["errors"][ticker];
    let kind = error["kind"].as_str().unwrap_or_else(|| panic!("no error of {ticker} in {ran:#?}"));
    (kind.into(), error["attempts"].as_u64().expect("a number"), error["http_status"].as_u64())
}

/// Successful and failed, whose sum is every ticker asked for.
fn counts(ran: &Ran) -> (u64, u64) {
    let json = ran.json();
    let count = |key: &str| json[key].as_u64().unwrap_or_else(|| panic!("no {key} in {ran:#?}"));
    assert_eq!(count("total_requested"), count("successful") + count("failed"));
    (count("successful"), count("failed"))
}
