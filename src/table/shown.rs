//! How numbers and cells are written for a person.

use serde_json::Value;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::cell::{Cell, Unit};
use super::printable::printable;

/// Texts are cut to this width.
const MAX_TEXT_WIDTH: usize = 28;

/// `1 hit`, `2 hits`.
#[must_use]
pub fn plural(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// `70234800` as `70,234,800`.
#[must_use]
pub fn grouped(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    let mut text = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

/// A cell as a person reads it.
#[must_use]
pub fn cell_text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "-".into(),
        Cell::Text(text) => cut(text),
        Cell::Shown(text, _) => text.clone(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
        Cell::Count(count) => count.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Texts(texts) => texts.join(" "),
        Cell::Series(values) => sparkline(values),
        Cell::Number(value, unit) => number_text(*value, *unit),
        Cell::Json(Value::Number(number)) => {
            number.as_f64().map_or_else(String::new, |number| format!("{number:.2}"))
        }
        Cell::Json(_) => cell.plain(),
    }
}

/// A number as a person reads it.
fn number_text(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Own if value.fract() == 0.0 => grouped(&format!("{value:.0}")),
        Unit::Score => format!("{value:.2}"),
        Unit::Price | Unit::Traded | Unit::Plain | Unit::Own => number(value),
        Unit::Fraction => percent(100.0 * value),
        Unit::Percent => format!("{value:.1}%"),
        Unit::Index => format!("{value:.0}"),
        Unit::Shares => shares(value),
        Unit::Count | Unit::Money => grouped(&format!("{value:.0}")),
    }
}

/// Two decimals; of a number below 1 four significant digits, so that a small one is not 0.
#[must_use]
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1.0 || size == 0.0 {
        return grouped(&format!("{value:.2}"));
    }
    let scientific = format!("{value:.3e}");
    let exponent =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    match exponent {
        // Below that there are more zeros than can be counted at a glance.
        Some(exponent @ -8..=-1) => {
            let decimals = usize::try_from(3 - exponent).unwrap_or(3);
            format!("{value:.decimals$}")
        }
        Some(..-8) => scientific,
        _ => grouped(&format!("{value:.2}")), // rounded up to 1
    }
}

/// With its sign; from 100 % on without decimals.
fn percent(value: f64) -> String {
    if value.abs() < 99.95 { format!("{value:+.1}%") } else { format!("{value:+.0}%") }
}

/// Fractions of shares as they are, unless there are so many that they do not matter.
fn shares(value: f64) -> String {
    if value.abs() < 1000.0 { value.to_string() } else { grouped(&format!("{value:.0}")) }
}

/// A text no wider than a column should be, by the width it has in a terminal.
fn cut(text: &str) -> String {
    let text = &printable(text);
    if text.width() <= MAX_TEXT_WIDTH {
        return text.into();
    }
    let mut short = String::new();
    let mut width = 0;
    for c in text.chars() {
        width += c.width().unwrap_or(0);
        if width >= MAX_TEXT_WIDTH {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

/// A series in eight heights of block characters, from its lowest to its highest value.
fn sparkline(values: &[f64]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut line = String::with_capacity(3 * values.len());
    for value in values {
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 7")]
        let height = (share * 7.0).round() as usize;
        line.push(BLOCKS[height]);
    }
    line
}
