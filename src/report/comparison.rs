//! How a comparison is shown: a small bar chart, JSON, or a line for each run.

use std::io::{self, Write};

use comfy_table::{CellAlignment, Table, presets};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Format;
use crate::pipeline::speed_test::Comparison;

/// Characters of the longest bar.
const BAR: f64 = 24.0;

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
        // The command line refuses the last two.
        Format::Table | Format::Markdown | Format::Parquet => table(comparison, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, comparison)?;
            writeln!(out)
        }
        Format::Ndjson => comparison.runs.iter().try_for_each(|run| {
            serde_json::to_writer(&mut *out, run)?;
            writeln!(out)
        }),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            for run in &comparison.runs {
                writer.serialize(run)?;
            }
            writer.flush()
        }
    }
}

fn table(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let slowest = comparison.runs.iter().map(|run| run.seconds).fold(0.0, f64::max);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    table.set_header(["Workers", "Seconds", "Tickers/s", "Requests", "Ideal s", ""]);
    for run in &comparison.runs {
        table.add_row([
            run.workers.to_string(),
            format!("{:.2}", run.seconds),
            format!("{:.1}", run.tickers_per_second),
            run.requests.to_string(),
            format!("{:.2}", run.ideal_seconds),
            bar(run.seconds / slowest),
        ]);
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if i < 5 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out, "{}\n\n{}", table.trim_fmt(), comparison.recommendation())
}

/// A bar of `share` of the longest, in eighths of a character.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 192")]
    let eighths = (share.clamp(0.0, 1.0) * BAR * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &super::json::SCHEMA_VERSION)?;
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
