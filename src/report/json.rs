//! JSON and NDJSON. Numbers are numbers at full precision, null where undefined; keys keep one order.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::report::Report;
use super::stats::Stats;
use super::totals::{RatesObject, totals};
use crate::ask::columns::Column;
use crate::ask::criteria::Shape;
use crate::compare::breadth::{BenchmarkTrend, Breadth};
use crate::compare::row::Row;
use crate::failure::Failure;
use crate::table::Cell;

/// The version of the documents' shape; it changes when a key goes or changes its meaning.
pub(super) const SCHEMA_VERSION: u32 = 2;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &DocumentObject(report))?;
    writeln!(out)
}

/// A line a row and a line a failure, all with the same keys.
pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = report.columns();
    for (rank, row) in report.shown() {
        let error = None;
        serde_json::to_writer(
            &mut *out,
            &Line { row, rank: Some(rank), columns: &columns, error },
        )?;
        writeln!(out)?;
    }
    for failure in &report.failures {
        let row = &report.row_of_failure(failure);
        let error = Some(ErrorObject(failure));
        serde_json::to_writer(&mut *out, &Line { row, rank: None, columns: &columns, error })?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes failures, a JSON object a line.
///
/// # Errors
/// Those of `out`.
pub fn write_failures(failures: &[Failure], out: &mut dyn Write) -> io::Result<()> {
    for failure in failures {
        serde_json::to_writer(&mut *out, &FailureLine(failure))?;
        writeln!(out)?;
    }
    Ok(())
}

/// A row as an object of the report's columns.
#[must_use]
pub fn object(report: &Report, row: &Row) -> serde_json::Value {
    let mut columns = report.columns();
    columns.retain(|column| *column != Column::Rank);
    serde_json::to_value(RowObject { row, rank: 0, columns: &columns }).unwrap_or_default()
}

struct DocumentObject<'a>(&'a Report);

impl Serialize for DocumentObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        serialize_head(self.0, &mut map)?;
        serialize_rows(self.0, &mut map)?;
        map.serialize_entry("errors", &errors(&self.0.failures))?;
        if self.0.screen.with_stats {
            map.serialize_entry("stats", &Stats::of(self.0))?;
        }
        map.end()
    }
}

/// A row that is not compared with the others: why, and its last session.
fn set_aside(row: &Row) -> (&str, serde_json::Value) {
    let date = row.now.as_of.map(|date| date.to_string());
    (row.symbol.as_str(), serde_json::json!({ "notes": row.notes, "as_of": date }))
}

/// Everything before the rows.
fn serialize_head<M: SerializeMap>(report: &Report, map: &mut M) -> Result<(), M::Error> {
    let criteria = &report.screen.criteria;
    map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
    for (key, count) in criteria.document().counts {
        map.serialize_entry(key, &report.count(*count))?;
    }
    if let Some(volume) = criteria.volume() {
        map.serialize_entry("parameters", volume)?;
    }
    map.serialize_entry("execution_time_seconds", &report.cost.elapsed.as_secs_f64())?;
    if let Some(momentum) = criteria.momentum() {
        map.serialize_entry("model", momentum.model.name)?;
    }
    map.serialize_entry("provider", &report.provider)?;
    map.serialize_entry("as_of", &report.as_of.map_or(Cell::Null, Cell::Date))?;
    if !report.past_lists.is_empty() {
        map.serialize_entry("members", &report.past_lists)?;
    }
    if criteria.momentum().is_some() {
        map.serialize_entry("benchmark", &report.ranking.benchmark.name())?;
    }
    if let Some(n) = report.ranking.compared_with {
        map.serialize_entry("compared_with", &n)?;
    }
    if let Some(breadth) = &report.ranking.breadth {
        map.serialize_entry("breadth", breadth)?;
    }
    if report.set_aside().next().is_some() {
        map.serialize_entry("set_aside", &Entries(report.set_aside().map(set_aside).collect()))?;
    }
    if report.screen.filter.is_some() {
        map.serialize_entry("filtered_out", &report.ranking.filtered_out)?;
    }
    if report.judged_on_closes() > 0 {
        map.serialize_entry("judged_on_closes", &report.judged_on_closes())?;
    }
    if let Some(incomplete) = &report.incomplete {
        map.serialize_entry("incomplete", &incomplete.to_string())?;
    }
    if let Some((ours, theirs)) = totals(report) {
        if let Some(rates) = report.screen.criteria.portfolio().and_then(|own| own.rates.as_ref()) {
            map.serialize_entry("exchange_rates", &RatesObject(rates))?;
        }
        ours.serialize_into(map)?;
        if let Some(theirs) = theirs {
            map.serialize_entry("against", &theirs)?;
        }
    }
    Ok(())
}

fn serialize_rows<M: SerializeMap>(report: &Report, map: &mut M) -> Result<(), M::Error> {
    let criteria = &report.screen.criteria;
    let columns = report.screen.all_columns();
    let unpriced = report.unpriced();
    let listed = report.listed(&unpriced);
    let rows: Vec<RowObject<'_>> =
        listed.map(|(rank, row)| RowObject { row, rank, columns: &columns }).collect();
    let document = criteria.document();
    match document.shape {
        Shape::List => map.serialize_entry(document.rows, &rows)?,
        Shape::ByTicker => {
            let by_ticker = rows.into_iter().map(|object| (object.row.symbol.as_str(), object));
            map.serialize_entry(document.rows, &Entries(by_ticker.collect()))?;
        }
    }
    if criteria.volume().is_some() {
        let short = report.rows().filter(|row| row.is_insufficient());
        let short: Vec<&str> = short.map(|row| row.symbol.as_str()).collect();
        map.serialize_entry("insufficient_data", &short)?;
    }
    Ok(())
}

/// The failures by ticker.
pub(super) fn errors(failures: &[Failure]) -> impl Serialize {
    let errors = failures.iter().map(|f| (f.symbol.as_str(), ErrorObject(f)));
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

struct ErrorObject<'a>(&'a Failure);

impl Serialize for ErrorObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reason = &self.0.reason;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("kind", &reason.kind().name())?;
        map.serialize_entry("message", &reason.to_string())?;
        map.serialize_entry("attempts", &reason.attempts())?;
        map.serialize_entry("http_status", &reason.http_status())?;
        map.end()
    }
}

/// A row with its error, one of which is null.
struct Line<'a> {
    row: &'a Row,
    rank: Option<usize>,
    columns: &'a [Column],
    error: Option<ErrorObject<'a>>,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len() + 1))?;
        for column in self.columns {
            // A failure has no rank, no bars and no rating; what is held of it is known all the same.
            let is_known = self.rank.is_some()
                || matches!(column, Column::Ticker | Column::Value(_) | Column::Extra(_));
            let cell = column.of(self.row, self.rank.unwrap_or(0));
            map.serialize_entry(column.name(), if is_known { &cell } else { &Cell::Null })?;
        }
        map.serialize_entry("error", &self.error)?;
        map.end()
    }
}

struct FailureLine<'a>(&'a Failure);

impl Serialize for FailureLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reason = &self.0.reason;
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("ticker", self.0.symbol.as_str())?;
        map.serialize_entry("kind", &reason.kind().name())?;
        map.serialize_entry("message", &reason.to_string())?;
        map.serialize_entry("attempts", &reason.attempts())?;
        map.serialize_entry("http_status", &reason.http_status())?;
        map.end()
    }
}

/// The state of the market among the members of another object.
impl Serialize for Breadth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let above = self.benchmark.and_then(BenchmarkTrend::is_above_sma_200);
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("ranked", &self.ranked)?;
        map.serialize_entry("benchmark_above_sma_200", &above)?;
        map.serialize_entry("above_sma_50", &self.above_sma_50)?;
        map.serialize_entry("above_sma_200", &self.above_sma_200)?;
        map.serialize_entry("new_highs", &self.new_highs)?;
        map.serialize_entry("new_lows", &self.new_lows)?;
        map.serialize_entry("median_adr_20", &self.median_adr_20)?;
        map.end()
    }
}
