//! How many bytes a file may unpack to: a few packed kilobytes must not fill the memory, and nothing is ever cut.

use std::fmt;

/// Real price files pack four to five times, as gzip, zstd and Parquet.
const MAX_RATIO: u64 = 20;
/// Below this the ratio does not matter.
const RATIO_FROM: u64 = 32 << 20;

/// A bound on unpacked bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteLimit {
    max: u64,
    has_ratio: bool,
    /// The option that states another bound, where there is one.
    option: Option<&'static str>,
}

/// Why a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    limit: ByteLimit,
    /// Whether it is only too large for how few bytes it is packed in.
    is_ratio: bool,
}

impl ByteLimit {
    /// At most `max` bytes.
    #[must_use]
    pub const fn of(max: u64) -> Self {
        Self { max, has_ratio: false, option: None }
    }

    /// And at most 20 times what they are packed in.
    #[must_use]
    pub const fn and_by_ratio(self) -> Self {
        Self { has_ratio: true, ..self }
    }

    /// An option states it, or another.
    #[must_use]
    pub const fn of_option(self, option: &'static str) -> Self {
        Self { option: Some(option), ..self }
    }

    /// The bound, however it is packed.
    #[must_use]
    pub fn max(self) -> u64 {
        self.max
    }

    /// The most that so many packed bytes may unpack to.
    #[must_use]
    pub fn of_packed(self, packed: u64) -> u64 {
        if !self.has_ratio {
            return self.max;
        }
        self.max.min(packed.saturating_mul(MAX_RATIO).max(RATIO_FROM))
    }

    /// Whether so many bytes may be read, which are packed in `packed`, if they are.
    ///
    /// # Errors
    /// [`TooLarge`] says why they may not.
    pub fn check(self, packed: Option<u64>, unpacked: u64) -> Result<(), TooLarge> {
        if unpacked > self.max {
            return Err(TooLarge { limit: self, is_ratio: false });
        }
        if packed.is_some_and(|packed| unpacked > self.of_packed(packed)) {
            return Err(TooLarge { limit: self, is_ratio: true });
        }
        Ok(())
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ByteLimit { max, option, .. } = self.limit;
        if self.is_ratio {
            write!(f, "larger than {MAX_RATIO} times its packed size, which no table is")?;
        } else if max.is_multiple_of(1 << 30) {
            write!(f, "larger than {} GiB", max >> 30)?;
        } else if max.is_multiple_of(1 << 20) {
            write!(f, "larger than {} MiB", max >> 20)?;
        } else {
            write!(f, "larger than {max} bytes")?;
        }
        match option {
            Some(option) => write!(f, " ({option} SIZE reads as much as it says)"),
            None => Ok(()),
        }
    }
}
