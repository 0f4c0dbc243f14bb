//! A table of tickers in a text: its header, its columns, which of its rows are entries.

use std::collections::HashSet;

use super::entries::{Entries, Entry, LeftOut, Reason};
use super::error::UniverseError;
use super::exchanges::{EXCHANGE_COLUMNS, Listing, holds_exchanges, is_blank, listing};
use super::holdings_columns::{CURRENCIES, SUMS};
use super::symbol::Symbol;
use super::words::column_of_tickers;
use super::words::{is_written_as_ticker, ticker};
use crate::table::line_of;
use crate::table::printable;

/// Rows that show what a column holds.
const MAX_SAMPLE: usize = 50;
/// A table's header is one of so many first lines.
const MAX_PREAMBLE: usize = 40;

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

/// What a column of the securities' names is called.
const SECURITY_NAMES: [&str; 7] = [
    "securityname",
    "name",
    "companyname",
    "company",
    "description",
    "issuename",
    "instrumentname",
];

/// A table in a text.
pub(super) struct Table {
    delimiter: u8,
    /// How many lines stand before the rows.
    header: u64,
    /// Where the rows begin, in bytes.
    start: usize,
    ticker: usize,
    sector: Option<usize>,
    exchange: Option<usize>,
    currency: Option<usize>,
    /// Whether its tickers are called as the exchange of Hong Kong calls them.
    is_of_hong_kong: bool,
    /// The column that says which rows are only tests.
    test_issue: Option<usize>,
    /// The names of the securities.
    name: Option<usize>,
    /// The column that says which are funds.
    fund: Option<usize>,
}

impl Table {
    /// A table of rows only.
    pub(super) fn without_header(delimiter: u8, ticker: usize) -> Self {
        Self {
            delimiter,
            header: 0,
            start: 0,
            ticker,
            sector: None,
            exchange: None,
            currency: None,
            is_of_hong_kong: false,
            test_issue: None,
            name: None,
            fund: None,
        }
    }

    /// The table whose header is one of the first lines.
    pub(super) fn find(text: &str, delimiter: u8) -> Option<Self> {
        for names in [&NAMES[..], &OTHER_NAMES[..]] {
            let mut start = 0;
            for (line, header) in (1..).zip(text.split_inclusive('\n').take(MAX_PREAMBLE)) {
                start += header.len();
                let cells = cells(header, delimiter);
                let position = |names: &[&str]| {
                    cells.iter().position(|cell| names.contains(&plain(cell).as_str()))
                };
                let Some(first) = position(names) else { continue };
                let next = text[start..].lines().find(|line| !line.trim().is_empty());
                let is_header =
                    next.is_none_or(|next| self::cells(next, delimiter).len() >= cells.len());
                if !is_header && names.len() == OTHER_NAMES.len() {
                    continue;
                }
                let sector = position(&["sector"]);
                let rows = text[start..].lines().filter(|line| !line.trim().is_empty());
                let rows: Vec<Vec<String>> =
                    rows.take(MAX_SAMPLE).map(|row| self::cells(row, delimiter)).collect();
                let proposed = (first..cells.len())
                    .filter(|place| names.contains(&plain(&cells[*place]).as_str()));
                let ticker = column_of_tickers(first, proposed, |place| {
                    rows.iter().filter_map(move |row| Some(row.get(place)?.as_str()))
                });
                return Some(Self {
                    delimiter,
                    header: line,
                    start,
                    ticker,
                    sector,
                    exchange: position(&EXCHANGE_COLUMNS),
                    currency: CURRENCIES.iter().find_map(|name| position(&[name])),
                    is_of_hong_kong: plain(&cells[ticker]) == "stockcode",
                    test_issue: position(&["testissue"]),
                    name: position(&SECURITY_NAMES),
                    fund: position(&["etf"]),
                });
            }
        }
        None
    }

    pub(super) fn entries(
        &self,
        list: &str,
        text: &str,
        only_common: bool,
    ) -> Result<Entries, UniverseError> {
        if only_common && self.name.is_none() {
            return Err(UniverseError::NoNames(list.into()));
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(&text.as_bytes()[self.start..]);
        let mut entries = Entries::default();
        let records = reader.records().collect::<Result<Vec<_>, _>>();
        let records =
            records.map_err(|source| UniverseError::BadCsv { list: list.into(), source })?;
        let exchange = self.exchange.filter(|place| {
            holds_exchanges(records.iter().map(|record| record.get(*place).unwrap_or_default()))
        });
        for record in &records {
            let line = self.header + line_of(record, &text[self.start..], false);
            let cell = record.get(self.ticker).unwrap_or_default();
            if record.iter().next().is_some_and(|first| first.starts_with('#')) && record.len() == 1
            {
                continue; // a comment
            }
            if record.iter().all(|cell| cell.bytes().all(|b| b"-: ".contains(&b)))
                && record.len() > 2
            {
                if record.iter().all(str::is_empty) {
                    let reason = Reason::NoTicker;
                    entries.left_out.push(LeftOut { line, cell: String::new(), reason });
                }
                continue; // the rule below a Markdown table's header, or nothing
            }
            let says = |place: Option<usize>| place.and_then(|place| record.get(place));
            let mut name = ticker(cell);
            let is_sum = SUMS.contains(&plain(cell).as_str());
            let reason = if is_sum || Symbol::parse(&name).is_err() {
                Some(Reason::NoTicker)
            } else if says(self.test_issue) == Some("Y") {
                Some(Reason::TestIssue)
            } else {
                let is_common = !only_common
                    || says(self.fund) != Some("Y")
                        && is_common_share(says(self.name).unwrap_or_default());
                (!is_common).then_some(Reason::NotCommon)
            };
            let at = says(exchange).filter(|name| !is_blank(name));
            let at = at.or((self.is_of_hong_kong && is_code_of_hong_kong(cell)).then_some("HKEX"));
            let listing = at.map(|exchange| listing(exchange, &name, says(self.currency)));
            let reason = match listing {
                _ if reason.is_some() => reason,
                Some(Listing::Known(listed)) if listed != name => {
                    entries.listed.push(format!("{} is {listed}", printable(&name)));
                    name = listed;
                    None
                }
                Some(Listing::OtherCurrency | Listing::UnknownExchange) => {
                    Some(Reason::UnclearListing)
                }
                _ => None,
            };
            if let Some(reason) = reason {
                entries.left_out.push(LeftOut { line, cell: cell.into(), reason });
                continue;
            }
            let sector = self.sector.and_then(|place| record.get(place)).map(Into::into);
            entries.found.push(Entry { line: Some(line), ticker: name, sector });
        }
        Ok(entries)
    }
}

/// Whether a cell is one of the codes of Hong Kong, which have five digits: `00700`.
fn is_code_of_hong_kong(cell: &str) -> bool {
    cell.len() == 5 && cell.starts_with('0') && cell.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a security is a common share by its name: not a right to one, several things in one, debt or a fund.
fn is_common_share(name: &str) -> bool {
    const OTHERS: [&str; 17] = [
        "warrant",
        "warrants",
        "wt",
        "unit",
        "units",
        "right",
        "rights",
        "preferred",
        "preference",
        "pfd",
        "note",
        "notes",
        "debenture",
        "debentures",
        "bond",
        "etn",
        "etf",
    ];
    let name = name.to_lowercase();
    // A partnership's shares are called units.
    let is_partnership = name.contains("common unit") || name.contains("limited partner");
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    is_partnership || !words.any(|word| OTHERS.contains(&word))
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
pub(super) fn ticker_column(text: &str, delimiter: u8) -> Option<usize> {
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let width = cells(lines.clone().next()?, delimiter).len();
    if width < 2 {
        return None;
    }
    let rows: Vec<Vec<String>> = lines.map(|line| cells(line, delimiter)).collect();
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
