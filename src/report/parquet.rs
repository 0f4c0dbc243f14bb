//! Parquet: a row a ticker, failures too, every column a column of its own type.

use std::io::{self, Write};

use polars::prelude::{Column as Series, DataFrame, DataType, IntoColumn, NamedFrom};
use polars::prelude::{ParquetWriter, PolarsResult, Series as Values};

use super::Report;
use crate::screen::fields::{Cell, Column};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<_> = report.shown().collect();
    let (failures, unpriced) = (&report.failures, report.unpriced());
    let height = shown.len() + failures.len();
    let mut columns: Vec<Series> = Vec::new();
    for column in report.columns() {
        let cells = shown.iter().map(|(rank, row)| column.of(row, *rank));
        let mut cells: Vec<Cell<'_>> = cells.collect();
        cells.extend(failures.iter().enumerate().map(|(i, failure)| match column {
            Column::Ticker => Cell::Text(failure.symbol.as_str()),
            Column::Value(_) => unpriced.get(i).map_or(Cell::Null, |row| column.of(row, 0)),
            _ => Cell::Null,
        }));
        columns.push(series(column, &cells).map_err(io::Error::other)?);
    }
    let none = std::iter::repeat_n(None, shown.len());
    let of = |value: fn(&crate::failure::Failure) -> String| {
        none.clone().chain(failures.iter().map(move |f| Some(value(f)))).collect::<Vec<_>>()
    };
    let kinds = of(|failure| failure.fault.kind.name());
    columns.push(Values::new("error".into(), kinds).into_column());
    let messages = of(|failure| failure.fault.message.clone());
    columns.push(Values::new("message".into(), messages).into_column());
    let mut frame = DataFrame::new(height, columns).map_err(io::Error::other)?;
    ParquetWriter::new(out).finish(&mut frame).map_err(io::Error::other)?;
    Ok(())
}

/// One column, in the same type whatever its cells are.
fn series(column: Column, cells: &[Cell<'_>]) -> PolarsResult<Series> {
    let name = column.name().into();
    let is_number = matches!(column, Column::Value(_));
    Ok(if is_number {
        let values = cells.iter().map(|cell| match cell {
            Cell::Number(value, _) => Some(*value),
            _ => None,
        });
        Values::new(name, values.collect::<Vec<Option<f64>>>()).into_column()
    } else if matches!(column, Column::Rank | Column::Bars | Column::BadRows) {
        let values = cells.iter().map(|cell| match cell {
            Cell::Count(count) => u32::try_from(*count).ok(),
            _ => None,
        });
        Values::new(name, values.collect::<Vec<Option<u32>>>()).into_column()
    } else if column == Column::AsOf {
        let values = cells.iter().map(|cell| match cell {
            Cell::Date(date) => Some(date.to_epoch_days()),
            _ => None,
        });
        Values::new(name, values.collect::<Vec<Option<i32>>>()).cast(&DataType::Date)?.into_column()
    } else {
        let values = cells.iter().map(|cell| match cell {
            Cell::Null => None,
            cell => Some(super::csv::text(*cell)),
        });
        Values::new(name, values.collect::<Vec<Option<String>>>()).into_column()
    })
}
