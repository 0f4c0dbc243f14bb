//! Bars that are kept: on this machine's disk, and in front of it perhaps in a server that machines share.
//!
//! A cache is a speed-up and never a source of errors: one that cannot be opened, read or written costs one
//! warning and the speed. What is read is checked (version, checksum, the invariants of
//! [`Bars`](crate::bars::Bars)); anything wrong is a miss and is replaced. Series are replaced whole, never
//! spliced.

pub mod blob;
mod database;
mod disk;
mod entry;
mod freshness;
mod lookup;
mod policy;
mod prune;
mod shared_tier;
mod stated;

pub use database::CacheStats;
pub use disk::{clear, is_sound, known_symbols, prune, stats};
pub use freshness::valid_until;
pub use lookup::{Cache, Earlier, Lookup};
pub use policy::{CacheMode, CachePolicy, Namespace};
pub use prune::{MAX_BYTES, Pruning};
