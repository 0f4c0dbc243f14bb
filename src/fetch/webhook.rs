//! Posting JSON to an address of the user's: bounded in time, retried when that may help.

use std::thread;
use std::time::Duration;

use ureq::Agent;

use super::fault::{Fault, FaultKind};
use super::headers::retry_after;
use super::http::{certificates, header};
use super::request::Response;
use super::retry::backoff;

/// Time for one attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Attempts in all.
const MAX_ATTEMPTS: u32 = 4;
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
            .timeout_global(Some(ATTEMPT_TIMEOUT))
            .build();
        Self { agent: config.into(), url: url.into() }
    }

    /// Posts a document. Anything but a 2xx is a failure.
    ///
    /// # Errors
    /// The last attempt's [`Fault`].
    pub fn post(&self, json: &str) -> Result<(), Fault> {
        let mut attempts = 1;
        loop {
            let fault = match self.post_once(json) {
                Ok(()) => return Ok(()),
                Err(fault) => Fault { attempts, ..fault },
            };
            if attempts == MAX_ATTEMPTS || !fault.kind.is_transient() {
                return Err(fault);
            }
            let wait = fault.retry_after.unwrap_or_else(|| backoff(attempts + 2, fastrand::f64()));
            thread::sleep(wait.clamp(MIN_RETRY_DELAY, MAX_RETRY_DELAY));
            attempts += 1;
        }
    }

    fn post_once(&self, json: &str) -> Result<(), Fault> {
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let answer = request
            .send(json)
            .map_err(|e| Fault::new(FaultKind::Network, format!("no answer: {e}")))?;
        let status = answer.status().as_u16();
        let date = header(&answer, "date");
        let retry_after = header(&answer, "retry-after").and_then(|wait| retry_after(wait, date));
        let response = Response { status, body: Vec::new(), retry_after, exhausted: None };
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
