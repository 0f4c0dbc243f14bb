//! A shard as Parquet: a row a ticker, every column of its own type, the facts in the file's metadata.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::error::ShardFileError;
use super::facts::ShardFacts;
use super::lines::{text, value};
use super::record::{CellType, CellValue, ShardColumns, ShardRow};
use crate::table::ByteLimit;
use crate::table::parquet::{BadParquet, ColumnData, ParquetFile, Values, write_parquet};

/// Keys of the metadata: the facts, and the CRC-32 of the shard as lines.
const FACTS: &str = "screener_shard";
const CHECKSUM: &str = "screener_shard_crc32";

pub(super) fn write(
    facts: &ShardFacts,
    columns: &ShardColumns,
    records: &[ShardRow],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut all = Vec::with_capacity(columns.columns.len());
    for (i, (name, kind)) in columns.columns.iter().enumerate() {
        let values = records.iter().map(|record| &record.0[i]);
        all.push((name.clone(), column(*kind, values)));
    }
    let facts = facts.text();
    let checksum = crc32fast::hash(&text(&facts, columns, records)?).to_string();
    write_parquet(all, vec![(FACTS.into(), facts), (CHECKSUM.into(), checksum)], out)
}

fn column<'a>(kind: CellType, values: impl Iterator<Item = &'a CellValue>) -> ColumnData {
    match kind {
        CellType::Text => {
            ColumnData::Texts(values.map(|value| value.text().map(String::from)).collect())
        }
        CellType::Count => ColumnData::Counts(values.map(CellValue::count).collect()),
        CellType::Number => ColumnData::Numbers(values.map(CellValue::number).collect()),
        CellType::Day => {
            let days = values.map(|value| value.day().map(|day| day.to_epoch_days()));
            ColumnData::Days(days.collect())
        }
        // As in lines: lists of numbers are no plain values.
        CellType::Numbers => ColumnData::Texts(values.map(numbers_text).collect()),
    }
}

fn numbers_text(value: &CellValue) -> Option<String> {
    serde_json::to_string(value.numbers()?).ok()
}

/// What a shard file holds, before its rows are checked.
type Contents = (ShardFacts, ShardColumns, Vec<ShardRow>);

pub(super) fn read(bytes: &[u8], limit: ByteLimit) -> Result<Contents, ShardFileError> {
    let bad = |bad: BadParquet| match bad {
        BadParquet::TooLarge(why) => ShardFileError::TooLarge(why),
        BadParquet::Damaged(why) => ShardFileError::damaged(&why),
    };
    let file = ParquetFile::open(bytes.to_vec()).map_err(bad)?;
    let facts_text = file.note(FACTS).ok_or(ShardFileError::Foreign)?;
    let facts = ShardFacts::read(facts_text)?;
    let columns = ShardColumns::of(&facts.run);
    let names: Vec<String> = columns.columns.iter().map(|(name, _)| name.clone()).collect();
    file.check_size(&names, limit, 0).map_err(bad)?;
    let mut records: Vec<ShardRow> = Vec::new();
    for group in file.read(&names).map_err(bad)? {
        let start = records.len();
        let rows = group.first().map_or(0, Values::len);
        records.extend((0..rows).map(|_| ShardRow(Vec::with_capacity(names.len()))));
        for (column, (name, kind)) in group.iter().zip(&columns.columns) {
            let cells = cells(*kind, column).ok_or_else(|| {
                ShardFileError::Damaged(format!("column {name} is of another kind"))
            })?;
            for (record, cell) in records[start..].iter_mut().zip(cells) {
                record.0.push(cell);
            }
        }
    }
    let body = text(facts_text, &columns, &records).map_err(|e| ShardFileError::damaged(&e))?;
    if file.note(CHECKSUM) != Some(&crc32fast::hash(&body).to_string()) {
        return Err(ShardFileError::damaged(&"it is not as it was written"));
    }
    Ok((facts, columns, records))
}

/// The cells of a column. `None`: it is of another kind.
fn cells(kind: CellType, column: &Values) -> Option<Vec<CellValue>> {
    fn all<T>(
        values: impl Iterator<Item = Option<T>>,
        some: impl Fn(T) -> Option<CellValue>,
    ) -> Option<Vec<CellValue>> {
        values.map(|value| value.map_or(Some(CellValue::Null), &some)).collect()
    }
    match (kind, column) {
        (_, Values::Nulls(count)) => Some(vec![CellValue::Null; *count]),
        (CellType::Text, Values::Texts(texts)) => {
            all(texts.iter(), |text| Some(CellValue::Text(text.into())))
        }
        (CellType::Numbers, Values::Texts(texts)) => {
            all(texts.iter(), |text| value(CellType::Numbers, text))
        }
        (CellType::Count, Values::Integers(counts)) => {
            all(counts.iter(), |count| u64::try_from(*count).ok().map(CellValue::Count))
        }
        (CellType::Number, Values::Numbers(numbers)) => {
            all(numbers.iter(), |number| Some(CellValue::Number(*number)))
        }
        (CellType::Day, Values::Days(days)) => {
            all(days.iter(), |day| NaiveDate::from_epoch_days(*day).map(CellValue::Day))
        }
        _ => None,
    }
}
