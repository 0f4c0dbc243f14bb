//! Tables that tell of the same shares twice: of positions and of their lots, of orders and of their executions.

use std::collections::HashMap;

use super::holdings_columns::{PARTS, WHOLES, plain};
use super::lot::{Lot, TableError};
use super::symbol::Symbol;

/// Leaves out the lots of positions that stand beside them, and the executions of orders. Returns how many rows.
///
/// A column names the level of each row, and for each ticker of both levels they add up; where they do not, it is said.
pub(super) fn keep_one_level(
    rows: &[(u64, Vec<String>)],
    lots: &mut Vec<Lot>,
) -> Result<usize, TableError> {
    let by_line: HashMap<u64, &Vec<String>> = rows.iter().map(|(line, row)| (*line, row)).collect();
    let width = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    for place in 0..width {
        let levels: Vec<Option<bool>> = lots
            .iter()
            .map(|lot| {
                let word = plain(by_line.get(&lot.line)?.get(place)?);
                let is_part = PARTS.contains(&word.as_str());
                (is_part || WHOLES.contains(&word.as_str())).then_some(is_part)
            })
            .collect();
        if !levels.contains(&Some(true)) || !levels.contains(&Some(false)) {
            continue;
        }
        let mut sums: HashMap<Symbol, [Option<f64>; 2]> = HashMap::new();
        for (lot, level) in lots.iter().zip(&levels) {
            if let Some(is_part) = level {
                let sum = &mut sums.entry(lot.symbol.clone()).or_default()[usize::from(*is_part)];
                *sum = Some(sum.unwrap_or(0.0) + lot.holding.shares);
            }
        }
        let mut bad = Vec::new();
        for (lot, level) in lots.iter().zip(&levels) {
            if let ([Some(whole), Some(parts)], Some(false)) = (sums[&lot.symbol], level)
                && (whole - parts).abs() > 1e-6 * whole.abs().max(1.0)
            {
                let why = format!("has {whole} shares, and rows of parts of them with {parts}");
                bad.push((lot.line, lot.symbol.to_string(), why));
            }
        }
        if !bad.is_empty() {
            return Err(TableError::BadCells(bad));
        }
        let count = lots.len();
        let mut levels = levels.into_iter();
        lots.retain(|lot| {
            let is_part = levels.next().flatten() == Some(true);
            !is_part || sums[&lot.symbol][0].is_none()
        });
        return Ok(count - lots.len());
    }
    Ok(0)
}
