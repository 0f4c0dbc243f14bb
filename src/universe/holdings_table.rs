//! The tables that brokers write: which column is what, what a row means, what is no holding.

use super::holdings_columns::{
    ACTIONS, IN_ALL, PER_SHARE, PRICES, SHARES, TICKERS, UNCLEAR, VALUES, direction, is_known,
    is_unknown, plain,
};
use super::symbol::{Symbol, printable};
use super::table::{Decimal, delimiter};
use super::words::ticker;

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
    /// What the costs are of.
    pub cost: Option<CostKind>,
}

/// A lot of shares that a row tells of.
pub(super) struct Lot {
    pub(super) line: u64,
    pub(super) symbol: Symbol,
    /// Below 0 where shares were sold.
    pub(super) shares: f64,
    pub(super) cost_basis: Option<f64>,
}

/// What a table holds.
#[derive(Default)]
pub(super) struct HoldingsTable {
    pub(super) lots: Vec<Lot>,
    /// Sentences on what was left out, and on how the costs were read.
    pub(super) told: Vec<String>,
}

/// Why a table cannot be read.
pub(super) enum TableError {
    /// There is no column of this.
    NoColumn { missing: &'static str, found: String },
    /// A number may be read in two ways.
    UnclearNumbers,
    /// The costs may be of one share or of all.
    UnclearCost(String),
    /// Cells that are no numbers: the line, the ticker, the reason.
    BadCells(Vec<(u64, String, String)>),
}

/// Where the columns are.
#[derive(Clone, Copy)]
struct Places {
    ticker: usize,
    shares: usize,
    cost: Option<(usize, CostKind)>,
    action: Option<usize>,
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
            let action = position(ACTIONS);
            let rows = rows(&text[start..], delimiter, line);
            let action = action.filter(|place| {
                rows.iter()
                    .any(|(_, row)| row.get(*place).is_some_and(|cell| direction(cell).is_some()))
            });
            let cost = match action {
                Some(_) => position(PRICES).map(|place| (place, CostKind::PerShare)),
                None => cost_column(&cells, &names, options)?,
            };
            let places = Places { ticker, shares, cost, action };
            return Self::of_rows(&rows, places, options, &cells);
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
    ) -> Result<Self, TableError> {
        let numbers = rows.iter().flat_map(|(_, row)| {
            [Some(places.shares), places.cost.map(|(place, _)| place)]
                .into_iter()
                .flatten()
                .filter_map(|place| row.get(place).map(String::as_str))
        });
        let decimal =
            options.decimal.or_else(|| Decimal::of(numbers)).ok_or(TableError::UnclearNumbers)?;
        let mut table = Self::default();
        let mut left_out = Vec::new();
        let mut bad = Vec::new();
        for (line, row) in rows {
            if row.iter().filter(|cell| is_known(&plain(cell))).count() > 1 {
                left_out.push(format!("the table from line {line} on"));
                break;
            }
            let cell = |place: usize| row.get(place).map_or("", String::as_str);
            let name = ticker(cell(places.ticker));
            let what = |why: &str| {
                let name: String = printable(cell(places.ticker)).chars().take(MAX_CELL).collect();
                if name.is_empty() {
                    format!("line {line}{why}")
                } else {
                    format!("line {line} {name:?}{why}")
                }
            };
            let Ok(symbol) = Symbol::parse(&name) else {
                left_out.push(what(""));
                continue;
            };
            let shares_text = cell(places.shares);
            let action = places.action.map(cell);
            let direction = match action {
                None => Some(1.0),
                Some(action) => direction(action),
            };
            let Some(direction) = direction else {
                left_out.push(what(&format!(
                    ", {}",
                    printable(action.unwrap_or_default()).to_lowercase()
                )));
                continue;
            };
            if is_unknown(shares_text) {
                left_out.push(what(", no shares"));
                continue;
            }
            let shares = match decimal.number(shares_text) {
                Some(shares) if shares > 0.0 && shares <= 1e15 => shares,
                Some(shares) if shares <= 0.0 => {
                    left_out.push(what(if shares < 0.0 {
                        ", a short position"
                    } else {
                        ", none left"
                    }));
                    continue;
                }
                _ => {
                    bad.push((
                        *line,
                        name,
                        format!("shares {shares_text:?} must be a number above 0, at most 1e15"),
                    ));
                    continue;
                }
            };
            let cost = match places.cost {
                Some((place, kind)) if !is_unknown(cell(place)) => {
                    let text = cell(place)
                        .trim_start_matches(|c: char| c.is_ascii_uppercase() || c == ' ');
                    match decimal.number(text) {
                        Some(cost) if cost > 0.0 && cost <= 1e15 => {
                            Some(if kind == CostKind::Total { cost / shares } else { cost })
                        }
                        _ => {
                            let text = cell(place);
                            bad.push((
                                *line,
                                name,
                                format!("cost {text:?} must be a number above 0, at most 1e15"),
                            ));
                            continue;
                        }
                    }
                }
                _ => None,
            };
            table.lots.push(Lot {
                line: *line,
                symbol,
                shares: direction * shares,
                cost_basis: cost,
            });
        }
        if !bad.is_empty() {
            return Err(TableError::BadCells(bad));
        }
        if let Some((place, CostKind::Total)) = places.cost {
            let name = printable(&header[place]);
            table.told.push(format!("cost: {name:?} read as the whole position's"));
        }
        if !left_out.is_empty() {
            let n = left_out.len();
            let noun = if n == 1 { "row" } else { "rows" };
            let more = if n > 6 { format!(", and {} more", n - 6) } else { String::new() };
            left_out.truncate(6);
            table.told.push(format!("left out: {n} {noun} ({}{more})", left_out.join(", ")));
        }
        Ok(table)
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
    // The documented form: ticker, shares, cost_basis, and nothing else.
    let is_documented = cells.len() <= 3;
    if is_documented {
        Ok(Some((place, CostKind::PerShare)))
    } else {
        Err(TableError::UnclearCost(printable(&cells[place])))
    }
}

/// The rows below a header that stands on a line, each with its own line.
fn rows(text: &str, delimiter: u8, header: u64) -> Vec<(u64, Vec<String>)> {
    let mut reader = reader(text, delimiter);
    let mut rows = Vec::new();
    for record in reader.records().flatten() {
        let line = header + record.position().map_or(0, csv::Position::line);
        let is_comment = record.get(0).is_some_and(|cell| cell.starts_with('#'));
        if !is_comment {
            rows.push((line, record.iter().map(String::from).collect()));
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
