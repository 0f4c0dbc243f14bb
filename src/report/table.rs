//! The ranking on a terminal: as many columns as fit, and what a portfolio comes to below them.

use std::io::{self, Write};

use super::report::Report;
use super::sheet::shown_sheet;
use super::totals;
use crate::compare::row::Row;
use crate::table::{Grid, Style, fitted, write_bullet};

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let unpriced = report.unpriced();
    if report.listed(&unpriced).next().is_none() {
        return write_totals(report, out); // the footer says why there is no row
    }
    writeln!(out, "{}", drawn(report, &unpriced, style).0)?;
    if !totals::lines(report).is_empty() {
        writeln!(out)?;
    }
    write_totals(report, out)
}

/// How many columns a table of that style leaves out, because they do not fit.
#[must_use]
pub fn hidden_columns(report: &Report, style: Style) -> usize {
    let unpriced = report.unpriced();
    let is_empty = report.listed(&unpriced).next().is_none();
    if is_empty { 0 } else { drawn(report, &unpriced, style).1 }
}

/// The table, and how many columns do not fit. Columns that are asked for always do.
fn drawn(report: &Report, unpriced: &[Row], style: Style) -> (Grid, usize) {
    let width = style.width.filter(|_| report.screen.columns.is_none());
    fitted(&shown_sheet(report, unpriced), Style { width, ..style })
}

fn write_totals(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for line in totals::lines(report) {
        write!(out, "{:<20}", line.label)?;
        for figure in line.figures {
            write!(out, "{figure:>22}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// What a portfolio comes to, as a list below its table in Markdown.
pub(super) fn write_totals_as_list(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (i, line) in totals::lines(report).into_iter().enumerate() {
        if i == 0 {
            writeln!(out)?;
        }
        write_bullet(line.label, &line.figures, out)?;
    }
    Ok(())
}
