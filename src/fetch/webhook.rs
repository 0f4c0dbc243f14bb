//! Posting JSON to an address of the user's: bounded in time, retried when that may help.

use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use super::fault::{Fault, FaultKind};
use super::headers::retry_after;
use super::http::{certificates, header};
use super::request::Response;
use super::retry::backoff;

/// Time for one attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// The least of it: no time at all would mean no bound.
const MIN_TIMEOUT: Duration = Duration::from_millis(10);
/// The least time between two attempts.
const MIN_RETRY_DELAY: Duration = Duration::from_millis(500);
/// The longest wait that the address may ask for.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(30);

/// An address that takes JSON.
pub struct Webhook {
    agent: Agent,
    url: String,
}

impl Webhook {
    /// A webhook at an `http` or `https` address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let config = Agent::config_builder()
            .tls_config(certificates())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Self { agent: config.into(), url: url.into() }
    }

    /// The address without what may be secret in it: what follows the path's first part.
    #[must_use]
    pub fn shown(&self) -> String {
        let plain = self.url.split(['?', '#']).next().unwrap_or_default();
        let (scheme, rest) = plain.split_once("://").unwrap_or(("", plain));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.rsplit('@').next().unwrap_or(host);
        let hidden = if path.is_empty() { "/" } else { "/…" };
        format!("{scheme}://{host}{hidden}")
    }

    /// Posts a document until `end`, with so many attempts at most. Anything but a 2xx is a failure.
    ///
    /// # Errors
    /// The last attempt's [`Fault`].
    pub fn post(&self, json: &str, end: Instant, max_attempts: u32) -> Result<(), Fault> {
        let mut attempts = 1;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let fault = match self.post_once(json, left.min(ATTEMPT_TIMEOUT)) {
                Ok(()) => return Ok(()),
                Err(fault) => Fault { attempts, ..fault },
            };
            if attempts >= max_attempts || !fault.kind.is_transient() {
                return Err(fault);
            }
            let wait = fault.retry_after.unwrap_or_else(|| backoff(attempts + 2, fastrand::f64()));
            let wait = wait.clamp(MIN_RETRY_DELAY, MAX_RETRY_DELAY);
            if Instant::now() + wait >= end {
                return Err(fault);
            }
            thread::sleep(wait);
            attempts += 1;
        }
    }

    fn post_once(&self, json: &str, timeout: Duration) -> Result<(), Fault> {
        let timeout = timeout.max(MIN_TIMEOUT);
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let answer = request
            .config()
            .timeout_global(Some(timeout))
            .build()
            .send(json)
            .map_err(|e| Fault::new(FaultKind::Network, format!("no answer: {e}")))?;
        let status = answer.status().as_u16();
        let date = header(&answer, "date");
        let retry_after = header(&answer, "retry-after").and_then(|wait| retry_after(wait, date));
        let response =
            Response { status, body: Vec::new(), retry_after, exhausted: None, date: None };
        match response.status {
            200..=299 => Ok(()),
            408 | 429 | 500..=599 => {
                let message = format!("the address answered HTTP {status}");
                Err(Fault::answered(FaultKind::Server, message, &response))
            }
            _ => {
                let message = format!("the address refuses this (HTTP {status})");
                Err(Fault::answered(FaultKind::Rejected, message, &response))
            }
        }
    }
}
