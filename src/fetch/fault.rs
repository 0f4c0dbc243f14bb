//! What can go wrong with a request, as scripts read it and as a person does.

use std::time::Duration;

use super::request::Response;

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
    /// An answer that is not what was asked for: truncated, another format, another symbol.
    BadData,
    /// An answer larger than any series of bars.
    TooLarge,
    /// The provider refuses this client.
    Blocked,
    /// The provider refuses this request.
    Rejected,
    /// TLS could not be established.
    Tls,
    /// The run stopped before the request was sent.
    Stopped,
    /// Not in the cache, and the network was not to be used.
    Offline,
    /// A bug in this program.
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
        let name = serde_json::to_value(self).ok();
        name.and_then(|name| name.as_str().map(String::from)).unwrap_or_default()
    }

    /// As a person reads it: `2 not found`.
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
    /// Requests sent for it; 0 when the answer was known without a request.
    pub attempts: u32,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether the connection was refused: nobody listens there.
    pub is_unheard: bool,
}

impl Fault {
    /// A failure without an HTTP answer.
    #[must_use]
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            http_status: None,
            attempts: 0,
            retry_after: None,
            is_unheard: false,
        }
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
