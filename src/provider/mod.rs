//! What bytes mean: one vendor a file, each a pair of pure functions from queries to a request and from an
//! answer to bars, for as many symbols as one request can carry.
//!
//! Providers do no IO and keep nothing; their wire structures never leave their file. Prices that need no
//! request, of files and of the embedded sample, are loaded once into [`LocalBars`].

mod alpaca;
mod events;
mod files;
mod local;
mod query;
mod sample;
mod spark;
mod spelling;
mod wire;
mod yahoo;

pub use alpaca::Alpaca;
pub use files::{FilesError, FilesOptions, TextTable, files, may_hold_prices, text_table};
pub use local::LocalBars;
pub use query::{Page, Provider, Query, calendar_days};
pub use sample::sample;
pub use spark::Spark;
pub use yahoo::Yahoo;
