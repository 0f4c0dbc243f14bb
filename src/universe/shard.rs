//! One machine's share of a universe: which symbols belong to which shard. It reads and fetches nothing.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::symbol::Symbol;

/// The most shards a universe can have.
const MAX_SHARDS: u32 = 100_000;

/// One of `count` shards, numbered from 1: `1/4` to `4/4`.
///
/// A symbol belongs to one shard, whatever list it stands in and wherever in it: the CRC-32 of its text, as a
/// fraction of 2³², falls among `count` equal ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    number: u32,
    count: u32,
}

/// Why there is no such shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadShard {
    /// Not two numbers.
    #[error("write a shard as 3/16: the third of sixteen")]
    Unreadable,
    /// A number below the first or beyond the last.
    #[error("shards count from 1: 1/{count} to {count}/{count}")]
    OutOfRange {
        /// How many shards there are.
        count: u32,
    },
}

impl Shard {
    /// Shard `number` of `count`, the first being 1.
    ///
    /// # Errors
    /// [`BadShard`].
    pub fn new(number: u32, count: u32) -> Result<Self, BadShard> {
        match count {
            0 | MAX_SHARDS.. => Err(BadShard::Unreadable),
            _ if number == 0 || number > count => Err(BadShard::OutOfRange { count }),
            _ => Ok(Self { number, count }),
        }
    }

    /// The shard that a symbol belongs to, where there are `count`.
    #[must_use]
    pub fn of(symbol: &Symbol, count: u32) -> Self {
        let place = u64::from(crc32fast::hash(symbol.as_str().as_bytes()));
        let index = (place * u64::from(count)) >> 32; // less than the count
        Self { number: u32::try_from(index).map_or(1, |index| index + 1), count }
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many shards there are.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// Every shard of the same universe, in order.
    pub fn all(self) -> impl Iterator<Item = Self> {
        (1..=self.count).map(move |number| Self { number, ..self })
    }

    /// Whether a symbol belongs to this shard.
    #[must_use]
    pub fn holds(self, symbol: &Symbol) -> bool {
        Self::of(symbol, self.count) == self
    }
}

impl FromStr for Shard {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let (number, count) = text.split_once('/').ok_or(BadShard::Unreadable)?;
        Self::new(parse_number(number)?, parse_number(count)?)
    }
}

fn parse_number(text: &str) -> Result<u32, BadShard> {
    let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain {
        text.parse().map_err(|_| BadShard::Unreadable)
    } else {
        Err(BadShard::Unreadable)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
