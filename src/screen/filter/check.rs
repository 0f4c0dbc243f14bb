//! From a text to a filter: names are looked up, and texts are not compared with numbers.

use super::condition::{Condition, Operand};
use super::parse::{Parsed, Token, Word, parse};
use crate::screen::columns::Column;
use crate::screen::row::Row;

/// The longest filter that is read, in bytes.
const MAX_BYTES: usize = 4096;

/// A condition on rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Condition);

/// Why a text is not a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at column {}", .offset + 1)]
pub struct FilterError {
    /// What is wrong.
    pub problem: String,
    /// Where, in characters from the start.
    pub offset: usize,
    /// A column that may have been meant.
    pub suggestion: Option<&'static str>,
}

/// A mistake, at a byte of the text.
struct Mistake {
    problem: String,
    at: usize,
    suggestion: Option<&'static str>,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// [`FilterError`] points at the mistake.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        read(text).map(Self).map_err(|mistake| FilterError {
            problem: mistake.problem,
            offset: text[..floor_char_boundary(text, mistake.at)].chars().count(),
            suggestion: mistake.suggestion,
        })
    }

    /// The columns it asks about.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        self.0.collect_columns(&mut columns);
        columns
    }

    /// Whether a row passes.
    #[must_use]
    pub fn matches(&self, row: &Row) -> bool {
        self.0.judge(row) == Some(true)
    }
}

fn read(text: &str) -> Result<Condition, Mistake> {
    if text.len() > MAX_BYTES {
        let problem = format!("a filter has at most {MAX_BYTES} bytes");
        return Err(Mistake { problem, at: 0, suggestion: None });
    }
    let parsed = parse(text).map_err(|unexpected| {
        let problem = format!("expected {}", unexpected.expected);
        Mistake { problem, at: unexpected.at, suggestion: None }
    })?;
    check(parsed)
}

/// The start of the character that `byte` is in.
fn floor_char_boundary(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn check(parsed: Parsed) -> Result<Condition, Mistake> {
    Ok(match parsed {
        Parsed::Not(inner) => Condition::Not(Box::new(check(*inner)?)),
        Parsed::All(parts) => Condition::All(check_all(parts)?),
        Parsed::Any(parts) => Condition::Any(check_all(parts)?),
        Parsed::Compare(left, comparison, right) => {
            let at = right.at;
            let left = look_up(left)?;
            let right = look_up(right)?;
            if left.is_text() != right.is_text() {
                let problem = "a text is compared with a number".into();
                return Err(Mistake { problem, at, suggestion: None });
            }
            Condition::Compare(left, comparison, right)
        }
    })
}

fn check_all(parts: Vec<Parsed>) -> Result<Vec<Condition>, Mistake> {
    parts.into_iter().map(check).collect()
}

fn look_up(word: Word) -> Result<Operand, Mistake> {
    let name = match word.token {
        Token::Number(number) => return Ok(Operand::Number(number)),
        Token::Text(text) => return Ok(Operand::Text(text)),
        Token::Name(name) => name,
    };
    match Column::find(&name) {
        Some(column) if column.is_comparable() => Ok(Operand::Column(column)),
        Some(_) => Err(Mistake {
            problem: format!("the column {name} cannot be compared"),
            at: word.at,
            suggestion: None,
        }),
        None => Err(Mistake {
            problem: format!("no column is called {name:?}"),
            at: word.at,
            suggestion: Column::nearest(&name),
        }),
    }
}
