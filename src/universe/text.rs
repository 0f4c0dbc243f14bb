//! The text of a list and its entries, in the plain form and as CSV. What a ticker is, is not decided here.

use std::fs::File;
use std::io::Read;

use super::error::UniverseError;

/// The longest list that is read, in bytes: a hundred times the largest exchange's directory.
const MAX_LIST_BYTES: u64 = 8 << 20; // said in UniverseError::TooLarge

/// What standard input is called in messages.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// One entry of a list: where it stands, the ticker, and the sector where the list names one.
pub(super) struct Entry {
    pub(super) line: Option<u64>,
    pub(super) ticker: String,
    pub(super) sector: Option<String>,
}

/// The whole text of a list, bounded, without a byte order mark. Bytes that are not UTF-8 become `U+FFFD`,
/// which no ticker holds, so they are reported with their line.
pub(super) fn read_text(name: &str, reader: &mut dyn Read) -> Result<String, UniverseError> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_LIST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| UniverseError::Unreadable { list: name.into(), source })?;
    if bytes.len() as u64 > MAX_LIST_BYTES {
        return Err(UniverseError::TooLarge(name.into()));
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
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

/// Every entry of a list: one a line or comma-separated, or the rows of a CSV whose header has a column named
/// `symbol` or `ticker`.
pub(super) fn entries(list: &str, text: &str) -> Result<Vec<Entry>, UniverseError> {
    let mut reader = csv_reader(text);
    if let Ok(header) = reader.headers()
        && let Some(ticker) = position(header, &["symbol", "ticker"])
    {
        let sector = position(header, &["sector"]);
        return csv_entries(list, reader, ticker, sector);
    }
    Ok(plain_entries(text))
}

fn position(header: &csv::StringRecord, names: &[&str]) -> Option<usize> {
    header.iter().position(|field| names.iter().any(|name| field.eq_ignore_ascii_case(name)))
}

fn csv_entries(
    list: &str,
    mut reader: csv::Reader<&[u8]>,
    ticker: usize,
    sector: Option<usize>,
) -> Result<Vec<Entry>, UniverseError> {
    let mut entries = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|source| UniverseError::BadCsv { list: list.into(), source })?;
        entries.push(Entry {
            line: record.position().map(csv::Position::line),
            // A short row keeps its place as an empty ticker, so that it is reported and not lost.
            ticker: record.get(ticker).unwrap_or_default().into(),
            sector: sector.and_then(|place| record.get(place)).map(Into::into),
        });
    }
    Ok(entries)
}

fn plain_entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let listed = line.split('#').next().unwrap_or_default();
        for ticker in listed.split(',').map(str::trim) {
            if !ticker.is_empty() {
                entries.push(Entry { line: Some(number), ticker: ticker.into(), sector: None });
            }
        }
    }
    entries
}
