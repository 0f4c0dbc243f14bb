//! How fast is it? Runs the program against a replay server in a process of its own, over 50 to 10,000
//! tickers, cold and warm, and sets what it took beside the ideal and beside what is promised.
//!
//! ```sh
//! cargo run --release --example bench_replay                        # everything, some ten minutes
//! cargo run --release --example bench_replay -- --quick             # 50 and 503 tickers
//! cargo run --release --example bench_replay -- --quick --check examples/bench/ratios.json
//! cargo run --release --example bench_replay -- --against OTHER     # another build, in the same run
//! ```

#[path = "bench/build.rs"]
mod build;
#[path = "bench/files.rs"]
mod files;
mod replay;
#[path = "bench/runs.rs"]
mod runs;
#[path = "bench/server.rs"]
mod server;
#[path = "bench/targets.rs"]
mod targets;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Parser;
use runs::{Bench, Cache, Cell, LATENCY, Measured};
use serde::Serialize;
use server::{ServerProcess, serve};
use targets::Target;

/// A ratio this much worse than the stored one fails `--check`: what two busy cores vary by is less.
const TOLERANCE: f64 = 1.5;
/// Runs that would take longer than this are measured once, and those of one worker at a tenth of the latency.
const LONG: f64 = 20.0;

/// Measure the program against the replay server
#[derive(Parser)]
struct Args {
    /// How many tickers
    #[arg(long, value_delimiter = ',', default_values_t = [50, 503, 5_000, 10_000])]
    tickers: Vec<usize>,
    /// How many workers
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10, 32, 100])]
    workers: Vec<usize>,
    /// Only 50 and 503 tickers, by 10, 32 and 100 workers
    #[arg(long, conflicts_with_all = ["tickers", "workers"])]
    quick: bool,
    /// Runs of which the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    repeat: u16,
    /// Measure a release build from nothing, too (minutes)
    #[arg(long)]
    build: bool,
    /// Write everything measured as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Fail if a ratio is half as bad again as in this file, as --json writes it
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Compare with another build of the program, run by run
    #[arg(long, value_name = "BINARY")]
    against: Option<PathBuf>,
    #[arg(long, hide = true, value_name = "MS")]
    serve: Option<u64>,
    #[arg(long, hide = true, value_name = "FILE")]
    scan: Option<PathBuf>,
}

/// What `--json` writes.
#[derive(Serialize)]
struct Document<'a> {
    runs: &'a [Measured],
    targets: &'a [Target],
    ratios: BTreeMap<String, f64>,
}

fn main() -> anyhow::Result<ExitCode> {
    let mut args = Args::parse();
    if let Some(latency) = args.serve {
        serve(latency)?;
    }
    if let Some(file) = &args.scan {
        files::scan(file)?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.quick {
        args.tickers = vec![50, 503];
        args.workers = vec![10, 32, 100];
    }
    let screener = build::screener()?;
    let folder = tempfile::tempdir()?;
    let server = ServerProcess::start(LATENCY)?;
    let bench = Bench {
        screener: &screener,
        against: args.against.as_deref(),
        folder: folder.path(),
        server: &server,
        latency_ms: LATENCY,
    };

    let cells = measure(&args, &bench)?;
    let mut out = io::stdout().lock();
    writeln!(out)?;
    let mut targets = targets::of_cells(&cells);
    targets.extend(targets::of_pace(&bench)?);
    targets.extend(targets::of_start(&bench)?);
    targets.extend(targets::of_files(&bench)?);
    if args.build {
        targets.extend(targets::of_build(&bench)?);
    }
    print_targets(&mut out, &targets)?;

    let ratios = targets::ratios(&cells, &targets);
    let document = Document { runs: &cells, targets: &targets, ratios };
    if let Some(file) = &args.json {
        fs::write(file, serde_json::to_string_pretty(&document)? + "\n")?;
    }
    let Some(file) = &args.check else { return Ok(ExitCode::SUCCESS) };
    let worse = worse(&document.ratios, file)?;
    for line in &worse {
        writeln!(out, "worse: {line}")?;
    }
    if worse.is_empty() {
        writeln!(out, "\nno ratio is worse than in {}", file.display())?;
    }
    Ok(if worse.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures and prints every cell.
fn measure(args: &Args, bench: &Bench<'_>) -> anyhow::Result<Vec<Measured>> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<5} {:>7} {:>7} {:>7} {:>9} {:>9} {:>6} {:>7} {:>9} {:>8} {:>8} {:>11}",
        "Cache",
        "Tickers",
        "Workers",
        "Latency",
        "Wall s",
        "Ideal s",
        "Ratio",
        "CPU s",
        "ms/ticker",
        "Peak MB",
        "Requests",
        "Connections",
    )?;
    bench.prepare(args.tickers.iter().copied().max().unwrap_or(0))?;
    let fast_server = ServerProcess::start(LATENCY / 10)?;
    let fast = Bench { server: &fast_server, latency_ms: LATENCY / 10, ..*bench };
    let mut cells = Vec::new();
    for cache in [Cache::Cold, Cache::Warm] {
        for &tickers in &args.tickers {
            for &workers in &args.workers {
                #[expect(clippy::cast_precision_loss, reason = "some thousands")]
                let seconds = (tickers / workers) as f64 * 0.001 * LATENCY as f64;
                let is_cold = cache == Cache::Cold;
                let is_slow = is_cold && workers == 1 && seconds > LONG;
                let bench = if is_slow { &fast } else { bench };
                if is_slow {
                    bench.prepare(tickers)?;
                }
                let times = if is_cold && seconds > LONG { 1 } else { usize::from(args.repeat) };
                let cell = Cell { cache, tickers, workers, latency_ms: bench.latency_ms };
                let m = bench.measure(cell, times)?;
                let or_blank = |n: Option<f64>| n.map_or(String::new(), |n| format!("{n:.2}"));
                write!(
                    out,
                    "{:<5} {:>7} {:>7} {:>4} ms {:>9.3} {:>9} {:>6} {:>7.2} {:>9.3} {:>8.1} {:>8} {:>11}",
                    if is_cold { "cold" } else { "warm" },
                    tickers,
                    workers,
                    bench.latency_ms,
                    m.wall_s,
                    or_blank(m.ideal_s),
                    or_blank(m.of_ideal()),
                    m.cpu_s,
                    m.cpu_ms_a_ticker(),
                    m.peak_mb,
                    m.requests,
                    m.connections,
                )?;
                match m.against {
                    Some(ratio) => writeln!(out, "  {ratio:.2} of the other's time")?,
                    None => writeln!(out)?,
                }
                cells.push(m);
            }
        }
    }
    Ok(cells)
}

fn print_targets(out: &mut impl Write, targets: &[Target]) -> anyhow::Result<()> {
    for target in targets {
        writeln!(
            out,
            "{:<6} {:<66} {:>9.3} {:<2} ({} {:.3})",
            if target.is_met() { "met" } else { "UNMET" },
            target.name,
            target.measured,
            target.unit,
            if target.at_least { "at least" } else { "at most" },
            target.limit,
        )?;
    }
    let met = targets.iter().filter(|target| target.is_met()).count();
    writeln!(out, "\n{met} of {} targets met", targets.len())?;
    Ok(())
}

/// The ratios that are worse than those stored.
fn worse(ratios: &BTreeMap<String, f64>, file: &PathBuf) -> anyhow::Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Stored {
        ratios: BTreeMap<String, f64>,
    }
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let Stored { ratios: stored } = serde_json::from_str(&text)?;
    let both: Vec<_> =
        stored.iter().filter_map(|(name, old)| Some((name, old, ratios.get(name)?))).collect();
    ensure!(!both.is_empty(), "{} has none of the ratios measured", file.display());
    let worse = both.into_iter().filter(|(_, old, new)| **new > **old * TOLERANCE);
    Ok(worse.map(|(name, old, new)| format!("{name}: {new:.3}, it was {old:.3}")).collect())
}
