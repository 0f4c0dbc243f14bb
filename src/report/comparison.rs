//! Sequential against concurrent, as a result: its figures, its recommendation, and how it is shown.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::SCHEMA_VERSION;
use crate::failure::Failure;
use crate::fetch::StopReason;
use crate::table::parquet::ColumnType;
use crate::table::{self, Cell, Format, Heading, Sheet, Style, Unit};
use crate::universe::Symbol;

/// A worker count is recommended when it is within this of the fastest.
const CLOSE_TO_BEST: f64 = 1.05;
/// Characters of the longest bar.
const BAR_WIDTH: f64 = 24.0;

/// One worker count's figures.
#[derive(Clone, Debug, serde::Serialize)]
pub struct WorkerRun {
    /// Requests under way at once.
    pub workers: usize,
    /// Wall time, the median of its runs.
    pub seconds: f64,
    /// Tickers per second.
    pub tickers_per_second: f64,
    /// Requests sent, retries included.
    pub requests: usize,
    /// max(⌈N / workers⌉ · latency, (N − burst) / rate) with the sequential run's median latency.
    pub ideal_seconds: f64,
    /// Whether the ideal is set by the rate, not by the workers.
    #[serde(skip)]
    pub is_rate_bound: bool,
}

/// The outcome: runs by ascending worker count, the first with one worker.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Tickers asked for in each run.
    pub tickers: usize,
    /// Each worker count's figures.
    pub runs: Vec<WorkerRun>,
    /// Tickers scored in every run, but not the same.
    pub differing: Vec<Symbol>,
    /// Tickers that failed in any run, each once.
    pub failures: Vec<Failure>,
    /// Why a run was stopped early, if one was.
    pub stopped: Option<StopReason>,
}

impl Comparison {
    /// Whether every ticker had the same result, value by value, in every run.
    #[must_use]
    pub fn results_identical(&self) -> bool {
        self.differing.is_empty()
    }

    /// The run with one worker.
    #[must_use]
    pub fn sequential(&self) -> &WorkerRun {
        &self.runs[0]
    }

    /// The run with the most workers.
    #[must_use]
    pub fn concurrent(&self) -> &WorkerRun {
        &self.runs[self.runs.len() - 1]
    }

    /// How many times faster the most workers were than one.
    #[must_use]
    pub fn speedup(&self) -> f64 {
        self.sequential().seconds / self.concurrent().seconds
    }

    /// How many times faster the most workers could have been than one could.
    #[must_use]
    pub fn ideal_speedup(&self) -> f64 {
        self.sequential().ideal_seconds / self.concurrent().ideal_seconds
    }

    /// The fewest workers that are about as fast as the fastest.
    #[must_use]
    pub fn recommended_workers(&self) -> usize {
        let best = self.runs.iter().map(|run| run.seconds).fold(f64::INFINITY, f64::min);
        let close_to_best = self.runs.iter().find(|run| run.seconds <= CLOSE_TO_BEST * best);
        close_to_best.map_or(1, |run| run.workers)
    }

    /// The conclusion, in a sentence.
    #[must_use]
    pub fn recommendation(&self) -> String {
        let speedup = self.speedup();
        let workers = self.concurrent().workers;
        let recommended = self.recommended_workers();
        let verdict = if workers == 1 {
            return "Only one worker was measured: there is nothing to compare".into();
        } else if self.stopped.is_some() {
            return "A run was stopped early: nothing can be concluded".into();
        } else if !self.results_identical() {
            return "The results differ between the runs: do not rely on either".into();
        } else if speedup < 0.95 {
            format!("{workers} workers are slower than one ({speedup:.1}x)")
        } else if speedup < 1.1 {
            format!("{workers} workers make no difference here ({speedup:.1}x)")
        } else {
            format!("{workers} workers are {speedup:.1}x faster than one")
        };
        let bound = if self.concurrent().is_rate_bound {
            "; the rate limit is the bound, not the workers"
        } else {
            ""
        };
        let advice = if recommended == workers {
            String::new()
        } else {
            format!("; --workers {recommended} is as fast as any")
        };
        format!("{verdict}{bound}{advice}")
    }
}

/// Writes a comparison.
///
/// # Errors
/// Those of `out`.
pub fn write_comparison(
    comparison: &Comparison,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, comparison)?;
            writeln!(out)
        }
        Format::Table => {
            table::write(&shown_sheet(comparison), format, Style::default(), out)?;
            writeln!(out, "\n{}", comparison.recommendation())
        }
        _ => table::write(&sheet(comparison), format, Style::default(), out),
    }
}

/// A row a worker count, with its figures.
fn sheet(comparison: &Comparison) -> Sheet<'_> {
    let columns = vec![
        Heading::of("workers", "Workers", ColumnType::Integer),
        Heading::of("seconds", "Seconds", ColumnType::Number),
        Heading::of("tickers_per_second", "Tickers/s", ColumnType::Number),
        Heading::of("requests", "Requests", ColumnType::Integer),
        Heading::of("ideal_seconds", "Ideal s", ColumnType::Number),
    ];
    let mut sheet = Sheet { columns, rows: Vec::new() };
    for run in &comparison.runs {
        sheet.rows.push(vec![
            Cell::Count(run.workers),
            Cell::Number(run.seconds, Unit::Plain),
            Cell::Number(run.tickers_per_second, Unit::Plain),
            Cell::Count(run.requests),
            Cell::Number(run.ideal_seconds, Unit::Plain),
        ]);
    }
    sheet
}

/// The same for a person, with bars.
fn shown_sheet(comparison: &Comparison) -> Sheet<'static> {
    let slowest = comparison.runs.iter().map(|run| run.seconds).fold(0.0, f64::max);
    let mut rows = Vec::with_capacity(comparison.runs.len());
    for run in &comparison.runs {
        rows.push(vec![
            run.workers.to_string(),
            format!("{:.2}", run.seconds),
            format!("{:.1}", run.tickers_per_second),
            run.requests.to_string(),
            format!("{:.2}", run.ideal_seconds),
            bar(run.seconds / slowest),
        ]);
    }
    let columns = sheet(comparison).columns;
    let mut headings: Vec<(&str, bool)> =
        columns.iter().map(|column| (&*column.heading, true)).collect();
    headings.push(("", false));
    Sheet::of_texts(&headings, rows)
}

/// A bar of `share` of the longest, in eighths of a character.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 192")]
    let eighths = (share.clamp(0.0, 1.0) * BAR_WIDTH * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        map.serialize_entry("tickers_processed", &self.tickers)?;
        map.serialize_entry("failed", &self.failures.len())?;
        map.serialize_entry("sequential_time_seconds", &self.sequential().seconds)?;
        map.serialize_entry("concurrent_time_seconds", &self.concurrent().seconds)?;
        map.serialize_entry("speedup_factor", &self.speedup())?;
        map.serialize_entry("improvement_percent", &(100.0 - 100.0 / self.speedup()))?;
        map.serialize_entry("max_workers_used", &self.concurrent().workers)?;
        map.serialize_entry("recommendation", &self.recommendation())?;
        map.serialize_entry("results_identical", &self.results_identical())?;
        if let Some(stop) = &self.stopped {
            map.serialize_entry("incomplete", &stop.to_string())?;
        }
        map.serialize_entry("runs", &self.runs)?;
        map.serialize_entry("recommended_workers", &self.recommended_workers())?;
        map.end()
    }
}
