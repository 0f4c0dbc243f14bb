//! The little language of `--filter`, `--only-if` and computed columns: `rsi_14 between 40 and 70 and
//! current_price > 0.9 * high_52w`.
//!
//! A text is parsed into a tree (`parse`), its names are looked up in a vocabulary and its types are checked
//! (`check`), and the outcome is asked of a row, or of whatever the vocabulary is about (`evaluate`). It does
//! not know what the names stand for.

mod check;
mod evaluate;
mod parse;
mod token;

pub use check::{ExpressionError, Vocabulary, condition, value};
pub use evaluate::{Condition, Expression, Variables};
