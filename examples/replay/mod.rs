//! An HTTP server on loopback that speaks Yahoo's chart protocol, for tests and benchmarks.
//!
//! It answers with synthetic prices that depend on nothing but the symbol and the day (see [`prices`]), is
//! as slow, as strict and as faulty as it is told to be, and counts what it sees.

mod prices;

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use flate2::{Compression, write::GzEncoder};
use percent_encoding::percent_decode_str;
use serde::Serialize;

const NOT_FOUND: &str = r#"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}"#;

/// Answers kept, about 15 kB each.
const MOST_MADE: usize = 12_000;

/// How the server behaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Time from a request's arrival to its answer.
    pub(crate) latency: Duration,
    /// Requests accepted in any second; more get a 429 with `Retry-After: 1`.
    pub(crate) rate_limit: Option<usize>,
    /// Every so manieth request fails: 429, 502 and cut JSON in turn.
    pub(crate) fail_every: Option<u64>,
    /// At most so many bars a symbol, the newest.
    pub(crate) bars: Option<usize>,
}

/// What the server has seen so far.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Stats {
    /// Chart requests.
    pub(crate) requests: u64,
    /// Of these, requests answered with 429.
    pub(crate) throttled: u64,
    /// Most requests under way at once.
    pub(crate) peak_concurrency: u64,
    /// Connections on which a chart was asked for.
    pub(crate) connections: u64,
    /// Most requests in any one second.
    pub(crate) peak_per_s: usize,
}

#[derive(Debug, Default)]
struct State {
    stats: Stats,
    under_way: u64,
    /// Arrivals of the last second, and those of them that were accepted.
    arrivals: VecDeque<Instant>,
    accepted: VecDeque<Instant>,
}

/// Answers by path and whether they are compressed.
type Made = HashMap<(String, bool), Arc<[u8]>>;

struct Shared {
    options: Options,
    state: Mutex<State>,
    /// Made once, so that the server's work does not slow down what it measures.
    made: Mutex<Made>,
    closing: AtomicBool,
}

/// A running server; it stops when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    /// Starts a server on a loopback port; port 0 is any free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub(crate) fn start(port: u16, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            options,
            state: Mutex::default(),
            made: Mutex::default(),
            closing: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if accepting.closing.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&accepting);
                // A client that goes away in mid-answer is its own affair.
                thread::spawn(move || serve(stream, &shared).unwrap_or_default());
            }
        });
        Ok(Self { address, shared })
    }

    /// The base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was seen so far.
    #[allow(dead_code, reason = "the server's own program tells it over HTTP")]
    pub(crate) fn stats(&self) -> Stats {
        self.shared.lock().stats.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address); // wakes the accepting thread
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The bytes that answer a chart request.
    fn answer(&self, head: &Head, mishap: Option<Mishap>) -> io::Result<Arc<[u8]>> {
        let fresh = || chart(&head.path, self.options.bars, mishap).message(head.gzip);
        if mishap.is_some() {
            return Ok(fresh()?.into());
        }
        let key = (head.path.clone(), head.gzip);
        if let Some(made) = lock(&self.made).get(&key) {
            return Ok(Arc::clone(made));
        }
        let made: Arc<[u8]> = fresh()?.into();
        let mut all = lock(&self.made);
        if all.len() < MOST_MADE {
            all.insert(key, Arc::clone(&made));
        }
        Ok(made)
    }

    /// Counts an arrival and says what will go wrong with it, if anything.
    fn arrive(&self, now: Instant, first_on_connection: bool) -> Option<Mishap> {
        let mut state = self.lock();
        let state = &mut *state;
        state.stats.requests += 1;
        state.stats.connections += u64::from(first_on_connection);
        state.under_way += 1;
        state.stats.peak_concurrency = state.stats.peak_concurrency.max(state.under_way);
        for window in [&mut state.arrivals, &mut state.accepted] {
            while window.front().is_some_and(|t| now.duration_since(*t) >= Duration::from_secs(1)) {
                window.pop_front();
            }
        }
        state.arrivals.push_back(now);
        state.stats.peak_per_s = state.stats.peak_per_s.max(state.arrivals.len());
        if self.options.rate_limit.is_some_and(|limit| state.accepted.len() >= limit) {
            state.stats.throttled += 1;
            return Some(Mishap::TooMany);
        }
        state.accepted.push_back(now);
        let mishap = self.nth_mishap(state.stats.requests);
        state.stats.throttled += u64::from(matches!(mishap, Some(Mishap::TooMany)));
        mishap
    }

    fn nth_mishap(&self, nth: u64) -> Option<Mishap> {
        let every = self.options.fail_every?;
        nth.is_multiple_of(every).then(|| match nth / every % 3 {
            1 => Mishap::TooMany,
            2 => Mishap::BadGateway,
            _ => Mishap::CutJson,
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy, Debug)]
enum Mishap {
    TooMany,
    BadGateway,
    CutJson,
}

struct Answer {
    status: &'static str,
    headers: &'static str,
    body: String,
}

impl Answer {
    fn json(status: &'static str, body: impl Into<String>) -> Self {
        Self { status, headers: "Content-Type: application/json\r\n", body: body.into() }
    }

    /// Header and body in one piece, to be written at once: two small writes cost 40 ms (delayed
    /// acknowledgement).
    fn message(self, gzip: bool) -> io::Result<Vec<u8>> {
        let (body, encoding) = if gzip && self.body.len() > 1024 {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(self.body.as_bytes())?;
            (encoder.finish()?, "Content-Encoding: gzip\r\n")
        } else {
            (self.body.into_bytes(), "")
        };
        let (status, headers, length) = (self.status, self.headers, body.len());
        let head =
            format!("HTTP/1.1 {status}\r\n{headers}{encoding}Content-Length: {length}\r\n\r\n");
        Ok([head.into_bytes(), body].concat())
    }
}

/// Answers the requests of one connection until it closes.
fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let mut charts = 0;
    while let Some(head) = read_head(&mut reader)? {
        if head.path.starts_with("/v8/finance/chart/") {
            let arrived = Instant::now();
            let mishap = shared.arrive(arrived, charts == 0);
            charts += 1;
            let answer = shared.answer(&head, mishap)?;
            thread::sleep(shared.options.latency.saturating_sub(arrived.elapsed()));
            shared.lock().under_way -= 1; // before the answer: the client may ask again at once
            writer.write_all(&answer)?;
        } else if head.path == "/__stats" {
            let stats = serde_json::to_string(&shared.lock().stats).unwrap_or_default();
            writer.write_all(&Answer::json("200 OK", stats + "\n").message(false)?)?;
        } else {
            writer.write_all(&Answer::json("404 Not Found", "{}").message(false)?)?;
        }
    }
    Ok(())
}

struct Head {
    path: String,
    gzip: bool,
}

/// The next request's path and whether gzip may be sent; `None` when the connection closes.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut lines = reader.take(64 << 10);
    let mut request = String::new();
    if lines.read_line(&mut request)? == 0 {
        return Ok(None);
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut gzip = false;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            return Ok(Some(Head { path, gzip }));
        }
        let line = line.to_ascii_lowercase();
        gzip |= line.starts_with("accept-encoding:") && line.contains("gzip");
    }
}

/// The whole answer to a chart request, uncompressed, for servers of another temper.
#[allow(dead_code, reason = "for tests")]
pub(crate) fn answer_to(path: &str) -> Vec<u8> {
    chart(path, None, None).message(false).unwrap_or_default()
}

fn chart(path: &str, bars: Option<usize>, mishap: Option<Mishap>) -> Answer {
    match mishap {
        Some(Mishap::TooMany) => {
            return Answer {
                status: "429 Too Many Requests",
                headers: "Content-Type: text/plain\r\nRetry-After: 1\r\n",
                body: "Too Many Requests\r\n".into(),
            };
        }
        Some(Mishap::BadGateway) => {
            return Answer {
                status: "502 Bad Gateway",
                headers: "Content-Type: text/html\r\n",
                body: "<html><body>Bad Gateway</body></html>".into(),
            };
        }
        Some(Mishap::CutJson) | None => {}
    }
    let (name, query) = path.split_once('?').unwrap_or((path, ""));
    let name = name.trim_start_matches("/v8/finance/chart/");
    let symbol = percent_decode_str(name).decode_utf8_lossy();
    let parameter = |wanted: &str| {
        query.split('&').find_map(|pair| pair.strip_prefix(wanted)?.strip_prefix('=')?.parse().ok())
    };
    let time = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap_or_else(Utc::now);
    let (Some(from), Some(until)) = (parameter("period1"), parameter("period2")) else {
        return Answer::json(
            "422 Unprocessable Entity",
            NOT_FOUND.replace("Not Found", "Unprocessable Entity"),
        );
    };
    if symbol.starts_with("NOPE") {
        return Answer::json("404 Not Found", NOT_FOUND);
    }
    let mut body = prices::chart(&symbol, time(from), time(until).min(Utc::now()), bars);
    if mishap.is_some() {
        body.truncate(body.len() / 2);
    }
    Answer::json("200 OK", body)
}
