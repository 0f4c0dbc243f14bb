//! A shard as NDJSON: the facts, a line a ticker, a checksum of all that.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::error::ShardFileError;
use super::facts::ShardFacts;
use super::record::{CellType, CellValue, ShardColumns, ShardRow};

/// The last line.
#[derive(Serialize, Deserialize)]
struct End {
    crc32: u32,
}

pub(super) fn write(
    facts: &ShardFacts,
    columns: &ShardColumns,
    records: &[ShardRow],
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = text(&facts.text(), columns, records)?;
    out.write_all(&text)?;
    serde_json::to_writer(&mut *out, &End { crc32: crc32fast::hash(&text) })?;
    writeln!(out)
}

/// All but the last line: the checksum is taken over it, whatever format the shard is kept in.
pub(super) fn text(
    facts: &str,
    columns: &ShardColumns,
    records: &[ShardRow],
) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(facts.len() + 1024 * records.len());
    writeln!(text, "{facts}")?;
    for record in records {
        serde_json::to_writer(&mut text, &RecordLine { columns, record })?;
        writeln!(text)?;
    }
    Ok(text)
}

pub(super) fn read(
    bytes: &[u8],
) -> Result<(ShardFacts, ShardColumns, Vec<ShardRow>), ShardFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ShardFileError::Foreign)?;
    let facts = ShardFacts::read(text.lines().next().unwrap_or_default())?;
    let body = text.trim_end_matches('\n');
    let (body, end) = body.split_at(body.rfind('\n').map_or(0, |place| place + 1));
    let end: End =
        serde_json::from_str(end).map_err(|_| ShardFileError::damaged(&"it has no end"))?;
    if end.crc32 != crc32fast::hash(body.as_bytes()) {
        return Err(ShardFileError::damaged(&"it is not as it was written"));
    }
    let columns = ShardColumns::of(&facts.run);
    let mut records = Vec::new();
    for (number, line) in (2..).zip(body.lines().skip(1)) {
        let record = record(&columns, line);
        records.push(
            record
                .ok_or_else(|| ShardFileError::Damaged(format!("line {number} cannot be read")))?,
        );
    }
    Ok((facts, columns, records))
}

fn record(columns: &ShardColumns, line: &str) -> Option<ShardRow> {
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(line).ok()?;
    let mut values = Vec::with_capacity(columns.columns.len());
    for (name, kind) in &columns.columns {
        values.push(value(*kind, object.get(name)?.get())?);
    }
    Some(ShardRow(values))
}

/// Numbers are read from their text: `serde_json` by itself may be one off in the last digit.
pub(super) fn value(kind: CellType, text: &str) -> Option<CellValue> {
    if text == "null" {
        return Some(CellValue::Null);
    }
    match kind {
        CellType::Text => serde_json::from_str(text).ok().map(CellValue::Text),
        CellType::Count => text.parse().ok().map(CellValue::Count),
        CellType::Day => {
            let day: &str = serde_json::from_str(text).ok()?;
            day.parse().ok().map(CellValue::Day)
        }
        CellType::Number => text.parse().ok().map(CellValue::Number),
        CellType::Numbers => {
            let numbers: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let numbers = numbers.iter().map(|number| number.get().parse().ok());
            numbers.collect::<Option<Vec<f64>>>().map(CellValue::Numbers)
        }
    }
}

struct RecordLine<'a> {
    columns: &'a ShardColumns,
    record: &'a ShardRow,
}

impl Serialize for RecordLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.columns.columns.iter().map(|(name, _)| name);
        serializer.collect_map(names.zip(&self.record.0))
    }
}

impl Serialize for CellValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => text.serialize(serializer),
            Self::Count(count) => count.serialize(serializer),
            Self::Day(day) => serializer.collect_str(day),
            Self::Number(number) => number.serialize(serializer),
            Self::Numbers(numbers) => numbers.serialize(serializer),
        }
    }
}
