//! What was seen, in an `SQLite` database that `sqlite3`, `DuckDB` and pandas read: cycles, quotes, signals.
//!
//! Quotes are written in batches, a transaction each: a process that is killed loses the unfinished batch
//! and nothing else. Times are ISO 8601 in UTC, so that they sort as text.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rusqlite::{Connection, OpenFlags, params};
use serde_json::Value;

use super::quote::{CycleResult, Quote};
use super::signal::Signal;
use crate::measure::fields::Field as F;
use crate::private::make_file;
use crate::report::Report;
use crate::universe::Symbol;

/// How long another process may be writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The version of the schema, kept in the database's `user_version`.
const VERSION: i32 = 2;
/// `SCRW`: the file is a store of a watch, and not another program's database.
const APPLICATION: i32 = 0x5343_5257;
/// What version 1 lacked.
const FROM_VERSION_1: &str = "
    ALTER TABLE signals ADD COLUMN owed TEXT NOT NULL DEFAULT '';
    ALTER TABLE signals ADD COLUMN delivered_at TEXT;";

const SCHEMA: &str = "
CREATE TABLE cycles (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at  TEXT NOT NULL,
    finished_at TEXT,              -- null: it was cut short
    screen      TEXT NOT NULL,     -- volume-screen, top
    definition  TEXT NOT NULL,     -- everything that is asked, to tell one screen from another
    provider    TEXT NOT NULL,
    requested   INTEGER NOT NULL,
    successful  INTEGER,
    failed      INTEGER,
    requests    INTEGER,
    signals     INTEGER,
    stopped     TEXT               -- why it ended before every ticker was fetched
);
CREATE INDEX cycles_by_time ON cycles (started_at);
CREATE TABLE quotes (
    cycle          INTEGER NOT NULL REFERENCES cycles (id),
    ticker         TEXT NOT NULL,
    as_of          TEXT,           -- the session
    price          REAL,
    change_percent REAL,
    volume         REAL,           -- of a volume screen
    volume_ratio   REAL,
    score          REAL,           -- of a momentum screen, 0 to 10
    matched        INTEGER NOT NULL, -- 1: it matched the screen
    error          TEXT,           -- why there is no price
    PRIMARY KEY (ticker, cycle)
) WITHOUT ROWID;
CREATE INDEX quotes_by_cycle ON quotes (cycle);
CREATE TABLE signals (
    id         INTEGER PRIMARY KEY,
    cycle      INTEGER NOT NULL,
    time       TEXT NOT NULL,
    ticker     TEXT NOT NULL,
    event      TEXT NOT NULL,      -- began, ceased
    definition TEXT NOT NULL,
    details    TEXT NOT NULL,      -- JSON: the row as a report has it
    owed       TEXT NOT NULL DEFAULT '', -- who is still to be told: exec, webhook
    delivered_at TEXT              -- when the last of them was told; null: some are not, or nobody is to be
);
CREATE INDEX signals_by_ticker ON signals (ticker, id);
CREATE INDEX signals_by_time ON signals (time);
";

/// What is known of a cycle when it begins.
#[derive(Clone, Copy, Debug)]
pub struct NewCycle<'a> {
    /// When it begins.
    pub time: DateTime<Utc>,
    /// The screen's name.
    pub screen: &'a str,
    /// Everything that is asked, to tell one screen from another.
    pub definition: &'a str,
    /// The provider's name.
    pub provider: &'a str,
    /// Tickers asked for.
    pub requested: usize,
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WatchStoreError {
    /// What `SQLite` said.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// It was created by another version, or by something else.
    #[error("it is not a store of this version")]
    Other,
}

/// The database.
pub struct WatchStore(pub(super) Connection);

impl WatchStore {
    /// Opens or creates it.
    ///
    /// # Errors
    /// [`WatchStoreError`], when it cannot be used.
    pub fn open(path: &Path) -> Result<Self, WatchStoreError> {
        // One that cannot be made is told by the database.
        let _ = make_file(path);
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        let version = version_of(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        if version == 0 {
            change(&connection, SCHEMA)?;
        }
        if version == 1 {
            change(&connection, FROM_VERSION_1)?;
        }
        Ok(Self(connection))
    }

    /// Opens an existing one.
    ///
    /// # Errors
    /// [`WatchStoreError`], when it cannot be used.
    pub fn existing(path: &Path) -> Result<Self, WatchStoreError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        match version_of(&connection)? {
            VERSION => {}
            1 => change(&connection, FROM_VERSION_1)?,
            _ => return Err(WatchStoreError::Other),
        }
        Ok(Self(connection))
    }

    /// Begins a cycle and returns its number.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn begin(&self, cycle: &NewCycle<'_>) -> Result<i64, WatchStoreError> {
        let NewCycle { time, screen, definition, provider, requested } = cycle;
        self.0.execute(
            "INSERT INTO cycles (started_at, screen, definition, provider, requested)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![text(*time), screen, definition, provider, count(*requested)],
        )?;
        Ok(self.0.last_insert_rowid())
    }

    /// Writes quotes as they come, `batch` in a transaction.
    ///
    /// # Errors
    /// [`WatchStoreError`]; the batches before the one that failed are kept.
    pub fn write(
        &mut self,
        cycle: i64,
        quotes: impl IntoIterator<Item = Quote>,
        batch: usize,
    ) -> Result<(), WatchStoreError> {
        let mut quotes = quotes.into_iter();
        loop {
            let batch: Vec<Quote> = quotes.by_ref().take(batch.max(1)).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let transaction = self.0.transaction()?;
            {
                let mut statement = transaction.prepare_cached(
                    "INSERT OR REPLACE INTO quotes (cycle, ticker, as_of, price, change_percent,
                     volume, volume_ratio, matched, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
                )?;
                for q in batch {
                    statement.execute(params![
                        cycle,
                        q.ticker,
                        q.as_of,
                        q.price,
                        q.change_percent,
                        q.volume,
                        q.volume_ratio,
                        q.error,
                    ])?;
                }
            }
            transaction.commit()?;
        }
    }

    /// Ends a cycle: scores, which tickers matched the screen, its signals, who is owed them, and its result, in one
    /// transaction. The signals get the numbers that they have in the store.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn end(
        &mut self,
        cycle: i64,
        time: DateTime<Utc>,
        report: Option<&Report>,
        signals: &mut [Signal],
        receivers: &[&str],
        result: &CycleResult,
    ) -> Result<(), WatchStoreError> {
        let transaction = self.0.transaction()?;
        if let Some(report) = report {
            let mut statement = transaction.prepare_cached(
                "UPDATE quotes SET score = ?3, matched = ?4 WHERE ticker = ?1 AND cycle = ?2",
            )?;
            let shown = report.shown().map(|(_, row)| (row, true));
            for (row, matched) in shown.chain(report.ranking.rest.iter().map(|row| (row, false))) {
                let score = row.get(F::OverallMomentumScore);
                if matched || score.is_some() {
                    statement.execute(params![row.symbol.as_str(), cycle, score, matched])?;
                }
            }
        }
        let owed = receivers.join(" ");
        let mut ids = Vec::with_capacity(signals.len());
        for signal in signals.iter() {
            transaction.execute(
                "INSERT INTO signals (cycle, time, ticker, event, definition, details, owed)
                 VALUES (?1, ?2, ?3, ?4, (SELECT definition FROM cycles WHERE id = ?1), ?5, ?6)",
                params![
                    cycle,
                    text(signal.time),
                    signal.symbol.as_ref().map_or("", Symbol::as_str),
                    signal.change.name(),
                    Value::Object(signal.details.clone()).to_string(),
                    if signal.is_told { "" } else { owed.as_str() },
                ],
            )?;
            ids.push(transaction.last_insert_rowid());
        }
        transaction.execute(
            "UPDATE cycles SET finished_at = ?2, successful = ?3, failed = ?4, requests = ?5,
             signals = ?6, stopped = ?7 WHERE id = ?1",
            params![
                cycle,
                text(time),
                count(result.successful),
                count(result.failed),
                count(result.requests),
                count(result.signals),
                result.stopped,
            ],
        )?;
        transaction.commit()?;
        for (signal, id) in signals.iter_mut().zip(ids) {
            signal.id = Some(id);
        }
        Ok(())
    }

    /// Removes cycles that began before `time`, with their quotes and signals, one after the other; the last
    /// signal of each ticker stays, and so does one that is owed to somebody, and a cycle that may still be going on.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn prune(&mut self, time: DateTime<Utc>) -> Result<usize, WatchStoreError> {
        let abandoned = time.min(Utc::now() - TimeDelta::days(1));
        let old: Vec<i64> = {
            let mut statement = self.0.prepare(
                "SELECT id FROM cycles WHERE started_at < ?1 AND
                 (finished_at IS NOT NULL OR started_at < ?2)",
            )?;
            let ids = statement.query_map([text(time), text(abandoned)], |row| row.get(0))?;
            ids.collect::<Result<_, _>>()?
        };
        for cycle in &old {
            let transaction = self.0.transaction()?;
            transaction.execute("DELETE FROM quotes WHERE cycle = ?1", [cycle])?;
            transaction.execute(
                "DELETE FROM signals WHERE cycle = ?1 AND owed = '' AND EXISTS (SELECT 1 FROM signals AS later
                 WHERE later.ticker = signals.ticker AND later.definition = signals.definition
                 AND later.id > signals.id)",
                [cycle],
            )?;
            transaction.execute("DELETE FROM cycles WHERE id = ?1", [cycle])?;
            transaction.commit()?;
        }
        // Signals that were kept for somebody, when their cycle went.
        self.0.execute(
            "DELETE FROM signals WHERE time < ?1 AND owed = '' AND cycle NOT IN (SELECT id FROM cycles)
             AND EXISTS (SELECT 1 FROM signals AS later WHERE later.ticker = signals.ticker
             AND later.definition = signals.definition AND later.id > signals.id)",
            [text(time)],
        )?;
        Ok(old.len())
    }
}

pub(super) fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The version of a store, 0 of an empty file.
fn version_of(connection: &Connection) -> Result<i32, WatchStoreError> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables = "SELECT count(*), coalesce(sum(name IN ('cycles', 'quotes', 'signals')), 0)
                  FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let (all, own): (i64, i64) =
        connection.query_row(tables, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match (version, application) {
        (VERSION, APPLICATION) => Ok(VERSION),
        (1, 0) if all == 3 && own == 3 => Ok(1),
        (0, 0) if all == 0 => Ok(0),
        _ => Err(WatchStoreError::Other),
    }
}

/// Brings a store to this version, unless another process was faster.
fn change(connection: &Connection, statements: &str) -> Result<(), WatchStoreError> {
    let changed = format!(
        "BEGIN IMMEDIATE; {statements} PRAGMA user_version = {VERSION}; PRAGMA application_id = {APPLICATION}; COMMIT;"
    );
    if let Err(e) = connection.execute_batch(&changed) {
        let _ = connection.execute_batch("ROLLBACK");
        if !matches!(version_of(connection), Ok(VERSION)) {
            return Err(e.into());
        }
    }
    Ok(())
}
