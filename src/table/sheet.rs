//! A table that is written: named columns and rows of cells, with no word on the format.

use super::cell::Cell;
use super::parquet::ColumnType;

/// What is known of a column beside its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its name for programs.
    pub key: String,
    /// Its name for people.
    pub heading: String,
    /// What it holds in a file of typed columns.
    pub column_type: ColumnType,
    /// Whether it is aligned to the right.
    pub is_right: bool,
}

impl Heading {
    /// Of a column of texts.
    #[must_use]
    pub fn text(key: &str, heading: &str) -> Self {
        Self::of(key, heading, ColumnType::Text)
    }

    /// Of a column of that type; all but texts are aligned to the right.
    #[must_use]
    pub fn of(key: &str, heading: &str, column_type: ColumnType) -> Self {
        let is_right = column_type != ColumnType::Text;
        Self { key: key.into(), heading: heading.into(), column_type, is_right }
    }
}

/// Columns and rows; each row has a cell for every column.
#[derive(Clone, Debug, Default)]
pub struct Sheet<'a> {
    /// The columns.
    pub columns: Vec<Heading>,
    /// The rows.
    pub rows: Vec<Vec<Cell<'a>>>,
}

impl Sheet<'_> {
    /// A table for people alone: headings, whether each is aligned to the right, and the rows' texts.
    #[must_use]
    pub fn of_texts(headings: &[(&str, bool)], rows: Vec<Vec<String>>) -> Self {
        let mut sheet = Self::default();
        for (heading, is_right) in headings {
            let heading = Heading::text(heading, heading);
            sheet.columns.push(Heading { is_right: *is_right, ..heading });
        }
        for row in rows {
            sheet.rows.push(row.into_iter().map(|text| Cell::Shown(text, None)).collect());
        }
        sheet
    }
}
