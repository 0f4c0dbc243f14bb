//! One machine's part of a universe: which symbols are whose.

use std::fmt;
use std::str::FromStr;

use super::{Symbol, Universe};

/// The most parts a universe can have.
const MAX_SHARDS: u32 = 100_000;

/// One of `count` parts, numbered from 0.
///
/// A symbol is of one part whatever list it stands in and wherever in it: the CRC-32 of its text, as a
/// fraction of 2³², falls among `count` equal ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    index: u32,
    count: u32,
}

/// Why a part cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadShard {
    /// Not two numbers.
    #[error("a part is written 3/16: the fourth of sixteen, the first being 0/16")]
    Unreadable,
    /// A number beyond the last.
    #[error("there is no part {index} of {count}: they are 0 to {}", .count - 1)]
    Beyond {
        /// Which.
        index: u32,
        /// Of how many.
        count: u32,
    },
}

impl Shard {
    /// Part `index` of `count`, the first being 0.
    ///
    /// # Errors
    /// [`BadShard`].
    pub fn new(index: u32, count: u32) -> Result<Self, BadShard> {
        match count {
            0 | MAX_SHARDS.. => Err(BadShard::Unreadable),
            _ if index >= count => Err(BadShard::Beyond { index, count }),
            _ => Ok(Self { index, count }),
        }
    }

    /// Which.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// Of how many.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// All parts of which this is one.
    pub fn all(self) -> impl Iterator<Item = Self> {
        (0..self.count).map(move |index| Self { index, ..self })
    }

    /// The part that a symbol is of, where there are `count`.
    #[must_use]
    pub fn of(symbol: &Symbol, count: u32) -> Self {
        let place = u64::from(crc32fast::hash(symbol.as_str().as_bytes()));
        let index = (place * u64::from(count)) >> 32; // less than the count
        Self { index: u32::try_from(index).unwrap_or(0), count }
    }
}

impl FromStr for Shard {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let number = |text: &str| {
            let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            text.parse().ok().filter(|_| is_plain).ok_or(BadShard::Unreadable)
        };
        let (index, count) = text.split_once('/').ok_or(BadShard::Unreadable)?;
        Self::new(number(index)?, number(count)?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl Universe {
    /// The symbols of one part, in their order; perhaps none.
    #[must_use]
    pub fn part(&self, shard: Shard) -> Self {
        let mut part = Self { sectors: self.sectors.clone(), ..Self::default() };
        let own = self.symbols.iter().filter(|symbol| Shard::of(symbol, shard.count) == shard);
        own.for_each(|symbol| part.add(symbol.clone()));
        part
    }
}
