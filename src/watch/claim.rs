//! One watch of a screen at a time on a store: two would raise every signal twice.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The right to watch a screen; it ends with the process, however that ends.
pub struct Claim {
    _file: File,
}

impl Claim {
    /// Claims a screen on a store. `None`: another process watches it.
    ///
    /// # Errors
    /// When the file beside the store cannot be made.
    pub fn of(store: &Path, definition: &str) -> io::Result<Option<Self>> {
        // However the store is called; the file beside it stays, for another process may just open it.
        let store = store.canonicalize()?;
        let mut name = store.into_os_string();
        name.push(format!(".{:08x}.lock", crc32fast::hash(definition.as_bytes())));
        let path = PathBuf::from(name);
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
