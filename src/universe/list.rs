//! A list's text: what its entries are, in the plain form and as CSV. What a ticker is, is for the module
//! above.

use std::io::Read;

use super::UniverseError;

/// The longest list that is read, in bytes: a hundred times the largest exchange's directory.
const MAX_LIST_BYTES: u64 = 8 << 20; // said in UniverseError::TooLarge

/// The whole text of a list, bounded, without a byte order mark. Bytes that are no UTF-8 become `U+FFFD`,
/// which no ticker holds, so they are reported with their line.
pub(super) fn slurp(name: &str, reader: &mut dyn Read) -> Result<String, UniverseError> {
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

/// One entry of a list: where it stands, the ticker, and the sector where the list names one.
pub(super) struct Entry {
    pub(super) line: Option<u64>,
    pub(super) ticker: String,
    pub(super) sector: Option<String>,
}

/// A list whose first line that is no comment is a CSV header with a ticker column.
pub(super) struct CsvList<'a> {
    reader: csv::Reader<&'a [u8]>,
    ticker: usize,
    sector: Option<usize>,
}

impl<'a> CsvList<'a> {
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header = reader.headers().ok()?.clone();
        let place = |names: &[&str]| {
            header
                .iter()
                .position(|field| names.iter().any(|name| field.eq_ignore_ascii_case(name)))
        };
        let ticker = place(&["symbol", "ticker"])?;
        Some(Self { reader, ticker, sector: place(&["sector"]) })
    }

    pub(super) fn entries(mut self, list: &str) -> Result<Vec<Entry>, UniverseError> {
        let mut entries = Vec::new();
        for record in self.reader.records() {
            let record =
                record.map_err(|source| UniverseError::BadCsv { list: list.into(), source })?;
            entries.push(Entry {
                line: record.position().map(csv::Position::line),
                // A short row keeps its place as an empty ticker, so that it is reported and not lost.
                ticker: record.get(self.ticker).unwrap_or_default().into(),
                sector: self.sector.and_then(|place| record.get(place)).map(Into::into),
            });
        }
        Ok(entries)
    }
}

pub(super) fn plain_entries(text: &str) -> Vec<Entry> {
    (1..)
        .zip(text.lines())
        .flat_map(|(number, line)| {
            let listed = line.split('#').next().unwrap_or_default();
            listed.split(',').map(move |entry| (number, entry.trim()))
        })
        .filter(|(_, entry)| !entry.is_empty())
        .map(|(number, entry)| Entry { line: Some(number), ticker: entry.into(), sector: None })
        .collect()
}
