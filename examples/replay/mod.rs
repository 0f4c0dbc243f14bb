//! An HTTP server on loopback that speaks Yahoo's chart and spark protocols and Alpaca's, for tests and
//! benchmarks.
//!
//! It answers with synthetic prices that depend on nothing but the symbol and the day, or with those of a
//! file (see [`prices`]), is as slow, as strict and as faulty as it is told to be, and counts what it sees.

mod prices;
mod vendors;
mod yahoo;

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::Utc;
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;

pub(crate) use prices::Real;
use vendors::Market;
#[allow(unused_imports, reason = "programs that do not need it")]
pub(crate) use yahoo::Temper;
use yahoo::{Verdict, Visits};

/// Answers kept, about 15 kB each.
const MOST_MADE: usize = 12_000;

/// How the server behaves.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// Time from a request's arrival to its answer.
    pub(crate) latency: Duration,
    /// Requests accepted in any second; more get a 429 with `Retry-After: 1`.
    pub(crate) rate_limit: Option<usize>,
    /// Every Nth request fails, in turn with 429, 502 and truncated JSON.
    pub(crate) fail_every: Option<u64>,
    /// At most this many bars per symbol, the newest.
    pub(crate) bars: Option<usize>,
    /// At most this many bars per page, where a vendor has pages.
    pub(crate) page: Option<usize>,
    /// These prices instead of made-up ones.
    pub(crate) real: Option<Arc<Real>>,
    /// Lets in, blocks and forgets as Yahoo did in 2026.
    pub(crate) temper: Option<Temper>,
}

impl Options {
    fn market(&self) -> Market<'_> {
        let page = self.page.unwrap_or(usize::MAX);
        Market {
            real: self.real.as_deref(),
            most: self.bars,
            page,
            is_of_2026: self.temper.is_some(),
        }
    }
}

/// What the server has seen so far.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Stats {
    /// Requests for prices.
    pub(crate) requests: u64,
    /// Of these, requests answered with 429.
    pub(crate) throttled: u64,
    /// Most requests under way at once.
    pub(crate) peak_concurrency: u64,
    /// Connections on which prices were asked for.
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

/// Answers by keys and path, and whether they are compressed.
type Made = HashMap<(String, bool), Arc<[u8]>>;

struct Shared {
    options: Options,
    state: Mutex<State>,
    visits: Mutex<Visits>,
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
    #[allow(dead_code, reason = "programs that take an address use the other")]
    pub(crate) fn start(port: u16, options: Options) -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, port).into(), options)
    }

    /// Starts a server on an address of this machine.
    ///
    /// # Errors
    /// When the address is taken or none of ours.
    pub(crate) fn start_at(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            options,
            state: Mutex::default(),
            visits: Mutex::default(),
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

    /// The bytes that answer a request for prices.
    fn answer(&self, head: &Head, mishap: Option<Mishap>) -> io::Result<Arc<[u8]>> {
        let fresh = || prices_for(&self.options, head, mishap).message(head.gzip);
        if mishap.is_some() {
            return Ok(fresh()?.into());
        }
        let key = (format!("{} {}", head.keys, head.path), head.gzip);
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
    fn arrive(&self, now: Instant, first_on_connection: bool, user_agent: &str) -> Option<Mishap> {
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
        let mishap = mishap.or_else(|| self.refusal(user_agent, now));
        state.stats.throttled +=
            u64::from(matches!(mishap, Some(Mishap::TooMany | Mishap::Blocked)));
        mishap
    }

    /// What its temper does to a request.
    fn refusal(&self, user_agent: &str, now: Instant) -> Option<Mishap> {
        let temper = self.options.temper.as_ref()?;
        match lock(&self.visits).judge(temper, user_agent, now) {
            Verdict::Answer => None,
            Verdict::TooMany => Some(Mishap::Blocked),
            Verdict::NotFound => Some(Mishap::Forgotten),
        }
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
    Blocked,
    Forgotten,
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
        let date = Utc::now().format("%a, %d %b %Y %H:%M:%S GMT");
        let head = format!(
            "HTTP/1.1 {status}\r\nDate: {date}\r\n{headers}{encoding}Content-Length: {length}\r\n\r\n"
        );
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
        if is_for_prices(&head.path) {
            let arrived = Instant::now();
            let mishap = shared.arrive(arrived, charts == 0, &head.user_agent);
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
    /// How many of the two headers of a key pair there are.
    keys: usize,
    /// In lower case.
    user_agent: String,
}

/// The next request's path and whether gzip may be sent; `None` when the connection closes.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut lines = reader.take(64 << 10);
    let mut request = String::new();
    if lines.read_line(&mut request)? == 0 {
        return Ok(None);
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut gzip, mut keys, mut user_agent) = (false, 0, String::new());
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            return Ok(Some(Head { path, gzip, keys, user_agent }));
        }
        let line = line.to_ascii_lowercase();
        keys += usize::from(line.starts_with("apca-api-"));
        if let Some(name) = line.strip_prefix("user-agent:") {
            user_agent = name.trim().into();
        }
        gzip |= line.starts_with("accept-encoding:") && line.contains("gzip");
    }
}

/// The whole answer to a chart request, uncompressed, for servers of another temper.
#[allow(dead_code, reason = "for tests")]
pub(crate) fn answer_to(path: &str) -> Vec<u8> {
    let head = Head { path: path.into(), gzip: false, keys: 0, user_agent: String::new() };
    prices_for(&Options::default(), &head, None).message(false).unwrap_or_default()
}

fn is_for_prices(path: &str) -> bool {
    path.starts_with("/v8/finance/") || path.starts_with("/v2/stocks/bars?")
}

fn prices_for(options: &Options, head: &Head, mishap: Option<Mishap>) -> Answer {
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
        Some(Mishap::Blocked) => {
            return Answer {
                status: "429 Too Many Requests",
                headers: "Content-Type: text/plain\r\n",
                body: "Edge: Too Many Requests".into(),
            };
        }
        Some(Mishap::Forgotten) => {
            return Answer::json("404 Not Found", vendors::NOT_FOUND);
        }
        Some(Mishap::CutJson) | None => {}
    }
    let reply = vendors::answer(&options.market(), &head.path, head.keys == 2);
    let (status, mut body) = reply.unwrap_or(("404 Not Found", "{}".into()));
    if mishap.is_some() {
        body.truncate(body.len() / 2);
    }
    if head.path.starts_with("/v2/") {
        let headers = QUOTA.get_or_init(|| {
            let reset = Utc::now().timestamp() + 60;
            format!(
                "Content-Type: application/json\r\nX-Ratelimit-Limit: 200\r\n\
                 X-Ratelimit-Remaining: 100\r\nX-Ratelimit-Reset: {reset}\r\n"
            )
        });
        return Answer { status, headers, body };
    }
    Answer::json(status, body)
}

/// What is said of Alpaca's quota: that there is enough of it.
static QUOTA: OnceLock<String> = OnceLock::new();
