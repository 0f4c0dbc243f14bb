//! How bytes come: one request in, one answer out, politely.
//!
//! [`Client::get`] is retry ∘ limiter ∘ HTTP. It knows no finance and imports nothing of ours but the bucket
//! that processes share; what a body means is told to it by the closure it is given.

mod client;
mod gzip;
mod http;
mod lease;
mod limiter;
mod proxy;
mod resolver;
mod stop;
mod token_bucket;
mod webhook;

use std::fmt;
use std::time::Duration;

pub use client::{Client, ClientConfig, Counts, RateLimit, backoff, retry_after};
pub use lease::SharedQuota;
pub use limiter::Limiter;
pub use proxy::check_proxy;
pub use stop::StopReason;
pub use token_bucket::{Reservation, TokenBucket};
pub use webhook::Webhook;

pub use crate::shared::Throttle;

/// A GET request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Path and query, which stand behind a [`Endpoint`]'s origin.
    pub path: String,
    /// Headers that say who asks.
    pub headers: Vec<(&'static str, Secret)>,
}

impl Request {
    /// A request that needs no key.
    #[must_use]
    pub fn to(path: String) -> Self {
        Self { path, headers: Vec::new() }
    }
}

/// A key or password: it goes into a request's header and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Shows it to something that keeps it as secret, such as a hash.
    pub fn feed(&self, to: impl FnOnce(&[u8])) {
        to(self.0.as_bytes());
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A server and who asks it. A client has several, for when the first lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and port, perhaps with the beginning of a path; no slash at its end.
    pub origin: String,
    /// The User-Agent header.
    pub user_agent: String,
}

/// A complete answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// The whole body, decompressed.
    pub body: Vec<u8>,
    /// How long the server asks to wait, from `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Until there will be another turn, where this one was the last of the quota (`X-Ratelimit-…`).
    pub exhausted: Option<Duration>,
}

/// What went wrong, as scripts read it (`kind` in the output).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The provider does not know the symbol.
    NotFound,
    /// The provider asks to slow down.
    Throttled,
    /// The attempt took longer than it may.
    Timeout,
    /// No connection, or one that broke.
    Network,
    /// The server failed (5xx, 408).
    Server,
    /// An answer that is not what was asked for: cut, not the format, another symbol.
    BadData,
    /// An answer larger than any series of bars.
    TooLarge,
    /// The provider refuses this client.
    Blocked,
    /// The provider refuses this request.
    Rejected,
    /// TLS could not be established.
    Tls,
    /// The run stopped before this one's turn.
    Stopped,
    /// Not in the cache, and the network was not to be used.
    Offline,
    /// In none of the parts that were put together.
    Missing,
    /// A mistake of this program's.
    Internal,
}

impl FaultKind {
    /// Whether the same request may succeed a little later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Throttled | Self::Timeout | Self::Network | Self::Server | Self::BadData
        )
    }

    /// As scripts read it: `not_found`.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|name| name.as_str().map(String::from))
            .unwrap_or_default()
    }

    /// The kind of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// The words for a person: `2 not found`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Throttled => "throttled",
            Self::Timeout => "timed out",
            Self::Network => "network error",
            Self::Server => "server error",
            Self::BadData => "bad data",
            Self::TooLarge => "too large",
            Self::Blocked => "blocked",
            Self::Rejected => "rejected",
            Self::Tls => "TLS error",
            Self::Stopped => "not asked",
            Self::Offline => "not cached",
            Self::Missing => "in no part",
            Self::Internal => "failed inside",
        }
    }
}

/// Why one attempt, or in the end the whole request, brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind of failure.
    pub kind: FaultKind,
    /// One sentence without its period.
    pub message: String,
    /// The status, where there was an answer.
    pub http_status: Option<u16>,
    /// Requests sent for it; 0 when the answer was known without asking.
    pub attempts: u32,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// A failure without an HTTP answer.
    #[must_use]
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), http_status: None, attempts: 0, retry_after: None }
    }

    /// A failure read from an answer: its status and `Retry-After` are kept.
    #[must_use]
    pub fn answered(kind: FaultKind, message: impl Into<String>, response: &Response) -> Self {
        Self {
            http_status: Some(response.status),
            retry_after: response.retry_after,
            ..Self::new(kind, message)
        }
    }

    /// What an HTTP status means by itself; `None` for 2xx.
    #[must_use]
    pub fn of_status(response: &Response) -> Option<Self> {
        let (kind, what) = match response.status {
            200..=299 => return None,
            // Whether a 404 means the symbol or the address is for the provider to say.
            404 | 410 => (FaultKind::Rejected, "there is nothing at this address"),
            408 | 500..=599 => (FaultKind::Server, "the server failed"),
            429 => (FaultKind::Throttled, "too many requests"),
            401 | 403 => (FaultKind::Blocked, "the provider refuses this client"),
            300..=399 => {
                (FaultKind::Rejected, "the provider redirects elsewhere, which is not followed")
            }
            _ => (FaultKind::Rejected, "the provider refuses this request"),
        };
        Some(Self::answered(kind, format!("{what} (HTTP {})", response.status), response))
    }
}
