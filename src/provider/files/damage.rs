//! What a file says it is, and what happens when it is not that.

use std::path::Path;

use polars::prelude::{PolarsError, PolarsResult};

use crate::guard::unless_it_panics;

/// Whether a file's name ends so.
pub(super) fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// What polars reads; it panics on some damaged files.
pub(super) fn or_damaged<T>(read: impl FnOnce() -> PolarsResult<T>) -> PolarsResult<T> {
    unless_it_panics(read).unwrap_or_else(|| Err(PolarsError::ComputeError("it is damaged".into())))
}
