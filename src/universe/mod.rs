//! Which symbols a run is about: the ticker grammar, lists, holdings, industries, and the shards of a list.
//!
//! It reads files, standard input and the embedded lists. It does not know what a provider calls a symbol
//! (that is the provider's business), and it never drops a ticker it cannot read: a bad one is an error that
//! names its line.

mod currency;
mod embedded;
mod entries;
mod error;
mod exchanges;
mod holding;
mod holdings;
mod holdings_columns;
mod holdings_row;
mod holdings_table;
mod industries;
mod levels;
mod list;
mod list_table;
mod lists_over_time;
mod lot;
mod members;
mod sections;
mod shard;
mod symbol;
mod text;
mod transactions;
mod words;

pub use currency::{is_quoted_in_hundredths, major_unit};
pub use embedded::{LISTS, is_listed};
pub use error::UniverseError;
pub use exchanges::{hong_kong, listed_at, market_of};
pub use holding::Holding;
pub use holdings::{BadHolding, Holdings};
pub use holdings_table::HoldingsOptions;
pub use industries::{Industry, IndustryNames};
pub use list::{ListOptions, Universe};
pub use lists_over_time::memberships_of;
pub use lot::CostKind;
pub use members::{Memberships, PastList, Spell};
pub use shard::{BadShard, Shard};
pub use symbol::{BadTicker, Symbol};
