//! A shared server. Reservations and cached series go over handles of their own, so that neither waits for the
//! other.

use std::sync::Arc;

use super::address::RedisAddress;
use super::bucket::{self, BucketConfig, SharedBucket};
use super::connection::Connection;
use super::handle::{RedisHandle, SERVER_TIMEOUT, Trouble, WarnFn, WarnOnce};
use super::seal::Seal;
use super::store::{self, SharedStore};

/// A server that processes share.
pub struct SharedServer {
    for_buckets: Arc<RedisHandle>,
    for_series: Arc<RedisHandle>,
    seal: Option<Arc<Seal>>,
    foreign: Arc<WarnOnce>,
}

impl SharedServer {
    /// Connects when there is something to ask. `warn_bucket` is called once with the reason when that does not
    /// work, `warn_store` when only the cache cannot be used, and `warn_foreign` when entries of it are not ours. With a
    /// `seal` only entries of those who have the same are believed.
    #[must_use]
    pub fn open(
        address: &RedisAddress,
        seal: Option<Seal>,
        warn_bucket: WarnFn,
        warn_store: WarnFn,
        warn_foreign: WarnFn,
    ) -> Self {
        let warning = WarnOnce::new(warn_bucket, None);
        let for_buckets = Arc::new(RedisHandle::open(address, bucket::probe, warning));
        let warning = WarnOnce::new(warn_store, Some(&for_buckets));
        let for_series = Arc::new(RedisHandle::open(address, store::probe, warning));
        let foreign = Arc::new(WarnOnce::new(warn_foreign, None));
        Self { for_buckets, for_series, seal: seal.map(Arc::new), foreign }
    }

    /// Asks a server once whether it answers.
    ///
    /// # Errors
    /// Why it does not.
    pub fn ping(address: &RedisAddress) -> Result<(), Trouble> {
        let connection = Connection::open(address.connection_info(), SERVER_TIMEOUT);
        let answer = connection.and_then(|mut connection| {
            bucket::probe(&mut connection)?;
            store::probe(&mut connection)
        });
        answer.map_err(|error| Trouble::of(&error))
    }

    /// The token bucket of that name.
    #[must_use]
    pub fn bucket(&self, name: &str, config: BucketConfig) -> SharedBucket {
        SharedBucket::new(Arc::clone(&self.for_buckets), name, config)
    }

    /// The cache.
    #[must_use]
    pub fn store(&self) -> SharedStore {
        let (seal, foreign) = (self.seal.clone(), Arc::clone(&self.foreign));
        SharedStore::new(Arc::clone(&self.for_series), seal, foreign)
    }
}
