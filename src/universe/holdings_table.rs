//! The tables that brokers write: which column is what, what a row means, what is no holding.

use std::sync::Arc;

use super::currency::major_unit;
use super::holding::{Holding, MAX_AMOUNT};
use super::holdings_columns::{
    CURRENCIES, DATES, IN_ALL, NOT_HELD, OWN, OWN_PRICES, PER_SHARE, PRICES, SHARES, SIDES, STATES,
    SUMS, TICKERS, UNCLEAR, VALUES, direction, is_corporate_action, is_known, is_unknown, plain,
    takes_back,
};
use super::levels::keep_one_level;
use super::lot::{Lot, TableError};
use super::symbol::Symbol;
use super::transactions::{action_column, as_they_happened, is_done};
use super::words::ticker;
use crate::table::named;
use crate::table::{DateOrder, Decimal, delimiter, plural, printable, said};

/// Rows left out that are named.
const MAX_TOLD: usize = 6;

/// A table's header is one of so many first lines.
const MAX_PREAMBLE: usize = 40;
/// Characters of a cell that a message shows.
const MAX_CELL: usize = 30;

/// Whether a column of costs is of one share or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostKind {
    /// What one share cost.
    PerShare,
    /// What the whole position cost.
    Total,
}

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

/// Where the columns are.
#[derive(Clone, Copy)]
struct Places {
    ticker: usize,
    shares: usize,
    cost: Option<(usize, CostKind)>,
    action: Option<usize>,
    date: Option<usize>,
    state: Option<usize>,
    value: Option<usize>,
    price: Option<usize>,
    currency: Option<usize>,
    side: Option<usize>,
}

/// What a row of a table is.
enum Row {
    Lot(Lot),
    /// No holding of shares, and why.
    LeftOut(String),
    /// Cells that are no numbers: the ticker, the reason.
    Bad(String, String),
}

impl HoldingsTable {
    pub(super) fn read(text: &str, options: HoldingsOptions) -> Result<Self, TableError> {
        let delimiter = delimiter(text);
        let mut start = 0;
        let mut widest: Vec<String> = Vec::new();
        for (line, header) in (1..).zip(text.split_inclusive('\n').take(MAX_PREAMBLE)) {
            start += header.len();
            let cells = cells(header, delimiter);
            if cells.len() > widest.len() {
                widest.clone_from(&cells);
            }
            let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
            let position = |known: &[&str]| {
                known.iter().find_map(|name| names.iter().position(|own| own == name))
            };
            let (Some(ticker), Some(shares)) = (position(TICKERS), position(SHARES)) else {
                continue;
            };
            let rows = rows(&text[start..], delimiter, line);
            let date = position(DATES);
            let action = action_column(&names, &rows, date.is_some());
            let cost = match action {
                Some(_) => position(PRICES).map(|place| (place, CostKind::PerShare)),
                None => cost_column(&cells, &names, options)?,
            };
            let places = Places {
                ticker,
                shares,
                cost,
                action,
                date: date.filter(|_| action.is_some()),
                state: position(STATES).filter(|_| action.is_some()),
                value: position(VALUES),
                price: position(OWN_PRICES).filter(|_| action.is_none()),
                currency: position(CURRENCIES),
                side: position(SIDES),
            };
            return Self::of_rows(&rows, places, options, &cells, delimiter);
        }
        let names: Vec<String> = widest.iter().map(|cell| plain(cell)).collect();
        let has = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
        let missing = if has(TICKERS) { "shares" } else { "ticker" };
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
                Row::Lot(lot) => table.lots.push(lot),
                Row::LeftOut(why) => left_out.push(why),
                Row::Bad(ticker, why) => bad.push((*line, ticker, why)),
            }
        }
        if !bad.is_empty() {
            return Err(TableError::BadCells(bad));
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

impl Places {
    fn read(self, line: u64, row: &[String], decimal: Decimal) -> Row {
        let cell = |place: usize| row.get(place).map_or("", String::as_str);
        let number = |place: Option<usize>| {
            let text = cell(place?);
            decimal.number(text).filter(|number| *number > 0.0 && *number <= MAX_AMOUNT)
        };
        let left_out = |why: &str| {
            let name: String = printable(cell(self.ticker)).chars().take(MAX_CELL).collect();
            let name = if name.is_empty() { name } else { format!(" {name:?}") };
            let worth = number(self.value).map(|_| printable(cell(self.value.unwrap_or_default())));
            let worth = worth.map_or_else(String::new, |worth| format!(", worth {worth}"));
            Row::LeftOut(format!("line {line}{name}{why}{worth}"))
        };
        let name = ticker(cell(self.ticker));
        if SUMS.contains(&plain(cell(self.ticker)).as_str()) {
            return left_out(", a sum");
        }
        let Ok(symbol) = Symbol::parse(&name) else { return left_out("") };
        let state = self.state.map_or("", cell);
        let action = self.action.map(cell);
        let Some(direction) = action.map_or(Some(1.0), direction) else {
            let action = printable(action.unwrap_or_default()).to_lowercase();
            if is_corporate_action(&action) {
                let why = "changes the shares in a way that its row does not tell: list what is held now, as ticker, shares";
                return Row::Bad(name, format!("{action:?} {why}"));
            }
            return left_out(&format!(", {action}"));
        };
        if let Some(action) = action.filter(|action| takes_back(action)) {
            let why = "takes back another row: list what is held now, as ticker, shares";
            return Row::Bad(name, format!("{:?} {why}", printable(action)));
        }
        let shares_text = cell(self.shares);
        if is_unknown(shares_text) {
            return left_out(", no shares");
        }
        let Some(shares) = decimal.number(shares_text).filter(|shares| *shares <= MAX_AMOUNT)
        else {
            let why = format!("shares {shares_text:?} must be a number above 0, at most 1e15");
            return Row::Bad(name, why);
        };
        let Some(is_done) = is_done(state) else {
            return Row::Bad(
                name,
                format!(
                    "its state {state:?} tells neither whether it was done nor whether it was not"
                ),
            );
        };
        if !is_done {
            return left_out(&format!(", {}", printable(state).to_lowercase()));
        }
        let shares = if self.action.is_some() && direction < 0.0 { shares.abs() } else { shares };
        if shares < 0.0 && self.action.is_some() {
            let why = format!(
                "shares {shares_text:?} are below 0, and its row says that they were bought"
            );
            return Row::Bad(name, why);
        }
        let is_short = self.side.is_some_and(|side| cell(side).eq_ignore_ascii_case("short"));
        if shares <= 0.0 || is_short {
            return left_out(if shares < 0.0 || is_short {
                ", a short position"
            } else {
                ", none left"
            });
        }
        let mut cost_basis = None;
        if let Some((place, kind)) = self.cost
            && !is_unknown(cell(place))
        {
            let text = cell(place);
            let plain = text.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == ' ');
            let cost = decimal.number(plain).filter(|cost| *cost > 0.0 && *cost <= MAX_AMOUNT);
            let Some(cost) = cost else {
                let why = format!("cost {text:?} must be a number above 0, at most 1e15");
                return Row::Bad(name, why);
            };
            cost_basis = Some(if kind == CostKind::Total { cost / shares } else { cost });
        }
        let currency = self.currency.map(cell).filter(|name| major_unit(name).is_some());
        let holding = Holding {
            shares: direction * shares,
            cost_basis,
            price: number(self.price),
            currency: currency.map(Arc::from),
        };
        let date = self.date.map_or("", cell).to_owned();
        Row::Lot(Lot { line, symbol, date, holding })
    }
}

/// The column of costs, and what they are of.
fn cost_column(
    cells: &[String],
    names: &[String],
    options: HoldingsOptions,
) -> Result<Option<(usize, CostKind)>, TableError> {
    let position =
        |known: &[&str]| known.iter().find_map(|name| names.iter().position(|own| own == name));
    if let Some(kind) = options.cost {
        let first: &[&[&str]] = match kind {
            CostKind::PerShare => &[PER_SHARE, UNCLEAR, IN_ALL],
            CostKind::Total => &[IN_ALL, UNCLEAR, PER_SHARE],
        };
        return Ok(first.iter().find_map(|known| position(known)).map(|place| (place, kind)));
    }
    if let Some(place) = position(PER_SHARE) {
        return Ok(Some((place, CostKind::PerShare)));
    }
    if let Some(place) = position(IN_ALL) {
        return Ok(Some((place, CostKind::Total)));
    }
    let Some(place) = position(UNCLEAR) else { return Ok(None) };
    if position(VALUES).is_some() {
        return Ok(Some((place, CostKind::Total)));
    }
    // The documented form: ticker, shares, cost_basis, perhaps with what is known of the ticker.
    let is_own = |cell: &String| OWN.contains(&cell.trim());
    let is_documented = cells.len() <= 3 || cells.iter().all(is_own);
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
        let line = header + record.position().map_or(0, csv::Position::line);
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
