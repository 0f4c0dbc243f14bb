//! How a cache is used, and whose bars are kept in it.

use chrono::TimeDelta;

/// Where bars come from: they are never served for another provider or another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The provider's name.
    pub provider: &'static str,
    /// Scheme, host and port.
    pub origin: String,
}

/// How a cache is used.
#[derive(Clone, Copy, Debug)]
pub struct CachePolicy {
    /// How long a bar of an unfinished session is reused.
    pub ttl: TimeDelta,
    /// What is read from it.
    pub mode: CacheMode,
    /// Entries in one transaction.
    pub batch_size: usize,
}

/// What is read from a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheMode {
    /// Everything that is fresh.
    Fresh,
    /// Only which symbols are unknown: bars are neither read nor kept.
    UnknownOnly,
    /// Nothing: what is there is replaced.
    Refresh,
}
