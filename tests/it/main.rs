//! The one integration test binary: each further one would link polars again.

mod bars;
mod commands;
mod doors;
mod faults;
mod golden;
mod limiter;
mod models;
mod network;
mod report;
mod support;
mod universe;
mod yahoo;

#[path = "../../examples/replay/mod.rs"]
mod replay;
