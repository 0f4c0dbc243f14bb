//! A shared server. Reservations and cached series go over handles of their own, so that neither waits for the
//! other.

use std::sync::Arc;

use super::address::RedisAddress;
use super::bucket::{self, BucketConfig, SharedBucket};
use super::handle::{RedisHandle, WarnFn, WarnOnce};
use super::store::{self, SharedStore};

/// A server that processes share.
pub struct SharedServer {
    for_buckets: Arc<RedisHandle>,
    for_series: Arc<RedisHandle>,
}

impl SharedServer {
    /// Connects when there is something to ask. `warn_bucket` is called once with the reason when that does not
    /// work, and `warn_store` when only the cache cannot be used.
    #[must_use]
    pub fn open(address: &RedisAddress, warn_bucket: WarnFn, warn_store: WarnFn) -> Self {
        let warning = WarnOnce::new(warn_bucket, None);
        let for_buckets = Arc::new(RedisHandle::open(address, bucket::probe, warning));
        let warning = WarnOnce::new(warn_store, Some(&for_buckets));
        let for_series = Arc::new(RedisHandle::open(address, store::probe, warning));
        Self { for_buckets, for_series }
    }

    /// The token bucket of that name.
    #[must_use]
    pub fn bucket(&self, name: &str, config: BucketConfig) -> SharedBucket {
        SharedBucket::new(Arc::clone(&self.for_buckets), name, config)
    }

    /// The cache.
    #[must_use]
    pub fn store(&self) -> SharedStore {
        SharedStore::new(Arc::clone(&self.for_series))
    }
}
