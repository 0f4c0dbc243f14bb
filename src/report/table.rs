//! The table a person reads: rounded numbers, coloured ratings, as many columns as fit.

use std::io::{self, Write};
use std::sync::Arc;

use comfy_table::{Attribute, Cell as TableCell, CellAlignment, Color, Table, presets};

use super::format::Style;
use super::numbers::cell_text;
use super::report::Report;
use super::totals;
use crate::screen::Screen;
use crate::screen::columns::{Cell, Column};
use crate::screen::criteria::TableColumn;
use crate::screen::fields::Field as F;
use crate::screen::rating::Rating;
use crate::screen::row::Row;

/// Blanks between two columns.
const GAP: u16 = 2;
/// Columns that are shown however narrow the terminal is.
const MIN_COLUMNS: usize = 2;
/// What stands behind the rank of a ticker that is new among the best.
pub(super) const NEW: &str = "*";
/// What stands behind the ticker of doubtful prices.
pub(super) const DOUBTFUL: &str = "!";

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let unpriced = report.unpriced();
    if report.listed(&unpriced).next().is_none() {
        return write_totals(report, out); // the footer says why there is no row
    }
    let (table, _) = fitted(report, style);
    writeln!(out, "{}", table.trim_fmt())?;
    if !totals::lines(report).is_empty() {
        writeln!(out)?;
    }
    write_totals(report, out)
}

/// How many columns a table of that style leaves out, because they do not fit.
#[must_use]
pub fn hidden_columns(report: &Report, style: Style) -> usize {
    let is_empty = report.listed(&report.unpriced()).next().is_none();
    if is_empty { 0 } else { fitted(report, style).1 }
}

/// The table with as many columns as fit, and how many do not. Columns that are asked for always do.
fn fitted(report: &Report, style: Style) -> (Table, usize) {
    let unpriced = report.unpriced();
    let mut columns = columns_of_table(report);
    let table = draw(report, &unpriced, &columns, style);
    let Some(width) = style.width.filter(|_| report.screen.columns.is_none()) else {
        return (table, 0);
    };
    let all = columns.len();
    columns.truncate(fitting(&table.column_max_content_widths(), width));
    (draw(report, &unpriced, &columns, style), all - columns.len())
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

/// The columns of a report's table and their headings, before any is dropped; without currencies where none is known.
pub(super) fn columns_of_table(report: &Report) -> Vec<TableColumn> {
    let mut columns = layout(&report.screen);
    let is_known =
        report.screen.columns.is_some() || report.rows().any(|row| row.currency.is_some());
    columns.retain(|(column, _)| is_known || *column != Column::Currency);
    columns
}

/// The columns of a screen's tables and their headings.
pub(super) fn layout(screen: &Screen) -> Vec<TableColumn> {
    if let Some(chosen) = &screen.columns {
        return chosen.iter().map(|column| (column.clone(), column.name().to_owned())).collect();
    }
    let mut columns = screen.criteria.table();
    let before_year = columns.iter().position(|(column, _)| *column == Column::Year);
    let place = before_year.unwrap_or(columns.len());
    for (i, extra) in screen.extra.iter().enumerate() {
        columns.insert(place + i, (Column::Extra(Arc::clone(extra)), extra.name.clone()));
    }
    if let Some(by) = screen.by {
        let ticker = columns.iter().position(|(column, _)| *column == Column::Ticker);
        let after_ticker = ticker.map_or(0, |place| place + 1);
        let column = by.column();
        let heading = column.heading().to_owned();
        columns.insert(after_ticker, (column, heading));
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
    let headings: Vec<(String, bool)> =
        columns.iter().map(|(column, heading)| (heading.clone(), is_right(column))).collect();
    let mut table = empty(&headings, style);
    for (rank, row) in report.listed(unpriced) {
        table.add_row(columns.iter().map(|(column, _)| table_cell(report, column, row, rank)));
    }
    spaced(table, columns.len())
}

/// A table of texts; of each heading is known whether its column is aligned to the right.
pub(super) fn grid(headings: &[(String, bool)], rows: &[Vec<String>], style: Style) -> Table {
    let mut table = empty(headings, style);
    for row in rows {
        table.add_row(
            row.iter()
                .zip(headings)
                .map(|(text, (_, right))| TableCell::new(text).set_alignment(alignment(*right))),
        );
    }
    spaced(table, headings.len())
}

fn empty(headings: &[(String, bool)], style: Style) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if style.color {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table.set_header(headings.iter().map(|(heading, right)| {
        TableCell::new(heading).set_alignment(alignment(*right)).add_attribute(Attribute::Bold)
    }));
    table
}

fn spaced(mut table: Table, columns: usize) -> Table {
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if i + 1 < columns { GAP } else { 0 }));
    }
    table
}

fn table_cell(report: &Report, column: &Column, row: &Row, rank: usize) -> TableCell {
    let cell = column.of(row, rank);
    let drawn = TableCell::new(shown_text(report, column, row, rank))
        .set_alignment(alignment(is_right(column)));
    match color(column, cell, row.rating()) {
        Some(color) => drawn.fg(color),
        None => drawn,
    }
}

/// A cell as a person reads it; what is new among the best is marked at its rank, what is doubtful at its ticker.
pub(super) fn shown_text(report: &Report, column: &Column, row: &Row, rank: usize) -> String {
    let cell = column.of(row, rank);
    let text = cell_text(cell);
    match column {
        Column::Rank if report.is_newcomer(row) => text + NEW,
        Column::Ticker if row.is_doubtful() => text + DOUBTFUL,
        Column::Value(field) => with_sign(text, *field, cell),
        _ => text,
    }
}

/// A change has its sign, and nothing else has a plus.
fn with_sign(text: String, field: F, cell: Cell<'_>) -> String {
    let is_gain = matches!(cell, Cell::Number(value, _) if value > 0.0);
    if !field.is_change() {
        text.strip_prefix('+').map_or_else(|| text.clone(), String::from)
    } else if is_gain && !text.starts_with('+') {
        format!("+{text}")
    } else {
        text
    }
}

fn alignment(is_right: bool) -> CellAlignment {
    if is_right { CellAlignment::Right } else { CellAlignment::Left }
}

/// Whether a column is aligned to the right.
pub(super) fn is_right(column: &Column) -> bool {
    *column == Column::AsOf || !column.is_text()
}

/// Whether a cell is good or bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Fair,
    Bad,
    None,
}

/// The tone of ratings and of changes. `None`: a cell is neither.
pub(super) fn tone(column: &Column, cell: Cell<'_>, rating: Rating) -> Option<Tone> {
    match (column, cell) {
        (Column::Rating | Column::Value(F::OverallMomentumScore), _) => Some(match rating {
            Rating::StrongBuy | Rating::Buy => Tone::Good,
            Rating::Hold | Rating::WeakHold => Tone::Fair,
            Rating::Sell => Tone::Bad,
            Rating::InsufficientData => Tone::None,
        }),
        (Column::Value(field), Cell::Number(value, _)) if field.is_change() && value != 0.0 => {
            Some(if value > 0.0 { Tone::Good } else { Tone::Bad })
        }
        _ => None,
    }
}

fn color(column: &Column, cell: Cell<'_>, rating: Rating) -> Option<Color> {
    Some(match tone(column, cell, rating)? {
        Tone::Good => Color::DarkGreen,
        Tone::Fair => Color::DarkYellow,
        Tone::Bad => Color::DarkRed,
        Tone::None => Color::DarkGrey,
    })
}
