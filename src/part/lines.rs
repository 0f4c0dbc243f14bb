//! A part as NDJSON: the facts, a line a ticker, a checksum of all that.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::PartError;
use super::facts::Facts;
use super::record::{Layout, Record, Type, Value};

/// The last line.
#[derive(Serialize, Deserialize)]
struct End {
    crc32: u32,
}

pub(super) fn write(
    facts: &Facts,
    layout: &Layout,
    records: &[Record],
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = text(&facts.text(), layout, records)?;
    out.write_all(&text)?;
    serde_json::to_writer(&mut *out, &End { crc32: crc32fast::hash(&text) })?;
    writeln!(out)
}

/// All but the last line, which is what a checksum is of, however the part is kept.
pub(super) fn text(facts: &str, layout: &Layout, records: &[Record]) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(facts.len() + 1024 * records.len());
    writeln!(text, "{facts}")?;
    for record in records {
        serde_json::to_writer(&mut text, &Line { layout, record })?;
        writeln!(text)?;
    }
    Ok(text)
}

pub(super) fn read(bytes: &[u8]) -> Result<(Facts, Layout, Vec<Record>), PartError> {
    let text = std::str::from_utf8(bytes).map_err(|_| PartError::Foreign)?;
    let facts = Facts::read(text.lines().next().unwrap_or_default())?;
    let body = text.trim_end_matches('\n');
    let (body, end) = body.split_at(body.rfind('\n').map_or(0, |place| place + 1));
    let end: End = serde_json::from_str(end).map_err(|_| PartError::damaged(&"it has no end"))?;
    if end.crc32 != crc32fast::hash(body.as_bytes()) {
        return Err(PartError::damaged(&"it is not as it was written"));
    }
    let layout = Layout::of(&facts.run);
    let records = (2..).zip(body.lines().skip(1)).map(|(number, line)| {
        record(&layout, line)
            .ok_or_else(|| PartError::Damaged(format!("line {number} cannot be read")))
    });
    let records = records.collect::<Result<Vec<Record>, PartError>>()?;
    Ok((facts, layout, records))
}

fn record(layout: &Layout, line: &str) -> Option<Record> {
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(line).ok()?;
    let values = layout.columns.iter();
    let values = values.map(|(name, what)| value(*what, object.get(*name)?.get()));
    Some(Record(values.collect::<Option<Vec<Value>>>()?))
}

/// Numbers are read from their text: `serde_json` by itself may be one off in the last digit.
fn value(what: Type, text: &str) -> Option<Value> {
    if text == "null" {
        return Some(Value::Null);
    }
    match what {
        Type::Text => serde_json::from_str(text).ok().map(Value::Text),
        Type::Count => text.parse().ok().map(Value::Count),
        Type::Day => {
            let day: &str = serde_json::from_str(text).ok()?;
            day.parse().ok().map(Value::Day)
        }
        Type::Number => text.parse().ok().map(Value::Number),
        Type::Numbers => {
            let numbers: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let numbers = numbers.iter().map(|number| number.get().parse().ok());
            numbers.collect::<Option<Vec<f64>>>().map(Value::Numbers)
        }
    }
}

struct Line<'a> {
    layout: &'a Layout,
    record: &'a Record,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.layout.columns.iter().map(|(name, _)| name);
        serializer.collect_map(names.zip(&self.record.0))
    }
}

impl Serialize for Value {
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
