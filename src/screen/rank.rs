//! Across symbols: the order of a ranking.
//!
//! The only place that ranks, and it runs after the worker pool has finished: polars has a pool of its own,
//! and a rayon worker that waits for another pool takes on other work meanwhile.

use polars::prelude::{Column, DataFrame, PolarsError, SortMultipleOptions};

use super::columns::Field;
use super::row::Row;

/// Polars failed to sort, which it does not for columns of one length.
#[derive(Debug, thiserror::Error)]
#[error("cannot rank: {0}")]
pub struct RankError(#[from] PolarsError);

/// The rows by one number, highest first, ties by symbol; rows without it last.
///
/// # Errors
/// [`RankError`].
pub fn descending(rows: Vec<Row>, by: Field) -> Result<Vec<Row>, RankError> {
    let values: Vec<Option<f64>> = rows.iter().map(|row| row.get(by)).collect();
    let symbols: Vec<&str> = rows.iter().map(|row| row.symbol.as_str()).collect();
    let places: Vec<u32> = (0..).take(rows.len()).collect();
    let order = DataFrame::new(
        rows.len(),
        vec![
            Column::new("value".into(), values),
            Column::new("symbol".into(), symbols),
            Column::new("place".into(), places),
        ],
    )?
    .sort(
        ["value", "symbol"],
        SortMultipleOptions::new().with_order_descending_multi([true, false]).with_nulls_last(true),
    )?;
    let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    let places = order.column("place")?.u32()?;
    Ok(places.iter().flatten().filter_map(|place| rows[place as usize].take()).collect())
}
