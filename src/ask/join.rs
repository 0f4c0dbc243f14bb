//! Columns of a user's file beside those of a report: each row of the file belongs to a ticker, numbers are numbers.

use std::collections::HashMap;
use std::sync::Arc;

use super::columns::{Content, ExtraColumn};
use crate::table::{Decimal, printable};
use crate::universe::Symbol;

/// What the column with the tickers may be called.
const KEYS: [&str; 2] = ["ticker", "symbol"];

/// Columns that were taken from a file, and what was not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Joined {
    /// The columns.
    pub columns: Vec<Arc<ExtraColumn>>,
    /// Names of the file that are a column's already.
    pub taken_names: Vec<String>,
    /// Columns whose heading cannot be a name.
    pub unnamed: usize,
    /// Rows without a valid ticker.
    pub bad_rows: usize,
    /// Tickers with more than one row, of which the last counts.
    pub repeated: Vec<Symbol>,
    /// Columns of numbers such as `1,234`, where nothing in the file shows what the mark is.
    pub unclear: Vec<String>,
}

/// Makes columns of a file's header and rows, which `delimiter` parts, but of names that are taken. `None`: it has no column of tickers.
#[must_use]
pub fn join(
    header: &[String],
    rows: &[Vec<String>],
    delimiter: u8,
    is_taken: impl Fn(&str) -> bool,
) -> Option<Joined> {
    let key = KEYS
        .iter()
        .find_map(|key| header.iter().position(|h| h.trim().eq_ignore_ascii_case(key)))?;
    let mut joined = Joined::default();
    let mut places: HashMap<Symbol, &Vec<String>> = HashMap::new();
    for row in rows {
        match row.get(key).map(|ticker| Symbol::parse(ticker)) {
            Some(Ok(symbol)) => {
                if places.insert(symbol.clone(), row).is_some()
                    && !joined.repeated.contains(&symbol)
                {
                    joined.repeated.push(symbol);
                }
            }
            _ => joined.bad_rows += 1,
        }
    }
    // A file has one decimal mark; any of its numbers may show it.
    let decimal = Decimal::of(rows.iter().flatten().map(|cell| cell.trim()), delimiter);
    for (place, heading) in header.iter().enumerate() {
        if place == key {
            continue;
        }
        let name = name_of(heading);
        if name.is_empty() {
            joined.unnamed += 1;
            continue;
        }
        if is_taken(&name) || joined.columns.iter().any(|column| column.name == name) {
            joined.taken_names.push(printable(heading));
            continue;
        }
        let cells = places.iter().filter_map(|(symbol, row)| {
            let text = row.get(place).map(|text| text.trim())?;
            (!is_nothing(text)).then(|| (symbol.clone(), text))
        });
        let cells: Vec<(Symbol, &str)> = cells.collect();
        if decimal.is_none() && cells.iter().any(|(_, cell)| has_mark(cell)) {
            joined.unclear.push(printable(heading));
            continue;
        }
        let content = content(cells, decimal.unwrap_or(Decimal::Point));
        joined.columns.push(Arc::new(ExtraColumn { name, content, size: 1 }));
    }
    Some(joined)
}

/// Numbers, if every cell is one, else texts.
fn content(cells: Vec<(Symbol, &str)>, decimal: Decimal) -> Content {
    let numbers: Option<HashMap<Symbol, f64>> =
        cells.iter().map(|(symbol, text)| Some((symbol.clone(), number(text, decimal)?))).collect();
    match numbers.filter(|numbers| !numbers.is_empty()) {
        Some(numbers) => Content::Numbers(numbers),
        None => Content::Texts(
            cells.into_iter().map(|(symbol, text)| (symbol, printable(text))).collect(),
        ),
    }
}

/// What a number may end with, and what it is multiplied with then.
const SUFFIXES: [(char, f64); 4] = [('%', 0.01), ('k', 1e3), ('m', 1e6), ('b', 1e9)];

/// Whether a cell is a number with a mark, whatever the mark is.
fn has_mark(cell: &str) -> bool {
    [Decimal::Point, Decimal::Comma].into_iter().any(|mark| number(cell, mark).is_some())
        && cell.contains(['.', ','])
}

/// `1234.5`, `1,234.5`, `12.5%` (0.125), `1.2b`; with a comma for a mark `1.234,5`.
fn number(text: &str, decimal: Decimal) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    let suffix = SUFFIXES.iter().find(|(suffix, _)| lower.ends_with(*suffix));
    let (digits, factor) = match suffix {
        Some((suffix, factor)) => (lower.trim_end_matches(*suffix).trim_end(), *factor),
        None => (lower.as_str(), 1.0),
    };
    Some(decimal.number(digits)? * factor)
}

fn is_nothing(text: &str) -> bool {
    let is_infinite = text.parse().is_ok_and(|number: f64| !number.is_finite());
    is_infinite
        || ["", "-", "n/a", "na", "nan", "null", "none"]
            .contains(&text.to_ascii_lowercase().as_str())
}

/// A heading as a name that can stand in a filter: `Market Cap` is `market_cap`.
fn name_of(heading: &str) -> String {
    let mut name = String::new();
    for c in heading.trim().chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("c_{name}") } else { name.into() }
}
