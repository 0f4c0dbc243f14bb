//! The tables that brokers write: which column is what, what a row means, what is no holding.

use std::collections::BTreeSet;

use super::exchanges::{EXCHANGE_COLUMNS, holds_exchanges};
use super::holdings_columns::currency_of;
use super::holdings_columns::{
    CURRENCIES, DATES, IN_ALL, NOT_HELD, OWN, OWN_PRICES, PER_SHARE, PRICES, SHARES, SIDES, STATES,
    TICKERS, UNCLEAR, VALUES, is_known, plain, unit_of,
};
use super::holdings_row::{HoldingRow, Places};
use super::levels::keep_one_level;
use super::lot::{CostKind, Lot, TableError};
use super::sections::open_positions;
use super::transactions::{action_column, as_they_happened};
use super::words::ticker;
use super::words::{column_of_tickers, is_written_as_ticker};
use crate::table::line_of;
use crate::table::named;
use crate::table::{DateOrder, Decimal, delimiter, plural, printable, said};

/// Rows left out that are named.
const MAX_TOLD: usize = 6;

/// A table's header is one of so many first lines.
const MAX_PREAMBLE: usize = 40;

/// What cannot be seen in a table, where it is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct HoldingsOptions {
    /// What stands between whole and fraction.
    pub decimal: Option<Decimal>,
    /// Whether a day or a month comes first in dates of transactions.
    pub date_order: Option<DateOrder>,
    /// What the costs are of.
    pub cost: Option<CostKind>,
}

/// What a table holds.
#[derive(Default)]
pub(super) struct HoldingsTable {
    pub(super) lots: Vec<Lot>,
    /// Sentences on what was left out, and on how the costs were read.
    pub(super) told: Vec<String>,
}

impl HoldingsTable {
    pub(super) fn read(text: &str, options: HoldingsOptions) -> Result<Self, TableError> {
        let (text, other_sections) = open_positions(text);
        let text = &*text;
        let delimiter = delimiter(text);
        let mut start = 0;
        let mut widest: Vec<String> = Vec::new();
        let mut preamble = 0;
        let mut above: Vec<(u64, Vec<String>)> = Vec::new();
        for (line, header) in (1..).zip(text.split_inclusive('\n')) {
            start += header.len();
            preamble += usize::from(!header.trim().is_empty());
            if preamble > MAX_PREAMBLE {
                break;
            }
            let cells = cells(header, delimiter);
            if cells.len() > widest.len() {
                widest.clone_from(&cells);
            }
            let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
            let (Some(first), Some(shares)) = (position(&names, TICKERS), position(&names, SHARES))
            else {
                above.push((line, cells));
                continue;
            };
            let rows = rows(&text[start..], delimiter, line);
            let ticker = column_of_tickers(first, all_positions(&names, TICKERS), |place| {
                rows.iter().filter_map(move |(_, row)| Some(row.get(place)?.as_str()))
            });
            above.retain(|(_, row)| row.len() == cells.len() && is_holding(row, ticker, shares));
            if let [(line, row), ..] = above.as_slice() {
                // A table whose header is not known is never replaced by another one of the file.
                let why = "stands below names of columns that are not known".to_owned();
                return Err(TableError::BadCells(vec![(*line, row[ticker].clone(), why)]));
            }
            let date = position(&names, DATES);
            let action = action_column(&names, &rows, date.is_some());
            let cost = match action {
                Some(_) => position(&names, PRICES).map(|place| (place, CostKind::PerShare)),
                None => cost_column(&cells, &names, options)?,
            };
            let own_price = position(&names, OWN_PRICES).filter(|_| action.is_none());
            let places = Places {
                ticker,
                shares,
                cost,
                action,
                date: date.filter(|_| action.is_some()),
                state: position(&names, STATES).filter(|_| action.is_some()),
                value: position(&names, VALUES),
                price: own_price,
                currency: position(&names, CURRENCIES),
                cost_currency: cost.and_then(|(place, _)| currency_of(&cells[place])),
                cost_unit: cost.map_or(1.0, |(place, _)| unit_of(&cells[place])),
                price_unit: own_price.map_or(1.0, |place| unit_of(&cells[place])),
                side: position(&names, SIDES),
                exchange: position(&names, &EXCHANGE_COLUMNS).filter(|place| {
                    let cells = rows.iter().map(|(_, row)| row.get(*place));
                    holds_exchanges(cells.map(|cell| cell.map_or("", String::as_str)))
                }),
                isin: position(&names, &["isin", "isincode"]),
            };
            let mut table = Self::of_rows(&rows, places, options, &cells, delimiter)?;
            if !other_sections.is_empty() {
                let sections: Vec<String> =
                    other_sections.iter().map(|name| printable(name)).collect();
                let told = format!("left out: the sections {}", named(&sections, MAX_TOLD));
                table.told.push(told);
            }
            return Ok(table);
        }
        let names: Vec<String> = widest.iter().map(|cell| plain(cell)).collect();
        let missing = if position(&names, TICKERS).is_some() { "shares" } else { "ticker" };
        let found: Vec<String> =
            widest.iter().take(12).map(|cell| printable(cell).chars().take(24).collect()).collect();
        Err(TableError::NoColumn { missing, found: found.join(", ") })
    }

    fn of_rows(
        rows: &[(u64, Vec<String>)],
        places: Places,
        options: HoldingsOptions,
        header: &[String],
        delimiter: u8,
    ) -> Result<Self, TableError> {
        let cells = rows.iter().flat_map(|(_, row)| row.iter().map(String::as_str));
        let decimal = match options.decimal {
            Some(decimal) => decimal,
            None => Decimal::of(cells, delimiter).ok_or(TableError::UnclearNumbers)?,
        };
        let mut table = Self::default();
        let mut left_out = Vec::new();
        let mut bad = Vec::new();
        let mut listed = BTreeSet::new();
        let mut title = "";
        for (line, row) in rows {
            if row.iter().filter(|cell| is_known(&plain(cell))).count() > 1 {
                let is_held = !NOT_HELD.iter().any(|word| title.to_lowercase().contains(word));
                if is_held && names_of(row) == names_of(header) {
                    continue;
                }
                left_out.push(format!("the table from line {line} on"));
                break;
            }
            title = row.first().map_or("", String::as_str);
            match places.read(*line, row, decimal) {
                HoldingRow::Lot(lot) => {
                    let written = ticker(&row[places.ticker]).to_uppercase();
                    if written != lot.symbol.as_str() {
                        listed.insert(format!("{} is {}", printable(&written), lot.symbol));
                    }
                    table.lots.push(lot);
                }
                HoldingRow::LeftOut(why) => left_out.push(why),
                HoldingRow::Bad(ticker, why) => bad.push((*line, ticker, why)),
            }
        }
        if !bad.is_empty() {
            return Err(TableError::BadCells(bad));
        }
        if !listed.is_empty() {
            let tickers = plural(listed.len(), "ticker");
            table.told.push(format!(
                "{tickers} by their exchange ({})",
                named(&listed.into_iter().collect::<Vec<_>>(), MAX_TOLD)
            ));
        }
        let parts = keep_one_level(rows, &mut table.lots)?;
        if parts > 0 {
            table.told.push(format!("left out: {} of rows above them", plural(parts, "part")));
        }
        if places.date.is_some() {
            table.lots = as_they_happened(table.lots, options.date_order)?;
        }
        if let Some((place, CostKind::Total)) = places.cost {
            let name = printable(&header[place]);
            table.told.push(format!("cost: {name:?} read as the whole position's"));
        }
        if !left_out.is_empty() {
            let rows = plural(left_out.len(), "row");
            table.told.push(format!("left out: {rows} ({})", named(&left_out, MAX_TOLD)));
        }
        Ok(table)
    }
}

/// Whether a row looks like a holding: a ticker in capitals, and a number of shares.
fn is_holding(row: &[String], ticker: usize, shares: usize) -> bool {
    is_written_as_ticker(&row[ticker]) && Decimal::Point.number(&row[shares]).is_some()
}

/// The first column of one of the known names.
fn position(names: &[String], known: &[&str]) -> Option<usize> {
    all_positions(names, known).next()
}

/// The columns of the known names, in the order of these.
fn all_positions(names: &[String], known: &[&str]) -> impl Iterator<Item = usize> {
    known.iter().filter_map(|name| names.iter().position(|own| own == name))
}

/// The column of costs, and what they are of.
fn cost_column(
    cells: &[String],
    names: &[String],
    options: HoldingsOptions,
) -> Result<Option<(usize, CostKind)>, TableError> {
    if let Some(kind) = options.cost {
        let first: &[&[&str]] = match kind {
            CostKind::PerShare => &[PER_SHARE, UNCLEAR, IN_ALL],
            CostKind::Total => &[IN_ALL, UNCLEAR, PER_SHARE],
        };
        return Ok(first
            .iter()
            .find_map(|known| position(names, known))
            .map(|place| (place, kind)));
    }
    if let Some(place) = position(names, PER_SHARE) {
        return Ok(Some((place, CostKind::PerShare)));
    }
    if let Some(place) = position(names, IN_ALL) {
        return Ok(Some((place, CostKind::Total)));
    }
    let Some(place) = position(names, UNCLEAR) else { return Ok(None) };
    if position(names, VALUES).is_some() {
        return Ok(Some((place, CostKind::Total)));
    }
    // The documented form: ticker, shares, cost_basis, perhaps with what is known of the ticker.
    let is_documented = cells.len() <= 3 || cells.iter().all(|cell| OWN.contains(&cell.trim()));
    if is_documented {
        Ok(Some((place, CostKind::PerShare)))
    } else {
        Err(TableError::UnclearCost(printable(&cells[place])))
    }
}

/// The names of columns, without those that have none.
fn names_of(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| plain(cell)).filter(|name| !name.is_empty()).collect()
}

/// The rows below a header that stands on a line, each with its own line.
fn rows(text: &str, delimiter: u8, header: u64) -> Vec<(u64, Vec<String>)> {
    let mut reader = reader(text, delimiter);
    let mut rows = Vec::new();
    for record in reader.records().flatten() {
        let line = header + line_of(&record, text, false);
        let is_comment = record.get(0).is_some_and(|cell| cell.starts_with('#'));
        if !is_comment {
            rows.push((line, record.iter().map(|cell| said(cell).to_owned()).collect()));
        }
    }
    rows
}

fn cells(line: &str, delimiter: u8) -> Vec<String> {
    let record = reader(line, delimiter).records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(String::from).collect()
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}
