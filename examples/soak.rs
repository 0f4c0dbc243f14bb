//! Does it last? Runs `screener watch` for hundreds of cycles against a replay server and looks at what
//! grows, whether the rate is kept to, and whether everything was stored.
//!
//! ```sh
//! cargo run --release --example soak               # 500 cycles, and a minute at 20 requests a second
//! ```

#[path = "bench/build.rs"]
mod build;
mod replay;
#[path = "bench/server.rs"]
mod server;

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Parser;
use rusqlite::Connection;
use server::{ServerProcess, serve};

/// The cycle whose memory the last one's is compared with.
const SETTLED: usize = 20;
/// How much more it may be at the end.
const GROWTH: f64 = 1.10;

/// Run `screener watch` for long
#[derive(Parser)]
struct Args {
    /// How many cycles
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(21..))]
    cycles: u32,
    /// Seconds at 20 requests a second
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    #[arg(long, hide = true, value_name = "MS")]
    serve: Option<u64>,
}

#[derive(serde::Deserialize)]
struct Stats {
    requests: u64,
    peak_per_s: u64,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Some(latency) = args.serve {
        serve(latency)?;
    }
    let (screener, folder) = (build::screener()?, tempfile::tempdir()?);
    let memory = cycles(&screener, args.cycles, folder.path())?;
    let rate = sustained(&screener, args.seconds, folder.path())?;
    Ok(if memory && rate { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Many short cycles over 30 tickers: is memory flat, is everything stored?
fn cycles(screener: &Path, cycles: u32, folder: &Path) -> anyhow::Result<bool> {
    let server = ServerProcess::start(1)?;
    let store = folder.join("cycles.db");
    let start = Instant::now();
    let resident = watch(
        screener,
        &store,
        &[
            "dow30",
            "--every",
            "100ms",
            "--cycles",
            &cycles.to_string(),
            "--rate",
            "2000",
            "--burst",
            "10",
            "--base-url",
            &server.url,
        ],
    )?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(resident.len() == cycles as usize, "{} status lines", resident.len());
    let (settled, last) = (resident[SETTLED - 1], resident[resident.len() - 1]);
    let stored: i64 =
        Connection::open(&store)?.query_row("SELECT count(*) FROM quotes", [], |row| row.get(0))?;
    let size = std::fs::metadata(&store)?.len();
    let is_flat = last <= settled * GROWTH;
    let is_whole = stored == 30 * i64::from(cycles);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{cycles} cycles in {seconds:.1} s: {settled:.1} MB after {SETTLED}, {last:.1} MB at the end"
    )?;
    writeln!(out, "{stored} quotes stored, {} kB", size / 1000)?;
    writeln!(out, "memory flat: {is_flat}, everything stored: {is_whole}")?;
    Ok(is_flat && is_whole)
}

/// Cycles one after the other without a rest: is the rate used, is it ever exceeded?
fn sustained(screener: &Path, seconds: u32, folder: &Path) -> anyhow::Result<bool> {
    const RATE: u32 = 20;
    const TICKERS: u32 = 30;
    let server = ServerProcess::start(20)?;
    let cycles = (seconds * RATE / TICKERS).max(2);
    let start = Instant::now();
    watch(
        screener,
        &folder.join("sustained.db"),
        &[
            "dow30",
            "--every",
            "1ms",
            "--cycles",
            &cycles.to_string(),
            "--rate",
            &RATE.to_string(),
            "--burst",
            "1",
            "--base-url",
            &server.url,
        ],
    )?;
    let seconds = start.elapsed().as_secs_f64();
    let url = format!("{}/__stats", server.url);
    let stats: Stats = serde_json::from_reader(ureq::get(&url).call()?.into_body().into_reader())?;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let (sent, peak) = (stats.requests as f64 / seconds, stats.peak_per_s);
    // The first request is the burst.
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let is_kept =
        peak <= u64::from(RATE + 1) && (stats.requests - 1) as f64 <= f64::from(RATE) * seconds;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} requests in {seconds:.1} s at --rate {RATE} --burst 1: {sent:.2} a second, at most {peak} in any second",
        stats.requests
    )?;
    writeln!(out, "rate kept to: {is_kept}")?;
    Ok(is_kept)
}

/// Runs a watch to its end: the resident megabytes that each cycle's status line tells.
fn watch(screener: &Path, store: &Path, words: &[&str]) -> anyhow::Result<Vec<f64>> {
    let mut child = Command::new(screener)
        .args(["watch", "--always", "--no-cache", "--store"])
        .arg(store)
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(child.stderr.take().context("it was piped")?).lines();
    let mut resident = Vec::new();
    for line in lines {
        let line = line?;
        let megabytes = line.split(" · ").find_map(|part| part.strip_suffix(" MB"));
        if let Some(megabytes) = megabytes.filter(|_| line.starts_with("cycle ")) {
            resident.push(megabytes.parse()?);
        }
    }
    ensure!(child.wait()?.success(), "the watch failed");
    Ok(resident)
}
