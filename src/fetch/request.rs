//! What is sent and what comes back: requests, the endpoints that answer them, responses. Nothing is judged.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// A GET request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Path and query, appended to an [`Endpoint`]'s origin.
    pub path: String,
    /// Headers that identify the client.
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

    /// Hands it to something that keeps it as secret, such as a hash: what that makes of it.
    pub fn feed<T>(&self, to: impl FnOnce(&[u8]) -> T) -> T {
        to(self.0.as_bytes())
    }

    /// The value of a header.
    pub(super) fn header_value(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A server and the User-Agent it is asked with. A client has several, for when the first refuses access.
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
    /// Until the quota is refilled, where this request was the last of it (`X-Ratelimit-…`).
    pub exhausted: Option<Duration>,
    /// The server's time.
    pub date: Option<DateTime<Utc>>,
}
