//! A ranking as a sheet: for programs with the values themselves, for people as they are to be read.

use std::sync::Arc;

use super::report::Report;
use crate::ask::Screen;
use crate::ask::columns::{Column, Content};
use crate::ask::criteria::TableColumn;
use crate::compare::row::Row;
use crate::measure::fields::Field as F;
use crate::models::rating::Rating;
use crate::table::parquet::ColumnType;
use crate::table::{Cell, Heading, Sheet, Tone, Unit, cell_text};

/// What stands behind the rank of a ticker that is new among the best.
pub(super) const NEW: &str = "*";
/// What stands behind the ticker of doubtful prices.
pub(super) const DOUBTFUL: &str = "!";

/// Ranked rows with the values of some columns.
pub(super) fn sheet<'a>(
    columns: &'a [Column],
    rows: impl Iterator<Item = (usize, &'a Row)>,
) -> Sheet<'a> {
    let mut sheet = Sheet { columns: columns.iter().map(heading).collect(), rows: Vec::new() };
    for (rank, row) in rows {
        sheet.rows.push(columns.iter().map(|column| column.of(row, rank)).collect());
    }
    sheet
}

/// What a column is called, and the type it has whatever its cells are.
fn heading(column: &Column) -> Heading {
    let column_type = match column {
        Column::Rank | Column::Bars | Column::BadRows => ColumnType::Integer,
        Column::Value(field) if field.unit() == Unit::Count => ColumnType::Integer,
        Column::Value(_) => ColumnType::Number,
        Column::Extra(extra) if !matches!(extra.content, Content::Texts(_)) => ColumnType::Number,
        Column::AsOf => ColumnType::Day,
        _ => ColumnType::Text,
    };
    Heading::of(column.name(), column.heading(), column_type)
}

/// The listed rows of a report as a person reads them.
pub(super) fn shown_sheet(report: &Report, unpriced: &[Row]) -> Sheet<'static> {
    let columns = columns_of_table(report);
    let mut sheet = Sheet::default();
    for (column, shown) in &columns {
        let heading = Heading { heading: shown.clone(), ..heading(column) };
        sheet.columns.push(Heading { is_right: is_right(column), ..heading });
    }
    for (rank, row) in report.listed(unpriced) {
        let mut cells = Vec::with_capacity(columns.len());
        for (column, _) in &columns {
            let tone = tone(column, &column.of(row, rank), row.rating());
            cells.push(Cell::Shown(shown_text(report, column, row, rank), tone));
        }
        sheet.rows.push(cells);
    }
    sheet
}

/// The columns of a report's table and their headings, before any is dropped; without currencies where none is known.
pub(super) fn columns_of_table(report: &Report) -> Vec<TableColumn> {
    let mut columns = layout(&report.screen);
    let is_known =
        report.screen.columns.is_some() || report.rows().any(|row| row.about.currency.is_some());
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
        let column = Column::of_group(by);
        let heading = column.heading().to_owned();
        columns.insert(after_ticker, (column, heading));
    }
    columns
}

/// A cell as a person reads it; what is new among the best is marked at its rank, what is doubtful at its ticker.
pub(super) fn shown_text(report: &Report, column: &Column, row: &Row, rank: usize) -> String {
    let cell = column.of(row, rank);
    let text = cell_text(&cell);
    match column {
        Column::Rank if report.is_newcomer(row) => text + NEW,
        Column::Ticker if row.is_doubtful() => text + DOUBTFUL,
        Column::Value(field) => with_sign(text, *field, &cell),
        _ => text,
    }
}

/// A change has its sign, and nothing else has a plus.
fn with_sign(text: String, field: F, cell: &Cell<'_>) -> String {
    let is_gain = matches!(cell, Cell::Number(value, _) if *value > 0.0);
    if !field.is_change() {
        text.strip_prefix('+').map_or_else(|| text.clone(), String::from)
    } else if is_gain && !text.starts_with('+') {
        format!("+{text}")
    } else {
        text
    }
}

/// Whether a column is aligned to the right.
pub(super) fn is_right(column: &Column) -> bool {
    *column == Column::AsOf || !column.is_text()
}

/// The tone of ratings and of changes. `None`: a cell is neither.
pub(super) fn tone(column: &Column, cell: &Cell<'_>, rating: Rating) -> Option<Tone> {
    match (column, cell) {
        (Column::Rating | Column::Value(F::OverallMomentumScore), _) => Some(match rating {
            Rating::StrongBuy | Rating::Buy => Tone::Good,
            Rating::Hold | Rating::WeakHold => Tone::Fair,
            Rating::Sell => Tone::Bad,
            Rating::InsufficientData => Tone::None,
        }),
        (Column::Value(field), Cell::Number(value, _)) if field.is_change() && *value != 0.0 => {
            Some(if *value > 0.0 { Tone::Good } else { Tone::Bad })
        }
        _ => None,
    }
}
