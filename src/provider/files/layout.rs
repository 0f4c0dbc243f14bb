//! How a text of prices is laid out: where its table begins, which column is what, how its numbers and dates are
//! written. Everything is seen in the text itself, or refused with the option that says it.

use std::path::Path;

use csv::StringRecord;

use super::columns::{ByHand, ColumnPlaces, ColumnRole};
use super::error::FilesError;
use super::side_by_side::{SeriesColumns, by_ticker, is_name, matrix, prefixed};
use crate::table::named;
use crate::table::{ByteLimit, DateOrder, Decimal, date_of_text, delimiter};
use crate::universe::Symbol;

/// The header is one of so many first lines.
const MAX_PREAMBLE: usize = 40;
/// Rows by which numbers are judged.
const MAX_SAMPLE: usize = 200;
/// Names of columns that a message shows.
const MAX_NAMES: usize = 12;

/// What cannot be seen in files, where it is said.
#[derive(Clone, Debug)]
pub struct FilesOptions {
    /// Whether a day or a month comes first in dates of numbers.
    pub date_order: Option<DateOrder>,
    /// What stands between whole and fraction.
    pub decimal: Option<Decimal>,
    /// The column of tickers.
    pub symbol_column: Option<String>,
    /// How many bytes all files together may unpack to.
    pub limit: ByteLimit,
}

/// The usual bound on prices: some 80 million rows of text.
const MAX_BYTES: u64 = 4 << 30;
/// The option that states another.
const MAX_BYTES_OPTION: &str = "--max-bytes";

impl FilesOptions {
    /// The bound that is stated, else the usual one.
    #[must_use]
    pub fn limit(stated: Option<u64>) -> ByteLimit {
        let limit = match stated {
            Some(max) => ByteLimit::of(max),
            None => ByteLimit::of(MAX_BYTES).and_by_ratio(),
        };
        limit.of_option(MAX_BYTES_OPTION)
    }
}

impl Default for FilesOptions {
    fn default() -> Self {
        Self { date_order: None, decimal: None, symbol_column: None, limit: Self::limit(None) }
    }
}

/// A text that is laid out.
pub(super) struct Layout {
    pub(super) delimiter: u8,
    /// Where the rows begin, in bytes.
    pub(super) start: usize,
    /// One, or one for each ticker of a wide table.
    pub(super) series: Vec<SeriesColumns>,
    pub(super) decimal: Decimal,
    pub(super) date_order: Option<DateOrder>,
    /// The names of the columns, for messages.
    pub(super) names: Vec<String>,
}

/// A line of a table's beginning.
struct HeadLine {
    cells: Vec<String>,
    /// Where the next one begins.
    end: usize,
}

impl Layout {
    pub(super) fn of(path: &Path, text: &str, options: &FilesOptions) -> Result<Self, FilesError> {
        let delimiter = delimiter(text);
        let head = head(text, delimiter);
        let by_hand = ByHand { symbol: options.symbol_column.as_deref() };
        let (series, start, names) = table(&head, &by_hand).ok_or_else(|| {
            let names = head.iter().rev().map(|line| line.cells.clone()).max_by_key(Vec::len);
            no_column(path, &names.unwrap_or_default(), &by_hand)
        })?;
        let mut layout = Self {
            delimiter,
            start,
            series,
            decimal: Decimal::Point,
            date_order: options.date_order,
            names,
        };
        if options.symbol_column.is_none() {
            layout.leave_out_company_names(text);
        }
        layout.decimal = match options.decimal {
            Some(decimal) => decimal,
            None => layout.seen_decimal(path, text)?,
        };
        if layout.date_order.is_none() {
            layout.date_order = layout.seen_order(path, text)?;
        }
        Ok(layout)
    }

    /// The rows of the text.
    pub(super) fn reader<'a>(&self, text: &'a str) -> csv::Reader<&'a [u8]> {
        csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .has_headers(false)
            .trim(csv::Trim::All)
            .from_reader(&text.as_bytes()[self.start..])
    }

    /// A column called `name` may hold a company's, beside a file that is named after the ticker.
    fn leave_out_company_names(&mut self, text: &str) {
        let [SeriesColumns { places, .. }] = self.series.as_slice() else { return };
        let Some(place) = places.of(ColumnRole::Symbol) else { return };
        if !self.names.get(place).is_some_and(|name| name.trim().eq_ignore_ascii_case("name")) {
            return;
        }
        let cells = self.reader(text).into_records().flatten().take(MAX_SAMPLE);
        let (mut companies, mut filled) = (0, 0);
        for record in cells {
            let cell = record.get(place).unwrap_or_default();
            let is_company = cell.contains(' ') || Symbol::parse(cell).is_err();
            filled += usize::from(!cell.is_empty());
            companies += usize::from(!cell.is_empty() && is_company);
        }
        if 2 * companies > filled {
            self.series[0].places.unset(ColumnRole::Symbol);
        }
    }

    fn seen_decimal(&self, path: &Path, text: &str) -> Result<Decimal, FilesError> {
        let records: Vec<StringRecord> =
            self.reader(text).records().flatten().take(MAX_SAMPLE).collect();
        let seen = Decimal::of(records.iter().flatten(), self.delimiter);
        seen.ok_or_else(|| FilesError::UnclearNumbers(path.into()))
    }

    fn seen_order(&self, path: &Path, text: &str) -> Result<Option<DateOrder>, FilesError> {
        let Some(place) = self.series.first().and_then(|one| one.places.of(ColumnRole::Date))
        else {
            return Ok(None);
        };
        let mut reader = self.reader(text);
        let mut record = StringRecord::new();
        let mut dates = Vec::new();
        while reader.read_record(&mut record).unwrap_or(false) {
            let Some(date) = record.get(place) else { continue };
            if dates.is_empty() && date_of_text(date, None).is_some() {
                return Ok(None); // dates of one kind only
            }
            dates.push(date.to_owned());
        }
        DateOrder::of(dates.iter().map(String::as_str))
            .map_err(|()| FilesError::UnclearDates(path.into()))
    }
}

/// The first lines of a text, taken apart.
fn head(text: &str, delimiter: u8) -> Vec<HeadLine> {
    let mut lines = Vec::new();
    let mut end = 0;
    for line in text.split_inclusive('\n').take(MAX_PREAMBLE) {
        end += line.len();
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(line.as_bytes());
        let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
        lines.push(HeadLine { cells: record.iter().map(String::from).collect(), end });
    }
    lines
}

/// The columns of the table that begins somewhere in a head, where its rows begin, and its names.
fn table(
    head: &[HeadLine],
    by_hand: &ByHand<'_>,
) -> Option<(Vec<SeriesColumns>, usize, Vec<String>)> {
    if let Some(wide) = wide(head) {
        return Some(wide);
    }
    for (at, line) in head.iter().enumerate() {
        if let Some(places) = ColumnPlaces::find(&line.cells, by_hand) {
            let series = vec![SeriesColumns { ticker: None, places }];
            return Some((series, line.end, line.cells.clone()));
        }
        let series = prefixed(&line.cells)
            .or_else(|| matrix(&line.cells, head.get(at + 1).map(|line| &*line.cells)));
        if let Some(series) = series {
            return Some((series, line.end, line.cells.clone()));
        }
    }
    None
}

/// Two lines above the rows, one of fields and one of tickers, as yfinance writes several tickers.
fn wide(head: &[HeadLine]) -> Option<(Vec<SeriesColumns>, usize, Vec<String>)> {
    let (first, second) = (head.first()?, head.get(1)?);
    let (fields, tickers) = match (are_fields(&first.cells), are_fields(&second.cells)) {
        (true, false) => (&first.cells, &second.cells),
        (false, true) => (&second.cells, &first.cells),
        _ => return None,
    };
    let is_ticker = |cell: &String| is_name(cell);
    if tickers.len() < 2 || !tickers[1..].iter().all(is_ticker) || tickers.len() != fields.len() {
        return None;
    }
    let columns = fields.iter().zip(tickers).enumerate().skip(1);
    let series = by_ticker(
        0,
        columns.map(|(place, (field, ticker))| (place, field.as_str(), ticker.as_str())),
    )?;
    // A line that only names the dates may stand between.
    let rows = head[2..].iter().position(|line| {
        let date = line.cells.first().map_or("", String::as_str);
        date.starts_with(|c: char| c.is_ascii_digit())
    })?;
    Some((series, head[1 + rows].end, fields.clone()))
}

fn are_fields(cells: &[String]) -> bool {
    cells.len() > 1 && cells[1..].iter().all(|cell| ColumnPlaces::role_of(cell).is_some())
}

/// What a table lacks.
pub(super) fn no_column(path: &Path, names: &[String], by_hand: &ByHand<'_>) -> FilesError {
    let missing = match (by_hand.symbol, ColumnPlaces::has_date(names)) {
        (Some(symbol), _) if !names.iter().any(|name| name == symbol) => "--symbol-column",
        (_, false) => "date",
        _ => "close",
    };
    FilesError::NoColumn { path: path.into(), missing, found: shown(names) }
}

/// The names of columns as a message shows them.
pub(super) fn shown(names: &[String]) -> String {
    let mut short = Vec::with_capacity(names.len());
    for name in names {
        short.push(name.chars().take(24).collect::<String>().escape_debug().to_string());
    }
    named(&short, MAX_NAMES)
}
