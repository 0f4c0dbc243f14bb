//! Parquet: a row a ticker, every column a column of its own type.

use std::io::{self, Write};

use super::csv;
use super::report::Report;
use crate::screen::columns::{Cell, Column, Content};
use crate::screen::entry::Unit;
use crate::screen::row::Row;
use crate::table::parquet::{ColumnData, write_parquet};

/// Writes a ranking.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_parquet(columns(report), Vec::new(), out)
}

/// The columns of a ranking, each of its own type.
pub(super) fn columns(report: &Report) -> Vec<(String, ColumnData)> {
    let unpriced = report.unpriced();
    let rows: Vec<(usize, &Row)> = report.listed(&unpriced).collect();
    let mut columns = Vec::new();
    for column in &report.columns() {
        let cells: Vec<Cell<'_>> = rows.iter().map(|(rank, row)| column.of(row, *rank)).collect();
        columns.push((column.name().to_owned(), file_column(column, &cells)));
    }
    columns
}

/// One column, in the same type whatever its cells are.
pub(super) fn file_column(column: &Column, cells: &[Cell<'_>]) -> ColumnData {
    let is_count = match column {
        Column::Value(field) => field.unit() == Unit::Count,
        Column::Rank | Column::Bars | Column::BadRows => true,
        _ => false,
    };
    let is_number = match column {
        Column::Value(_) => true,
        Column::Extra(extra) => !matches!(extra.content, Content::Texts(_)),
        _ => false,
    };
    if is_count {
        ColumnData::Integers(cells.iter().map(count).collect())
    } else if is_number {
        ColumnData::Numbers(cells.iter().map(number).collect())
    } else if *column == Column::AsOf {
        ColumnData::Days(cells.iter().map(epoch_days).collect())
    } else {
        ColumnData::Texts(cells.iter().map(text).collect())
    }
}

/// A count, and what was counted in halves to the nearest whole.
fn count(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Count(count) => i64::try_from(*count).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "beyond the bounds it is the bound")]
        Cell::Number(value, _) => Some(value.round() as i64),
        _ => None,
    }
}

fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(value, _) => Some(*value),
        _ => None,
    }
}

fn epoch_days(cell: &Cell<'_>) -> Option<i32> {
    match cell {
        Cell::Date(date) => Some(date.to_epoch_days()),
        _ => None,
    }
}

fn text(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null => None,
        cell => Some(csv::text(*cell)),
    }
}
