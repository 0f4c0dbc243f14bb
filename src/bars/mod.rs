//! Daily bars of one symbol: the waist of the program.
//!
//! What comes from a provider is checked here once and trusted ever after: dates strictly ascending, closes
//! finite and positive, one price basis for the whole series, plain prices adjusted for the splits that the source
//! states. It knows neither where bars come from nor what is computed from them.

mod bar;
mod derived;
mod events;
mod series;

pub use bar::{Bar, Hours, PriceBasis, YEARS};
pub(crate) use bar::{is_price, price_or_nan};
pub use events::{Dividend, Events, LastPrice, Split};
pub use series::Bars;
