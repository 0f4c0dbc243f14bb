//! Why a run ends before every ticker was fetched, and what the user can do about it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Refusals of the client in a row that stop the run.
pub(super) const MAX_REFUSALS: u32 = 3;

/// Why no further request is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StopReason {
    /// The provider asks for a longer wait than the user allows.
    #[error(
        "the provider asks to wait {} s, until {}, longer than --max-wait",
        .wait.as_secs(), .until.format("%Y-%m-%d %H:%M:%S UTC")
    )]
    LongWait {
        /// From now.
        wait: Duration,
        /// When to come back.
        until: DateTime<Utc>,
    },
    /// The provider asks to slow down again and again.
    #[error("the provider still asked to slow down after pauses of {} s", .0.as_secs())]
    Throttled(Duration),
    /// The provider, which does not state its limits, refuses everything, even after a pause.
    #[error("the provider refuses this address for now{}", after_pause(*.0))]
    Blocked(Duration),
    /// The provider, which does not state its limits, never answered anything but a refusal.
    #[error(
        "the provider lets this network in no more, which is usual for cloud machines and VPNs"
    )]
    NotLetIn,
    /// The provider does not know symbols that it must know.
    #[error("the provider does not know symbols it knew: it may be failing")]
    Epidemic,
    /// The time the user gave the run is over, or does not suffice for the next wait.
    #[error("the time for the run (--max-time) is over")]
    OutOfTime,
    /// Nothing comes back.
    #[error("{failed} requests in a row failed: {why}")]
    Unreachable {
        /// How many.
        failed: u32,
        /// The last one's failure.
        why: String,
    },
    /// The provider refuses this client.
    #[error("{MAX_REFUSALS} requests in a row were refused: {0}")]
    Refused(String),
    /// No secure connection can be made.
    #[error("{0}")]
    Insecure(String),
    /// A signal, by its number.
    #[error("interrupted")]
    Signal(i32),
}

/// ` after a pause of 150 s`.
fn after_pause(pause: Duration) -> String {
    if pause.is_zero() {
        String::new()
    } else {
        format!(", after a pause of {} s, too", pause.as_secs())
    }
}

impl StopReason {
    /// A wait that is too long.
    #[must_use]
    pub fn long_wait(wait: Duration, now: DateTime<Utc>) -> Self {
        let length = TimeDelta::from_std(wait).ok();
        let until = length.and_then(|length| now.checked_add_signed(length));
        Self::LongWait { wait, until: until.unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }

    /// Whether it is the program's own conclusion, which does not matter once every request was made.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Refused(_))
    }

    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::LongWait { .. } => Some("a longer --max-wait waits for it"),
            Self::Throttled(_) => Some("come back in a while, with a lower --rate"),
            Self::Unreachable { .. } => {
                Some("check the network, --base-url and the proxy variables (HTTPS_PROXY)")
            }
            Self::Refused(_) => Some("try another --user-agent, network or key"),
            Self::Insecure(_) => Some(
                "SSL_CERT_FILE names a file of certificates to trust; a proxy that opens TLS has its own",
            ),
            Self::Blocked(_) => Some(
                "such blocks end after some minutes or some hours, and asking again prolongs them; what was fetched is kept",
            ),
            Self::NotLetIn => Some(
                "another network, --provider alpaca (a free key, 16 requests for 500 tickers) or --provider files",
            ),
            Self::Epidemic => Some("come back later; nothing was remembered of it"),
            Self::OutOfTime | Self::Signal(_) => None,
        }
    }
}
