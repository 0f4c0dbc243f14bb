//! Where a report goes: standard output, a device or pipe, or a file that is replaced whole or not at all.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::NamedTempFile;

/// An opened destination.
pub(crate) enum Destination {
    Stdout,
    /// A temporary file beside the one it will replace.
    Replaced(NamedTempFile, PathBuf),
    /// A device or pipe, which cannot be replaced.
    Stream(File, PathBuf),
}

impl Destination {
    /// Opens the destination before the work begins, so that a bad path is found at once.
    pub(crate) fn open(file: Option<&Path>) -> anyhow::Result<Self> {
        let Some(file) = file else {
            return Ok(Self::Stdout);
        };
        let cannot = || format!("cannot write {}", file.display());
        if file.metadata().is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
            let stream = File::options().write(true).open(file).with_context(cannot)?;
            return Ok(Self::Stream(stream, file.into()));
        }
        // Renaming would put a file in a link's place.
        let file = file.canonicalize().unwrap_or_else(|_| file.into());
        anyhow::ensure!(!file.is_dir(), "cannot write {}: it is a directory", file.display());
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".screener-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
        let temporary =
            builder.tempfile_in(folder.unwrap_or(Path::new("."))).with_context(cannot)?;
        if let Ok(old) = file.metadata() {
            temporary.as_file().set_permissions(old.permissions()).with_context(cannot)?;
        }
        Ok(Self::Replaced(temporary, file))
    }

    /// Writes a text to standard output.
    pub(crate) fn print(text: &str) -> anyhow::Result<()> {
        Self::Stdout.write(text.as_bytes())
    }

    /// Writes everything at once. A reader that went away is not an error.
    pub(crate) fn write(self, document: &[u8]) -> anyhow::Result<()> {
        match self {
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                match stdout.write_all(document).and_then(|()| stdout.flush()) {
                    Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
                    result => result.context("cannot write to standard output"),
                }
            }
            Self::Stream(mut stream, path) => match stream.write_all(document) {
                Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
                result => result.with_context(|| format!("cannot write {}", path.display())),
            },
            Self::Replaced(mut temporary, path) => {
                let cannot = || format!("cannot write {}", path.display());
                temporary.write_all(document).with_context(cannot)?;
                temporary.persist(&path).map_err(|e| e.error).with_context(cannot)?;
                Ok(())
            }
        }
    }
}
