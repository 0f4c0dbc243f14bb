//! A server on loopback that speaks Yahoo's chart and spark protocols and Alpaca's, as slow and as faulty as
//! you like:
//!
//! ```sh
//! cargo run --release --example replay_server -- --port 9801 --latency 100ms
//! screener top -n 20 sp500 --base-url http://127.0.0.1:9801
//! curl -s http://127.0.0.1:9801/__stats
//! ```

mod replay;

use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Parser;

/// Serve daily bars as Yahoo (chart, spark) and Alpaca do: synthetic ones, where tickers that begin with NOPE are unknown, or those of a file
#[derive(Parser)]
struct Args {
    /// Port; 0 is any free one
    #[arg(long, default_value_t = 9801)]
    port: u16,
    /// Address of this machine to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Time from a request to its answer, such as 100ms
    #[arg(long, default_value = "0ms", value_parser = milliseconds)]
    latency: Duration,
    /// Requests accepted in any second; more get 429 with Retry-After
    #[arg(long, value_name = "N")]
    rate_limit: Option<usize>,
    /// Every Nth request fails, in turn with 429, 502 and truncated JSON
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    fail: Option<u64>,
    /// At most N bars per symbol, the newest
    #[arg(long, value_name = "N")]
    bars: Option<usize>,
    /// At most N bars per page of Alpaca's answers
    #[arg(long, value_name = "N")]
    page: Option<usize>,
    /// Real prices: a CSV or Parquet file as `screener --provider files` reads
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Behave like a vendor in some year: lets in, blocks and forgets; has TRAP- symbols
    #[arg(long = "as", value_name = "VENDOR-YEAR", value_parser = ["yahoo-2026"])]
    like: Option<String>,
    /// Requests before an address is blocked
    #[arg(long, value_name = "N", requires = "like")]
    budget: Option<u64>,
    /// How long a block lasts, in seconds; a tenth longer for each request meanwhile
    #[arg(long, value_name = "SECONDS", default_value_t = 180.0)]
    block: f64,
    /// After so many requests, so many are answered with 404
    #[arg(long, value_name = "AFTER:FOR", value_parser = epidemic, requires = "like")]
    epidemic: Option<(u64, u64)>,
    /// Let nobody in
    #[arg(long, requires = "like")]
    shut: bool,
}

fn epidemic(text: &str) -> Result<(u64, u64), String> {
    let parts = text
        .split_once(':')
        .and_then(|(after, length)| Some((after.parse().ok()?, length.parse().ok()?)));
    parts.ok_or_else(|| "an epidemic is written 10:500".into())
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix("ms").unwrap_or(text);
    number.parse().map(Duration::from_millis).map_err(|_| "a latency is written 100ms".into())
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let Args { port, host, latency, rate_limit, fail, bars, page, data, .. } = &args;
    let temper = args.like.as_ref().map(|_| replay::Temper {
        budget: args.budget,
        block: Duration::from_secs_f64(args.block.clamp(0.0, 1e6)),
        epidemic: args.epidemic,
        shut: args.shut,
    });
    let real =
        data.as_ref().map(|file| replay::Real::read(file)).transpose().map_err(io::Error::other)?;
    let real = real.map(Arc::new);
    let options = replay::Options {
        latency: *latency,
        rate_limit: *rate_limit,
        fail_every: *fail,
        bars: *bars,
        page: *page,
        real,
        temper,
    };
    let server = replay::Server::start_at((*host, *port).into(), options)?;
    writeln!(io::stdout(), "listening on {}", server.url())?;
    loop {
        thread::park();
    }
}
