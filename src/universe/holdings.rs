//! What is held: shares of tickers and what they cost, from a CSV or from words like `AAPL=100`.
//!
//! Lots of one ticker become one holding. A line that cannot be read is an error that names it, never left
//! out.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

pub use super::error::BadHolding;
use super::error::UniverseError;
use super::holding::{Holding, MAX_AMOUNT};
use super::holdings_table::{HoldingsOptions, HoldingsTable};
use super::list::Universe;
use super::lot::{Lot, TableError};
use super::symbol::Symbol;
use super::text::{self, LIST_LIMIT, STANDARD_INPUT};

/// Characters of a bad ticker that an error message shows.
const MAX_SHOWN: usize = 40;

/// Holdings in the order in which they were given, each ticker once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings {
    order: Vec<Symbol>,
    by_symbol: HashMap<Symbol, Holding>,
    told: Vec<String>,
}

impl Holdings {
    /// Reads files (CSV with the columns ticker, shares and perhaps `cost_basis`), `-` for standard input,
    /// and words like `AAPL=100`.
    ///
    /// # Errors
    /// [`UniverseError`] names the word, file or lines that are wrong. Nothing is skipped.
    pub fn read(
        words: &[String],
        options: HoldingsOptions,
        stdin: &mut dyn Read,
    ) -> Result<Self, UniverseError> {
        let mut holdings = Self::default();
        for word in words {
            if word == "-" {
                holdings.add_csv(
                    STANDARD_INPUT,
                    &text::read_text(STANDARD_INPUT, stdin, LIST_LIMIT)?,
                    options,
                )?;
            } else if let Some((ticker, shares)) = word.rsplit_once('=')
                && !Path::new(word).exists()
            {
                // AAPL=100@90 says what one share cost.
                let (shares, cost) = shares.split_once('@').unwrap_or((shares, ""));
                let added = holdings.add(None, ticker, shares, cost);
                added.map_err(|bad| bad_holdings("the command line", vec![bad]))?;
            } else {
                holdings.add_csv(word, &text::read_file(word, LIST_LIMIT)?, options)?;
            }
        }
        Ok(holdings)
    }

    /// The tickers held, in the order given.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.order
    }

    /// What is held of a ticker.
    #[must_use]
    pub fn get(&self, symbol: &Symbol) -> Option<&Holding> {
        self.by_symbol.get(symbol)
    }

    /// The tickers of these holdings and of others.
    #[must_use]
    pub fn universe(&self, others: Option<&Self>) -> Universe {
        let mut universe = Universe::default();
        for holdings in [Some(self), others].into_iter().flatten() {
            for symbol in &holdings.order {
                universe.add(symbol.clone());
            }
        }
        universe
    }

    fn add_csv(
        &mut self,
        list: &str,
        text: &str,
        options: HoldingsOptions,
    ) -> Result<(), UniverseError> {
        if text.trim().is_empty() {
            return Err(UniverseError::Empty(list.into()));
        }
        let table = HoldingsTable::read(text, options).map_err(|error| of_table(list, error))?;
        for sentence in table.told {
            self.told.push(format!("{list}: {sentence}"));
        }
        let mut bought: HashMap<Symbol, Holding> = HashMap::new();
        let mut order = Vec::new();
        let mut bad = Vec::new();
        for Lot { line, symbol, holding, .. } in table.lots {
            match bought.get_mut(&symbol) {
                Some(held) if holding.shares > 0.0 => *held = held.and(&holding),
                Some(held) => held.shares += holding.shares,
                None if holding.shares > 0.0 => {
                    order.push(symbol.clone());
                    bought.insert(symbol, holding);
                }
                None => bad.push(BadHolding {
                    line: Some(line),
                    ticker: symbol.to_string(),
                    why: "is sold before it is bought".into(),
                }),
            }
        }
        if !bad.is_empty() {
            return Err(bad_holdings(list, bad));
        }
        let mut is_empty = true;
        for symbol in order {
            let Some(holding) = bought.remove(&symbol) else { continue };
            if holding.shares > holding.shares.abs().max(1.0) * 1e-12 {
                is_empty = false;
                self.hold(&symbol, holding);
            }
        }
        if is_empty { Err(UniverseError::Empty(list.into())) } else { Ok(()) }
    }

    /// Adds a lot to what is held.
    fn hold(&mut self, symbol: &Symbol, lot: Holding) {
        let known = symbol.spellings().find(|spelling| self.by_symbol.contains_key(spelling));
        if let Some(held) = self.by_symbol.get_mut(known.as_ref().unwrap_or(symbol)) {
            *held = held.and(&lot);
        } else {
            self.order.push(symbol.clone());
            self.by_symbol.insert(symbol.clone(), lot);
        }
    }

    /// What was left out of tables and how they were read, a sentence each.
    #[must_use]
    pub fn told(&self) -> &[String] {
        &self.told
    }

    fn add(
        &mut self,
        line: Option<u64>,
        ticker: &str,
        shares: &str,
        cost: &str,
    ) -> Result<(), BadHolding> {
        let bad = |why: String| BadHolding {
            line,
            ticker: ticker.chars().take(MAX_SHOWN).collect(),
            why,
        };
        let symbol = Symbol::parse(ticker).map_err(|_| bad("is not a valid ticker".into()))?;
        let shares = parse_amount("shares", shares).map_err(bad)?;
        let cost_basis = match cost {
            "" => None,
            _ => Some(parse_amount("cost_basis", cost).map_err(bad)?),
        };
        self.hold(&symbol, Holding { shares, cost_basis, currency: None, price: None });
        Ok(())
    }
}

/// What is wrong with a table of a list.
fn of_table(list: &str, error: TableError) -> UniverseError {
    let list = list.to_owned();
    match error {
        TableError::NoColumn { missing, found } => {
            UniverseError::NoHoldings { list, missing: missing.into(), found }
        }
        TableError::UnclearDates => UniverseError::UnclearDates(list),
        TableError::UnclearNumbers => UniverseError::UnclearNumbers(list),
        TableError::UnclearCost(column) => UniverseError::UnclearCost { list, column },
        TableError::BadCells(cells) => {
            let bad = cells.into_iter().map(|(line, ticker, why)| BadHolding {
                line: Some(line),
                ticker,
                why,
            });
            UniverseError::BadHoldings { list, bad: bad.collect() }
        }
    }
}

fn bad_holdings(list: &str, bad: Vec<BadHolding>) -> UniverseError {
    UniverseError::BadHoldings { list: list.into(), bad }
}

/// A number above 0, perhaps with a dollar sign and thousands separators where they belong: `$1,234.50`.
fn parse_amount(what: &str, text: &str) -> Result<f64, String> {
    let amount = text.strip_prefix('$').unwrap_or(text);
    let plain = amount.replace(',', "");
    let is_plain = plain.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    match plain.parse::<f64>() {
        Ok(value) if has_sound_groups(amount) && is_plain && value > 0.0 && value <= MAX_AMOUNT => {
            Ok(value)
        }
        _ => Err(format!(
            "{what} {text:?} must be a number above 0, at most 1e15 (short positions are not supported)"
        )),
    }
}

/// Whether commas, if there are any, part the whole number into thousands.
fn has_sound_groups(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.contains(',') {
        return false;
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    !whole.contains(',') || ((1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3))
}
