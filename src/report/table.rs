//! The table a person reads: rounded numbers, coloured ratings, as many columns as fit.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell as TableCell, CellAlignment, Color, Table, presets};

use super::format::Style;
use super::numbers::cell_text;
use super::report::Report;
use super::totals;
use crate::screen::columns::{Cell, Column};
use crate::screen::criteria::TableColumn;
use crate::screen::fields::{Field as F, Unit};
use crate::screen::rating::Rating;
use crate::screen::row::Row;

/// Blanks between two columns.
const GAP: u16 = 2;
/// Columns that are shown however narrow the terminal is.
const MIN_COLUMNS: usize = 2;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let unpriced = report.unpriced();
    if report.listed(&unpriced).next().is_none() {
        return write_totals(report, out); // the footer says why there is no row
    }
    let mut columns = layout(report);
    let mut table = draw(report, &unpriced, &columns, style);
    if let Some(width) = style.width {
        columns.truncate(fitting(&table.column_max_content_widths(), width));
        table = draw(report, &unpriced, &columns, style);
    }
    writeln!(out, "{}", table.trim_fmt())?;
    if !totals::lines(report).is_empty() {
        writeln!(out)?;
    }
    write_totals(report, out)
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

/// The columns of a table and their headings, before any is dropped.
pub(super) fn layout(report: &Report) -> Vec<TableColumn> {
    if let Some(chosen) = &report.screen.columns {
        return chosen.iter().map(|column| (*column, column.name())).collect();
    }
    let mut columns = report.screen.criteria.table();
    if report.screen.by_sector {
        let ticker = columns.iter().position(|(column, _)| *column == Column::Ticker);
        let after_ticker = ticker.map_or(0, |place| place + 1);
        columns.insert(after_ticker, (Column::Sector, Column::Sector.heading()));
    }
    columns
}

/// How many of the leading columns fit into `width` characters.
fn fitting(widths: &[u16], width: u16) -> usize {
    let mut end = 0_u16;
    let mut count = 0;
    for column in widths {
        end = end.saturating_add(*column);
        if end > width {
            break;
        }
        end = end.saturating_add(GAP);
        count += 1;
    }
    count.max(MIN_COLUMNS)
}

fn draw(report: &Report, unpriced: &[Row], columns: &[TableColumn], style: Style) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if style.color {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table.set_header(columns.iter().map(|(column, heading)| {
        TableCell::new(heading).set_alignment(alignment(*column)).add_attribute(Attribute::Bold)
    }));
    for (rank, row) in report.listed(unpriced) {
        table.add_row(columns.iter().map(|(column, _)| table_cell(*column, row, rank)));
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if i + 1 < columns.len() { GAP } else { 0 }));
    }
    table
}

fn table_cell(column: Column, row: &Row, rank: usize) -> TableCell {
    let cell = column.of(row, rank);
    let drawn = TableCell::new(cell_text(cell)).set_alignment(alignment(column));
    match color(column, cell, row.rating()) {
        Some(color) => drawn.fg(color),
        None => drawn,
    }
}

fn alignment(column: Column) -> CellAlignment {
    if is_right(column) { CellAlignment::Right } else { CellAlignment::Left }
}

/// Whether a column is aligned to the right.
pub(super) fn is_right(column: Column) -> bool {
    column == Column::AsOf || !column.is_text()
}

fn color(column: Column, cell: Cell<'_>, rating: Rating) -> Option<Color> {
    match (column, cell) {
        (Column::Rating | Column::Value(F::OverallMomentumScore), _) => match rating {
            Rating::StrongBuy | Rating::Buy => Some(Color::Green),
            Rating::Hold | Rating::WeakHold => Some(Color::Yellow),
            Rating::Sell => Some(Color::Red),
            Rating::InsufficientData => Some(Color::DarkGrey),
        },
        (_, Cell::Number(value, Unit::Fraction)) if value < 0.0 => Some(Color::Red),
        (_, Cell::Number(value, Unit::Fraction)) if value > 0.0 => Some(Color::Green),
        _ => None,
    }
}
