//! Signals as the store has them: the last one of each ticker, and those that are still owed to a receiver.
//!
//! What is owed is written together with the signal and crossed out after the delivery: a process that ends between
//! the two delivers again, and never not at all.

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde_json::Value;

use super::signal::{Change, Signal};
use super::store::{WatchStore, WatchStoreError, text};
use crate::universe::Symbol;

impl WatchStore {
    /// The last signal of each ticker, of the same screen.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn last_signals(
        &self,
        definition: &str,
    ) -> Result<Vec<(Symbol, Change, DateTime<Utc>)>, WatchStoreError> {
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

    /// The oldest signal of a screen after the one numbered `after` that is owed to a receiver.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn next_owed(
        &self,
        definition: &str,
        receiver: &str,
        after: i64,
    ) -> Result<Option<Signal>, WatchStoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, time, ticker, event, details FROM signals
             WHERE definition = ?1 AND id > ?2 AND owed <> '' AND ' ' || owed || ' ' LIKE '% ' || ?3 || ' %'
             ORDER BY id",
        )?;
        let mut rows = statement.query(params![definition, after, receiver])?;
        while let Some(row) = rows.next()? {
            let (time, ticker, event): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            let details = serde_json::from_str(&row.get::<_, String>(4)?);
            let symbol = Some(ticker).filter(|ticker| !ticker.is_empty());
            let symbol = symbol.map(|ticker| Symbol::parse(&ticker)).transpose();
            if let (Ok(time), Ok(symbol), Some(change), Ok(Value::Object(details))) =
                (time.parse(), symbol, Change::of(&event), details)
            {
                let id = Some(row.get(0)?);
                let is_told = false;
                return Ok(Some(Signal { id, time, symbol, change, details, is_told }));
            }
        }
        Ok(None)
    }

    /// Crosses out that a signal is owed to a receiver.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn cross_out(
        &self,
        id: i64,
        receiver: &str,
        now: DateTime<Utc>,
    ) -> Result<(), WatchStoreError> {
        self.0.execute(
            "UPDATE signals SET owed = trim(replace(' ' || owed || ' ', ' ' || ?2 || ' ', ' ')),
             delivered_at = iif(trim(replace(' ' || owed || ' ', ' ' || ?2 || ' ', ' ')) = '', ?3, NULL)
             WHERE id = ?1",
            params![id, receiver, text(now)],
        )?;
        Ok(())
    }

    /// How many signals of a screen are owed to one of some receivers.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn owed(&self, definition: &str, receivers: &[&str]) -> Result<usize, WatchStoreError> {
        let mut statement =
            self.0.prepare("SELECT owed FROM signals WHERE definition = ?1 AND owed <> ''")?;
        let mut rows = statement.query([definition])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let owed: String = row.get(0)?;
            count += usize::from(owed.split(' ').any(|name| receivers.contains(&name)));
        }
        Ok(count)
    }
}
