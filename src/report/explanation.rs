//! How scores taken apart are shown: paragraphs for a person, or JSON.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::{Entries, SCHEMA_VERSION, errors};
use super::report::Report;
use crate::compare::row::Row;
use crate::measure::fields::Field;
use crate::models::Model;
use crate::models::component::Component;
use crate::table::Cell;
use crate::table::Format;

/// Writes the components of every score of a momentum report, as JSON or (any other format) in words.
///
/// # Errors
/// Those of `out`.
pub fn write_explanation(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let Some(momentum) = report.screen.criteria.momentum() else { return Ok(()) };
    let model = momentum.model;
    let benchmark = report.ranking.benchmark.name();
    let mut explained = Vec::new();
    for (_, row) in report.shown() {
        explained.push(Explained {
            model,
            row,
            components: (model.explain)(model, &row.now, benchmark),
        });
    }
    if format == Format::Json {
        let document = ExplanationDocument { report, explained: &explained };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        return writeln!(out);
    }
    for (i, explanation) in explained.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        explanation.write(benchmark, out)?;
    }
    Ok(())
}

/// One ticker's score, taken apart.
struct Explained<'a> {
    model: Model,
    row: &'a Row,
    components: Vec<Component>,
}

impl Explained<'_> {
    fn write(&self, benchmark: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
        let Self { model, row, components } = self;
        let score = match row.get(Field::OverallMomentumScore) {
            Some(score) => format!("{score:.2} {}", row.rating().name()),
            None => row.rating().name().into(),
        };
        let date = row.now.as_of.map(|date| format!(", as of {date}")).unwrap_or_default();
        writeln!(out, "{}  {score}  ({}, {} bars{date})", row.symbol, model.name, row.now.bars)?;
        for component in components {
            write_component(component, out)?;
        }
        if let Some(raw) = row.get(Field::Raw) {
            writeln!(out, "  {:<24} {raw:>14.6}", "raw value")?;
        }
        if model.relative.is_some() {
            match benchmark {
                Some(name) => writeln!(out, "  measured against {name}")?,
                None => writeln!(out, "  no benchmark")?,
            }
        }
        for doubt in &row.doubts {
            writeln!(out, "  doubtful: {doubt}")?;
        }
        if row.is_set_aside {
            let way_out = if row.is_stale() { "" } else { "; --include-suspect ranks it" };
            writeln!(out, "  not ranked{way_out}")?;
        }
        if !row.notes.is_empty() {
            let names: Vec<&str> = row.notes.iter().map(|note| note.name()).collect();
            writeln!(out, "  notes: {}", names.join(", "))?;
        }
        Ok(())
    }
}

fn write_component(component: &Component, out: &mut dyn Write) -> io::Result<()> {
    let weight = component.weight.map(|weight| format!("weight {weight:.3}")).unwrap_or_default();
    let z = component.z.map(|z| format!("z {z:+.3}")).unwrap_or_default();
    let line = format!("  {:<20} {weight:<14} {z}", component.name);
    writeln!(out, "{}", line.trim_end())?;
    for (name, value) in &component.inputs {
        match value {
            Some(value) => writeln!(out, "    {name:<22} {value:>14.6}")?,
            None => writeln!(out, "    {name:<22} {:>14}", "undefined")?,
        }
    }
    if let Some(why) = &component.missing {
        writeln!(out, "    left out: {why}")?;
    }
    Ok(())
}

impl Serialize for Explained<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.row;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ticker", row.symbol.as_str())?;
        map.serialize_entry("overall_momentum_score", &row.get(Field::OverallMomentumScore))?;
        map.serialize_entry("rating", row.rating().name())?;
        map.serialize_entry("raw", &row.get(Field::Raw))?;
        map.serialize_entry("as_of", &row.now.as_of.map_or(Cell::Null, Cell::Date))?;
        map.serialize_entry("bars", &row.now.bars)?;
        map.serialize_entry("notes", &row.notes)?;
        let doubts: Vec<String> = row.doubts.iter().map(ToString::to_string).collect();
        map.serialize_entry("doubts", &doubts)?;
        let components: Vec<_> = self.components.iter().map(ComponentObject).collect();
        map.serialize_entry("parts", &components)?;
        map.end()
    }
}

struct ComponentObject<'a>(&'a Component);

impl Serialize for ComponentObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Component { name, inputs, z, weight, missing } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", name)?;
        map.serialize_entry("inputs", &Entries(inputs.clone()))?;
        map.serialize_entry("z", z)?;
        map.serialize_entry("weight", weight)?;
        map.serialize_entry("missing", missing)?;
        map.end()
    }
}

struct ExplanationDocument<'a> {
    report: &'a Report,
    explained: &'a [Explained<'a>],
}

impl Serialize for ExplanationDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        if let Some(momentum) = self.report.screen.criteria.momentum() {
            map.serialize_entry("model", momentum.model.name)?;
        }
        map.serialize_entry("benchmark", &self.report.ranking.benchmark.name())?;
        map.serialize_entry("explained", self.explained)?;
        map.serialize_entry("errors", &errors(&self.report.failures))?;
        map.end()
    }
}
