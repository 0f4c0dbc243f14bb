//! Parquet: every column in the type that its heading states.

use std::io::{self, Write};

use crate::table::cell::Cell;
use crate::table::parquet::{ColumnData, ColumnType, write_parquet};
use crate::table::sheet::{Heading, Sheet};

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let names = sheet.columns.iter().map(|column| column.key.clone());
    write_parquet(names.zip(columns_data(&sheet.columns, &sheet.rows)).collect(), Vec::new(), out)
}

/// The columns of rows, each in the type that its heading states.
pub fn columns_data(
    columns: &[Heading],
    rows: &[Vec<Cell<'_>>],
) -> impl Iterator<Item = ColumnData> {
    let typed = columns.iter().map(|column| column.column_type).enumerate();
    typed.map(|(place, column_type)| column_data(rows, place, column_type))
}

fn column_data(rows: &[Vec<Cell<'_>>], place: usize, column_type: ColumnType) -> ColumnData {
    let cells = rows.iter().map(|row| &row[place]);
    match column_type {
        ColumnType::Text => ColumnData::Texts(cells.map(text).collect()),
        ColumnType::Number => ColumnData::Numbers(cells.map(number).collect()),
        ColumnType::Integer => ColumnData::Integers(cells.map(integer).collect()),
        ColumnType::Count => ColumnData::Counts(cells.map(count).collect()),
        ColumnType::Day => ColumnData::Days(cells.map(epoch_days).collect()),
    }
}

fn text(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null => None,
        cell => Some(cell.plain()),
    }
}

fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(value, _) => Some(*value),
        _ => None,
    }
}

/// A count, and what was counted in halves to the nearest whole.
fn integer(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Count(count) => i64::try_from(*count).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "beyond the bounds it is the bound")]
        Cell::Number(value, _) => Some(value.round() as i64),
        _ => None,
    }
}

fn count(cell: &Cell<'_>) -> Option<u64> {
    u64::try_from(integer(cell)?).ok()
}

fn epoch_days(cell: &Cell<'_>) -> Option<i32> {
    match cell {
        Cell::Date(date) => Some(date.to_epoch_days()),
        _ => None,
    }
}
