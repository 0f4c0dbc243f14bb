//! A filter or an order by a number that no row has is a mistake, and is told with its reason.

use super::columns::Column;
use super::filter::Filter;
use super::sort::Sort;
use crate::compare::row::Row;
use crate::measure::entry::Pass;
use crate::measure::fields::Field as F;
use crate::table::Cell;

/// A column that is asked for and undefined on every row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column} is undefined for every ticker: {why}")]
pub struct Undefined {
    /// The column's name.
    pub column: String,
    /// Why it is.
    pub why: String,
}

/// Checks that at least one of the rows has what a filter and an order ask for; no rows have nothing to show.
///
/// # Errors
/// [`Undefined`] names the first column that no row has.
pub fn check_defined(
    filter: Option<&Filter>,
    sort: Option<&Sort>,
    rows: &[Row],
    has_benchmark: bool,
) -> Result<(), Undefined> {
    let filtered = filter.into_iter().flat_map(Filter::columns);
    let needed = filtered.filter(|(_, may_be_undefined)| !may_be_undefined);
    let sorted = sort.map(|sort| sort.column.clone());
    for column in needed.map(|(column, _)| column).chain(sorted) {
        if !rows.is_empty() && rows.iter().all(|row| matches!(column.of(row, 0), Cell::Null)) {
            let why = reason(&column, rows, has_benchmark);
            return Err(Undefined { column: column.name().into(), why });
        }
    }
    Ok(())
}

fn reason(column: &Column, rows: &[Row], has_benchmark: bool) -> String {
    let field = match column {
        Column::Value(field) => *field,
        Column::Sector | Column::SubIndustry => return "none of them is known by group".into(),
        Column::Extra(_) => return "neither these tickers nor what it is made of have it".into(),
        _ => return "none of them has it".into(),
    };
    let most = rows.iter().map(|row| row.now.bars).max().unwrap_or(0);
    match field.entry().pass {
        _ if field.entry().bars > most => {
            format!("it needs {} bars, and no ticker has more than {most}", field.entry().bars)
        }
        Pass::Benchmark if !has_benchmark => "there is no benchmark; --benchmark names one".into(),
        Pass::Universe if rows.len() < 2 => {
            "it compares tickers, and there is one; --rank-among names others".into()
        }
        Pass::Universe if field == F::RelativeMomentum => "there is no benchmark".into(),
        Pass::Window(_) => "these prices do not tell it (no volume, no range or no change)".into(),
        _ => "no row has it".into(),
    }
}
