//! Asking until there is an answer worth having: the limiter's permission, the exchange, the judgement, and
//! again.
//!
//! Every attempt, a retry too, needs the limiter's permission. After a throttle the limiter pauses all workers
//! and the retry just takes its next reservation; after any other transient failure the worker also sleeps,
//! with full jitter. A budget bounds the retries of the whole run, and a circuit breaker ends it where the
//! provider does not answer.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::breaker::{CircuitBreaker, RetryBudget};
use super::config::{ClientConfig, Counts, UnstatedLimits};
use super::fault::{Fault, FaultKind};
use super::http::Http;
use super::limiter::Limiter;
use super::request::{Endpoint, Request, Response};
use super::retry::backoff;
use super::stop::StopReason;
use super::token_bucket::RateLimit;

/// The longest rest of a worker whose connections were refused, by a server that never answered.
const MAX_UNHEARD_REST: Duration = Duration::from_millis(500);

/// A polite HTTP client, shared by all workers.
pub struct Client {
    http: Http,
    limiter: Limiter,
    budget: RetryBudget,
    breaker: CircuitBreaker,
    endpoints: Vec<Endpoint>,
    /// The position of the endpoint in use.
    endpoint: AtomicUsize,
    rate_limit: RateLimit,
    timeout: Duration,
    retries: u32,
    unstated: Option<UnstatedLimits>,
    requests: AtomicUsize,
    retried: AtomicUsize,
    throttled: AtomicUsize,
    bytes: AtomicU64,
    /// Of every exchange that was answered.
    latencies: Mutex<Vec<Duration>>,
    /// Hears of a pause that is worth a word.
    on_pause: Option<Box<dyn Fn(Duration) + Send + Sync>>,
}

impl Client {
    /// A client that keeps to `config`.
    ///
    /// # Panics
    /// When there is no endpoint.
    #[must_use]
    pub fn new(config: &ClientConfig) -> Self {
        assert!(!config.endpoints.is_empty(), "a client has an endpoint");
        let ClientConfig { rate_limit, max_wait, max_time, quota, unstated, .. } = config;
        Self {
            http: Http::new(config.timeout, config.connections, config.direct),
            limiter: Limiter::new(*rate_limit, *max_wait, *max_time, quota.clone(), *unstated),
            budget: RetryBudget::full(),
            breaker: CircuitBreaker::new(config.connections),
            endpoints: config.endpoints.clone(),
            endpoint: AtomicUsize::new(0),
            rate_limit: config.rate_limit,
            timeout: config.timeout,
            retries: config.retries,
            unstated: *unstated,
            requests: AtomicUsize::new(0),
            retried: AtomicUsize::new(0),
            throttled: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            latencies: Mutex::default(),
            on_pause: None,
        }
    }

    /// The same, which tells of a pause that is worth a word.
    #[must_use]
    pub fn telling(self, on_pause: Box<dyn Fn(Duration) + Send + Sync>) -> Self {
        Self { on_pause: Some(on_pause), ..self }
    }

    /// Begins another run over the same connections and at the same pace; its retry budget, its time and its
    /// breaker are new.
    pub fn resume(&self) {
        self.limiter.resume();
        self.breaker.reset();
        self.budget.refill();
        self.latencies().clear();
    }

    /// Fetches `request` and reads the answer with `read`, which says what the bytes are or why they are not
    /// what was asked for; transient failures of either are retried.
    ///
    /// # Errors
    /// The last attempt's [`Fault`], with the number of requests sent.
    pub fn get<T>(
        &self,
        request: &Request,
        read: impl Fn(&Response) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let answer = self.attempt(request, &read);
        match &answer {
            Err(fault) if fault.kind != FaultKind::NotFound => {
                if let Some(stop) = self.breaker.failed(fault) {
                    self.limiter.stop(stop);
                }
            }
            _ => self.breaker.succeeded(),
        }
        answer
    }

    /// Attempts until there is an answer, or no sense in a further attempt.
    fn attempt<T>(
        &self,
        request: &Request,
        read: &impl Fn(&Response) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut attempts = 0;
        let mut failures = 0;
        let mut paid = 0;
        let mut last = None;
        loop {
            let sent = match self.limiter.acquire() {
                Ok(sent) => sent,
                Err(stop) => return Err(last.unwrap_or_else(|| stopped(&stop))),
            };
            let endpoint = self.endpoint.load(Ordering::Relaxed);
            self.retried.fetch_add(usize::from(attempts > 0), Ordering::Relaxed);
            attempts += 1;
            let answer = self.exchange(request, endpoint, sent).and_then(|answer| read(&answer));
            let fault = match answer {
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
            if fault.kind != FaultKind::Throttled {
                self.limiter.unanswered();
            }
            if let Some(stop) = self.breaker.attempted(Instant::now(), &fault) {
                self.limiter.stop(stop);
                return Err(fault);
            }
            if self.has_another_endpoint(endpoint, &fault) {
                continue;
            }
            if self.is_shut_out(&fault) {
                self.limiter.stop(StopReason::NotLetIn);
                return Err(fault);
            }
            failures += 1;
            paid += self.pay_for_retry(sent, failures, &fault)?;
            if fault.kind != FaultKind::Throttled {
                let rest = backoff(failures, fastrand::f64());
                // Whether anybody listens at all is soon known.
                let is_unheard = fault.is_unheard && !self.breaker.was_heard();
                self.limiter.sleep(if is_unheard { rest.min(MAX_UNHEARD_REST) } else { rest });
            }
            last = Some(fault);
        }
    }

    /// Reports a failure to the limiter and pays for another attempt; what was paid, or the failure where no
    /// further attempt is made.
    fn pay_for_retry(&self, sent: Instant, failures: u32, fault: &Fault) -> Result<u32, Fault> {
        let mut is_free = false;
        if fault.kind == FaultKind::Throttled {
            self.throttled.fetch_add(1, Ordering::Relaxed);
            // Requests under way when the first of a volley was throttled could not know: their retry is free.
            is_free = !self.pause(sent, fault);
        }
        let is_over = self.limiter.time_left().is_some_and(|left| left.is_zero());
        let is_last = failures > self.retries || is_over || self.limiter.halted().is_some();
        // A server that answered over TLS before may break a handshake now and then.
        let is_hiccup = fault.kind == FaultKind::Tls && self.breaker.was_heard();
        if is_last || !(fault.kind.is_transient() || is_hiccup) {
            return Err(fault.clone());
        }
        if is_free {
            return Ok(0);
        }
        self.budget.pay(fault.kind).ok_or_else(|| Fault {
            message: format!("{}; too many requests fail to try again", fault.message),
            ..fault.clone()
        })
    }

    /// Everyone pauses after a throttle. Returns whether it began a volley.
    fn pause(&self, sent: Instant, fault: &Fault) -> bool {
        let block = match fault.retry_after {
            None => self.limiter.blocked(sent),
            Some(_) => None,
        };
        let Some(block) = block else { return self.limiter.throttled(sent, fault.retry_after) };
        if let Some(pause) = block {
            self.http.renew();
            if let Some(tell) = self.on_pause.as_ref().filter(|_| !pause.is_zero()) {
                tell(pause);
            }
        }
        block.is_some()
    }

    /// Whether a provider that does not state its limits has refused every endpoint, and never answered.
    fn is_shut_out(&self, fault: &Fault) -> bool {
        let is_refusal = matches!(fault.http_status, Some(401 | 403 | 429));
        let has_unstated_limits = self.unstated.is_some();
        is_refusal
            && has_unstated_limits
            && fault.retry_after.is_none()
            && !self.breaker.was_heard()
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

    /// A refusal of the very first requests that does not say when to come back may be about the host or the
    /// User-Agent: the next endpoint is tried before it is called a rate limit. Returns whether there is one,
    /// or already was since `endpoint` was used.
    fn has_another_endpoint(&self, endpoint: usize, fault: &Fault) -> bool {
        let is_refusal = matches!(fault.http_status, Some(401 | 403 | 429));
        if !is_refusal || fault.retry_after.is_some() {
            return false;
        }
        if endpoint < self.endpoint.load(Ordering::Relaxed) {
            return true; // another worker was refused as well, and moved on for all
        }
        let has_another = !self.breaker.was_heard() && endpoint + 1 < self.endpoints.len();
        if has_another {
            self.endpoint.fetch_max(endpoint + 1, Ordering::Relaxed);
            self.http.renew();
        }
        has_another
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

    /// A quantile (0 to 1) of the times from a request to the last byte of its answer, without the wait for
    /// permission: the nearest that was seen.
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

    /// The origin of the first endpoint.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.endpoints[0].origin
    }

    /// How fast this client may send.
    #[must_use]
    pub fn rate_limit(&self) -> RateLimit {
        self.rate_limit
    }

    /// Ends the run at once: workers that wait for permission or an answer are freed.
    pub fn stop(&self, why: StopReason) {
        self.limiter.stop(why);
        self.http.hang_up();
    }

    /// Why the run was stopped before its end, if it was.
    #[must_use]
    pub fn stopped(&self) -> Option<StopReason> {
        self.limiter.stopped()
    }

    fn latencies(&self) -> MutexGuard<'_, Vec<Duration>> {
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stopped(stop: &StopReason) -> Fault {
    Fault::new(FaultKind::Stopped, format!("the run was stopped: {stop}"))
}
