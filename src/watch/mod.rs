//! Looking again and again: when, what is new, where it is kept and who is told.
//!
//! A cycle is one run of the pipeline; nothing here fetches or scores. Times are given, not taken: whoever
//! runs the cycles has the clock.

mod beat;
mod hours;
mod notice;
mod past;
mod quote;
mod signal;
mod store;

pub use beat::Beat;
pub use hours::{Market, market};
pub use notice::{Errands, Notices};
pub use quote::{Cycle, Quote};
pub use signal::{Change, Signal, Tracker};
pub use store::{Store, StoreError};
