//! Asking until there is an answer worth having: the limiter's turn, the exchange, the judgement, and
//! again.
//!
//! Every attempt, a retry too, takes a turn of the limiter. After a throttle the limiter pauses everyone
//! and the retry just takes its next turn; after any other transient failure it also sleeps, with full
//! jitter.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::DateTime;

use super::http::Http;
use super::limit::{Limiter, Stop};
use super::{Fault, Kind, Request, Response};

/// The ceiling of the first backoff, doubled for each further one.
const BASE: Duration = Duration::from_millis(250);
/// The highest ceiling.
const CAP: Duration = Duration::from_secs(20);

/// What a client needs to be told.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How fast.
    pub pace: Pace,
    /// Time for one attempt, from connecting to the last byte.
    pub timeout: Duration,
    /// Attempts after the first one.
    pub retries: u32,
    /// The longest pause a provider may ask for before the run is stopped.
    pub max_wait: Duration,
    /// Connections kept open: the number of workers.
    pub connections: usize,
    /// The User-Agent header.
    pub user_agent: String,
}

/// How fast a client may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Requests a second.
    pub rate: f64,
    /// Requests at once after a rest.
    pub burst: u32,
}

/// What a run has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent, retries included.
    pub requests: usize,
    /// Answers that asked to slow down.
    pub throttled: usize,
    /// Look-ups that the cache answered; none where there is no cache.
    pub cached: Option<usize>,
}

/// A polite HTTP client, shared by all workers.
pub struct Client {
    http: Http,
    limiter: Limiter,
    pace: Pace,
    retries: u32,
    requests: AtomicUsize,
    throttled: AtomicUsize,
    /// Of every exchange that was answered.
    latencies: Mutex<Vec<Duration>>,
}

impl Client {
    /// A client that keeps to `policy`.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            http: Http::new(policy.timeout, policy.connections, &policy.user_agent),
            limiter: Limiter::new(policy.pace, policy.max_wait),
            pace: policy.pace,
            retries: policy.retries,
            requests: AtomicUsize::new(0),
            throttled: AtomicUsize::new(0),
            latencies: Mutex::default(),
        }
    }

    /// Fetches `request` and reads the answer with `read`, which says what the bytes are or why they are
    /// not what was asked for; transient failures of either are tried again.
    ///
    /// # Errors
    /// The last attempt's [`Fault`], with the number of requests sent.
    pub fn get<T>(
        &self,
        request: &Request,
        read: impl Fn(&Response) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut attempts = 0;
        loop {
            let sent = self.limiter.acquire().map_err(|stop| stopped(&stop, attempts))?;
            attempts += 1;
            self.requests.fetch_add(1, Ordering::Relaxed);
            let answer = self.http.send(request);
            if answer.is_ok() {
                self.latencies().push(sent.elapsed());
            }
            let fault = match answer.and_then(|response| read(&response)) {
                Ok(value) => {
                    tracing::debug!(url = request.url, attempts, "answered");
                    self.limiter.answered(sent);
                    return Ok(value);
                }
                Err(fault) => Fault { attempts, ..fault },
            };
            tracing::info!(url = request.url, attempts, kind = ?fault.kind, "{}", fault.message);
            if fault.kind == Kind::Throttled {
                self.throttled.fetch_add(1, Ordering::Relaxed);
                self.limiter.throttled(sent, fault.retry_after);
            }
            let is_last = attempts > self.retries || self.limiter.stopped().is_some();
            if is_last || !fault.kind.is_transient() {
                return Err(fault);
            }
            if fault.kind != Kind::Throttled {
                self.limiter.sleep(backoff(attempts, fastrand::f64()));
            }
        }
    }

    /// What was sent so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            cached: None,
        }
    }

    /// The median time from a request to the last byte of its answer, the waiting for a turn apart.
    #[must_use]
    pub fn median_latency(&self) -> Option<Duration> {
        let mut latencies = self.latencies().clone();
        latencies.sort_unstable();
        latencies.get(latencies.len() / 2).copied()
    }

    /// How fast this client may go.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace
    }

    fn latencies(&self) -> MutexGuard<'_, Vec<Duration>> {
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the run was stopped before its end, if it was.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.limiter.stopped()
    }
}

fn stopped(stop: &Stop, attempts: u32) -> Fault {
    Fault { attempts, ..Fault::new(Kind::Stopped, format!("the run was stopped: {stop}")) }
}

/// Capped exponential backoff with full jitter: `random` (0 to 1) of min(20 s, 250 ms · 2^(failures − 1)).
///
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
#[must_use]
pub fn backoff(failures: u32, random: f64) -> Duration {
    let ceiling = BASE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(CAP);
    ceiling.mul_f64(random.clamp(0.0, 1.0))
}

/// Reads a `Retry-After` header: seconds, or a date, measured against the answer's own `Date` where it has
/// one. A date gone by is no wait; anything else is `None`.
///
/// Source: RFC 9110, section 10.2.3.
#[must_use]
pub fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = DateTime::parse_from_rfc2822(value).ok()?.to_utc();
    let now = date
        .and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok())
        .map_or_else(chrono::Utc::now, |date| date.to_utc());
    Some((until - now).to_std().unwrap_or(Duration::ZERO))
}
