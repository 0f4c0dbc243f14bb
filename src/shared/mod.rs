//! What processes share through a Redis (or Valkey) server: one token bucket, one cache.
//!
//! No call waits for the server longer than [`SERVER_TIMEOUT`]: each handle is a thread that connects, asks and
//! connects again, and a caller that gets no answer in that time goes on without. One warning is given when the
//! server is away. This module knows Redis, and neither HTTP nor finance.

mod address;
mod bucket;
mod connection;
mod handle;
mod seal;
mod server;
mod store;

pub use address::{BadRedisAddress, RedisAddress};
pub use bucket::{BucketConfig, ClientState, Grant, SCRIPT, SharedBucket, Throttle};
pub use handle::{SERVER_TIMEOUT, Trouble, WarnFn};
pub use seal::Seal;
pub use server::SharedServer;
pub use store::SharedStore;
