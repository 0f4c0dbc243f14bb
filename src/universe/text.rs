//! The text of a list and its entries: words, a table with a column of tickers, JSON, our own reports. What a ticker
//! is, is not decided here.

use std::fs::File;
use std::io::Read;

use serde_json::Value;

use super::entries::{Entries, Entry};
use super::error::UniverseError;
use super::list_table::{Table, ticker_column};
use super::words::{ticker, words};
use crate::table::{ByteLimit, Foreign, ReadError, delimiter, read_bytes, text_of};

/// The longest list that is read, unpacked: a hundred times the largest exchange's directory.
pub(super) const LIST_LIMIT: ByteLimit = ByteLimit::of(8 << 20);
/// The longest table of members over time.
pub(super) const MEMBERS_LIMIT: ByteLimit = ByteLimit::of(64 << 20);
/// What standard input is called in messages.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// The whole text of a list, bounded, in whatever encoding, without what marks that.
pub(super) fn read_text(
    name: &str,
    reader: &mut dyn Read,
    limit: ByteLimit,
) -> Result<String, UniverseError> {
    let foreign = |what| match what {
        Foreign::TooLarge(why) => UniverseError::TooLarge { list: name.into(), why },
        what => UniverseError::Foreign { list: name.into(), what },
    };
    let bytes = read_bytes(reader, limit).map_err(|error| match error {
        ReadError::Io(source) => UniverseError::Unreadable { list: name.into(), source },
        ReadError::Foreign(what) => foreign(what),
    })?;
    let text = text_of(bytes, limit).map_err(foreign)?;
    // The same lines for whoever counts them.
    Ok(text.replace("\r\n", "\n"))
}

/// The text of the file at `path`.
pub(super) fn read_file(path: &str, limit: ByteLimit) -> Result<String, UniverseError> {
    let mut file = File::open(path)
        .map_err(|source| UniverseError::Unreadable { list: path.into(), source })?;
    read_text(path, &mut file, limit)
}

/// A reader of a CSV text whose rows may differ in length and whose cells are trimmed.
pub(super) fn csv_reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}

/// Every entry of a list.
pub(super) fn entries(list: &str, text: &str, only_common: bool) -> Result<Entries, UniverseError> {
    if let Some(entries) = json_entries(text) {
        return Ok(entries);
    }
    let delimiter = delimiter(text);
    if let Some(table) = Table::find(text, delimiter) {
        return table.entries(list, text, only_common);
    }
    if let Some(column) = ticker_column(text, delimiter) {
        return Table::without_header(delimiter, column).entries(list, text, only_common);
    }
    Ok(plain_entries(text))
}

fn entry(line: u64, word: &str) -> Entry {
    Entry { line: Some(line), ticker: ticker(word), sector: None }
}

fn plain_entries(text: &str) -> Entries {
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        entries.extend(words(line).iter().map(|word| entry(number, word)));
    }
    Entries { found: entries, ..Entries::default() }
}

/// The tickers of JSON: a list of texts, or whatever has a `ticker` or `symbol`; of our own reports their rows.
fn json_entries(text: &str) -> Option<Entries> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut names = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let rows =
            ["results", "top_stocks", "stocks", "holdings"].iter().find_map(|key| value.get(key));
        match rows {
            Some(Value::Object(rows)) => names.extend(rows.keys().cloned()),
            Some(rows) => collect(rows, &mut names),
            None => match table_of(&value) {
                Some(tickers) => names.extend(tickers),
                None => collect(&value, &mut names),
            },
        }
    } else {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            collect(&serde_json::from_str::<Value>(line).ok()?, &mut names);
        }
    }
    let mut entries = Vec::with_capacity(names.len());
    for name in names {
        entries.push(Entry { line: None, ticker: ticker(&name), sector: None });
    }
    Some(Entries { found: entries, ..Entries::default() })
}

/// The tickers of a table in JSON: the names of its fields, and rows of values. `None`: it is none.
fn table_of(value: &Value) -> Option<Vec<String>> {
    let fields = value.get("fields")?.as_array()?;
    let place = fields.iter().position(|field| {
        field.as_str().is_some_and(|name| ["ticker", "symbol"].contains(&&*name.to_lowercase()))
    })?;
    let rows = value.get("data")?.as_array()?.iter();
    // A row without one is an error that names it, as everywhere.
    Some(rows.map(|row| row[place].as_str().unwrap_or_default().to_owned()).collect())
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            for value in values {
                match value {
                    Value::String(name) => names.push(name.clone()),
                    other => collect(other, names),
                }
            }
        }
        Value::Object(members) => {
            let name =
                ["ticker", "symbol", "Symbol", "Ticker"].iter().find_map(|key| members.get(*key));
            match name {
                Some(Value::String(name)) => names.push(name.clone()),
                _ => members.values().for_each(|value| collect(value, names)),
            }
        }
        _ => {}
    }
}
