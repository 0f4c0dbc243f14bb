//! A shard as Parquet: a row a ticker, every column of its own type, the facts in the file's metadata.

use std::io::{self, Cursor, Write};

use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, KeyValueMetadata, NamedFrom, ParquetReader,
    ParquetWriter, PolarsResult, SerReader, Series,
};

use super::error::ShardFileError;
use super::facts::ShardFacts;
use super::lines::text;
use super::record::{CellType, CellValue, ShardColumns, ShardRow};
use crate::guard::unless_it_panics;

/// Keys of the metadata: the facts, and the CRC-32 of the shard as lines.
const FACTS: &str = "screener_shard";
const CHECKSUM: &str = "screener_shard_crc32";

pub(super) fn write(
    facts: &ShardFacts,
    columns: &ShardColumns,
    records: &[ShardRow],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut series = Vec::with_capacity(columns.columns.len());
    for (i, (name, kind)) in columns.columns.iter().enumerate() {
        let values = records.iter().map(|record| &record.0[i]);
        series.push(column(name, *kind, values).map_err(io::Error::other)?);
    }
    let mut frame = DataFrame::new(records.len(), series).map_err(io::Error::other)?;
    let facts = facts.text();
    let checksum = crc32fast::hash(&text(&facts, columns, records)?).to_string();
    let metadata = vec![(FACTS.into(), facts), (CHECKSUM.into(), checksum)];
    ParquetWriter::new(out)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    Ok(())
}

fn column<'a>(
    name: &str,
    kind: CellType,
    values: impl Iterator<Item = &'a CellValue>,
) -> PolarsResult<Column> {
    let name = name.into();
    let series = match kind {
        CellType::Text => Series::new(name, values.map(CellValue::text).collect::<Vec<_>>()),
        CellType::Count => Series::new(name, values.map(CellValue::count).collect::<Vec<_>>()),
        CellType::Number => Series::new(name, values.map(CellValue::number).collect::<Vec<_>>()),
        CellType::Day => {
            let days = values.map(|value| value.day().map(|day| day.to_epoch_days()));
            Series::new(name, days.collect::<Vec<_>>()).cast(&DataType::Date)?
        }
        CellType::Numbers => {
            let lists = values.map(|value| Some(Series::new("".into(), value.numbers()?)));
            let lists: Vec<Option<Series>> = lists.collect();
            Series::new(name, lists).cast(&DataType::List(Box::new(DataType::Float64)))?
        }
    };
    Ok(series.into_column())
}

/// What a shard file holds, before its rows are checked.
type Contents = (ShardFacts, ShardColumns, Vec<ShardRow>);

pub(super) fn read(bytes: &[u8]) -> Result<Contents, ShardFileError> {
    // Polars panics on some damaged footers.
    unless_it_panics(|| read_table(bytes))
        .unwrap_or_else(|| Err(ShardFileError::damaged(&"it cannot be read as Parquet")))
}

fn read_table(bytes: &[u8]) -> Result<Contents, ShardFileError> {
    let damaged = |e: polars::prelude::PolarsError| ShardFileError::damaged(&e);
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let metadata = reader.get_metadata().map_err(damaged)?.key_value_metadata().clone();
    let kept = |key: &str| {
        let entry = metadata.iter().flatten().find(|entry| entry.key == key);
        entry.and_then(|entry| entry.value.clone())
    };
    let facts_text = kept(FACTS).ok_or(ShardFileError::Foreign)?;
    let facts = ShardFacts::read(&facts_text)?;
    let columns = ShardColumns::of(&facts.run);
    let frame = reader.finish().map_err(damaged)?;
    let width = columns.columns.len();
    let mut records: Vec<ShardRow> =
        (0..frame.height()).map(|_| ShardRow(Vec::with_capacity(width))).collect();
    for (name, kind) in &columns.columns {
        let column = frame.column(name).map_err(damaged)?.as_materialized_series();
        let values = values(*kind, column).map_err(damaged)?;
        for (record, value) in records.iter_mut().zip(values) {
            record.0.push(value);
        }
    }
    let body = text(&facts_text, &columns, &records).map_err(|e| ShardFileError::damaged(&e))?;
    if kept(CHECKSUM) != Some(crc32fast::hash(&body).to_string()) {
        return Err(ShardFileError::damaged(&"it is not as it was written"));
    }
    Ok((facts, columns, records))
}

fn values(kind: CellType, column: &Series) -> PolarsResult<Vec<CellValue>> {
    fn all<T>(
        values: impl Iterator<Item = Option<T>>,
        some: impl Fn(T) -> CellValue,
    ) -> Vec<CellValue> {
        values.map(|value| value.map_or(CellValue::Null, &some)).collect()
    }
    Ok(match kind {
        CellType::Text => all(column.str()?.iter(), |text| CellValue::Text(text.into())),
        CellType::Count => all(column.u64()?.iter(), CellValue::Count),
        CellType::Number => all(column.f64()?.iter(), CellValue::Number),
        CellType::Day => all(column.cast(&DataType::Int32)?.i32()?.iter(), |day| {
            chrono::NaiveDate::from_epoch_days(day).map_or(CellValue::Null, CellValue::Day)
        }),
        CellType::Numbers => {
            let lists = column.list()?;
            (0..lists.len())
                .map(|i| match lists.get_as_series(i) {
                    Some(list) => Ok(CellValue::Numbers(list.f64()?.iter().flatten().collect())),
                    None => Ok(CellValue::Null),
                })
                .collect::<PolarsResult<Vec<CellValue>>>()?
        }
    })
}
