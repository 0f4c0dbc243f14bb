//! The database: its schema, and the few statements there are.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::blob;
use super::entry::{Entry, Length, time};
use super::policy::Namespace;
use crate::private::make_file;

/// The version of the schema, kept in the database's `user_version`.
const VERSION: i32 = 2;
/// From version 1 on the rows of past days, which nobody reads any more, are gone.
const FROM_VERSION_1: &str = "DELETE FROM bars WHERE interval LIKE '1d@%'";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS bars (
    provider    TEXT NOT NULL,
    origin      TEXT NOT NULL,
    symbol      TEXT NOT NULL,
    interval    TEXT NOT NULL,     -- 1d: recent, 1d+: long; both to the newest session
    fetched_at  INTEGER NOT NULL,  -- milliseconds since 1970
    valid_until INTEGER NOT NULL,
    since       INTEGER NOT NULL,  -- first day asked for, days since 1970
    data        BLOB,              -- null: the symbol was unknown
    attempts    INTEGER NOT NULL,
    http_status INTEGER,
    message     TEXT NOT NULL,
    checksum    INTEGER NOT NULL,  -- CRC-32 of all the other columns
    PRIMARY KEY (provider, origin, symbol, interval)
);
CREATE TABLE IF NOT EXISTS last_run (id INTEGER PRIMARY KEY CHECK (id = 1), hits INTEGER, asked INTEGER);
";

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum DatabaseError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("version {0}")]
    OtherVersion(i32),
    #[error("cannot set the old file aside: {0}")]
    SetAside(std::io::Error),
    #[error("{0}")]
    Unmade(std::io::Error),
}

/// How long another process may be busy creating it.
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

impl DatabaseError {
    fn is_busy(&self) -> bool {
        let busy = [Some(ErrorCode::DatabaseBusy), Some(ErrorCode::DatabaseLocked)];
        matches!(self, Self::Sqlite(e) if busy.contains(&e.sqlite_error_code()))
    }

    /// Whether the file itself is unusable, so that a new one helps.
    pub(super) fn is_unusable(&self) -> bool {
        match self {
            Self::OtherVersion(_) => true,
            Self::SetAside(_) | Self::Unmade(_) => false,
            Self::Sqlite(e) => matches!(
                e.sqlite_error_code(),
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
            ),
        }
    }
}

/// What a cache holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CacheStats {
    /// Tickers with bars.
    pub entries: usize,
    /// Tickers known to be unknown.
    pub unknown: usize,
    /// Bytes of the database.
    pub bytes: u64,
    /// The last session of the series that was fetched last.
    pub newest_session: Option<NaiveDate>,
    /// Age of the oldest and of the newest entry, in seconds.
    pub ages: Option<(i64, i64)>,
    /// Hits and look-ups of the last run.
    pub last_run: Option<(usize, usize)>,
}

pub(super) struct Database(pub(super) Connection);

/// What an entry is kept under.
pub(super) type Key<'a> = (&'a str, Length);

impl Database {
    /// Opens or creates it. Another process that is creating it has it for itself for a moment, in which
    /// `SQLite` does not wait by itself.
    pub(super) fn open(path: &Path) -> Result<Self, DatabaseError> {
        let start = Instant::now();
        loop {
            match Self::try_open(path) {
                Err(e) if e.is_busy() && start.elapsed() < OPEN_TIMEOUT => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                opened => return opened,
            }
        }
    }

    fn try_open(path: &Path) -> Result<Self, DatabaseError> {
        make_file(path).map_err(DatabaseError::Unmade)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "page_size", 16384)?; // a ticker's blob is about 13 kB
        // Else a run that only reads waits at its end for the disk; the log is checkpointed when it has grown.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        match connection.pragma_query_value(None, "user_version", |row| row.get(0))? {
            VERSION => {}
            1 => {
                connection.execute_batch(FROM_VERSION_1)?;
                connection.pragma_update(None, "user_version", VERSION)?;
            }
            0 => {
                connection.execute_batch(SCHEMA)?;
                connection.pragma_update(None, "user_version", VERSION)?;
            }
            other => return Err(DatabaseError::OtherVersion(other)),
        }
        Ok(Self(connection))
    }

    /// The entries under keys, all as of one moment.
    pub(super) fn read_all(
        &mut self,
        namespace: &Namespace,
        keys: &[Key<'_>],
    ) -> Result<Vec<Option<Entry>>, DatabaseError> {
        let transaction = self.0.transaction()?; // else each statement locks the file anew
        let keys = keys.iter();
        keys.map(|(symbol, length)| read(&transaction, namespace, symbol, *length)).collect()
    }

    /// Replaces the entries' rows in one transaction.
    pub(super) fn write(&mut self, entries: &[Entry]) -> Result<(), DatabaseError> {
        let transaction = self.0.transaction()?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT OR REPLACE INTO bars (provider, origin, symbol, interval, fetched_at, valid_until,
                 since, data, attempts, http_status, message, checksum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?;
            for entry in entries {
                statement.execute(params![
                    entry.namespace.provider,
                    entry.namespace.origin,
                    entry.symbol,
                    entry.length.interval(),
                    entry.fetched_at.timestamp_millis(),
                    entry.valid_until.timestamp_millis(),
                    entry.since.to_epoch_days(),
                    entry.data,
                    entry.attempts,
                    entry.http_status,
                    entry.message,
                    entry.checksum(),
                ])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Moves what was written from the log into the database, where reading is faster.
    pub(super) fn checkpoint(&self) -> Result<(), DatabaseError> {
        self.0.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        // The log is cut off, unless another process is reading: that is not waited for.
        self.0.busy_timeout(Duration::ZERO)?;
        Ok(self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Notes what a run found; when another process is writing, the note is not worth waiting for.
    pub(super) fn note_run(&mut self, hits: usize, asked: usize) -> Result<(), DatabaseError> {
        self.0.busy_timeout(Duration::ZERO)?;
        let note = "INSERT OR REPLACE INTO last_run VALUES (1, ?1, ?2)";
        match self.0.execute(note, params![count(hits), count(asked)]) {
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            result => Ok(result.map(drop)?),
        }
    }

    /// The symbols that have bars, in order.
    pub(super) fn symbols(&self, most: usize) -> Result<Vec<String>, DatabaseError> {
        let query =
            "SELECT DISTINCT symbol FROM bars WHERE data IS NOT NULL ORDER BY symbol LIMIT ?1";
        let mut statement = self.0.prepare(query)?;
        let symbols = statement.query_map([count(most)], |row| row.get(0))?;
        Ok(symbols.collect::<Result<_, _>>()?)
    }

    /// Whether `SQLite` finds its pages sound.
    pub(super) fn is_sound(&self) -> Result<bool, DatabaseError> {
        let verdict: String = self.0.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(verdict == "ok")
    }

    pub(super) fn stats(&self, now: DateTime<Utc>) -> Result<CacheStats, DatabaseError> {
        let now = now.timestamp_millis();
        let bytes: i64 = self.0.query_row(
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            [],
            |row| row.get(0),
        )?;
        let last_run = self
            .0
            .query_row("SELECT hits, asked FROM last_run", [], |row| {
                Ok((row.get::<_, u32>(0)? as usize, row.get::<_, u32>(1)? as usize))
            })
            .optional()?;
        let latest =
            "SELECT data FROM bars WHERE data IS NOT NULL ORDER BY fetched_at DESC LIMIT 1";
        let latest: Option<Vec<u8>> = self.0.query_row(latest, [], |row| row.get(0)).optional()?;
        let bars = latest.and_then(|data| blob::decode(&data));
        let newest_session = bars.and_then(|bars| bars.dates().last().copied());
        // A ticker may have two rows.
        let counts = "SELECT count(DISTINCT ticker), count(*) - count(data), min(fetched_at), max(fetched_at)
                      FROM (SELECT iif(data IS NULL, NULL, provider || origin || symbol) AS ticker, * FROM bars)";
        Ok(self.0.query_row(counts, [], |row| {
            let (oldest, newest): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
            Ok(CacheStats {
                entries: row.get::<_, u32>(0)? as usize,
                unknown: row.get::<_, u32>(1)? as usize,
                bytes: bytes.unsigned_abs(),
                newest_session,
                ages: oldest
                    .zip(newest)
                    .map(|(oldest, newest)| (age(oldest, now), age(newest, now))),
                last_run,
            })
        })?)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Seconds since a time in milliseconds.
fn age(fetched: i64, now: i64) -> i64 {
    (now - fetched).max(0) / 1000
}

/// The entry under a key.
fn read(
    connection: &Connection,
    namespace: &Namespace,
    symbol: &str,
    length: Length,
) -> Result<Option<Entry>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT fetched_at, valid_until, since, data, attempts, http_status, message, checksum
         FROM bars
         WHERE provider = ?1 AND origin = ?2 AND symbol = ?3 AND interval = ?4",
    )?;
    let key = params![namespace.provider, namespace.origin, symbol, length.interval()];
    let stored = statement
        .query_row(key, |row| {
            Ok(Entry {
                namespace: namespace.clone(),
                symbol: symbol.into(),
                length,
                fetched_at: time(row.get(0)?),
                valid_until: time(row.get(1)?),
                since: NaiveDate::from_epoch_days(row.get(2)?).unwrap_or(NaiveDate::MAX),
                data: row.get(3)?,
                attempts: row.get(4)?,
                http_status: row.get(5)?,
                message: row.get(6)?,
            })
            .and_then(|stored| Ok((stored, row.get::<_, u32>(7)?)))
        })
        .optional()?;
    // A row that was damaged is as good as none.
    Ok(stored.filter(|(stored, sum)| stored.checksum() == *sum).map(|(stored, _)| stored))
}
