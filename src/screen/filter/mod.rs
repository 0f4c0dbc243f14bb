//! Filters such as `rsi_14 < 70 and return_6m > 0.1`: parsed once, checked against the columns, then asked of
//! every row.

mod check;
mod condition;
mod parse;

pub use check::{Filter, FilterError};
