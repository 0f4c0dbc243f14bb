//! Asking until there is an answer worth having: the limiter's turn, the exchange, the judgement, and
//! again.
//!
//! Every attempt, a retry too, takes a turn of the limiter. After a throttle the limiter pauses everyone
//! and the retry just takes its next turn; after any other transient failure it also sleeps, with full
//! jitter. A budget bounds the retries of the whole run, and a breaker ends it where nobody answers.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::http::Http;
use super::lease::SharedQuota;
use super::limiter::Limiter;
use super::stop::{CircuitBreaker, RetryBudget, StopReason};
use super::{Endpoint, Fault, FaultKind, Request, Response};

/// The ceiling of the first backoff, doubled for each further one.
const BACKOFF_BASE: Duration = Duration::from_millis(250);
/// The highest ceiling.
const BACKOFF_CAP: Duration = Duration::from_secs(20);

/// What a client needs to be told.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Whom to ask as whom: the first, unless it refuses the very first requests. At least one.
    pub endpoints: Vec<Endpoint>,
    /// How fast.
    pub rate_limit: RateLimit,
    /// Time for one attempt, from connecting to the last byte.
    pub timeout: Duration,
    /// Attempts after the first one.
    pub retries: u32,
    /// The longest pause a provider may ask for before the run is stopped.
    pub max_wait: Duration,
    /// Time for the whole run.
    pub max_time: Option<Duration>,
    /// Connections kept open: the number of workers.
    pub connections: usize,
    /// The bucket that turns come from where processes share one.
    pub quota: Option<SharedQuota>,
    /// Whether the environment's proxy is passed by, because keys would go through it in the clear.
    pub direct: bool,
}

/// How fast a client may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
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
    /// Requests sent again.
    pub retries: usize,
    /// Answers that asked to slow down.
    pub throttled: usize,
    /// Bytes of the answers' bodies, decompressed.
    pub bytes: u64,
    /// Look-ups that the cache answered; none where there is no cache.
    pub cached: Option<usize>,
}

/// A polite HTTP client, shared by all workers.
pub struct Client {
    http: Http,
    limiter: Limiter,
    budget: RetryBudget,
    breaker: CircuitBreaker,
    endpoints: Vec<Endpoint>,
    /// The door in use.
    endpoint: AtomicUsize,
    rate_limit: RateLimit,
    timeout: Duration,
    retries: u32,
    requests: AtomicUsize,
    retried: AtomicUsize,
    throttled: AtomicUsize,
    bytes: AtomicU64,
    /// Of every exchange that was answered.
    latencies: Mutex<Vec<Duration>>,
}

impl Client {
    /// A client that keeps to `policy`.
    ///
    /// # Panics
    /// When there is no door.
    #[must_use]
    pub fn new(config: &ClientConfig) -> Self {
        assert!(!config.endpoints.is_empty(), "a client has somebody to ask");
        Self {
            http: Http::new(config.timeout, config.connections, config.direct),
            limiter: Limiter::new(
                config.rate_limit,
                config.max_wait,
                config.max_time,
                config.quota.clone(),
            ),
            budget: RetryBudget::full(),
            breaker: CircuitBreaker::new(config.connections),
            endpoints: config.endpoints.clone(),
            endpoint: AtomicUsize::new(0),
            rate_limit: config.rate_limit,
            timeout: config.timeout,
            retries: config.retries,
            requests: AtomicUsize::new(0),
            retried: AtomicUsize::new(0),
            throttled: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            latencies: Mutex::default(),
        }
    }

    /// Begins another run over the same connections and at the same pace; its budget, its time and its
    /// patience are new.
    pub fn resume(&self) {
        self.limiter.resume();
        self.breaker.reset();
        self.budget.refill();
        self.latencies().clear();
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
        let answer = self.ask(request, &read);
        let outcome = match &answer {
            Err(fault) if fault.kind != FaultKind::NotFound => self.breaker.failed(fault),
            _ => self.breaker.heard(),
        };
        if let Some(stop) = outcome {
            self.limiter.stop(stop);
        }
        answer
    }

    fn ask<T>(
        &self,
        request: &Request,
        read: &impl Fn(&Response) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let (mut attempts, mut failures, mut paid) = (0, 0, 0);
        let mut last = None;
        loop {
            let sent = match self.limiter.acquire() {
                Ok(sent) => sent,
                Err(stop) => return Err(last.unwrap_or_else(|| stopped(&stop))),
            };
            let endpoint = self.endpoint.load(Ordering::Relaxed);
            self.retried.fetch_add(usize::from(attempts > 0), Ordering::Relaxed);
            attempts += 1;
            let fault =
                match self.exchange(request, endpoint, sent).and_then(|answer| read(&answer)) {
                    Ok(value) => {
                        tracing::debug!(path = request.path, attempts, "answered");
                        self.limiter.answered(sent);
                        self.budget.give_back(paid);
                        return Ok(value);
                    }
                    Err(fault) => Fault { attempts, ..fault },
                };
            tracing::info!(path = request.path, attempts, kind = ?fault.kind, "{}", fault.message);
            if let Some(stop @ StopReason::Signal(_)) = self.limiter.halted() {
                return Err(Fault { attempts, ..stopped(&stop) });
            }
            if self.may_be_let_in_elsewhere(endpoint, &fault) {
                continue;
            }
            failures += 1;
            let mut is_free = false;
            if fault.kind == FaultKind::Throttled {
                self.throttled.fetch_add(1, Ordering::Relaxed);
                // Those under way when the first of a volley came back could not know: theirs is free.
                is_free = !self.limiter.throttled(sent, fault.retry_after);
            }
            let is_over = self.limiter.time_left().is_some_and(|left| left.is_zero());
            let is_last = failures > self.retries || is_over || self.limiter.halted().is_some();
            // Of a server that was heard over TLS before, a broken handshake says nothing.
            let is_hiccup = fault.kind == FaultKind::Tls && self.breaker.was_heard();
            if is_last || !(fault.kind.is_transient() || is_hiccup) {
                return Err(fault);
            }
            if !is_free {
                let Some(price) = self.budget.pay(fault.kind) else {
                    let message = format!("{}; too much fails to try again", fault.message);
                    return Err(Fault { message, ..fault });
                };
                paid += price;
            }
            if fault.kind != FaultKind::Throttled {
                self.limiter.sleep(backoff(failures, fastrand::f64()));
            }
            last = Some(fault);
        }
    }

    /// One attempt, in the time that is left for it.
    fn exchange(
        &self,
        request: &Request,
        endpoint: usize,
        sent: Instant,
    ) -> Result<Response, Fault> {
        let timeout = self.limiter.time_left().map_or(self.timeout, |left| left.min(self.timeout));
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = self.http.send(&self.endpoints[endpoint], request, timeout)?;
        self.latencies().push(sent.elapsed());
        self.bytes.fetch_add(response.body.len() as u64, Ordering::Relaxed);
        if let Some(wait) = response.exhausted {
            self.limiter.exhausted(wait);
        }
        Ok(response)
    }

    /// A refusal of the very first requests, with no word on when to come back, may be about the host or
    /// the User-Agent: the next door is tried before it is called a rate limit. Says whether there is one,
    /// or already was since `door` was asked.
    fn may_be_let_in_elsewhere(&self, endpoint: usize, fault: &Fault) -> bool {
        let is_refusal = matches!(fault.http_status, Some(401 | 403 | 429));
        if !is_refusal || fault.retry_after.is_some() {
            return false;
        }
        if endpoint < self.endpoint.load(Ordering::Relaxed) {
            return true; // another worker was refused as well, and moved on for all
        }
        let there_is_one = !self.breaker.was_heard() && endpoint + 1 < self.endpoints.len();
        if there_is_one {
            self.endpoint.fetch_max(endpoint + 1, Ordering::Relaxed);
        }
        there_is_one
    }

    /// What was sent so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retried.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            cached: None,
        }
    }

    /// A quantile (0 to 1) of the times from a request to the last byte of its answer, the waiting for a turn
    /// apart: the nearest that was seen.
    #[must_use]
    pub fn latency(&self, quantile: f64) -> Option<Duration> {
        let mut latencies = self.latencies().clone();
        latencies.sort_unstable();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place among some thousands"
        )]
        let place = (latencies.len() as f64 * quantile) as usize;
        latencies.get(place.min(latencies.len().saturating_sub(1))).copied()
    }

    /// Who is asked, in the first place.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.endpoints[0].origin
    }

    /// How fast this client may go.
    #[must_use]
    pub fn rate_limit(&self) -> RateLimit {
        self.rate_limit
    }

    fn latencies(&self) -> MutexGuard<'_, Vec<Duration>> {
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run at once: whoever waits for a turn or an answer is freed.
    pub fn stop(&self, why: StopReason) {
        self.limiter.stop(why);
        self.http.hang_up();
    }

    /// Why the run was stopped before its end, if it was.
    #[must_use]
    pub fn stopped(&self) -> Option<StopReason> {
        self.limiter.stopped()
    }
}

fn stopped(stop: &StopReason) -> Fault {
    Fault::new(FaultKind::Stopped, format!("the run was stopped: {stop}"))
}

/// Reads an `X-Ratelimit-Reset` header, seconds since the epoch, against the answer's own `Date` where it has
/// one.
pub(super) fn until_reset(value: &str, date: Option<&str>) -> Option<Duration> {
    let reset = DateTime::from_timestamp(value.trim().parse().ok()?, 0)?;
    Some((reset - said(date)).to_std().unwrap_or(Duration::ZERO))
}

/// The time an answer was given, by its `Date`, else now.
fn said(date: Option<&str>) -> DateTime<Utc> {
    date.and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok())
        .map_or_else(Utc::now, |date| date.to_utc())
}

/// Capped exponential backoff with full jitter: `random` (0 to 1) of min(20 s, 250 ms · 2^(failures − 1)).
///
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
#[must_use]
pub fn backoff(failures: u32, random: f64) -> Duration {
    let ceiling = BACKOFF_BASE
        .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)))
        .min(BACKOFF_CAP);
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
    Some((until - said(date)).to_std().unwrap_or(Duration::ZERO))
}
