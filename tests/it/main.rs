//! The one integration test binary: each further one would link polars again.

mod bars;
mod bucket;
mod cache;
mod columns;
mod commands;
mod compare;
mod currencies;
mod damaged;
mod dialects;
mod doors;
mod doubts;
mod evaluate;
mod evidence;
mod examples;
mod exchanges;
mod faults;
mod files;
mod filter;
mod golden;
mod guide;
mod hardened;
mod html;
mod independent;
mod limiter;
mod limits;
mod members;
mod models;
mod network;
mod permits;
mod portfolio;
mod prefilter;
mod prices;
mod providers;
mod report;
mod schema;
mod settings;
mod shapes;
mod shards;
mod sharing;
mod support;
mod transactions;
mod universe;
mod volume;
mod yahoo;
mod yahoo_2026;

#[path = "../../examples/fleet/redis.rs"]
mod redis_server;
#[path = "../../examples/replay/mod.rs"]
mod replay;
