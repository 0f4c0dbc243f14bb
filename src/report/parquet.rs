//! Parquet: a row a ticker, failures too, every column a column of its own type.

use std::io::{self, Write};

use polars::prelude::{
    Column as FrameColumn, DataFrame, DataType, IntoColumn, NamedFrom, ParquetWriter, PolarsResult,
    Series,
};

use super::csv;
use super::report::Report;
use crate::screen::columns::{Cell, Column};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = report.ranking.shown.len();
    let mut columns = Vec::new();
    for column in report.columns() {
        columns.push(frame_column(column, &cells(report, column)).map_err(io::Error::other)?);
    }
    let mut kinds: Vec<Option<String>> = vec![None; shown];
    let mut messages: Vec<Option<String>> = vec![None; shown];
    for failure in &report.failures {
        kinds.push(Some(failure.reason.kind().name()));
        messages.push(Some(failure.reason.to_string()));
    }
    columns.push(Series::new("error".into(), kinds).into_column());
    columns.push(Series::new("message".into(), messages).into_column());
    let height = shown + report.failures.len();
    let mut frame = DataFrame::new(height, columns).map_err(io::Error::other)?;
    ParquetWriter::new(out).finish(&mut frame).map_err(io::Error::other)?;
    Ok(())
}

/// One column's cells: those of the rows shown, then those of the failures.
fn cells(report: &Report, column: Column) -> Vec<Cell<'_>> {
    let mut cells: Vec<Cell<'_>> = report.shown().map(|(rank, row)| column.of(row, rank)).collect();
    let holdings = report.screen.criteria.portfolio().filter(|_| report.screen.filter.is_none());
    for failure in &report.failures {
        cells.push(match (column, holdings) {
            (Column::Ticker, _) => Cell::Text(failure.symbol.as_str()),
            (Column::Value(field), Some(portfolio)) => {
                match portfolio.unpriced(&failure.symbol).get(field) {
                    Some(value) => Cell::Number(value, field.unit()),
                    None => Cell::Null,
                }
            }
            _ => Cell::Null,
        });
    }
    cells
}

/// One column, in the same type whatever its cells are.
fn frame_column(column: Column, cells: &[Cell<'_>]) -> PolarsResult<FrameColumn> {
    let name = column.name().into();
    Ok(match column {
        Column::Value(_) => {
            let values: Vec<Option<f64>> = cells.iter().map(Cell::number).collect();
            Series::new(name, values).into_column()
        }
        Column::Rank | Column::Bars | Column::BadRows => {
            let values: Vec<Option<u32>> = cells.iter().map(count).collect();
            Series::new(name, values).into_column()
        }
        Column::AsOf => {
            let values: Vec<Option<i32>> = cells.iter().map(epoch_days).collect();
            Series::new(name, values).cast(&DataType::Date)?.into_column()
        }
        _ => {
            let values: Vec<Option<String>> = cells.iter().map(text).collect();
            Series::new(name, values).into_column()
        }
    })
}

fn count(cell: &Cell<'_>) -> Option<u32> {
    match cell {
        Cell::Count(count) => u32::try_from(*count).ok(),
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
