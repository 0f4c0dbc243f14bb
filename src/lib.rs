//! `screener` looks for momentum and unusual volume in lists of tickers, fetching their daily bars concurrently but
//! politely.
//!
//! The way of one ticker: a [`universe::Universe`] and a [`pipeline::Plan`] make a [`provider::Query`] for each
//! symbol; on a thread pool of its own, the [`source::Source`] takes the bars from the [`cache`], or else takes bytes
//! from the [`fetch::Client`] (retry ∘ limiter ∘ HTTP), which the [`provider::Provider`] reads into [`bars::Bars`];
//! [`ask::Screen::measure`] turns bars into a [`compare::row::Row`], or the symbol becomes a [`failure::Failure`];
//! [`ask::Screen::rank`] scores and orders across symbols; the [`report::Report`] is written.
//!
//! Where several machines share the work, each measures one [`universe::Shard`] and writes its [`shard`] file, and
//! [`shard::merge()`] puts rows and failures back in order before anything is compared; where they share a quota, the
//! limiter's permits and the cache's series come through [`shared`].
//!
//! A screen of prices that are loaded:
//!
//! ```
//! use screener::ask::{Criteria, Screen};
//! use screener::compare::momentum::Momentum;
//! use screener::models::clenow;
//! use screener::provider::sample;
//!
//! let prices = sample()?;
//! let momentum = Momentum { model: clenow::MODEL, benchmark: None };
//! let screen = Screen { limit: Some(3), ..Screen::new(Criteria::Top(momentum)) };
//! let mut rows = Vec::new();
//! for symbol in prices.symbols() {
//!     rows.extend(prices.get(symbol).map(|bars| screen.measure(symbol, &bars)));
//! }
//! let ranking = screen.rank(rows, None)?;
//! let frame = screener::report::frame(&ranking, &screen.all_columns())?;
//! assert_eq!(frame.height(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! A file imports only what stands above it, and what is left of [`bars`] knows HTTP and no finance, what is right
//! of it finance and no HTTP. `tests/it/doors.rs` reads this list and holds every file to it; within a folder the
//! files stand in an order, too, and a `mod.rs` only lists them.
//!
//! 1. [`guide`]: how the program is used
//! 2. [`guard`]: foreign code that may panic
//! 3. [`private`]: files that only their owner reads
//! 4. [`table`]: tables as people write them
//! 5. [`universe`]: symbols, lists of them, holdings, shards
//! 6. [`bars`]: one symbol's daily bars, the waist between the halves
//! 7. [`shared`]: a server through which processes share a quota and a cache
//! 8. [`fetch`]: requests, politely
//! 9. [`provider`]: where bars come from, as requests and how answers are read
//! 10. [`cache`]: bars kept between runs
//! 11. [`source`]: a query's bars, from the cache or fetched
//! 12. [`measure`]: what one series says by itself
//! 13. [`models`]: from its numbers to a score
//! 14. [`compare`]: symbols at one session beside each other
//! 15. [`portfolio`]: what is held, beside its prices
//! 16. [`ask`]: what a user asks of symbols, and the answer
//! 17. [`evaluate`]: whether a score works
//! 18. [`failure`]: symbols without bars, runs that ended early
//! 19. [`report`]: the result of a run, and its formats
//! 20. [`pipeline`]: plan, gather, measure, rank
//! 21. [`shard`]: one of several machines' rows as a file, and their merge
//! 22. [`watch`]: a screen at intervals
//! 23. [`cli`]: the command line

pub mod ask;
pub mod bars;
pub mod cache;
pub mod cli;
pub mod compare;
pub mod evaluate;
pub mod failure;
pub mod fetch;
pub mod guard;
pub mod guide;
pub mod measure;
pub mod models;
pub mod pipeline;
pub mod portfolio;
pub mod private;
pub mod provider;
pub mod report;
pub mod shard;
pub mod shared;
pub mod source;
pub mod table;
pub mod universe;
pub mod watch;
