//! A shard of a run: what one of several machines gathered, as a file; and how shards become the whole.
//!
//! A shard's file holds every row's own numbers, every failure and the facts of its run; nothing in it is scored
//! or ranked. [`merge`] puts rows and failures back into the order of the list, so that what is ranked is what one
//! run would have ranked. Nothing here fetches, scores or knows a terminal.

mod error;
mod facts;
mod file;
mod merge;

pub use error::ShardFileError;
pub use facts::{RunFacts, ShardFacts};
pub use file::{SHARD_LIMIT, ShardFile, write};
pub use merge::{MergeError, Merged, merge};
