//! A ticker, checked once against one grammar. How a provider spells it is not known here.

use std::fmt;
use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Characters of a bad ticker that an error message shows.
const MAX_SHOWN: usize = 40;

/// A ticker as the user wrote it, trimmed and upper-cased, known to match
/// `[A-Z0-9^][A-Z0-9.\-=^&/]{0,31}`, where a name before an exchange's ending may have `_`, too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(Arc<str>);

impl Symbol {
    /// Reads one ticker; surrounding blanks and lower case are accepted.
    ///
    /// # Errors
    /// [`BadTicker`] when the text does not match the grammar.
    pub fn parse(text: &str) -> Result<Self, BadTicker> {
        let ticker = text.trim().to_ascii_uppercase();
        let starts_well =
            ticker.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '^');
        // Some indices have a `_` in their names, before the ending of their exchange.
        let (name, ending) = ticker.rsplit_once('.').unwrap_or(("", &ticker));
        let goes_on_well = name.bytes().all(|b| is_of_tickers(b) || b == b'_')
            && ending.bytes().all(is_of_tickers);
        if starts_well && goes_on_well && ticker.len() <= 32 {
            Ok(Self(ticker.into()))
        } else {
            Err(BadTicker { text: text.trim().chars().take(MAX_SHOWN).collect(), line: None })
        }
    }

    /// The ticker's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it, or it in another spelling of its class share, is among others.
    pub(super) fn is_in(&self, contains: impl Fn(&Self) -> bool) -> bool {
        let has_spellings = self.0.contains(['.', '-', '/']);
        contains(self) || has_spellings && self.spellings().any(|spelling| contains(&spelling))
    }

    /// The symbol with each of the separators that people write between a name and its class: `BRK.B`,
    /// `BRK-B`, `BRK/B`.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = Self> {
        let separators = [".", "-", "/"].into_iter();
        separators
            .filter_map(|separator| Self::parse(&self.0.replace(['.', '-', '/'], separator)).ok())
    }
}

fn is_of_tickers(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit() || b".-=^&/".contains(&b)
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|bad| D::Error::custom(format!("{bad} is not a valid ticker")))
    }
}

/// A text that is not a ticker, and the line it stands on when it came from a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BadTicker {
    text: String,
    line: Option<u64>,
}

impl BadTicker {
    /// The same, found on this line of a list.
    #[must_use]
    pub(super) fn on_line(self, line: Option<u64>) -> Self {
        Self { line, ..self }
    }

    /// The ticker that may be meant: a blank before a share class stands for a dot.
    pub(super) fn nearest(&self) -> Option<Symbol> {
        let (name, class) = self.text.split_once(' ')?;
        if class.len() != 1 {
            return None;
        }
        Symbol::parse(&format!("{name}.{class}")).ok()
    }
}

impl fmt::Display for BadTicker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `{:?}` escapes control characters: what a file holds never reaches the terminal raw.
        match self.line {
            Some(line) => write!(f, "line {line} {:?}", self.text),
            None => write!(f, "{:?}", self.text),
        }
    }
}
