//! The bytes of a file, bounded, and what its name says it is.

use std::fs::File;
use std::path::Path;

use super::error::FilesError;
use crate::table::{ByteLimit, ReadError, read_bytes};

/// All bytes of a file, or why it is not read.
pub(super) fn bytes_of(path: &Path, limit: ByteLimit) -> Result<Vec<u8>, FilesError> {
    let unreadable = |source| FilesError::Unreadable { path: path.into(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    read_bytes(&mut file, limit).map_err(|error| match error {
        ReadError::Io(source) => unreadable(source),
        ReadError::Foreign(what) => FilesError::of_foreign(path, what),
    })
}

/// Whether a file's name ends so.
pub(super) fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}
