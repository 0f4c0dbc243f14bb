//! A shard's file, whatever its format: written from what was gathered, read and checked.

use std::collections::HashSet;
use std::io::{self, Write};

use super::error::ShardFileError;
use super::facts::ShardFacts;
use super::record::{RowOrFailure, ShardColumns, ShardRow};
use super::{lines, table};
use crate::failure::Failure;
use crate::screen::row::Row;
use crate::table::{ByteLimit, Format, parquet};
use crate::universe::Symbol;

/// The largest file of a shard, unpacked: some hundred thousand tickers.
pub const SHARD_LIMIT: ByteLimit = ByteLimit::of(256 << 20).and_by_ratio();

/// A shard's file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ShardFile {
    /// What has to be known of the run.
    pub facts: ShardFacts,
    /// What was measured, before rows are compared.
    pub rows: Vec<Row>,
    /// Symbols that brought no bars.
    pub failures: Vec<Failure>,
}

/// Writes a shard as NDJSON, or as Parquet if that is the format.
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
    let columns = ShardColumns::of(&facts.run);
    let mut records: Vec<ShardRow> = Vec::with_capacity(rows.len() + failures.len());
    for row in rows {
        records.push(columns.record_of_row(row));
    }
    for failure in failures {
        records.push(columns.record_of_failure(failure));
    }
    match format {
        Format::Parquet => table::write(facts, &columns, &records, out),
        _ => lines::write(facts, &columns, &records, out),
    }
}

impl ShardFile {
    /// Reads what [`write()`] wrote, in either format.
    ///
    /// # Errors
    /// [`ShardFileError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ShardFileError> {
        SHARD_LIMIT.check(None, bytes.len() as u64).map_err(ShardFileError::TooLarge)?;
        let (facts, columns, records) = if bytes.starts_with(parquet::MAGIC) {
            table::read(bytes, SHARD_LIMIT)?
        } else {
            lines::read(bytes)?
        };
        let mut file = Self { facts, rows: Vec::new(), failures: Vec::new() };
        for record in records {
            match columns.entry(record)? {
                RowOrFailure::Row(row) => file.rows.push(*row),
                RowOrFailure::Failure(failure) => file.failures.push(failure),
            }
        }
        file.check()?;
        Ok(file)
    }

    /// Each ticker of the shard is in it once, and no other.
    fn check(&self) -> Result<(), ShardFileError> {
        let own: HashSet<&Symbol> = self.facts.own_tickers().collect();
        let there: HashSet<&Symbol> =
            self.symbols().filter(|symbol| own.contains(symbol)).collect();
        let held = self.rows.len() + self.failures.len();
        if there.len() == own.len() && held == own.len() {
            return Ok(());
        }
        let (there, own) = (there.len(), own.len());
        Err(ShardFileError::Damaged(format!("it holds {there} of its {own} tickers")))
    }

    fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        let failed = self.failures.iter().map(|failure| &failure.symbol);
        self.rows.iter().map(|row| &row.symbol).chain(failed)
    }
}
