//! What processes share through a Redis (or Valkey) server: one token bucket, one cache.
//!
//! Nothing waits for the server longer than [`SERVER_TIMEOUT`] a call: each line to it is a thread that connects,
//! asks and connects again, and a caller that gets no answer in that time goes on without. A server that is
//! away is told once. This module knows Redis, and neither HTTP nor finance.

mod bucket;
mod handle;
mod store;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

pub use bucket::{BucketConfig, ClientState, Grant, SCRIPT, SharedBucket, Throttle};
use handle::{RedisHandle, WarnOnce};
pub use store::SharedStore;

/// The longest that anybody waits for the server in one call.
pub const SERVER_TIMEOUT: Duration = Duration::from_millis(250);

/// Who is told what went wrong, once.
pub type WarnFn = Box<dyn Fn(&str) + Send + Sync>;

/// Where a server is and how to get in.
#[derive(Clone)]
pub struct RedisAddress(ConnectionInfo);

/// A text that is no address of a server. It does not say the text: a password may be in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is written redis://[user:password@]host:6379/0, or rediss:// for TLS")]
pub struct BadRedisAddress;

impl FromStr for RedisAddress {
    type Err = BadRedisAddress;

    fn from_str(text: &str) -> Result<Self, BadRedisAddress> {
        let text = text.trim();
        let is_known = ["redis://", "rediss://", "valkey://", "valkeys://"]
            .iter()
            .any(|s| text.starts_with(s));
        let info = text.into_connection_info().map_err(|_| BadRedisAddress)?;
        let is_remote = !matches!(info.addr(), ConnectionAddr::Unix(_));
        if is_known && is_remote { Ok(Self(info)) } else { Err(BadRedisAddress) }
    }
}

/// Where it is, without who asks.
impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.0.addr() {
            ConnectionAddr::TcpTls { .. } => "rediss",
            _ => "redis",
        };
        let place = match self.0.addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. }
                if host.contains(':') =>
            {
                format!("[{host}]:{port}")
            }
            address => address.to_string(),
        };
        write!(f, "{scheme}://{place}/{}", self.0.redis_settings().db())
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A server. Turns and cached series go over lines of their own: the one must not wait for the other.
pub struct SharedServer {
    turns: Arc<RedisHandle>,
    series: Arc<RedisHandle>,
}

impl SharedServer {
    /// Connects to it when there is something to ask. When that does not work `no_turns` is told why, once; and
    /// `no_series`, if only the cache cannot be used.
    #[must_use]
    pub fn open(address: &RedisAddress, no_turns: WarnFn, no_series: WarnFn) -> Self {
        let line = |probe, warning| Arc::new(RedisHandle::open(address.0.clone(), probe, warning));
        let turns = line(bucket::probe, WarnOnce::new(no_turns, None));
        let series = line(store::probe, WarnOnce::new(no_series, Some(&turns)));
        Self { turns, series }
    }

    /// The token bucket of that name.
    #[must_use]
    pub fn bucket(&self, name: &str, terms: BucketConfig) -> SharedBucket {
        SharedBucket::new(Arc::clone(&self.turns), name, terms)
    }

    /// The cache.
    #[must_use]
    pub fn store(&self) -> SharedStore {
        SharedStore::new(Arc::clone(&self.series))
    }
}
