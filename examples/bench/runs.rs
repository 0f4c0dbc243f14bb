//! One run of the program: what it is asked, what it cost, and the least it could have cost.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Serialize;
use wait4::Wait4;

use crate::server::ServerProcess;

/// Time of one request to the server, in milliseconds.
pub(crate) const LATENCY: u64 = 100;
/// More than any cell asks in a second, so that latency and workers decide.
const RATE: f64 = 10_000.0;

/// Where a run's bars come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cache {
    Cold,
    Warm,
}

/// What is measured: `top` over so many tickers with so many workers.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) cache: Cache,
    pub(crate) tickers: usize,
    pub(crate) workers: usize,
    pub(crate) latency_ms: u64,
}

/// Medians of the runs of a cell.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measured {
    #[serde(flatten)]
    pub(crate) cell: Cell,
    pub(crate) wall_s: f64,
    /// User and system time.
    pub(crate) cpu_s: f64,
    pub(crate) peak_mb: f64,
    /// Of one run, as the server saw them.
    pub(crate) requests: u64,
    pub(crate) connections: u64,
    /// For cold runs ⌈(tickers + benchmark) / workers⌉ · latency.
    pub(crate) ideal_s: Option<f64>,
    /// This program's wall time as a share of another build's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) against: Option<f64>,
}

impl Measured {
    pub(crate) fn of_ideal(&self) -> Option<f64> {
        Some(self.wall_s / self.ideal_s?)
    }

    pub(crate) fn cpu_ms_a_ticker(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let tickers = self.cell.tickers as f64;
        1000.0 * self.cpu_s / tickers
    }
}

/// What one process cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommandError {
    pub(crate) wall_s: f64,
    pub(crate) cpu_s: f64,
    pub(crate) peak_mb: f64,
}

/// Runs a command to its end and reads what it cost, its own children included.
pub(crate) fn usage(command: &mut Command) -> anyhow::Result<CommandError> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let ended = command.spawn().with_context(|| format!("cannot run {command:?}"))?.wait4()?;
    let wall_s = start.elapsed().as_secs_f64();
    ensure!(ended.status.success(), "{command:?} ended with {}", ended.status);
    let cpu = ended.rusage.utime + ended.rusage.stime;
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
    let peak_mb = ended.rusage.maxrss as f64 / 1e6;
    Ok(CommandError { wall_s, cpu_s: cpu.as_secs_f64(), peak_mb })
}

/// The middle one by each measure.
pub(crate) fn median(runs: &[CommandError]) -> CommandError {
    let middle = |of: fn(&CommandError) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    CommandError {
        wall_s: middle(|run| run.wall_s),
        cpu_s: middle(|run| run.cpu_s),
        peak_mb: middle(|run| run.peak_mb),
    }
}

/// The same command several times.
pub(crate) fn repeated(
    times: usize,
    mut make: impl FnMut() -> Command,
) -> anyhow::Result<CommandError> {
    let runs: Result<Vec<CommandError>, _> = (0..times).map(|_| usage(&mut make())).collect();
    Ok(median(&runs?))
}

/// The program, a folder for lists and caches, and a server.
pub(crate) struct Bench<'a> {
    pub(crate) screener: &'a Path,
    /// Another build to compare with, run by run.
    pub(crate) against: Option<&'a Path>,
    pub(crate) folder: &'a Path,
    pub(crate) server: &'a ServerProcess,
    pub(crate) latency_ms: u64,
}

impl Bench<'_> {
    /// Has the server make its answers, and fills the cache: neither is what is measured.
    pub(crate) fn prepare(&self, tickers: usize) -> anyhow::Result<()> {
        let cell = Cell { cache: Cache::Warm, tickers, workers: 100, latency_ms: self.latency_ms };
        for screener in [Some(self.screener), self.against].into_iter().flatten() {
            usage(&mut self.command(screener, &cell)?)?;
        }
        Ok(())
    }

    pub(crate) fn measure(&self, cell: Cell, times: usize) -> anyhow::Result<Measured> {
        let (mut ours, mut others) = (Vec::new(), Vec::new());
        let before = self.stats()?;
        for _ in 0..times {
            ours.push(usage(&mut self.command(self.screener, &cell)?)?);
        }
        let after = self.stats()?;
        if let Some(other) = self.against {
            for _ in 0..times {
                others.push(usage(&mut self.command(other, &cell)?)?);
            }
        }
        let CommandError { wall_s, cpu_s, peak_mb } = median(&ours);
        let asked = cell.tickers + 1; // the benchmark, too
        let rounds = u32::try_from(asked.div_ceil(cell.workers))?;
        let ideal = Duration::from_millis(self.latency_ms) * rounds;
        Ok(Measured {
            cell,
            wall_s,
            cpu_s,
            peak_mb,
            requests: (after.requests - before.requests) / times as u64,
            connections: (after.connections - before.connections) / times as u64,
            ideal_s: (cell.cache == Cache::Cold).then_some(ideal.as_secs_f64()),
            against: (!others.is_empty()).then(|| wall_s / median(&others).wall_s),
        })
    }

    /// `top` at a rate, from a cold start.
    pub(crate) fn paced(
        &self,
        tickers: usize,
        rate: f64,
        burst: u32,
    ) -> anyhow::Result<CommandError> {
        let cell = Cell { cache: Cache::Cold, tickers, workers: 20, latency_ms: self.latency_ms };
        usage(&mut self.command_at(self.screener, &cell, rate, burst)?)
    }

    fn command(&self, screener: &Path, cell: &Cell) -> anyhow::Result<Command> {
        self.command_at(screener, cell, RATE, u32::try_from(cell.workers)?)
    }

    fn command_at(
        &self,
        screener: &Path,
        cell: &Cell,
        rate: f64,
        burst: u32,
    ) -> anyhow::Result<Command> {
        let mut command = Command::new(screener);
        command
            .args(["top", "--no-prefilter"])
            .arg(self.list(cell.tickers)?)
            .args(["-n", "20", "-q", "--base-url", &self.server.url])
            .args(["--workers", &cell.workers.to_string(), "--rate", &rate.to_string()])
            .args(["--burst", &burst.to_string()])
            // Another build may lay its entries out differently.
            .env(
                "SCREENER_CACHE_DIR",
                self.folder.join(format!("cache-{}", screener == self.screener)),
            )
            .env("NO_PROXY", "*");
        if cell.cache == Cache::Cold {
            command.arg("--no-cache");
        }
        Ok(command)
    }

    /// A file with so many tickers: those of the S&P 500, then made-up ones.
    fn list(&self, tickers: usize) -> anyhow::Result<PathBuf> {
        let file = self.folder.join(format!("{tickers}.txt"));
        if !file.exists() {
            let (_, sp500) = screener::universe::LISTS
                .iter()
                .find(|(name, _)| *name == "sp500")
                .context("the list is embedded")?;
            let mut universe = screener::universe::Universe::default();
            universe.add_list("sp500", sp500)?;
            let real = universe.symbols().iter().map(ToString::to_string);
            let made_up = (0..).map(|i| format!("Q{i:05}"));
            let all: Vec<String> = real.chain(made_up).take(tickers).collect();
            std::fs::write(&file, all.join("\n"))?;
        }
        Ok(file)
    }

    pub(crate) fn stats(&self) -> anyhow::Result<Stats> {
        let url = format!("{}/__stats", self.server.url);
        Ok(serde_json::from_reader(ureq::get(&url).call()?.into_body().into_reader())?)
    }
}

/// What the server counts.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(crate) struct Stats {
    requests: u64,
    connections: u64,
    pub(crate) peak_per_s: u64,
}
