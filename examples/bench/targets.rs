//! What the program promises of its speed, and whether a measurement keeps it.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Serialize;

use crate::build::cargo_build;
use crate::files;
use crate::runs::{Bench, Cache, Measured, repeated, usage};
use crate::server::ServerProcess;

/// One promise: at most, or at least, so much.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) measured: f64,
    pub(crate) unit: &'static str,
    pub(crate) at_least: bool,
    pub(crate) limit: f64,
}

impl Target {
    fn at_most(name: impl Into<String>, measured: f64, unit: &'static str, limit: f64) -> Self {
        Self { name: name.into(), measured, unit, at_least: false, limit }
    }

    fn at_least(name: impl Into<String>, measured: f64, unit: &'static str, limit: f64) -> Self {
        Self { name: name.into(), measured, unit, at_least: true, limit }
    }

    pub(crate) fn is_met(&self) -> bool {
        if self.at_least { self.measured >= self.limit } else { self.measured <= self.limit }
    }
}

/// The promises about the cells that were measured.
pub(crate) fn of_cells(cells: &[Measured]) -> Vec<Target> {
    let mut targets = Vec::new();
    for m in cells {
        let c = &m.cell;
        match (c.cache, c.tickers, c.workers) {
            (Cache::Cold, 503, workers @ (10 | 32 | 100)) => {
                let name = format!("cold, 503 tickers, {workers} workers");
                let ideal = m.ideal_s.unwrap_or_default();
                targets.push(Target::at_most(
                    format!("{name}: wall"),
                    m.wall_s,
                    "s",
                    1.05 * ideal + 0.05,
                ));
                targets.push(Target::at_most(
                    format!("{name}: CPU a ticker"),
                    m.cpu_ms_a_ticker(),
                    "ms",
                    0.35,
                ));
                targets.push(Target::at_most(
                    format!("{name}: peak memory"),
                    m.peak_mb,
                    "MB",
                    40.0,
                ));
                #[expect(clippy::cast_precision_loss, reason = "a hundred")]
                let (opened, wanted) = (m.connections as f64, workers as f64);
                targets.push(Target::at_most(format!("{name}: connections"), opened, "", wanted));
            }
            (Cache::Cold, 10_000, workers) => {
                let name = format!("cold, 10,000 tickers, {workers} workers: peak memory");
                targets.push(Target::at_most(name, m.peak_mb, "MB", 120.0));
            }
            (Cache::Warm, 503, 10) => {
                let name = "warm, 503 tickers: wall";
                targets.push(Target::at_most(name, 1000.0 * m.wall_s, "ms", 35.0));
            }
            (Cache::Warm, 10_000, 10) => {
                targets.push(Target::at_most("warm, 10,000 tickers: wall", m.wall_s, "s", 0.4));
                let name = "warm, 10,000 tickers: peak memory";
                targets.push(Target::at_most(name, m.peak_mb, "MB", 120.0));
            }
            _ => {}
        }
    }
    for (workers, growth) in growth(cells) {
        let name = format!("CPU a ticker, 10,000 to 503 tickers, {workers} workers");
        targets.push(Target::at_most(name, growth, "×", 1.1));
    }
    targets
}

/// For each number of workers, how much more a ticker costs among 10,000 than among 503.
fn growth(cells: &[Measured]) -> Vec<(usize, f64)> {
    let cost = |tickers, workers| {
        let mut cold = cells.iter().filter(|m| m.cell.cache == Cache::Cold);
        cold.find(|m| m.cell.tickers == tickers && m.cell.workers == workers)
            .map(Measured::cpu_ms_a_ticker)
    };
    let workers = [10, 32, 100];
    let grown = |w: &usize| Some((*w, cost(10_000, *w)? / cost(503, *w)?));
    workers.iter().filter_map(grown).collect()
}

/// A rate is used and not exceeded.
pub(crate) fn of_pace(bench: &Bench<'_>) -> anyhow::Result<Vec<Target>> {
    let server = ServerProcess::start(bench.latency_ms)?; // its counts begin anew
    let bench = Bench { server: &server, ..*bench };
    let (tickers, rate, burst) = (503, 50.0, 5);
    let cost = bench.paced(tickers, rate, burst)?;
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let (asked, peak) = ((tickers + 1) as f64, bench.stats()?.peak_per_s as f64);
    let ideal = (asked - f64::from(burst)) / rate;
    let name = "503 tickers at 50/s, burst 5";
    let share = 100.0 * ideal / cost.wall_s;
    let most = rate + f64::from(burst);
    Ok(vec![
        Target::at_least(format!("{name}: rate used"), share, "%", 98.0),
        Target::at_most(format!("{name}: most in any second"), peak, "", most),
    ])
}

/// What starting takes.
pub(crate) fn of_start(bench: &Bench<'_>) -> anyhow::Result<Vec<Target>> {
    let ms = |words: &'static [&'static str]| -> anyhow::Result<f64> {
        let make = || {
            let mut command = Command::new(bench.screener);
            command.args(words);
            command
        };
        Ok(1000.0 * repeated(40, make)?.wall_s)
    };
    #[expect(clippy::cast_precision_loss, reason = "bytes of a file")]
    let size = std::fs::metadata(bench.screener)?.len() as f64 / 1e6;
    Ok(vec![
        Target::at_most("--help: wall", ms(&["--help"])?, "ms", 10.0),
        Target::at_most(
            "top --provider sample: wall",
            ms(&["top", "--provider", "sample", "-q"])?,
            "ms",
            30.0,
        ),
        Target::at_most("the binary", size, "MB", 30.0),
    ])
}

/// Reading files against what polars itself takes for their columns.
pub(crate) fn of_files(bench: &Bench<'_>) -> anyhow::Result<Vec<Target>> {
    let program = std::env::current_exe()?;
    let mut targets = Vec::new();
    for shape in files::SHAPES {
        let file = files::write(bench.folder, shape)?;
        let top = repeated(5, || {
            let mut command = Command::new(bench.screener);
            command.args(["top", "-q", "--provider", "files", "--data"]).arg(&file);
            command
        })?;
        let scan = repeated(5, || {
            let mut command = Command::new(&program);
            command.arg(files::OPTION).arg(&file);
            command
        })?;
        let files::Shape { tickers, days } = shape;
        let name =
            format!("files, {tickers} tickers, {days} days each: wall, to polars reading them");
        targets.push(Target::at_most(
            name,
            top.wall_s / scan.wall_s,
            "×",
            if tickers > days { 2.2 } else { 1.5 },
        ));
        if days > tickers {
            let evaluate = repeated(2, || {
                let mut command = Command::new(bench.screener);
                command.args(["evaluate", "--model", "all", "--horizon", "21,63", "-q"]);
                command.args(["--provider", "files", "--data"]).arg(&file);
                command
            })?;
            let of_reading = evaluate.wall_s / scan.wall_s;
            let name = "evaluate, 9 models, 2 horizons, 500 tickers, 4800 days: wall, to polars reading them";
            targets.push(Target::at_most(name, of_reading, "×", 40.0));
        }
    }
    Ok(targets)
}

/// A build from nothing.
pub(crate) fn of_build(bench: &Bench<'_>) -> anyhow::Result<Vec<Target>> {
    let cost = usage(&mut cargo_build(&bench.folder.join("build")))?;
    Ok(vec![Target::at_most("a release build from nothing: CPU", cost.cpu_s, "s", 900.0)])
}

/// The figures that do not depend on how fast the machine is: all but times and memory are ratios by
/// themselves, and a cold run is compared with its ideal.
pub(crate) fn ratios(cells: &[Measured], targets: &[Target]) -> BTreeMap<String, f64> {
    let mut ratios = BTreeMap::new();
    for m in cells {
        // A few tickers are over before there is anything to compare.
        let Some(of_ideal) = m.of_ideal().filter(|_| m.cell.tickers > 100) else { continue };
        let (tickers, workers) = (m.cell.tickers, m.cell.workers);
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let requests = m.requests as f64 / (tickers + 1) as f64;
        ratios.insert(format!("cold {tickers}x{workers}: wall to ideal"), of_ideal);
        ratios.insert(format!("cold {tickers}x{workers}: requests a ticker"), requests);
    }
    let own = targets.iter().filter(|target| target.unit == "×");
    ratios.extend(own.map(|target| (target.name.clone(), target.measured)));
    ratios
}
