//! Why a shard's file cannot be used.

use std::fmt::Display;

use crate::table::TooLarge;

/// The version of the layout; files of another one are refused.
pub(super) const VERSION: u32 = 6;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShardFileError {
    /// It is something else.
    #[error("it is not a shard file")]
    Foreign,
    /// It was written by a program that lays shards out differently.
    #[error("its layout is version {0}, and this program reads version {VERSION}")]
    OtherVersion(u64),
    /// There is more in it than any shard has.
    #[error("it is {0}, which no shard is")]
    TooLarge(TooLarge),
    /// Something in it cannot be read.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl ShardFileError {
    pub(super) fn damaged(why: &dyn Display) -> Self {
        Self::Damaged(why.to_string())
    }
}
