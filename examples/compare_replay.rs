//! Does concurrency pay? The comparison of `screener compare` against a replay server, for several list
//! lengths: a table, then the same as JSON. The server runs in a process of its own.
//!
//! ```sh
//! cargo run --release --example compare_replay              # 5, 10, 20, 50 and 100 tickers
//! cargo run --release --example compare_replay -- 20 --latency 500 --check
//! ```

mod replay;
#[path = "bench/server.rs"]
mod server;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use clap::Parser;
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::compare::momentum::Momentum;
use screener::compare::row::Row;
use screener::fetch::{Client, ClientConfig, Endpoint, RateLimit};
use screener::models::composite;
use screener::pipeline::{Event, Plan, SpeedTest};
use screener::provider::Yahoo;
use screener::report::Comparison;
use screener::source::{Remote, Source};
use screener::universe::{LISTS, Universe};
use server::{ServerProcess, serve};

/// The least share of the ideal speedup that `--check` accepts.
const ENOUGH: f64 = 0.95;

/// Compare one worker with many over lists of several lengths
#[derive(Parser)]
struct Args {
    /// How many tickers, of the S&P 500
    #[arg(default_values_t = [5, 10, 20, 50, 100])]
    tickers: Vec<usize>,
    /// Latency of the server in milliseconds
    #[arg(long, default_value_t = 250)]
    latency: u64,
    /// Workers of the concurrent run
    #[arg(long, default_value_t = 10)]
    workers: usize,
    /// Fail unless results are identical and the speedup is at least 0.95 of the ideal
    #[arg(long)]
    check: bool,
    #[arg(long, hide = true, value_name = "MS")]
    serve: Option<u64>,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Some(latency) = args.serve {
        serve(latency)?;
    }
    let server = ServerProcess::start(args.latency)?;
    let mut comparisons = Vec::new();
    for n in &args.tickers {
        comparisons.push(compare(&server.url, *n, args.workers)?);
    }

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:>7}  {:>11}  {:>11}  {:>7}  {:>5}",
        "Tickers",
        "1 worker s",
        format!("{} workers s", args.workers),
        "Speedup",
        "Ideal"
    )?;
    for c in &comparisons {
        let (one, many) = (c.sequential().seconds, c.concurrent().seconds);
        let (speedup, ideal) = (c.speedup(), c.ideal_speedup());
        writeln!(
            out,
            "{:>7}  {one:>11.2}  {many:>11.2}  {speedup:>6.2}x  {ideal:>4.1}x",
            c.tickers
        )?;
    }
    writeln!(out, "\n{}", serde_json::to_string_pretty(&comparisons)?)?;

    let good = |c: &Comparison| c.results_identical() && c.speedup() >= ENOUGH * c.ideal_speedup();
    let passed = !args.check || comparisons.iter().all(good);
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn compare(url: &str, n: usize, workers: usize) -> anyhow::Result<Comparison> {
    let (_, list) = LISTS.iter().find(|(name, _)| *name == "sp500").expect("it is embedded");
    let mut whole = Universe::default();
    whole.add_list("sp500", list)?;
    let mut universe = Universe::default();
    whole.symbols().iter().take(n).for_each(|symbol| universe.add(symbol.clone()));

    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    let speed_test = SpeedTest {
        screen: &Screen::new(Criteria::Momentum(momentum)),
        universe: &universe,
        plan: &Plan::new(workers, Utc::now()),
        source: &|workers| source(url, workers),
        workers: &[workers],
        repeat: 1,
    };
    Ok(speed_test.run(&|_: Event<'_, Row>| {})?)
}

fn source(url: &str, workers: usize) -> Source {
    let burst = u32::try_from(workers).unwrap_or(u32::MAX);
    let config = ClientConfig {
        endpoints: vec![Endpoint { origin: url.into(), user_agent: "compare_replay".into() }],
        rate_limit: RateLimit { rate: 1000.0, burst },
        timeout: Duration::from_secs(30),
        retries: 3,
        max_wait: Duration::from_mins(1),
        max_time: None,
        connections: workers,
        quota: None,
        unstated: None,
        direct: false,
    };
    let client = Arc::new(Client::new(&config));
    Source::Remote(Remote::new(client, Box::new(Yahoo), None))
}
