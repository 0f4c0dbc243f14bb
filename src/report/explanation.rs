//! How scores taken apart are shown: paragraphs for a person, or JSON.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Format, Report};
use crate::screen::explain::{Component, parts};
use crate::screen::fields::{Cell, Field};
use crate::screen::models::Model;
use crate::screen::row::Row;

/// Writes the parts of every score of a momentum report, as JSON or (any other format) in words.
///
/// # Errors
/// Those of `out`.
pub fn write_explanation(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let Some(momentum) = report.screen.criteria.momentum() else {
        return Ok(());
    };
    let model = momentum.model;
    let explained: Vec<Explained<'_>> = report
        .shown()
        .map(|(_, row)| Explained {
            model,
            row,
            parts: parts(model, row, report.result.against.name()),
        })
        .collect();
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut *out, &Document { report, explained: &explained })?;
        return writeln!(out);
    }
    for (i, one) in explained.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        one.write(report.result.against.name(), out)?;
    }
    Ok(())
}

struct Explained<'a> {
    model: Model,
    row: &'a Row,
    parts: Vec<Component>,
}

impl Explained<'_> {
    fn write(&self, benchmark: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
        let Self { model, row, parts } = self;
        let score = match row.get(Field::OverallMomentumScore) {
            Some(score) => format!("{score:.2} {}", row.rating().name()),
            None => row.rating().name().into(),
        };
        let date = row.as_of.map(|date| format!(", as of {date}")).unwrap_or_default();
        writeln!(out, "{}  {score}  ({}, {} bars{date})", row.symbol, model.name(), row.bars)?;
        for part in parts {
            let weight = part.weight.map(|w| format!("weight {w:.3}")).unwrap_or_default();
            let z = part.z.map(|z| format!("z {z:+.3}")).unwrap_or_default();
            writeln!(out, "{}", format!("  {:<20} {weight:<14} {z}", part.name).trim_end())?;
            for (name, value) in &part.inputs {
                let value = value.map_or_else(|| "undefined".into(), |v| format!("{v:.6}"));
                writeln!(out, "    {name:<22} {value:>14}")?;
            }
            if let Some(why) = &part.missing {
                writeln!(out, "    left out: {why}")?;
            }
        }
        if let Some(raw) = row.get(Field::Raw) {
            writeln!(out, "  {:<24} {raw:>14.6}", "raw value")?;
        }
        if matches!(model, Model::Composite | Model::AlphaVelocity) {
            writeln!(out, "  measured against {}", benchmark.unwrap_or("nothing"))?;
        }
        if !row.notes.is_empty() {
            let notes: Vec<&str> = row.notes.iter().map(|note| note.name()).collect();
            writeln!(out, "  notes: {}", notes.join(", "))?;
        }
        Ok(())
    }
}

impl Serialize for Explained<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.row;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ticker", row.symbol.as_str())?;
        map.serialize_entry("overall_momentum_score", &row.get(Field::OverallMomentumScore))?;
        map.serialize_entry("rating", row.rating().name())?;
        map.serialize_entry("raw", &row.get(Field::Raw))?;
        map.serialize_entry("as_of", &row.as_of.map_or(Cell::Null, Cell::Date))?;
        map.serialize_entry("bars", &row.bars)?;
        map.serialize_entry("notes", &row.notes)?;
        let parts: Vec<PartObject<'_>> = self.parts.iter().map(PartObject).collect();
        map.serialize_entry("parts", &parts)?;
        map.end()
    }
}

struct PartObject<'a>(&'a Component);

impl Serialize for PartObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Component { name, inputs, z, weight, missing } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", name)?;
        map.serialize_entry("inputs", &super::json::Entries(inputs.clone()))?;
        map.serialize_entry("z", z)?;
        map.serialize_entry("weight", weight)?;
        map.serialize_entry("missing", missing)?;
        map.end()
    }
}

struct Document<'a> {
    report: &'a Report,
    explained: &'a [Explained<'a>],
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &super::json::SCHEMA_VERSION)?;
        if let Some(m) = self.report.screen.criteria.momentum() {
            map.serialize_entry("model", m.model.name())?;
        }
        map.serialize_entry("benchmark", &self.report.result.against.name())?;
        map.serialize_entry("explained", self.explained)?;
        map.serialize_entry("errors", &super::json::errors(self.report))?;
        map.end()
    }
}
