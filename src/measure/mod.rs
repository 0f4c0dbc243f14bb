//! What one series says by itself: the registry of fields, the indicators behind them, what is doubtful in it.
//!
//! [`snapshot::Snapshot`] is a symbol at the close of one session. Nothing here compares symbols or knows a model.

pub mod alphavelocity;
pub mod benchmark;
pub mod calendar;
pub mod doubt;
pub mod entry;
pub mod fields;
pub mod indicators;
pub mod note;
pub mod numbers;
pub mod overnight;
pub mod quality;
pub mod ranges;
pub mod series;
pub mod session_days;
pub mod snapshot;
pub mod wanted;
