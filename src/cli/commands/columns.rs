//! `columns`: what a report can show, a line each, or one in full.

use clap::Args;
use serde_json::{Value, json};

use crate::ask::columns::Column;
use crate::cli::args::values::{ColumnWords, parse_format};
use crate::cli::context::CommandResult;
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::terminal::destination::Destination;
use crate::table::Format;

const EXAMPLES: &str = "\
Examples:
  screener columns                               every column
  screener columns adr_20                        one in full: formula, bars, source
  screener columns -f json | jq '.[].name'";

/// List the columns of reports, filters and orders
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ColumnsArgs {
    /// Only these, in full
    #[arg(value_name = "NAME", value_parser = ColumnWords, hide_possible_values = true)]
    names: Vec<String>,

    /// Output format
    #[arg(short, long, help_heading = "Output", default_value = "table",
          value_parser = parse_format(&[Format::Table, Format::Json]))]
    format: Format,
}

pub(super) fn columns(args: &ColumnsArgs) -> CommandResult {
    let mut columns: Vec<Column> = Vec::with_capacity(args.names.len());
    for name in &args.names {
        columns.push(Column::find(name).ok_or_else(|| unknown(name))?);
    }
    let is_full = !columns.is_empty();
    if !is_full {
        columns = Column::all().collect();
    }
    let text = match args.format {
        Format::Json => {
            let objects: Vec<Value> = columns.iter().map(object).collect();
            format!("{:#}\n", Value::Array(objects))
        }
        _ if is_full => columns.iter().map(paragraph).collect::<Vec<_>>().join("\n"),
        _ => columns.iter().map(line).collect(),
    };
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

fn unknown(name: &str) -> CommandError {
    let error = usage(format!("there is no column {name:?}"));
    match Column::nearest(name) {
        Some(meant) => error.hinted(format!("did you mean {meant}?")),
        None => error.hinted("screener columns lists them all"),
    }
}

fn line(column: &Column) -> String {
    let unit = column.field().map_or("", |field| field.unit().name());
    format!("{:<24} {unit:<16} {}\n", column.name(), column.meaning())
}

/// What is known of a column, a line each.
fn facts(column: &Column) -> Vec<(&'static str, String)> {
    let mut facts = vec![("heading", column.heading().to_owned())];
    if let Some(field) = column.field() {
        let entry = field.entry();
        facts.push(("unit", entry.unit.name().into()));
        facts.push(("group", entry.group.name().into()));
        if entry.bars > 0 {
            facts.push(("bars", entry.bars.to_string()));
        }
        facts.push(("formula", entry.formula.into()));
        facts.push(("decided by", entry.pass.name().into()));
        facts.push(("source", entry.source.into()));
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    facts
}

fn paragraph(column: &Column) -> String {
    let mut text = format!("{}\n  {}\n", column.name(), column.meaning());
    for (label, fact) in facts(column) {
        text += &format!("  {label:<12}{fact}\n");
    }
    text
}

fn object(column: &Column) -> Value {
    let entry = column.field().map(|field| *field.entry());
    json!({
        "name": column.name(),
        "heading": column.heading(),
        "meaning": column.meaning(),
        "text": column.is_text(),
        "unit": entry.map(|entry| entry.unit.name()),
        "group": entry.map(|entry| entry.group.name()),
        "bars": entry.map(|entry| entry.bars),
        "formula": entry.map(|entry| entry.formula).filter(|formula| !formula.is_empty()),
        "source": entry.map(|entry| entry.source).filter(|source| !source.is_empty()),
        "decided_by": entry.map(|entry| entry.pass.name()),
    })
}
