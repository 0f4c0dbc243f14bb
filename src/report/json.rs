//! JSON and NDJSON. Numbers are numbers at full precision, null where undefined; keys keep one order.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Report;
use crate::failure::Failure;
use crate::screen::columns::{Cell, Column, momentum_columns};
use crate::screen::row::Row;

/// The version of the documents' shape; it changes when a key goes or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document(report))?;
    writeln!(out)
}

pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = columns(report);
    for (rank, row) in report.shown() {
        serde_json::to_writer(&mut *out, &RowObject { row, rank, columns: &columns })?;
        writeln!(out)?;
    }
    for failure in &report.failures {
        serde_json::to_writer(&mut *out, &FailureLine(failure))?;
        writeln!(out)?;
    }
    Ok(())
}

fn columns(report: &Report) -> Vec<Column> {
    let mut columns = momentum_columns();
    if report.screen.top.is_some() {
        columns.insert(0, Column::Rank);
    }
    columns
}

struct Document<'a>(&'a Report);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let columns = columns(report);
        let object = |(rank, row)| RowObject { row, rank, columns: &columns };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        if report.screen.top.is_some() {
            map.serialize_entry("total_analyzed", &report.rows.len())?;
            map.serialize_entry("top_count", &report.shown().len())?;
        } else {
            map.serialize_entry("total_requested", &report.requested())?;
            map.serialize_entry("successful", &report.rows.len())?;
            map.serialize_entry("failed", &report.failures.len())?;
        }
        map.serialize_entry("execution_time_seconds", &report.spent.elapsed.as_secs_f64())?;
        map.serialize_entry("model", report.screen.model.name())?;
        map.serialize_entry("provider", report.provider)?;
        map.serialize_entry("as_of", &report.as_of.map_or(Cell::Null, Cell::Date))?;
        map.serialize_entry("benchmark", &report.against.name())?;
        if let Some(stop) = &report.stopped {
            map.serialize_entry("incomplete", &stop.to_string())?;
        }
        if report.screen.top.is_some() {
            let rows: Vec<_> = report.shown().map(object).collect();
            map.serialize_entry("top_stocks", &rows)?;
        } else {
            let by_ticker =
                report.shown().map(object).map(|object| (object.row.symbol.as_str(), object));
            map.serialize_entry("results", &Entries(by_ticker.collect()))?;
        }
        let errors = report.failures.iter().map(|f| (f.symbol.as_str(), ErrorObject(f)));
        map.serialize_entry("errors", &Entries(errors.collect()))?;
        map.end()
    }
}

/// An object with its keys in the given order.
struct Entries<'a, V>(Vec<(&'a str, V)>);

impl<V: Serialize> Serialize for Entries<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

struct RowObject<'a> {
    row: &'a Row,
    rank: usize,
    columns: &'a [Column],
}

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.columns.iter().map(|column| (column.name(), column.of(self.row, self.rank))),
        )
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => text.serialize(serializer),
            Self::Count(count) => count.serialize(serializer),
            Self::Date(date) => serializer.collect_str(date),
            Self::Notes(notes) => notes.serialize(serializer),
            Self::Series(values) => values.serialize(serializer),
            Self::Number(value, _) => value.serialize(serializer),
        }
    }
}

struct ErrorObject<'a>(&'a Failure);

impl Serialize for ErrorObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fault = &self.0.fault;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("kind", &fault.kind)?;
        map.serialize_entry("message", &fault.message)?;
        map.serialize_entry("attempts", &fault.attempts)?;
        map.serialize_entry("http_status", &fault.http_status)?;
        map.end()
    }
}

struct FailureLine<'a>(&'a Failure);

impl Serialize for FailureLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("ticker", self.0.symbol.as_str())?;
        map.serialize_entry("error", &ErrorObject(self.0))?;
        map.end()
    }
}
