//! A part as Parquet: a row a ticker, every column of its own type, the facts in the file's metadata.

use std::io::{self, Cursor, Write};

use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, KeyValueMetadata, NamedFrom, ParquetReader,
    ParquetWriter, PolarsResult, SerReader, Series,
};

use super::PartError;
use super::facts::Facts;
use super::lines::text;
use super::record::{Layout, Record, Type, Value};

/// Keys of the metadata: the facts, and the CRC-32 of the part as lines.
const FACTS: &str = "screener_part";
const CHECKSUM: &str = "screener_part_crc32";

pub(super) fn write(
    facts: &Facts,
    layout: &Layout,
    records: &[Record],
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns =
        layout.columns.iter().enumerate().map(|(i, (name, what))| {
            column(name, *what, records.iter().map(|record| &record.0[i]))
        });
    let columns = columns.collect::<PolarsResult<Vec<Column>>>().map_err(io::Error::other)?;
    let mut frame = DataFrame::new(records.len(), columns).map_err(io::Error::other)?;
    let facts = facts.text();
    let checksum = crc32fast::hash(&text(&facts, layout, records)?).to_string();
    let metadata = vec![(FACTS.into(), facts), (CHECKSUM.into(), checksum)];
    ParquetWriter::new(out)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(&mut frame)
        .map_err(io::Error::other)?;
    Ok(())
}

fn column<'a>(
    name: &'static str,
    what: Type,
    values: impl Iterator<Item = &'a Value>,
) -> PolarsResult<Column> {
    let name = name.into();
    let series = match what {
        Type::Text => Series::new(name, values.map(Value::text).collect::<Vec<_>>()),
        Type::Count => Series::new(name, values.map(Value::count).collect::<Vec<_>>()),
        Type::Number => Series::new(name, values.map(Value::number).collect::<Vec<_>>()),
        Type::Day => {
            let days = values.map(|value| value.day().map(|day| day.to_epoch_days()));
            Series::new(name, days.collect::<Vec<_>>()).cast(&DataType::Date)?
        }
        Type::Numbers => {
            let lists = values.map(|value| Some(Series::new("".into(), value.numbers()?)));
            let lists: Vec<Option<Series>> = lists.collect();
            Series::new(name, lists).cast(&DataType::List(Box::new(DataType::Float64)))?
        }
    };
    Ok(series.into_column())
}

pub(super) fn read(bytes: &[u8]) -> Result<(Facts, Layout, Vec<Record>), PartError> {
    let damaged = |e: polars::prelude::PolarsError| PartError::damaged(&e);
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let metadata = reader.get_metadata().map_err(damaged)?.key_value_metadata().clone();
    let kept = |key: &str| {
        let entry = metadata.iter().flatten().find(|entry| entry.key == key);
        entry.and_then(|entry| entry.value.clone())
    };
    let told = kept(FACTS).ok_or(PartError::Foreign)?;
    let facts = Facts::read(&told)?;
    let layout = Layout::of(&facts.run);
    let frame = reader.finish().map_err(damaged)?;
    let width = layout.columns.len();
    let mut records: Vec<Record> =
        (0..frame.height()).map(|_| Record(Vec::with_capacity(width))).collect();
    for (name, what) in &layout.columns {
        let column = frame.column(name).map_err(damaged)?.as_materialized_series();
        let values = values(*what, column).map_err(damaged)?;
        for (record, value) in records.iter_mut().zip(values) {
            record.0.push(value);
        }
    }
    let body = text(&told, &layout, &records).map_err(|e| PartError::damaged(&e))?;
    if kept(CHECKSUM) != Some(crc32fast::hash(&body).to_string()) {
        return Err(PartError::damaged(&"it is not as it was written"));
    }
    Ok((facts, layout, records))
}

fn values(what: Type, column: &Series) -> PolarsResult<Vec<Value>> {
    fn all<T>(values: impl Iterator<Item = Option<T>>, some: impl Fn(T) -> Value) -> Vec<Value> {
        values.map(|value| value.map_or(Value::Null, &some)).collect()
    }
    Ok(match what {
        Type::Text => all(column.str()?.iter(), |text| Value::Text(text.into())),
        Type::Count => all(column.u64()?.iter(), Value::Count),
        Type::Number => all(column.f64()?.iter(), Value::Number),
        Type::Day => all(column.cast(&DataType::Int32)?.i32()?.iter(), |day| {
            chrono::NaiveDate::from_epoch_days(day).map_or(Value::Null, Value::Day)
        }),
        Type::Numbers => {
            let lists = column.list()?;
            (0..lists.len())
                .map(|i| match lists.get_as_series(i) {
                    Some(list) => Ok(Value::Numbers(list.f64()?.iter().flatten().collect())),
                    None => Ok(Value::Null),
                })
                .collect::<PolarsResult<Vec<Value>>>()?
        }
    })
}
