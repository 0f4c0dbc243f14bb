//! A part as NDJSON: the facts, a line a ticker, a checksum of all that.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::ShardFileError;
use super::facts::ShardFacts;
use super::record::{CellType, CellValue, ShardColumns, ShardRow};

/// The last line.
#[derive(Serialize, Deserialize)]
struct End {
    crc32: u32,
}

pub(super) fn write(
    facts: &ShardFacts,
    layout: &ShardColumns,
    records: &[ShardRow],
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = text(&facts.text(), layout, records)?;
    out.write_all(&text)?;
    serde_json::to_writer(&mut *out, &End { crc32: crc32fast::hash(&text) })?;
    writeln!(out)
}

/// All but the last line, which is what a checksum is of, however the part is kept.
pub(super) fn text(
    facts: &str,
    layout: &ShardColumns,
    records: &[ShardRow],
) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(facts.len() + 1024 * records.len());
    writeln!(text, "{facts}")?;
    for record in records {
        serde_json::to_writer(&mut text, &Line { layout, record })?;
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
    let layout = ShardColumns::of(&facts.run);
    let records = (2..).zip(body.lines().skip(1)).map(|(number, line)| {
        record(&layout, line)
            .ok_or_else(|| ShardFileError::Damaged(format!("line {number} cannot be read")))
    });
    let records = records.collect::<Result<Vec<ShardRow>, ShardFileError>>()?;
    Ok((facts, layout, records))
}

fn record(layout: &ShardColumns, line: &str) -> Option<ShardRow> {
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(line).ok()?;
    let values = layout.columns.iter();
    let values = values.map(|(name, what)| value(*what, object.get(*name)?.get()));
    Some(ShardRow(values.collect::<Option<Vec<CellValue>>>()?))
}

/// Numbers are read from their text: `serde_json` by itself may be one off in the last digit.
fn value(what: CellType, text: &str) -> Option<CellValue> {
    if text == "null" {
        return Some(CellValue::Null);
    }
    match what {
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

struct Line<'a> {
    layout: &'a ShardColumns,
    record: &'a ShardRow,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.layout.columns.iter().map(|(name, _)| name);
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
