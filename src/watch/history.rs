//! Questions about the past, answered from the store.

use chrono::{DateTime, Utc};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::store::{WatchStore, WatchStoreError, count, text};
use crate::report::HistoryTable;
use crate::universe::Symbol;

impl WatchStore {
    /// A ticker's quotes, newest first.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn history(
        &self,
        ticker: &Symbol,
        since: Option<DateTime<Utc>>,
        max_rows: usize,
    ) -> Result<HistoryTable, WatchStoreError> {
        let columns = [
            "time",
            "ticker",
            "screen",
            "provider",
            "as_of",
            "price",
            "change_percent",
            "volume",
            "volume_ratio",
            "score",
            "matched",
            "error",
        ];
        self.query(
            &columns,
            "SELECT c.started_at, ticker, screen, provider, as_of, price, change_percent, volume, volume_ratio, score,
             matched, error FROM quotes JOIN cycles AS c ON c.id = cycle
             WHERE ticker = ?1 AND (?2 IS NULL OR c.started_at >= ?2)
             ORDER BY cycle DESC LIMIT ?3",
            params![ticker.as_str(), since.map(text), count(max_rows)],
        )
    }

    /// Signals, newest first: of a ticker or of all, of a screen or of all.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn signals(
        &self,
        ticker: Option<&Symbol>,
        screen: Option<&str>,
        since: Option<DateTime<Utc>>,
        max_rows: usize,
    ) -> Result<HistoryTable, WatchStoreError> {
        let columns =
            ["time", "ticker", "event", "screen", "as_of", "price", "delivered_at", "details"];
        let mut table = self.query(
            &columns,
            "SELECT time, ticker, event, json_extract(known, '$.screen'), json_extract(known, '$.as_of'),
             coalesce(json_extract(known, '$.price'), json_extract(known, '$.current_price')), delivered_at, details
             FROM (SELECT *, iif(json_valid(details), details, '{}') AS known FROM signals)
             WHERE (?1 IS NULL OR ticker = ?1) AND (?2 IS NULL OR time >= ?2)
             AND (?4 IS NULL OR json_extract(known, '$.screen') = ?4)
             ORDER BY id DESC LIMIT ?3",
            params![ticker.map(Symbol::as_str), since.map(text), count(max_rows), screen],
        )?;
        for row in &mut table.rows {
            if let Some(Value::String(details)) = row.last() {
                let parsed: Value = serde_json::from_str(details).unwrap_or_default();
                row.pop();
                row.push(parsed);
            }
        }
        Ok(table)
    }

    /// How many cycles of a screen there were.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn cycles(&self, definition: &str) -> Result<u64, WatchStoreError> {
        let cycles = "SELECT count(*) FROM cycles WHERE definition = ?1";
        Ok(self.0.query_row(cycles, [definition], |row| row.get::<_, u32>(0))?.into())
    }

    /// Whether there is a ticker in the quotes at all.
    ///
    /// # Errors
    /// [`WatchStoreError`].
    pub fn knows(&self, ticker: &Symbol) -> Result<bool, WatchStoreError> {
        let asked = "SELECT 1 FROM quotes WHERE ticker = ?1 LIMIT 1";
        let found = self.0.query_row(asked, [ticker.as_str()], |_| Ok(()));
        Ok(found.optional()?.is_some())
    }

    fn query(
        &self,
        columns: &[&'static str],
        sql: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<HistoryTable, WatchStoreError> {
        let mut statement = self.0.prepare(sql)?;
        let mut rows = statement.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(columns.len());
            for (i, name) in columns.iter().enumerate() {
                values.push(match row.get_ref(i)? {
                    ValueRef::Integer(n) if *name == "matched" => (n != 0).into(),
                    ValueRef::Integer(n) => n.into(),
                    ValueRef::Real(number) => number.into(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
                    _ => Value::Null,
                });
            }
            all.push(values);
        }
        Ok(HistoryTable { columns: columns.to_vec(), rows: all })
    }
}
