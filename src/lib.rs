//! `screener` looks for momentum and unusual volume in lists of tickers, fetching their daily bars concurrently but politely.
//!
//! The way of one ticker: a [`universe::Universe`] and a [`screen::Screen`] make a plan of
//! [`provider::Query`]s; for each, on a thread pool of its own, the [`source::Source`] takes bytes from the
//! [`fetch::Client`] (retry ∘ limiter ∘ HTTP), which the [`provider::Provider`] reads into
//! [`bars::Bars`]; [`screen::Screen::measure`] turns bars into a [`screen::row::Row`], or the symbol becomes a
//! [`failure::Failure`]; [`screen::ranks`] orders across symbols; the [`report::Report`] is written.
//!
//! Where several machines share the work, each has a [`universe::Shard`], writes a [`shard`], and [`shard::merge`] puts
//! rows and failures back in order before anything is compared; where they share a quota, the limiter's turns and
//! the cache's series come through [`shared`].
//!
//! A screen of prices that are at hand:
//!
//! ```
//! use screener::provider::sample;
//! use screener::screen::models::Model;
//! use screener::screen::momentum::Momentum;
//! use screener::screen::{Criteria, Screen};
//!
//! let prices = sample()?;
//! let momentum = Momentum { model: Model::Clenow, benchmark: None };
//! let screen = Screen { limit: Some(3), ..Screen::new(Criteria::Top(momentum)) };
//! let rows = prices.symbols().filter_map(|symbol| Some(screen.measure(symbol, prices.get(symbol)?)));
//! let best = screen.conclude(rows.collect(), None)?;
//! assert_eq!(best.shown.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Speed
//!
//! A cold run takes little more than its latency and its rate allow (503 tickers, 100 ms, 10 workers: 5.16 s of
//! 5.10), because a worker waits with nothing but a socket in its hand, takes one ticker at a time and never
//! the limiter's lock while it sleeps. A ticker costs 0.4 ms of CPU: bodies are unpacked in one piece
//! (libdeflate), columns have room for a usual year from the beginning, and a time zone is asked once for the
//! stamps that a whole exchange shares; together that took three tenths of the instructions away. Bodies are
//! dropped once read and bars once measured: 23 MB for 503 tickers, 49 MB for 10,000. What is in the cache or
//! in a file is read and measured by as many threads as there are cores, not as many as there are workers
//! (503 tickers in 45 ms, 10,000 in 0.59 s), and old rows of a file are dropped before anything is made of
//! them. `examples/bench_replay.rs` measures all of it.
//!
//! The modules, in that order. Left of `bars` the code knows HTTP and no finance, right of it finance and no
//! HTTP.

pub mod universe;

pub mod cache;
pub mod fetch;
pub mod provider;
pub mod shared;
pub mod source;

pub mod bars;

pub mod screen;

pub mod failure;
pub mod pipeline;
pub mod report;
pub mod shard;
pub mod watch;

pub mod cli;
