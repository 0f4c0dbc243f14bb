//! A ticker drawn in the terminal: adjusted closes in braille dots, volume in blocks below.

use std::io::{self, Write};

use super::report::Report;
use crate::compare::row::{History, Row};
use crate::table::Style;

/// Lines of the price, of four dots each.
const HEIGHT: usize = 12;
/// Columns for the prices on the right.
const MARGIN: usize = 12;

/// Draws every ticker of a report that has prices.
///
/// # Errors
/// Those of `out`.
pub fn write_charts(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let width = usize::from(style.width.unwrap_or(80)).clamp(30, 200) - MARGIN;
    for (i, (_, row)) in report.shown().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        draw(row, width, out)?;
    }
    Ok(())
}

fn draw(row: &Row, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let Some(history) = row.about.history.as_deref().filter(|history| !history.closes.is_empty())
    else {
        return writeln!(out, "{}: no prices", row.symbol);
    };
    let first = history.closes[0];
    let last = history.closes[history.closes.len() - 1];
    let change = 100.0 * (last / first - 1.0);
    writeln!(out, "{}  {last:.2}  {change:+.1}% in {} sessions", row.symbol, history.closes.len())?;

    let low = history.closes.iter().copied().fold(f64::INFINITY, f64::min);
    let high = history.closes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for (i, line) in dots(&history.closes, low, high, width).iter().enumerate() {
        let label = match i {
            0 => format!("  {high:.2}"),
            _ if i + 1 == HEIGHT => format!("  {low:.2}"),
            _ => String::new(),
        };
        writeln!(out, "{}", format!("{line}{label}").trim_end())?;
    }
    if let Some(all) = &history.volumes {
        writeln!(out, "{}  volume", volumes(all, width))?;
    }
    writeln!(out, "{}", dates(history, width))
}

/// The closes as lines of braille characters, each two dots wide and four high.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a screen"
)]
fn dots(closes: &[f64], low: f64, high: f64, width: usize) -> Vec<String> {
    const BITS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    let wide = 2 * width;
    let tall = 4 * HEIGHT;
    let mut heights = Vec::with_capacity(wide);
    for x in 0..wide {
        let close = closes[x * (closes.len() - 1) / (wide - 1).max(1)];
        let share = if high > low { (high - close) / (high - low) } else { 0.5 };
        heights.push((share * (tall - 1) as f64).round() as usize);
    }
    let mut cells = vec![vec![0_u32; width]; HEIGHT];
    for (x, here) in heights.iter().copied().enumerate() {
        // From the place before to this one, so that a jump is a line.
        let before = heights[x.saturating_sub(1)];
        for dot in here.min(before)..=here.max(before) {
            cells[dot / 4][x / 2] |= BITS[x % 2][dot % 4];
        }
    }
    cells.into_iter().map(|line| line.into_iter().map(braille).collect()).collect()
}

fn braille(bits: u32) -> char {
    char::from_u32(0x2800 + bits).unwrap_or(' ')
}

/// The greatest volume of each column's sessions.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one of nine heights")]
fn volumes(volumes: &[f64], width: usize) -> String {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let highest = volumes.iter().copied().fold(1.0, f64::max);
    let mut line = String::with_capacity(3 * width);
    for x in 0..width {
        let start = x * volumes.len() / width;
        let end = ((x + 1) * volumes.len() / width).max(start + 1).min(volumes.len());
        let volume = volumes[start..end].iter().copied().fold(0.0, f64::max);
        line.push(BLOCKS[(8.0 * (volume / highest)).round().clamp(0.0, 8.0) as usize]);
    }
    line
}

fn dates(history: &History, width: usize) -> String {
    let first = history.dates[0];
    let last = history.dates[history.dates.len() - 1];
    format!("{first}{:>1$}", last.to_string(), width - 10)
}
