//! Looking again and again: when, what is new, where it is kept and who is told.
//!
//! A cycle is one run of the pipeline; nothing here fetches or scores. Times are given, not taken: whoever
//! runs the cycles has the clock.

mod cadence;
mod history;
mod hours;
mod notifier;
mod quote;
mod signal;
mod store;

pub use cadence::Cadence;
pub use hours::{TradingStatus, trading_status};
pub use notifier::{Notifications, Notifier};
pub use quote::{CycleResult, Quote};
pub use signal::{Change, Signal, Tracker};
pub use store::{WatchStore, WatchStoreError};
