//! A row of a broker's table: the shares that it tells of, or why it tells of none.

use std::sync::Arc;

use super::currency::major_unit;
use super::exchanges::{Listing, is_foreign, listing};
use super::holding::{Holding, MAX_AMOUNT};
use super::holdings_columns::{
    SUMS, direction, is_corporate_action, is_unknown, plain, takes_back,
};
use super::lot::{CostKind, Lot};
use super::symbol::Symbol;
use super::transactions::is_done;
use super::words::ticker;
use crate::table::{Decimal, printable};

/// Characters of a cell that a message shows.
const MAX_CELL: usize = 30;

/// Where the columns are.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) ticker: usize,
    pub(super) shares: usize,
    pub(super) cost: Option<(usize, CostKind)>,
    pub(super) action: Option<usize>,
    pub(super) date: Option<usize>,
    pub(super) state: Option<usize>,
    pub(super) value: Option<usize>,
    pub(super) price: Option<usize>,
    pub(super) currency: Option<usize>,
    /// The currency of all costs, where their column's name tells it.
    pub(super) cost_currency: Option<&'static str>,
    /// What one unit of the costs and of the file's own prices is in it.
    pub(super) cost_unit: f64,
    pub(super) price_unit: f64,
    pub(super) side: Option<usize>,
    pub(super) exchange: Option<usize>,
    pub(super) isin: Option<usize>,
}

/// What a row of a table is.
pub(super) enum HoldingRow {
    Lot(Lot),
    /// No holding of shares, and why.
    LeftOut(String),
    /// Cells that are no numbers: the ticker, the reason.
    Bad(String, String),
}

impl Places {
    /// What a row is.
    pub(super) fn read(self, line: u64, row: &[String], decimal: Decimal) -> HoldingRow {
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
            HoldingRow::LeftOut(format!("line {line}{name}{why}{worth}"))
        };
        let name = ticker(cell(self.ticker));
        if SUMS.contains(&plain(cell(self.ticker)).as_str()) {
            return left_out(", a sum");
        }
        let Some(name) = self.listed(&name, row) else {
            return left_out(", of which exchange and currency do not go together");
        };
        let Ok(symbol) = Symbol::parse(&name) else { return left_out("") };
        let state = self.state.map_or("", cell);
        let action = self.action.map(cell);
        let Some(direction) = action.map_or(Some(1.0), direction) else {
            let action = printable(action.unwrap_or_default()).to_lowercase();
            if is_corporate_action(&action) {
                let why = "changes the shares in a way that its row does not tell: list what is held now, as ticker, shares";
                return HoldingRow::Bad(name, format!("{action:?} {why}"));
            }
            return left_out(&format!(", {action}"));
        };
        if let Some(action) = action.filter(|action| takes_back(action)) {
            let why = "takes back another row: list what is held now, as ticker, shares";
            return HoldingRow::Bad(name, format!("{:?} {why}", printable(action)));
        }
        let shares_text = cell(self.shares);
        if is_unknown(shares_text) {
            return left_out(", no shares");
        }
        let Some(shares) = decimal.number(shares_text).filter(|shares| *shares <= MAX_AMOUNT)
        else {
            let why = format!("shares {shares_text:?} must be a number above 0, at most 1e15");
            return HoldingRow::Bad(name, why);
        };
        let Some(is_done) = is_done(state) else {
            return HoldingRow::Bad(
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
            return HoldingRow::Bad(name, why);
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
                return HoldingRow::Bad(name, why);
            };
            let cost = cost * self.cost_unit;
            cost_basis = Some(if kind == CostKind::Total { cost / shares } else { cost });
        }
        let currency = self.currency.map(cell).filter(|name| major_unit(name).is_some());
        let currency = self.cost_currency.or(currency);
        let holding = Holding {
            shares: direction * shares,
            cost_basis,
            price: number(self.price).map(|price| price * self.price_unit),
            currency: currency.map(Arc::from),
        };
        let date = self.date.map_or("", cell).to_owned();
        HoldingRow::Lot(Lot { line, symbol, date, holding })
    }
}

impl Places {
    /// What a ticker means beside its row's exchange and currency. `None`: they do not go together.
    fn listed(self, name: &str, row: &[String]) -> Option<String> {
        let currency = cell(row, self.currency).filter(|name| major_unit(name).is_some());
        let Some(exchange) = cell(row, self.exchange).filter(|name| !name.is_empty()) else {
            return Some(name.into());
        };
        let is_of_new_york = cell(row, self.isin).is_some_and(|isin| isin.starts_with("US"));
        if is_of_new_york && !is_foreign(currency) {
            return Some(name.into()); // where an order was carried out is no listing
        }
        match listing(exchange, name, currency) {
            Listing::Known(listed) => Some(listed),
            Listing::UnknownExchange | Listing::OtherCurrency => None,
        }
    }
}

fn cell(row: &[String], place: Option<usize>) -> Option<&str> {
    row.get(place?).map(String::as_str)
}
