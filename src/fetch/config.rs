//! How a client is told to behave, and what it counts.

use std::time::Duration;

use super::lease::SharedQuota;
use super::request::Endpoint;
use super::token_bucket::RateLimit;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The endpoints to try, in order: the first is used unless it refuses the very first requests. At least
    /// one.
    pub endpoints: Vec<Endpoint>,
    /// How fast requests may be sent.
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
    /// The bucket that processes share, where they share one.
    pub quota: Option<SharedQuota>,
    /// How the provider is treated, where it does not state its limits.
    pub unstated: Option<UnstatedLimits>,
    /// Whether the environment's proxy is bypassed, because keys would pass through it unencrypted.
    pub direct: bool,
}

/// How a provider is treated that does not state its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnstatedLimits {
    /// The one pause after a throttle that names no time; then one request alone is tried.
    pub pause: Duration,
    /// Whether the first requests are sent more slowly than the rate allows.
    pub slow_start: bool,
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
    /// Look-ups that the cache answered. `None`: there is no cache.
    pub cached: Option<usize>,
}
