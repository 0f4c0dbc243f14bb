//! Across symbols: the order of a ranking.
//!
//! The only place that ranks, and it runs after the worker pool has finished: polars has a pool of its own,
//! and a rayon worker that waits for another pool takes on other work meanwhile.

use polars::prelude::{Column, DataFrame, PolarsError, SortMultipleOptions};

use super::fields::{Cell, Column as By};
use super::row::Row;

/// Polars failed to sort, which it does not for columns of one length.
#[derive(Debug, thiserror::Error)]
#[error("cannot rank: {0}")]
pub struct RankError(#[from] PolarsError);

/// The rows by one column, ties by symbol; rows where it is undefined last.
///
/// # Errors
/// [`RankError`].
pub fn ordered(rows: Vec<Row>, by: By, descending: bool) -> Result<Vec<Row>, RankError> {
    let order = DataFrame::new(
        rows.len(),
        vec![
            keys(&rows, by),
            Column::new(
                "symbol".into(),
                rows.iter().map(|row| row.symbol.as_str()).collect::<Vec<_>>(),
            ),
            Column::new("place".into(), (0_u32..).take(rows.len()).collect::<Vec<_>>()),
        ],
    )?
    .sort(
        ["key", "symbol"],
        SortMultipleOptions::new()
            .with_order_descending_multi([descending, false])
            .with_nulls_last(true),
    )?;
    let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    let places = order.column("place")?.u32()?;
    Ok(places.iter().flatten().filter_map(|place| rows[place as usize].take()).collect())
}

/// One column of the rows, undefined cells as nulls.
#[expect(clippy::cast_precision_loss, reason = "counts of bars")]
fn keys(rows: &[Row], by: By) -> Column {
    if by.is_text() {
        let texts = rows.iter().map(|row| match by.of(row, 0) {
            Cell::Text(text) => Some(text.to_owned()),
            Cell::Date(date) => Some(date.to_string()),
            _ => None,
        });
        Column::new("key".into(), texts.collect::<Vec<Option<String>>>())
    } else {
        let numbers = rows.iter().map(|row| match by.of(row, 0) {
            Cell::Number(value, _) => Some(value),
            Cell::Count(count) => Some(count as f64),
            _ => None,
        });
        Column::new("key".into(), numbers.collect::<Vec<Option<f64>>>())
    }
}
