//! A part of a run: what one of several machines gathered, as a file; and how parts become the whole.
//!
//! A part holds every row's raw values, every failure and the facts of its run; nothing in it is scored or
//! ranked. [`merge`] puts rows and failures back into the order of the list, so that what is concluded of
//! them is what one run would have concluded. Nothing here fetches, scores or knows a terminal.

mod facts;
mod lines;
mod merge;
mod record;
mod table;

use std::collections::HashSet;
use std::io::{self, Write};

pub use facts::{RunFacts, ShardFacts};
pub use merge::{MergeError, Merged, merge};

use crate::failure::Failure;
use crate::report::Format;
use crate::screen::row::Row;
use crate::universe::Symbol;
use record::{ShardColumns, ShardRow};

/// The version of the layout; parts of another one are refused.
const VERSION: u32 = 1;

/// A part that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ShardFile {
    /// What is to be known of the run.
    pub facts: ShardFacts,
    /// What was measured, before rows are compared.
    pub rows: Vec<Row>,
    /// Who brought no bars.
    pub failures: Vec<Failure>,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShardFileError {
    /// It is something else.
    #[error("it is no part of a run")]
    Foreign,
    /// It was written by a program that lays parts out differently.
    #[error("it is laid out by version {0}, and this program reads version {VERSION}")]
    OtherVersion(u64),
    /// Something in it cannot be read.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// Writes a part as NDJSON, or as Parquet if that is the format.
///
/// # Errors
/// Those of `out`.
pub fn write(
    facts: &ShardFacts,
    rows: &[Row],
    failures: &[Failure],
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let layout = ShardColumns::of(&facts.run);
    let rows = rows.iter().map(|row| layout.of_row(row));
    let failures = failures.iter().map(|failure| layout.of_failure(failure));
    let records: Vec<ShardRow> = rows.chain(failures).collect();
    match format {
        Format::Parquet => table::write(facts, &layout, &records, out),
        _ => lines::write(facts, &layout, &records, out),
    }
}

impl ShardFileError {
    fn damaged(why: &dyn std::fmt::Display) -> Self {
        Self::Damaged(why.to_string())
    }
}

impl ShardFile {
    /// Reads what [`write()`] wrote, in either format.
    ///
    /// # Errors
    /// [`ShardFileError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ShardFileError> {
        let (facts, layout, records) = match bytes {
            [b'P', b'A', b'R', b'1', ..] => table::read(bytes)?,
            _ => lines::read(bytes)?,
        };
        let mut part = Self { facts, rows: Vec::new(), failures: Vec::new() };
        for record in records {
            match layout.entry(record)? {
                Ok(row) => part.rows.push(row),
                Err(failure) => part.failures.push(failure),
            }
        }
        part.check()?;
        Ok(part)
    }

    /// Each ticker of the part is in it once, and no other.
    fn check(&self) -> Result<(), ShardFileError> {
        let own: HashSet<Symbol> = self.facts.own_tickers().collect();
        let there: HashSet<&Symbol> =
            self.symbols().filter(|symbol| own.contains(symbol)).collect();
        let held = self.rows.len() + self.failures.len();
        if there.len() == own.len() && held == own.len() {
            return Ok(());
        }
        Err(ShardFileError::Damaged(format!(
            "it holds {} of its {} tickers",
            there.len(),
            own.len()
        )))
    }

    fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        let failed = self.failures.iter().map(|failure| &failure.symbol);
        self.rows.iter().map(|row| &row.symbol).chain(failed)
    }
}
