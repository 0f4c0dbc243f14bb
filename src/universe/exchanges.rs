//! Which security a ticker means beside an exchange: a ticker alone is New York's, another exchange's has its ending.
//!
//! The names and endings are facts of `tickers/exchanges.csv`. What an exchange is called is known there or not at all:
//! nothing is guessed from a part of a name.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::currency::major_unit;
use super::symbol::Symbol;

const TABLE: &str = include_str!("../../tickers/exchanges.csv");
/// What Tokyo is called, and by some Toronto.
const TOKYO_OR_TORONTO: &str = "TSE";

/// What a column of exchanges is called: by its names or its codes.
pub(super) const EXCHANGE_COLUMNS: [&str; 10] = [
    "mic",
    "miccode",
    "exchangemic",
    "exchange",
    "exchangecode",
    "primaryexchange",
    "listingexchange",
    "stockexchange",
    "börse",
    "market",
];

/// An exchange.
struct Exchange {
    /// The ending of its tickers; none at the exchanges of the United States.
    ending: String,
    /// The currencies of its quotes.
    currencies: Vec<String>,
}

/// What a ticker means at an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// The ticker with its exchange's ending, if it has one.
    Known(String),
    /// The exchange is not known.
    UnknownExchange,
    /// The row's currency is none of the exchange's.
    OtherCurrency,
}

/// Exchanges by name and code.
static EXCHANGES: LazyLock<HashMap<String, Exchange>> = LazyLock::new(|| {
    let mut exchanges = HashMap::new();
    for record in csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(TABLE.as_bytes())
        .records()
        .flatten()
    {
        let [ending, codes, names, currencies] = [0, 1, 2, 3].map(|place| &record[place]);
        for name in codes.split(' ').chain(names.split('|')) {
            let currencies = currencies.split('|').map(String::from).collect();
            exchanges.insert(plain(name), Exchange { ending: ending.into(), currencies });
        }
    }
    exchanges
});

/// Every ending of an exchange's tickers.
static ENDINGS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| EXCHANGES.values().map(|exchange| exchange.ending.as_str()).collect());

/// Whether a word names an exchange.
pub(super) fn is_exchange(name: &str) -> bool {
    EXCHANGES.contains_key(&plain(name))
}

/// The market that a symbol's ending names: those of mainland China have one calendar. `None`: it names none.
#[must_use]
pub fn market_of(symbol: &Symbol) -> Option<&str> {
    market_of_text(symbol.as_str())
}

fn market_of_text(ticker: &str) -> Option<&str> {
    let (at, _) = ticker.rmatch_indices('.').next()?;
    match &ticker[at..] {
        ".SZ" => Some(".SS"),
        ending => ENDINGS.contains(ending).then_some(ending),
    }
}

/// A ticker at an exchange of that name or code, with its ending. `None`: no exchange is called so.
#[must_use]
pub fn listed_at(exchange: &str, ticker: &str) -> Option<String> {
    match listing(exchange, ticker, None) {
        Listing::Known(listed) => Some(listed),
        Listing::UnknownExchange | Listing::OtherCurrency => None,
    }
}

/// What a ticker means at the exchange of that name or code, beside a currency where one is stated.
pub(super) fn listing(exchange: &str, ticker: &str, currency: Option<&str>) -> Listing {
    let mut name = plain(exchange);
    let currency = currency.and_then(major_unit).map(|(major, _)| major);
    if name == TOKYO_OR_TORONTO {
        let is_of_toronto = match currency.as_deref() {
            Some(currency) => currency == "CAD",
            None => !ticker.starts_with(|c: char| c.is_ascii_digit()),
        };
        name = if is_of_toronto { "TSX".into() } else { name };
    }
    let Some(exchange) = EXCHANGES.get(&name) else { return Listing::UnknownExchange };
    let is_named = market_of_text(ticker).is_some() || ticker.contains(['^', '=']);
    if exchange.ending.is_empty() || is_named {
        return Listing::Known(ticker.into()); // an account's currency is not the listing's
    }
    if let Some(stated) = currency {
        let mut quoted = exchange.currencies.iter().filter_map(|name| major_unit(name));
        if !quoted.any(|(major, _)| major == stated) {
            return Listing::OtherCurrency;
        }
    }
    Listing::Known(with_ending(ticker, &exchange.ending))
}

/// Whether half of the filled cells or more name an exchange.
pub(super) fn holds_exchanges<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut filled, mut known) = (0, 0);
    for cell in cells.filter(|cell| !is_blank(cell)) {
        filled += 1;
        known += usize::from(is_exchange(cell));
    }
    known > 0 && 2 * known >= filled
}

/// Whether a cell says nothing.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.bytes().all(|b| b"- ".contains(&b))
}

/// Whether a currency is stated that is not the dollar of the United States.
pub(super) fn is_foreign(currency: Option<&str>) -> bool {
    currency.and_then(major_unit).is_some_and(|(major, _)| &*major != "USD")
}

/// A ticker of Hong Kong by its number, of four digits or more: `700` and `00700` are `0700.HK`. `None`: it is no number.
#[must_use]
pub fn hong_kong(number: &str) -> Option<String> {
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("{:0>4}.HK", number.trim_start_matches('0')))
}

/// A ticker with an ending.
fn with_ending(ticker: &str, ending: &str) -> String {
    if ending == ".HK"
        && let Some(ticker) = hong_kong(ticker)
    {
        return ticker;
    }
    // A dot within the name is a class share's: Yahoo writes a hyphen before an ending.
    let name = ticker.trim_end_matches('.').replace(['.', '/', ' ', '_'], "-");
    format!("{name}{ending}")
}

/// A name without case, blanks and marks.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}
