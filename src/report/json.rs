//! JSON and NDJSON. Numbers are numbers at full precision, null where undefined; keys keep one order.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::totals::totals;
use super::{Report, Stats};
use crate::failure::Failure;
use crate::screen::Criteria;
use crate::screen::fields::{Cell, Column};
use crate::screen::row::Row;

/// The version of the documents' shape; it changes when a key goes or changes its meaning.
pub(super) const SCHEMA_VERSION: u32 = 1;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document(report))?;
    writeln!(out)
}

pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = report.columns();
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

/// A row as an object of the report's columns.
#[must_use]
pub fn object(report: &Report, row: &Row) -> serde_json::Value {
    let columns: Vec<Column> =
        report.columns().into_iter().filter(|c| *c != Column::Rank).collect();
    serde_json::to_value(RowObject { row, rank: 0, columns: &columns }).unwrap_or_default()
}

/// A failure as an object: its kind, its message, …
#[must_use]
pub fn error(failure: &Failure) -> serde_json::Value {
    serde_json::to_value(ErrorObject(failure)).unwrap_or_default()
}

struct Document<'a>(&'a Report);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let columns = report.screen.usual_columns();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        match &report.screen.criteria {
            Criteria::Momentum(_) | Criteria::Portfolio(_) => {
                map.serialize_entry("total_requested", &report.requested())?;
                map.serialize_entry("successful", &report.successful())?;
                map.serialize_entry("failed", &report.failures.len())?;
            }
            Criteria::Top(_) => {
                map.serialize_entry("total_analyzed", &report.successful())?;
                map.serialize_entry("top_count", &report.result.shown.len())?;
            }
            Criteria::Volume(volume) => {
                map.serialize_entry("total_screened", &report.successful())?;
                map.serialize_entry("hits", &report.result.matched)?;
                map.serialize_entry("parameters", volume)?;
            }
        }
        map.serialize_entry("execution_time_seconds", &report.cost.elapsed.as_secs_f64())?;
        if let Some(momentum) = report.screen.criteria.momentum() {
            map.serialize_entry("model", momentum.model.name())?;
        }
        map.serialize_entry("provider", &report.provider)?;
        map.serialize_entry("as_of", &report.as_of.map_or(Cell::Null, Cell::Date))?;
        if report.screen.criteria.momentum().is_some() {
            map.serialize_entry("benchmark", &report.result.against.name())?;
        }
        if report.screen.filter.is_some() {
            map.serialize_entry("filtered_out", &report.result.filtered_out)?;
        }
        if report.judged_on_closes() > 0 {
            map.serialize_entry("judged_on_closes", &report.judged_on_closes())?;
        }
        if let Some(stop) = &report.stopped {
            map.serialize_entry("incomplete", &stop.to_string())?;
        }
        if let Some((ours, theirs)) = totals(report) {
            ours.serialize_into(&mut map)?;
            if let Some(theirs) = theirs {
                map.serialize_entry("against", &theirs)?;
            }
        }
        let unpriced = report.unpriced();
        let object = |(rank, row)| RowObject { row, rank, columns: &columns };
        let shown = report.shown().map(object);
        match &report.screen.criteria {
            Criteria::Momentum(_) => {
                let by_ticker = shown.map(|object| (object.row.symbol.as_str(), object));
                map.serialize_entry("results", &Entries(by_ticker.collect()))?;
            }
            Criteria::Top(_) => map.serialize_entry("top_stocks", &shown.collect::<Vec<_>>())?,
            Criteria::Portfolio(_) => {
                let held: Vec<_> = report.listed(&unpriced).map(object).collect();
                map.serialize_entry("holdings", &held)?;
            }
            Criteria::Volume(_) => {
                map.serialize_entry("stocks", &shown.collect::<Vec<_>>())?;
                let short = report.rows().filter(|row| row.is_insufficient());
                let short: Vec<&str> = short.map(|row| row.symbol.as_str()).collect();
                map.serialize_entry("insufficient_data", &short)?;
            }
        }
        map.serialize_entry("errors", &errors(report))?;
        if report.screen.with_stats {
            map.serialize_entry("stats", &Stats::of(report))?;
        }
        map.end()
    }
}

/// The failures by ticker.
pub(super) fn errors(report: &Report) -> impl Serialize {
    let errors = report.failures.iter().map(|f| (f.symbol.as_str(), ErrorObject(f)));
    Entries(errors.collect())
}

/// An object with its keys in the given order.
pub(super) struct Entries<'a, V>(pub(super) Vec<(&'a str, V)>);

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
