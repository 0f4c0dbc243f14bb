//! What somebody holds: shares of tickers and what they cost, from a CSV or from words like `AAPL=100`.
//!
//! Lots of one ticker become one holding. A line that cannot be read is an error that names it, never left
//! out.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

use super::list::slurp;
use super::{Symbol, Universe, UniverseError};

/// More shares, or more money for one, are a mistake.
const MAX_AMOUNT: f64 = 1e15;

/// So many shares of one ticker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// How many; above 0.
    pub shares: f64,
    /// What one of them cost, on average, where that is known of all.
    pub cost_basis: Option<f64>,
}

/// Holdings in the order in which they were given, each ticker once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings {
    order: Vec<Symbol>,
    by_symbol: HashMap<Symbol, Holding>,
}

/// Something that is no holding, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadHolding {
    line: Option<u64>,
    ticker: String,
    why: String,
}

impl fmt::Display for BadHolding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line} ")?;
        }
        write!(f, "{:?}: {}", self.ticker, self.why)
    }
}

impl Holdings {
    /// Reads files (CSV with the columns ticker, shares and perhaps `cost_basis`), `-` for standard input,
    /// and words like `AAPL=100`.
    ///
    /// # Errors
    /// [`UniverseError`] names the word, file or lines that are wrong. Nothing is skipped.
    pub fn read(words: &[String], stdin: &mut dyn Read) -> Result<Self, UniverseError> {
        let mut holdings = Self::default();
        for word in words {
            let path = Path::new(word);
            match word.rsplit_once('=') {
                _ if word == "-" => {
                    let name = "standard input";
                    holdings.add_csv(name, &slurp(name, stdin)?)?;
                }
                Some((ticker, shares)) if !path.exists() => {
                    let added = holdings.add(None, ticker, shares, "");
                    added.map_err(|bad| bad_holdings("the command line", vec![bad]))?;
                }
                _ => {
                    let unreadable =
                        |source| UniverseError::Unreadable { list: word.clone(), source };
                    let mut file = std::fs::File::open(path).map_err(unreadable)?;
                    holdings.add_csv(word, &slurp(word, &mut file)?)?;
                }
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
    pub fn get(&self, symbol: &Symbol) -> Option<Holding> {
        self.by_symbol.get(symbol).copied()
    }

    /// The tickers of these holdings and of others, to be asked for.
    #[must_use]
    pub fn universe(&self, others: Option<&Self>) -> Universe {
        let mut universe = Universe::default();
        let others = others.into_iter().flat_map(|others| &others.order);
        self.order.iter().chain(others).for_each(|symbol| universe.add(symbol.clone()));
        universe
    }

    fn add_csv(&mut self, list: &str, text: &str) -> Result<(), UniverseError> {
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let bad_csv = |source| UniverseError::BadCsv { list: list.into(), source };
        let header = reader.headers().map_err(bad_csv)?.clone();
        let plain = |name: &str| name.to_lowercase().replace([' ', '_', '-'], "");
        let place =
            |names: &[&str]| header.iter().position(|field| names.contains(&plain(field).as_str()));
        let needed = |names: &[&str]| {
            place(names).ok_or_else(|| UniverseError::NoHoldings {
                list: list.into(),
                missing: names[0].into(),
                found: header.iter().map(super::printable).collect::<Vec<_>>().join(", "),
            })
        };
        let ticker = needed(&["ticker", "symbol"])?;
        let shares = needed(&["shares", "quantity", "qty"])?;
        let cost = place(&["costbasis", "cost", "costpershare", "averagecost", "avgcost"]);
        let mut bad = Vec::new();
        let mut is_empty = true;
        for record in reader.records() {
            let record = record.map_err(bad_csv)?;
            let line = record.position().map(csv::Position::line);
            let field = |place: usize| record.get(place).unwrap_or_default();
            let cost = cost.map_or("", field);
            if let Err(e) = self.add(line, field(ticker), field(shares), cost) {
                bad.push(e);
            }
            is_empty = false;
        }
        match bad.is_empty() {
            true if is_empty => Err(UniverseError::Empty(list.into())),
            true => Ok(()),
            false => Err(bad_holdings(list, bad)),
        }
    }

    fn add(
        &mut self,
        line: Option<u64>,
        ticker: &str,
        shares: &str,
        cost: &str,
    ) -> Result<(), BadHolding> {
        let bad = |why: String| BadHolding { line, ticker: ticker.chars().take(40).collect(), why };
        let symbol = Symbol::parse(ticker).map_err(|_| bad("is no ticker".into()))?;
        let number = |what: &str, text: &str| {
            amount(text).ok_or_else(|| {
                bad(format!("{what} {text:?} is no number above 0 (and up to 1e15)"))
            })
        };
        let shares = number("shares", shares)?;
        let cost_basis = if cost.is_empty() { None } else { Some(number("cost_basis", cost)?) };
        let lot = Holding { shares, cost_basis };
        if let Some(held) = self.by_symbol.get_mut(&symbol) {
            *held = held.and(lot);
        } else {
            self.order.push(symbol.clone());
            self.by_symbol.insert(symbol, lot);
        }
        Ok(())
    }
}

impl Holding {
    /// Two lots as one: what a share cost is the mean over all of them.
    fn and(self, other: Self) -> Self {
        let shares = self.shares + other.shares;
        let cost = self.cost_basis.zip(other.cost_basis);
        let cost_basis = cost.map(|(one, two)| (one * self.shares + two * other.shares) / shares);
        Self { shares, cost_basis }
    }
}

fn bad_holdings(list: &str, bad: Vec<BadHolding>) -> UniverseError {
    UniverseError::BadHoldings { list: list.into(), bad }
}

/// A number above 0, perhaps with a dollar sign and thousands separators where they belong: `$1,234.50`.
fn amount(text: &str) -> Option<f64> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = whole.contains(',');
    let fits = !fraction.contains(',')
        && (!is_grouped || ((1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3)));
    let plain = text.replace(',', "");
    let is_plain = plain.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    let value: f64 = plain.parse().ok()?;
    (fits && is_plain && value > 0.0 && value <= MAX_AMOUNT).then_some(value)
}
