//! A ranking as a polars frame, for those who use the library; the program itself needs none.

use polars::prelude::{
    Column as FrameColumn, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series,
};

use super::parquet::file_column;
use crate::screen::Ranking;
use crate::screen::columns::{Cell, Column};
use crate::table::parquet::ColumnData;

/// The shown rows of a ranking in their order, with columns of the same types as in Parquet.
///
/// # Errors
/// When two columns have the same name.
pub fn frame(ranking: &Ranking, columns: &[Column]) -> PolarsResult<DataFrame> {
    let mut frame = Vec::with_capacity(columns.len());
    for column in columns {
        let rows = ranking.shown.iter();
        let cells: Vec<Cell<'_>> = rows.map(|(rank, row)| column.of(row, *rank)).collect();
        frame.push(series(column.name(), file_column(column, &cells))?);
    }
    DataFrame::new(ranking.shown.len(), frame)
}

fn series(name: &str, values: ColumnData) -> PolarsResult<FrameColumn> {
    let name = name.into();
    let series = match values {
        ColumnData::Texts(texts) => Series::new(name, texts),
        ColumnData::Numbers(numbers) => Series::new(name, numbers),
        ColumnData::Integers(numbers) => Series::new(name, numbers),
        ColumnData::Counts(numbers) => Series::new(name, numbers),
        ColumnData::Days(days) => Series::new(name, days).cast(&DataType::Date)?,
    };
    Ok(series.into_column())
}
