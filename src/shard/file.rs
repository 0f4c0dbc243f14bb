//! A shard's file: NDJSON, the facts of its run, a line a ticker, a checksum of all that. Written from what was gathered,
//! read and checked.

use std::collections::HashSet;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::error::ShardFileError;
use super::facts::ShardFacts;
use crate::compare::row::Row;
use crate::failure::{Failure, FailureReason};
use crate::fetch::{Fault, FaultKind};
use crate::table::{ByteLimit, parquet, printable};
use crate::universe::Symbol;

/// The largest file of a shard: some hundred thousand tickers.
pub const SHARD_LIMIT: ByteLimit = ByteLimit::of(256 << 20);

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

/// What became of a ticker: a line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Record<R> {
    Row(R),
    Failure(FailedTicker),
}

/// A failure as the file holds it.
#[derive(Serialize, Deserialize)]
struct FailedTicker {
    symbol: Symbol,
    error: FaultKind,
    message: String,
    attempts: u32,
    http_status: Option<u16>,
}

/// The last line.
#[derive(Serialize, Deserialize)]
struct End {
    crc32: u32,
}

/// Writes a shard.
///
/// # Errors
/// Those of `out`.
pub fn write(
    facts: &ShardFacts,
    rows: &[Row],
    failures: &[Failure],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Vec::with_capacity(4096 * (rows.len() + 1));
    writeln!(text, "{}", facts.text())?;
    for row in rows {
        serde_json::to_writer(&mut text, &Record::Row(row))?;
        writeln!(text)?;
    }
    for failure in failures {
        serde_json::to_writer(&mut text, &Record::<&Row>::Failure(FailedTicker::of(failure)))?;
        writeln!(text)?;
    }
    out.write_all(&text)?;
    serde_json::to_writer(&mut *out, &End { crc32: crc32fast::hash(&text) })?;
    writeln!(out)
}

impl FailedTicker {
    fn of(failure: &Failure) -> Self {
        let Failure { symbol, reason } = failure;
        // A shard's own tickers are in no other shard.
        let error = reason.fault().map_or(FaultKind::Internal, |fault| fault.kind);
        Self {
            symbol: symbol.clone(),
            error,
            message: reason.to_string(),
            attempts: reason.attempts(),
            http_status: reason.http_status(),
        }
    }

    fn failure(self) -> Failure {
        let fault = Fault {
            http_status: self.http_status,
            attempts: self.attempts,
            ..Fault::new(self.error, printable(&self.message))
        };
        Failure { symbol: self.symbol, reason: FailureReason::Fault(fault) }
    }
}

impl ShardFile {
    /// Reads what [`write()`] wrote.
    ///
    /// # Errors
    /// [`ShardFileError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ShardFileError> {
        SHARD_LIMIT.check(None, bytes.len() as u64).map_err(ShardFileError::TooLarge)?;
        if bytes.starts_with(parquet::MAGIC) {
            return Err(ShardFileError::Foreign);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ShardFileError::Foreign)?;
        let facts = ShardFacts::read(text.lines().next().unwrap_or_default())?;
        let body = text.trim_end_matches('\n');
        let (body, end) = body.split_at(body.rfind('\n').map_or(0, |place| place + 1));
        let end: End =
            serde_json::from_str(end).map_err(|_| ShardFileError::damaged(&"it has no end"))?;
        if end.crc32 != crc32fast::hash(body.as_bytes()) {
            return Err(ShardFileError::damaged(&"it is not as it was written"));
        }
        let mut file = Self { facts, rows: Vec::new(), failures: Vec::new() };
        for (number, line) in (2..).zip(body.lines().skip(1)) {
            match serde_json::from_str(line) {
                Ok(Record::Row(row)) => file.rows.push(plain(row)),
                Ok(Record::Failure(failed)) => file.failures.push(failed.failure()),
                Err(_) => {
                    let why = format!("line {number} cannot be read");
                    return Err(ShardFileError::Damaged(why));
                }
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

/// A row whose words may be shown.
fn plain(mut row: Row) -> Row {
    let about = &mut row.about;
    for text in [&mut about.currency, &mut about.sector, &mut about.sub_industry] {
        *text = text.take().map(|text| printable(&text).into());
    }
    row
}
