//! Where a report goes: standard output, a device or pipe, or a file that is replaced whole or not at all.

use std::fs::{File, Permissions, remove_file};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tempfile::NamedTempFile;

/// How files are named until they are whole.
const PREFIX: &str = ".screener-";
const SUFFIX: &str = ".tmp";

/// Removes what killed processes left in a folder: files that nobody holds any more.
fn sweep(folder: &Path) {
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
            continue;
        }
        let is_held = || {
            let file = File::options().write(true).open(entry.path()).ok()?;
            let age = file.metadata().ok()?.modified().ok()?.elapsed().ok()?;
            // One that was made just now may not be held yet.
            Some(age < JUST_NOW || file.try_lock().is_err())
        };
        if is_held() == Some(false) {
            let _ = remove_file(entry.path());
        }
    }
}

/// Where a link points to that has nothing behind it yet.
fn behind_link(file: &Path) -> PathBuf {
    match file.read_link() {
        Ok(target) => file.parent().map_or_else(|| target.clone(), |folder| folder.join(&target)),
        Err(_) => file.into(),
    }
}

/// The time in which a new file is held for certain.
const JUST_NOW: Duration = Duration::from_millis(200);

/// An opened destination.
pub(crate) enum Destination {
    Stdout,
    /// A temporary file beside the one it will replace.
    Replaced(NamedTempFile, PathBuf),
    /// A device or pipe, which cannot be replaced.
    Stream(File, PathBuf),
    /// A file in a folder where no other can be made: it is written over once all is known.
    WrittenOver(Vec<u8>, PathBuf),
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
        let file = file.canonicalize().unwrap_or_else(|_| behind_link(file));
        anyhow::ensure!(!file.is_dir(), "cannot write {}: it is a directory", file.display());
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        sweep(folder);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        #[cfg(unix)]
        builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
        let temporary = match builder.tempfile_in(folder) {
            Err(error)
                if error.kind() == ErrorKind::PermissionDenied
                    && File::options().write(true).open(&file).is_ok() =>
            {
                return Ok(Self::WrittenOver(Vec::new(), file));
            }
            temporary => temporary.with_context(cannot)?,
        };
        // Held as long as this process lives: who sweeps sees that it is not left over.
        let _ = temporary.as_file().try_lock();
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
    pub(crate) fn write(mut self, document: &[u8]) -> anyhow::Result<()> {
        match self.write_all(document).and_then(|()| self.flush()) {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => return Ok(()),
            result => result.with_context(|| self.cannot_write())?,
        }
        self.finish()
    }

    /// Ends what was written piece by piece: only now a file is replaced.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        let cannot = self.cannot_write();
        match self {
            Self::Replaced(temporary, path) => {
                match temporary.persist(&path) {
                    Ok(_) => Ok(()),
                    // What a container mounts in a file's place can be written and not replaced.
                    Err(refused) if refused.error.kind() == ErrorKind::ResourceBusy => {
                        std::fs::read(refused.file.path())
                            .and_then(|document| std::fs::write(&path, document))
                            .context(cannot)
                    }
                    Err(refused) => Err(refused.error).context(cannot),
                }
            }
            Self::WrittenOver(document, path) => std::fs::write(path, document).context(cannot),
            Self::Stdout | Self::Stream(..) => match self.flush() {
                Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
                result => result.context(cannot),
            },
        }
    }

    fn cannot_write(&self) -> String {
        match self {
            Self::Stdout => "cannot write to standard output".into(),
            Self::Replaced(_, path) | Self::Stream(_, path) | Self::WrittenOver(_, path) => {
                format!("cannot write {}", path.display())
            }
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout => io::stdout().lock().write(bytes),
            Self::Stream(stream, _) => stream.write(bytes),
            Self::Replaced(temporary, _) => temporary.write(bytes),
            Self::WrittenOver(document, _) => document.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout => io::stdout().lock().flush(),
            Self::Stream(stream, _) => stream.flush(),
            Self::Replaced(temporary, _) => temporary.flush(),
            Self::WrittenOver(..) => Ok(()),
        }
    }
}
