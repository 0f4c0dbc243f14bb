//! Groups of tickers by strength, in the formats that hold a plain table.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::csv;
use super::format::{Format, Style};
use super::json::{SCHEMA_VERSION, errors};
use super::markdown::write_line;
use super::numbers::{cell_text, plural};
use super::report::Report;
use super::table::grid;
use crate::screen::columns::Cell;
use crate::screen::entry::Unit;
use crate::screen::groups::{GroupStrength, Grouping, MIN_MEMBERS, groups};

/// A column: its key, its heading, what stands in it.
type GroupColumn = (&'static str, &'static str, for<'a> fn(&'a GroupStrength) -> Cell<'a>);

const COLUMNS: [GroupColumn; 9] = [
    ("rank", "#", |group| Cell::Count(group.rank)),
    ("group", "Group", |group| Cell::Text(&group.name)),
    ("members", "Members", |group| Cell::Count(group.members)),
    ("mean_rs_rating", "RS", |group| number(group.mean_rs_rating, Unit::Index)),
    ("median_rs_rating", "RS median", |group| number(group.median_rs_rating, Unit::Index)),
    ("above_sma_50", "Above SMA50", |group| number(group.above_sma_50, Unit::Fraction)),
    ("return_1m", "1m", |group| number(group.return_1m, Unit::Fraction)),
    ("return_3m", "3m", |group| number(group.return_3m, Unit::Fraction)),
    ("rank_1w", "# 1w", |group| group.rank_1w.map_or(Cell::Null, Cell::Count)),
];

fn number<'a>(value: Option<f64>, unit: Unit) -> Cell<'a> {
    value.map_or(Cell::Null, |value| Cell::Number(value, unit))
}

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
            serde_json::to_writer_pretty(
                &mut *out,
                &GroupsDocument { report, by, groups: &groups },
            )?;
            writeln!(out)
        }
        Format::Ndjson => {
            for group in &groups {
                serde_json::to_writer(&mut *out, group)?;
                writeln!(out)?;
            }
            Ok(())
        }
        Format::Csv => write_csv(&groups, out),
        Format::Markdown => write_markdown(&groups, out),
        Format::Table | Format::Parquet => {
            let table = grid(&headings(), &texts(&groups), style);
            if !groups.is_empty() {
                writeln!(out, "{}", table.trim_fmt())?;
            }
            let (ungrouped, small) = left_out(report, by, &groups);
            if ungrouped + small > 0 {
                writeln!(out)?;
                writeln!(
                    out,
                    "left out: {} of no known group or without a rating, {small} in groups of fewer than \
                     {MIN_MEMBERS}",
                    plural(ungrouped, "ticker")
                )?;
            }
            Ok(())
        }
    }
}

/// Headings, and whether a column is aligned to the right.
pub(super) fn headings() -> Vec<(String, bool)> {
    COLUMNS.iter().map(|(key, heading, _)| ((*heading).to_owned(), *key != "group")).collect()
}

/// The cells of each group as a person reads them.
pub(super) fn texts(groups: &[GroupStrength]) -> Vec<Vec<String>> {
    let row = |group: &GroupStrength| {
        let shown = |(key, _, cell): &GroupColumn| match (*key, cell(group)) {
            // A share has no sign.
            ("above_sma_50", Cell::Number(share, _)) => format!("{:.0}%", 100.0 * share),
            (_, cell) => cell_text(cell),
        };
        COLUMNS.iter().map(shown).collect()
    };
    groups.iter().map(row).collect()
}

/// Tickers that are in no group that is shown: of no known group or without a rating, and in small groups.
fn left_out(report: &Report, by: Grouping, groups: &[GroupStrength]) -> (usize, usize) {
    let (mut unknown, mut small) = (0, 0);
    for row in report.rows() {
        let is_rated =
            row.get(crate::screen::fields::Field::RsRating).is_some() && !row.is_set_aside;
        match by.of(row).filter(|_| is_rated) {
            None => unknown += 1,
            Some(name) if !groups.iter().any(|group| group.name == *name) => small += 1,
            Some(_) => {}
        }
    }
    (unknown, small)
}

fn write_csv(groups: &[GroupStrength], out: &mut dyn Write) -> io::Result<()> {
    let names = COLUMNS.iter().map(|(key, ..)| (*key).to_owned()).collect();
    let rows = groups
        .iter()
        .map(|group| COLUMNS.iter().map(|(.., cell)| csv::text(cell(group))).collect());
    csv::write_rows(std::iter::once(names).chain(rows), out)
}

fn write_markdown(groups: &[GroupStrength], out: &mut dyn Write) -> io::Result<()> {
    let headings = headings();
    write_line(&headings.iter().map(|(heading, _)| heading.clone()).collect::<Vec<_>>(), out)?;
    let rules: Vec<String> = headings
        .iter()
        .map(|(_, right)| if *right { "---:".into() } else { "---".into() })
        .collect();
    write_line(&rules, out)?;
    for row in texts(groups) {
        write_line(&row, out)?;
    }
    Ok(())
}

impl Serialize for GroupStrength {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(COLUMNS.iter().map(|(key, _, cell)| (*key, cell(self))))
    }
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
        map.serialize_entry("by", by.column().name())?;
        map.serialize_entry("ungrouped", &ungrouped)?;
        map.serialize_entry("in_small_groups", &in_small_groups)?;
        map.serialize_entry("groups", groups)?;
        map.serialize_entry("errors", &errors(&report.failures))?;
        map.end()
    }
}
