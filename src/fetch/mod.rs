//! How bytes come: one request in, one answer out, politely.
//!
//! [`Client::get`] is retry ∘ limiter ∘ HTTP. This module knows no finance and imports nothing of ours but the
//! bucket that processes share; what a body means is decided by the function that is handed to it.

mod breaker;
mod client;
mod config;
mod fault;
mod gzip;
mod headers;
mod http;
mod lease;
mod limiter;
mod permits;
mod proxy;
mod request;
mod resolver;
mod retry;
mod stop;
mod token_bucket;
mod webhook;

pub use client::Client;
pub use config::{ClientConfig, Counts, UnstatedLimits};
pub use fault::{Fault, FaultKind};
pub use headers::retry_after;
pub use lease::SharedQuota;
pub use limiter::Limiter;
pub use permits::{Next, Poll, Refill, SharedPermits, Waiter};
pub use proxy::{PROXY_VARIABLES, check_proxy, is_spared};
pub use request::{Endpoint, Request, Response, Secret};
pub use retry::backoff;
pub use stop::StopReason;
pub use token_bucket::{RateLimit, Reservation, TokenBucket};
pub use webhook::Webhook;

pub use crate::shared::Throttle;
