//! Where a shared server is. An address is never shown with the user name and password in it.

use std::fmt;
use std::str::FromStr;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

const SCHEMES: [&str; 4] = ["redis://", "rediss://", "valkey://", "valkeys://"];

/// Where a server is, and the credentials to use.
#[derive(Clone)]
pub struct RedisAddress(ConnectionInfo);

/// A text that is not the address of a server. It does not contain the text: a password may be in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("needs a URL such as redis://[user:password@]host:6379/0, or rediss:// for TLS")]
pub struct BadRedisAddress;

impl RedisAddress {
    /// What the client connects to.
    pub(super) fn connection_info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl FromStr for RedisAddress {
    type Err = BadRedisAddress;

    fn from_str(text: &str) -> Result<Self, BadRedisAddress> {
        let text = text.trim();
        let has_scheme = SCHEMES.iter().any(|scheme| text.starts_with(scheme));
        let info = text.into_connection_info().map_err(|_| BadRedisAddress)?;
        let is_remote = !matches!(info.addr(), ConnectionAddr::Unix(_));
        if has_scheme && is_remote { Ok(Self(info)) } else { Err(BadRedisAddress) }
    }
}

/// The place, without the credentials.
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
