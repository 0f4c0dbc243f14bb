//! What was seen, in an `SQLite` database that `sqlite3`, `DuckDB` and pandas read: cycles, quotes, signals.
//!
//! Quotes are written in batches, a transaction each: a process that is killed loses the unfinished batch
//! and nothing else. Times are ISO 8601 in UTC, so that they sort as text.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::signal::{Change, Signal};
use crate::report::{Past, Report, error};
use crate::screen::columns::Field as F;
use crate::screen::row::Row;
use crate::universe::Symbol;

/// The version of the schema, kept in the database's `user_version`.
const VERSION: i32 = 1;

const SCHEMA: &str = "
CREATE TABLE cycles (
    id          INTEGER PRIMARY KEY,
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
    stopped     TEXT               -- why it ended before every ticker was asked for
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
    matched        INTEGER NOT NULL, -- 1: it satisfied the screen
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
    details    TEXT NOT NULL       -- JSON: the row as a report has it
);
CREATE INDEX signals_by_ticker ON signals (ticker, id);
CREATE INDEX signals_by_time ON signals (time);
";

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What `SQLite` said.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// It was made by another version, or by something else.
    #[error("it is no store of this version")]
    Other,
}

/// How a cycle went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    /// Tickers with bars and without.
    pub successful: usize,
    /// Tickers without.
    pub failed: usize,
    /// Requests sent, retries included.
    pub requests: usize,
    /// Signals raised.
    pub signals: usize,
    /// Why it ended early, if it did.
    pub stopped: Option<String>,
}

/// What was seen of one ticker in one cycle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quote {
    ticker: String,
    as_of: Option<String>,
    price: Option<f64>,
    change_percent: Option<f64>,
    volume: Option<f64>,
    volume_ratio: Option<f64>,
    score: Option<f64>,
    matched: bool,
    error: Option<String>,
}

/// The quotes of a report: every ticker that was asked for, with a price or the reason why not.
#[must_use]
pub fn quotes(report: &Report) -> Vec<Quote> {
    let shown = report.shown().map(|(_, row)| quote(row, true));
    let rest = report.result.rest.iter().map(|row| quote(row, false));
    let asked = report.failures.iter().filter(|f| f.fault.kind != crate::fetch::Kind::Stopped);
    let failed = asked.map(|failure| Quote {
        ticker: failure.symbol.to_string(),
        error: error(failure)["kind"].as_str().map(Into::into),
        ..Quote::default()
    });
    shown.chain(rest).chain(failed).collect()
}

fn quote(row: &Row, matched: bool) -> Quote {
    Quote {
        ticker: row.symbol.to_string(),
        as_of: row.as_of.map(|date| date.to_string()),
        price: row.get(F::Price).or_else(|| row.get(F::CurrentPrice)),
        change_percent: row.get(F::PriceChangePercent),
        volume: row.get(F::CurrentVolume),
        volume_ratio: row.get(F::VolumeRatio),
        score: row.get(F::OverallMomentumScore),
        matched,
        error: None,
    }
}

/// The database.
pub struct Store(Connection);

impl Store {
    /// Opens or makes it.
    ///
    /// # Errors
    /// [`StoreError`], when it cannot be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if version != VERSION && (version, tables) != (0, 0) {
            return Err(StoreError::Other);
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        if version == 0 {
            let made =
                format!("BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;");
            if let Err(e) = connection.execute_batch(&made) {
                let _ = connection.execute_batch("ROLLBACK");
                let now: i32 = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
                if now != VERSION {
                    return Err(e.into()); // and not because another process was faster
                }
            }
        }
        Ok(Self(connection))
    }

    /// Begins a cycle: its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin(
        &self,
        time: DateTime<Utc>,
        screen: &str,
        definition: &str,
        provider: &str,
        requested: usize,
    ) -> Result<i64, StoreError> {
        self.0.execute(
            "INSERT INTO cycles (started_at, screen, definition, provider, requested)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![text(time), screen, definition, provider, count(requested)],
        )?;
        Ok(self.0.last_insert_rowid())
    }

    /// Writes quotes, so many in a transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the batches before the one that failed are kept.
    pub fn write(&mut self, cycle: i64, quotes: &[Quote], batch: usize) -> Result<(), StoreError> {
        for quotes in quotes.chunks(batch.max(1)) {
            let transaction = self.0.transaction()?;
            {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO quotes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )?;
                for q in quotes {
                    statement.execute(params![
                        cycle,
                        q.ticker,
                        q.as_of,
                        q.price,
                        q.change_percent,
                        q.volume,
                        q.volume_ratio,
                        q.score,
                        q.matched,
                        q.error,
                    ])?;
                }
            }
            transaction.commit()?;
        }
        Ok(())
    }

    /// Ends a cycle: its signals and how it went, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end(
        &mut self,
        cycle: i64,
        time: DateTime<Utc>,
        definition: &str,
        signals: &[Signal],
        how: &Cycle,
    ) -> Result<(), StoreError> {
        let transaction = self.0.transaction()?;
        for signal in signals {
            transaction.execute(
                "INSERT INTO signals (cycle, time, ticker, event, definition, details)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    cycle,
                    text(signal.time),
                    signal.symbol.as_str(),
                    signal.change.name(),
                    definition,
                    Value::Object(signal.details.clone()).to_string(),
                ],
            )?;
        }
        transaction.execute(
            "UPDATE cycles SET finished_at = ?2, successful = ?3, failed = ?4, requests = ?5,
             signals = ?6, stopped = ?7 WHERE id = ?1",
            params![
                cycle,
                text(time),
                count(how.successful),
                count(how.failed),
                count(how.requests),
                count(how.signals),
                how.stopped,
            ],
        )?;
        Ok(transaction.commit()?)
    }

    /// The last signal of each ticker, of the same screen.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_signals(
        &self,
        definition: &str,
    ) -> Result<Vec<(Symbol, Change, DateTime<Utc>)>, StoreError> {
        let mut statement = self.0.prepare(
            "SELECT ticker, event, (SELECT max(time) FROM signals AS began
                 WHERE began.ticker = last.ticker AND began.definition = last.definition
                 AND began.event = 'began')
             FROM signals AS last WHERE definition = ?1 AND id IN
                 (SELECT max(id) FROM signals WHERE definition = ?1 GROUP BY ticker)",
        )?;
        let rows = statement.query_map([definition], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?,
            ))
        })?;
        let mut last = Vec::new();
        for row in rows {
            let (ticker, event, began) = row?;
            let began = began.and_then(|time| time.parse().ok());
            if let (Ok(symbol), Some(change)) = (Symbol::parse(&ticker), Change::of(&event)) {
                last.push((symbol, change, began.unwrap_or(DateTime::UNIX_EPOCH)));
            }
        }
        Ok(last)
    }

    /// Removes cycles that began before `time`, with their quotes and signals; the last signal of each
    /// ticker stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prune(&mut self, time: DateTime<Utc>) -> Result<usize, StoreError> {
        let transaction = self.0.transaction()?;
        let time = text(time);
        transaction.execute(
            "DELETE FROM quotes WHERE cycle IN (SELECT id FROM cycles WHERE started_at < ?1)",
            [&time],
        )?;
        transaction.execute(
            "DELETE FROM signals WHERE time < ?1 AND id NOT IN
             (SELECT max(id) FROM signals GROUP BY ticker, definition)",
            [&time],
        )?;
        let cycles = transaction.execute("DELETE FROM cycles WHERE started_at < ?1", [&time])?;
        transaction.commit()?;
        Ok(cycles)
    }

    /// A ticker's quotes, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn history(
        &self,
        ticker: &Symbol,
        since: Option<DateTime<Utc>>,
        most: usize,
    ) -> Result<Past, StoreError> {
        let columns = [
            "time",
            "ticker",
            "as_of",
            "price",
            "change_percent",
            "volume",
            "volume_ratio",
            "score",
            "matched",
            "error",
        ];
        self.past(
            &columns,
            "SELECT c.started_at, ticker, as_of, price, change_percent, volume, volume_ratio, score,
             matched, error FROM quotes JOIN cycles AS c ON c.id = cycle
             WHERE ticker = ?1 AND (?2 IS NULL OR c.started_at >= ?2)
             ORDER BY cycle DESC LIMIT ?3",
            params![ticker.as_str(), since.map(text), count(most)],
        )
    }

    /// Signals, newest first: of a ticker, or of all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn signals(
        &self,
        ticker: Option<&Symbol>,
        since: Option<DateTime<Utc>>,
        most: usize,
    ) -> Result<Past, StoreError> {
        let columns = ["time", "ticker", "event", "details"];
        let mut past = self.past(
            &columns,
            "SELECT time, ticker, event, details FROM signals
             WHERE (?1 IS NULL OR ticker = ?1) AND (?2 IS NULL OR time >= ?2)
             ORDER BY id DESC LIMIT ?3",
            params![ticker.map(Symbol::as_str), since.map(text), count(most)],
        )?;
        for row in &mut past.rows {
            if let Some(Value::String(details)) = row.last_mut() {
                let parsed = serde_json::from_str(details).unwrap_or_default();
                *row.last_mut().expect("it was just there") = parsed;
            }
        }
        Ok(past)
    }

    /// Whether there is a ticker in the quotes at all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn knows(&self, ticker: &Symbol) -> Result<bool, StoreError> {
        let asked = "SELECT 1 FROM quotes WHERE ticker = ?1 LIMIT 1";
        let found = self.0.query_row(asked, [ticker.as_str()], |_| Ok(()));
        Ok(found.optional()?.is_some())
    }

    fn past(
        &self,
        columns: &[&'static str],
        sql: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Past, StoreError> {
        let mut statement = self.0.prepare(sql)?;
        let mut rows = statement.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let values = columns.iter().enumerate().map(|(i, name)| {
                Ok(match row.get_ref(i)? {
                    rusqlite::types::ValueRef::Integer(n) if *name == "matched" => (n != 0).into(),
                    rusqlite::types::ValueRef::Integer(n) => n.into(),
                    rusqlite::types::ValueRef::Real(number) => number.into(),
                    rusqlite::types::ValueRef::Text(text) => {
                        String::from_utf8_lossy(text).into_owned().into()
                    }
                    _ => Value::Null,
                })
            });
            all.push(values.collect::<Result<Vec<Value>, rusqlite::Error>>()?);
        }
        Ok(Past { columns: columns.to_vec(), rows: all })
    }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
