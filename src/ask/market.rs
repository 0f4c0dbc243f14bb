//! Conditions on the state of the market, for runs that are to happen only when it is good: `benchmark > sma_200`.

use std::borrow::Cow;

use super::expression::{Condition, ExpressionError, Variables, Vocabulary, condition};
use crate::compare::breadth::Breadth;
use crate::table::nearest;

/// A condition on the state of the market: `benchmark > sma_200`, `above_sma_200 > 0.5`.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketCondition {
    condition: Condition<MarketNumber>,
    text: String,
}

/// A number that a condition on the market can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketNumber {
    /// The benchmark's last close.
    Benchmark,
    /// Its mean of 50 closes.
    Sma50,
    /// Its mean of 200 closes.
    Sma200,
    /// See [`Breadth::above_sma_50`].
    AboveSma50,
    /// See [`Breadth::above_sma_200`].
    AboveSma200,
    /// See [`Breadth::new_highs`].
    NewHighs,
    /// See [`Breadth::new_lows`].
    NewLows,
    /// See [`Breadth::median_adr_20`].
    MedianAdr20,
    /// See [`Breadth::ranked`].
    Ranked,
}

/// The names of the market's numbers.
const NAMES: [(&str, MarketNumber); 9] = [
    ("benchmark", MarketNumber::Benchmark),
    ("sma_50", MarketNumber::Sma50),
    ("sma_200", MarketNumber::Sma200),
    ("above_sma_50", MarketNumber::AboveSma50),
    ("above_sma_200", MarketNumber::AboveSma200),
    ("new_highs", MarketNumber::NewHighs),
    ("new_lows", MarketNumber::NewLows),
    ("median_adr_20", MarketNumber::MedianAdr20),
    ("ranked", MarketNumber::Ranked),
];

struct MarketNames;

impl MarketCondition {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`ExpressionError`] points at the mistake.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self { condition: condition(text, &MarketNames)?, text: text.into() })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it asks about the benchmark.
    #[must_use]
    pub fn asks_benchmark(&self) -> bool {
        let mut asks = false;
        self.condition.visit(&mut |number, _| {
            use MarketNumber::{Benchmark, Sma50, Sma200};
            asks |= matches!(number, Benchmark | Sma50 | Sma200);
        });
        asks
    }

    /// Whether it holds. `None`: something it asks about is not known.
    #[must_use]
    pub fn judge(&self, breadth: &Breadth) -> Option<bool> {
        self.condition.judge(breadth)
    }

    /// The numbers it asks about with what they are, for a sentence: `above_sma_200 is 0.036`.
    #[must_use]
    pub fn numbers(&self, breadth: &Breadth) -> String {
        let mut parts: Vec<String> = Vec::new();
        self.condition.visit(&mut |number, _| {
            let name = NAMES.iter().find(|(_, known)| known == number).map_or("", |(name, _)| name);
            let part = match breadth.number(number) {
                Some(value) => format!("{name} is {}", (value * 1e4).round() / 1e4),
                None => format!("{name} is not known"),
            };
            if !parts.contains(&part) {
                parts.push(part);
            }
        });
        parts.join(", ")
    }
}

impl Vocabulary for MarketNames {
    type Variable = MarketNumber;

    fn find(&self, name: &str) -> Result<Option<MarketNumber>, String> {
        let found = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        Ok(found.map(|(_, number)| *number))
    }

    fn is_text(&self, _: &MarketNumber) -> bool {
        false
    }

    fn nearest(&self, name: &str) -> Option<String> {
        nearest(name, NAMES.map(|(known, _)| known)).map(String::from)
    }

    fn other_meaning(&self, _: Option<&MarketNumber>, _: f64) -> Option<String> {
        None
    }

    fn noun(&self) -> &'static str {
        "number of the market"
    }

    fn check_text(&self, _: &MarketNumber, _: &str) -> Result<(), Option<String>> {
        Ok(())
    }
}

impl Variables<MarketNumber> for Breadth {
    #[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
    fn number(&self, number: &MarketNumber) -> Option<f64> {
        match number {
            MarketNumber::Benchmark => Some(self.benchmark?.close),
            MarketNumber::Sma50 => self.benchmark?.sma_50,
            MarketNumber::Sma200 => self.benchmark?.sma_200,
            MarketNumber::AboveSma50 => self.above_sma_50,
            MarketNumber::AboveSma200 => self.above_sma_200,
            MarketNumber::NewHighs => Some(self.new_highs as f64),
            MarketNumber::NewLows => Some(self.new_lows as f64),
            MarketNumber::MedianAdr20 => self.median_adr_20,
            MarketNumber::Ranked => Some(self.ranked as f64),
        }
    }

    fn text(&self, _: &MarketNumber) -> Option<Cow<'_, str>> {
        None
    }
}
