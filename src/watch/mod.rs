//! Running a screen at intervals: when, what is new, where it is stored and who is notified.
//!
//! A cycle is one run of the pipeline; nothing here fetches or scores. Times are passed in: whoever runs the cycles
//! has the clock.

mod cadence;
mod claim;
mod history;
mod message;
mod notifier;
mod past_signals;
mod quote;
mod receiver;
mod signal;
mod store;
mod trading_status;

pub use cadence::{Cadence, NextStart};
pub use claim::Claim;
pub use message::{BadTemplate, Envelope, MessageForm, Template};
pub use notifier::Notifier;
pub use quote::{CycleResult, Quote};
pub use receiver::{Program, Receiver};
pub use signal::{Change, Signal, Tracker};
pub use store::{NewCycle, WatchStore, WatchStoreError};
pub use trading_status::{TradingStatus, trading_status};
