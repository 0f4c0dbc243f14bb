//! The table a person reads: aligned columns, coloured where there is news, as many as fit.

use std::fmt;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell as TableCell, CellAlignment, Color, Table, presets};

use crate::table::cell::{Cell, Tone};
use crate::table::format::Style;
use crate::table::sheet::{Heading, Sheet};
use crate::table::shown::cell_text;

/// Blanks between two columns.
const GAP: u16 = 2;
/// Columns that are shown however narrow the terminal is.
const MIN_COLUMNS: usize = 2;

/// A table that is drawn.
pub struct Grid(Table);

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim_fmt())
    }
}

pub(super) fn write(sheet: &Sheet<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", fitted(sheet, style).0)
}

/// The table with as many of its leading columns as fit, and how many do not.
#[must_use]
pub fn fitted(sheet: &Sheet<'_>, style: Style) -> (Grid, usize) {
    let all = sheet.columns.len();
    let table = draw(sheet, all, style);
    let Some(width) = style.width else { return (Grid(table), 0) };
    let count = fitting(&table.column_max_content_widths(), width);
    (Grid(draw(sheet, count, style)), all - count)
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
    count.max(MIN_COLUMNS).min(widths.len())
}

/// The first columns, drawn.
fn draw(sheet: &Sheet<'_>, count: usize, style: Style) -> Table {
    let columns = &sheet.columns[..count];
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if style.color {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table.set_header(columns.iter().map(|column| {
        let heading = TableCell::new(&column.heading);
        heading.set_alignment(alignment(column)).add_attribute(Attribute::Bold)
    }));
    for row in &sheet.rows {
        table.add_row(columns.iter().zip(row).map(|(column, cell)| table_cell(column, cell)));
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if place + 1 < count { GAP } else { 0 }));
    }
    table
}

fn table_cell(column: &Heading, cell: &Cell<'_>) -> TableCell {
    let drawn = TableCell::new(cell_text(cell)).set_alignment(alignment(column));
    match cell {
        Cell::Shown(_, Some(tone)) => drawn.fg(color(*tone)),
        _ => drawn,
    }
}

fn alignment(column: &Heading) -> CellAlignment {
    if column.is_right { CellAlignment::Right } else { CellAlignment::Left }
}

fn color(tone: Tone) -> Color {
    match tone {
        Tone::Good => Color::DarkGreen,
        Tone::Fair => Color::DarkYellow,
        Tone::Bad => Color::DarkRed,
        Tone::None => Color::DarkGrey,
    }
}
