//! From queries to bars: loaded before the run, else from the cache, else fetched, read and kept.
//!
//! A symbol that the vendor does not know is remembered only when the run has shown that the vendor is not failing.

mod cache_layer;
#[expect(clippy::module_inception, reason = "the source is what this module is about")]
mod source;
mod unknown;

pub use cache_layer::{CacheLayer, Outcome};
pub use source::{Remote, Source};
