//! The text of a list and its entries: words, a table with a column of tickers, JSON, our own reports. What a ticker
//! is, is not decided here.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;

use serde_json::Value;

use super::error::UniverseError;
use super::symbol::Symbol;
use super::table::{delimiter, text_of};
use super::words::{is_written_as_ticker, ticker, words};

/// The longest list that is read, in bytes: a hundred times the largest exchange's directory.
const MAX_LIST_BYTES: u64 = 8 << 20; // said in UniverseError::TooLarge
/// A table's header is one of so many first lines.
const MAX_PREAMBLE: usize = 40;

/// What standard input is called in messages.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// What a column of tickers is called, without case, blanks and marks.
const NAMES: [&str; 5] = ["symbol", "ticker", "tickers", "tickersymbol", "symbols"];
/// The same, of names that a line above the table may have, too.
const OTHER_NAMES: [&str; 16] = [
    "stock",
    "instrument",
    "code",
    "asxcode",
    "tic",
    "epic",
    "actsymbol",
    "stockcode",
    "nasdaqsymbol",
    "cqssymbol",
    "stocksymbol",
    "holdingticker",
    "tradingsymbol",
    "localsymbol",
    "securitysymbol",
    "shortname",
];

/// One entry of a list: where it stands, the ticker, and the sector where the list names one.
pub(super) struct Entry {
    pub(super) line: Option<u64>,
    pub(super) ticker: String,
    pub(super) sector: Option<String>,
}

/// The entries of a list, and what of a table is none.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) entries: Vec<Entry>,
    /// Rows of a table without a ticker: the line, and what stands in place of it.
    pub(super) left_out: Vec<(u64, String)>,
}

/// The whole text of a list, bounded, in whatever encoding, without what marks that.
pub(super) fn read_text(name: &str, reader: &mut dyn Read) -> Result<String, UniverseError> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_LIST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| UniverseError::Unreadable { list: name.into(), source })?;
    if bytes.len() as u64 > MAX_LIST_BYTES {
        return Err(UniverseError::TooLarge(name.into()));
    }
    let text = text_of(bytes);
    let text = text.map_err(|what| UniverseError::Foreign { list: name.into(), what })?;
    // The same lines for whoever counts them.
    Ok(text.replace("\r\n", "\n"))
}

/// The text of the file at `path`.
pub(super) fn read_file(path: &str) -> Result<String, UniverseError> {
    let mut file = File::open(path)
        .map_err(|source| UniverseError::Unreadable { list: path.into(), source })?;
    read_text(path, &mut file)
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
pub(super) fn entries(list: &str, text: &str) -> Result<Entries, UniverseError> {
    if let Some(entries) = json_entries(text) {
        return Ok(entries);
    }
    let delimiter = delimiter(text);
    if let Some(table) = Table::find(text, delimiter) {
        return table.entries(list, text);
    }
    if let Some(column) = ticker_column(text, delimiter) {
        let table = Table {
            delimiter,
            header: 0,
            start: 0,
            ticker: column,
            sector: None,
            test_issue: None,
        };
        return table.entries(list, text);
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
    Entries { entries, left_out: Vec::new() }
}

/// A table in a text.
struct Table {
    delimiter: u8,
    /// How many lines stand before the rows.
    header: u64,
    /// Where the rows begin, in bytes.
    start: usize,
    ticker: usize,
    sector: Option<usize>,
    /// The column that says which rows are only tests.
    test_issue: Option<usize>,
}

impl Table {
    /// The table whose header is one of the first lines.
    fn find(text: &str, delimiter: u8) -> Option<Self> {
        for names in [&NAMES[..], &OTHER_NAMES[..]] {
            let mut start = 0;
            for (line, header) in (1..).zip(text.split_inclusive('\n').take(MAX_PREAMBLE)) {
                start += header.len();
                let cells = cells(header, delimiter);
                let position = |names: &[&str]| {
                    cells.iter().position(|cell| names.contains(&plain(cell).as_str()))
                };
                let Some(ticker) = position(names) else { continue };
                let next = text[start..].lines().find(|line| !line.trim().is_empty());
                let is_header =
                    next.is_none_or(|next| self::cells(next, delimiter).len() >= cells.len());
                if !is_header && names.len() == OTHER_NAMES.len() {
                    continue;
                }
                let sector = position(&["sector"]);
                let test_issue = position(&["testissue"]);
                return Some(Self { delimiter, header: line, start, ticker, sector, test_issue });
            }
        }
        None
    }

    fn entries(&self, list: &str, text: &str) -> Result<Entries, UniverseError> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(&text.as_bytes()[self.start..]);
        let mut entries = Entries::default();
        for record in reader.records() {
            let record =
                record.map_err(|source| UniverseError::BadCsv { list: list.into(), source })?;
            let line = self.header + record.position().map_or(0, csv::Position::line);
            let cell = record.get(self.ticker).unwrap_or_default();
            if record.iter().next().is_some_and(|first| first.starts_with('#')) && record.len() == 1
            {
                continue; // a comment
            }
            if record.iter().all(|cell| cell.bytes().all(|b| b"-: ".contains(&b)))
                && record.len() > 2
            {
                if record.iter().all(str::is_empty) {
                    entries.left_out.push((line, String::new()));
                }
                continue; // the rule below a Markdown table's header, or nothing
            }
            let is_test = self.test_issue.and_then(|place| record.get(place)) == Some("Y");
            let name = ticker(cell);
            if is_test || Symbol::parse(&name).is_err() {
                entries.left_out.push((line, cell.into()));
                continue;
            }
            let sector = self.sector.and_then(|place| record.get(place)).map(Into::into);
            entries.entries.push(Entry { line: Some(line), ticker: name, sector });
        }
        Ok(entries)
    }
}

fn cells(line: &str, delimiter: u8) -> Vec<String> {
    if !line.contains('"') {
        // A reader for each line would take most of the time that a list takes.
        return line.split(char::from(delimiter)).map(|cell| cell.trim().to_owned()).collect();
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(String::from).collect()
}

/// A name without case, blanks and marks.
fn plain(name: &str) -> String {
    name.to_lowercase().replace([' ', '_', '-', '.', '"', '\u{feff}'], "")
}

/// The one column of a table without a header that holds tickers, each row another.
fn ticker_column(text: &str, delimiter: u8) -> Option<usize> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let width = cells(lines().next()?, delimiter).len();
    if width < 2 {
        return None;
    }
    let rows: Vec<Vec<String>> = lines().map(|line| cells(line, delimiter)).collect();
    if rows.len() < 2 || width < 2 || rows.iter().any(|row| row.len() != width) {
        return None;
    }
    let is_column = |place: &usize| {
        let distinct: HashSet<&str> = rows.iter().map(|row| row[*place].as_str()).collect();
        distinct.len() == rows.len() && rows.iter().all(|row| is_written_as_ticker(&row[*place]))
    };
    let mut columns = (0..width).filter(is_column);
    let column = columns.next()?;
    columns.next().is_none().then_some(column)
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
            None => collect(&value, &mut names),
        }
    } else {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            collect(&serde_json::from_str::<Value>(line).ok()?, &mut names);
        }
    }
    let entry = |name: String| Entry { line: None, ticker: ticker(&name), sector: None };
    Some(Entries { entries: names.into_iter().map(entry).collect(), left_out: Vec::new() })
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
