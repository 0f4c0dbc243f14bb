//! Groups of tickers by strength, in the formats that hold a plain table.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::{SCHEMA_VERSION, errors};
use super::report::Report;
use crate::ask::columns::Column;
use crate::compare::groups::{GroupStrength, Grouping, MIN_MEMBERS, groups};
use crate::table::parquet::ColumnType;
use crate::table::{self, Cell, Format, Heading, Sheet, Style, Unit, plural};

/// A column: its key, its heading, its type, what stands in it.
type GroupColumn =
    (&'static str, &'static str, ColumnType, for<'a> fn(&'a GroupStrength) -> Cell<'a>);

const COLUMNS: [GroupColumn; 9] = [
    ("rank", "#", ColumnType::Integer, |group| Cell::Count(group.rank)),
    ("group", "Group", ColumnType::Text, |group| Cell::Text(&group.name)),
    ("members", "Members", ColumnType::Integer, |group| Cell::Count(group.members)),
    ("mean_rs_rating", "RS", ColumnType::Number, |group| {
        Cell::number(group.mean_rs_rating, Unit::Index)
    }),
    ("median_rs_rating", "RS median", ColumnType::Number, |group| {
        Cell::number(group.median_rs_rating, Unit::Index)
    }),
    (ABOVE, "Above SMA50", ColumnType::Number, |group| {
        Cell::number(group.above_sma_50, Unit::Fraction)
    }),
    ("return_1m", "1m", ColumnType::Number, |group| Cell::number(group.return_1m, Unit::Fraction)),
    ("return_3m", "3m", ColumnType::Number, |group| Cell::number(group.return_3m, Unit::Fraction)),
    ("rank_1w", "# 1w", ColumnType::Integer, |group| group.rank_1w.map_or(Cell::Null, Cell::Count)),
];
const ABOVE: &str = "above_sma_50";

/// Writes the groups of a report's tickers.
///
/// # Errors
/// Those of `out`.
pub fn write_groups(
    report: &Report,
    by: Grouping,
    format: Format,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let groups = groups(by, report.rows());
    match format {
        Format::Json => {
            let document = GroupsDocument { report, by, groups: &groups };
            serde_json::to_writer_pretty(&mut *out, &document)?;
            writeln!(out)
        }
        Format::Table => {
            if !groups.is_empty() {
                let style = Style { width: None, ..style };
                table::write(&shown_sheet(&groups), format, style, out)?;
            }
            write_left_out(report, by, &groups, out)
        }
        Format::Markdown => table::write(&shown_sheet(&groups), format, style, out),
        _ => table::write(&sheet(&groups), format, style, out),
    }
}

fn write_left_out(
    report: &Report,
    by: Grouping,
    groups: &[GroupStrength],
    out: &mut dyn Write,
) -> io::Result<()> {
    let (ungrouped, small) = left_out(report, by, groups);
    if ungrouped + small == 0 {
        return Ok(());
    }
    writeln!(out)?;
    writeln!(
        out,
        "left out: {} of no known group or without a rating, {small} in groups of fewer than \
         {MIN_MEMBERS}",
        plural(ungrouped, "ticker")
    )
}

fn sheet(groups: &[GroupStrength]) -> Sheet<'_> {
    let mut sheet = Sheet::default();
    for (key, heading, column_type, _) in COLUMNS {
        sheet.columns.push(Heading::of(key, heading, column_type));
    }
    for group in groups {
        sheet.rows.push(COLUMNS.iter().map(|(.., cell)| cell(group)).collect());
    }
    sheet
}

/// The groups as a person reads them.
pub(super) fn shown_sheet(groups: &[GroupStrength]) -> Sheet<'_> {
    let mut sheet = sheet(groups);
    let above = sheet.columns.iter().position(|column| column.key == ABOVE);
    for row in &mut sheet.rows {
        for (place, cell) in row.iter_mut().enumerate() {
            // A share has no sign.
            if let (true, Cell::Number(share, _)) = (Some(place) == above, &cell) {
                *cell = Cell::Shown(format!("{:.0}%", 100.0 * share), None);
            }
        }
    }
    sheet
}

/// Tickers that are in no group that is shown: of no known group or without a rating, and in small groups.
fn left_out(report: &Report, by: Grouping, groups: &[GroupStrength]) -> (usize, usize) {
    let (mut unknown, mut small) = (0, 0);
    for row in report.rows() {
        let is_rated =
            row.get(crate::measure::fields::Field::RsRating).is_some() && !row.is_set_aside;
        match by.of(row).filter(|_| is_rated) {
            None => unknown += 1,
            Some(name) if !groups.iter().any(|group| group.name == *name) => small += 1,
            Some(_) => {}
        }
    }
    (unknown, small)
}

struct GroupsDocument<'a> {
    report: &'a Report,
    by: Grouping,
    groups: &'a [GroupStrength],
}

impl Serialize for GroupsDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { report, by, groups } = self;
        let (ungrouped, in_small_groups) = left_out(report, *by, groups);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        map.serialize_entry("total_requested", &report.requested())?;
        map.serialize_entry("successful", &report.successful())?;
        map.serialize_entry("failed", &report.failures.len())?;
        map.serialize_entry("provider", &report.provider)?;
        map.serialize_entry("as_of", &report.as_of.map_or(Cell::Null, Cell::Date))?;
        map.serialize_entry("breadth", &report.ranking.breadth)?;
        map.serialize_entry("by", Column::of_group(*by).name())?;
        map.serialize_entry("ungrouped", &ungrouped)?;
        map.serialize_entry("in_small_groups", &in_small_groups)?;
        map.serialize_entry("groups", &sheet(groups))?;
        map.serialize_entry("errors", &errors(&report.failures))?;
        map.end()
    }
}
