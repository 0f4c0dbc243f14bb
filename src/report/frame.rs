//! A ranking as a polars frame, for those who use the library; the program itself needs none.

use polars::prelude::{
    Column as FrameColumn, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series,
};

use super::sheet::sheet;
use crate::ask::Ranking;
use crate::ask::columns::Column;
use crate::table::columns_data;
use crate::table::parquet::ColumnData;

/// The shown rows of a ranking in their order, with columns of the same types as in Parquet.
///
/// # Errors
/// When two columns have the same name.
pub fn frame(ranking: &Ranking, columns: &[Column]) -> PolarsResult<DataFrame> {
    let sheet = sheet(columns, ranking.shown.iter().map(|(rank, row)| (*rank, row)));
    let mut frame = Vec::with_capacity(columns.len());
    for (column, values) in columns.iter().zip(columns_data(&sheet.columns, &sheet.rows)) {
        frame.push(series(column.name(), values)?);
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
