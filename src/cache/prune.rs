//! Making room: the oldest rows go first, by age or until the rest is small enough.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::database::{Database, DatabaseError};

/// A cache that has grown beyond this many bytes loses its oldest rows at the end of a run.
pub const MAX_BYTES: u64 = 1_000_000_000;

/// What is removed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pruning {
    /// Rows that were fetched before.
    pub before: Option<DateTime<Utc>>,
    /// The oldest rows, until the rest takes no more bytes than this.
    pub max_bytes: Option<u64>,
}

impl Database {
    /// Removes rows; returns how many.
    pub(super) fn prune(&mut self, pruning: Pruning) -> Result<usize, DatabaseError> {
        let transaction = self.0.transaction()?;
        let mut removed = 0;
        if let Some(before) = pruning.before {
            let old = "DELETE FROM bars WHERE fetched_at < ?1";
            removed += transaction.execute(old, [before.timestamp_millis()])?;
        }
        if let Some(max) = pruning.max_bytes {
            let live: i64 = transaction.query_row(
                "SELECT (page_count - freelist_count) * page_size
                 FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
                [],
                |row| row.get(0),
            )?;
            let excess = live.saturating_sub_unsigned(max);
            if excess > 0 {
                // Of rows in the order of their age those before which less than the excess is.
                removed += transaction.execute(
                    "DELETE FROM bars WHERE rowid IN (SELECT id FROM (
                        SELECT rowid AS id, coalesce(sum(length(coalesce(data, '')) + 200) OVER (
                            ORDER BY fetched_at, rowid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                        FROM bars) WHERE before < ?1)",
                    params![excess],
                )?;
            }
        }
        transaction.commit()?;
        Ok(removed)
    }

    /// Gives the room of removed rows back to the disk.
    pub(super) fn shrink(&self) -> Result<(), DatabaseError> {
        Ok(self.0.execute_batch("VACUUM")?)
    }
}
