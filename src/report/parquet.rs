//! Parquet: a row a ticker, , every column a column of its own type.

use std::io::{self, Write};

use polars::prelude::{
    Column as FrameColumn, DataFrame, DataType, IntoColumn, NamedFrom, ParquetWriter, PolarsResult,
    Series,
};

use super::csv;
use super::report::Report;
use crate::screen::columns::{Cell, Column, Content};
use crate::screen::entry::Unit;
use crate::screen::row::Row;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let unpriced = report.unpriced();
    let rows: Vec<(usize, &Row)> = report.listed(&unpriced).collect();
    let mut columns = Vec::new();
    for column in &report.columns() {
        let cells: Vec<Cell<'_>> = rows.iter().map(|(rank, row)| column.of(row, *rank)).collect();
        columns.push(frame_column(column, &cells).map_err(io::Error::other)?);
    }
    let mut frame = DataFrame::new(rows.len(), columns).map_err(io::Error::other)?;
    ParquetWriter::new(out).finish(&mut frame).map_err(io::Error::other)?;
    Ok(())
}

/// One column, in the same type whatever its cells are.
fn frame_column(column: &Column, cells: &[Cell<'_>]) -> PolarsResult<FrameColumn> {
    let name = column.name().into();
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
    Ok(if is_count {
        let values: Vec<Option<i64>> = cells.iter().map(count).collect();
        Series::new(name, values).into_column()
    } else if is_number {
        let values: Vec<Option<f64>> = cells.iter().map(number).collect();
        Series::new(name, values).into_column()
    } else if *column == Column::AsOf {
        let values: Vec<Option<i32>> = cells.iter().map(epoch_days).collect();
        Series::new(name, values).cast(&DataType::Date)?.into_column()
    } else {
        let values: Vec<Option<String>> = cells.iter().map(text).collect();
        Series::new(name, values).into_column()
    })
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
