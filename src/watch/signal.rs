//! What is new: a ticker that begins to match the screen, or ceases to. Where signals go is not known here.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::compare::row::Row;
use crate::report::{Report, object};
use crate::table::number;
use crate::universe::Symbol;

/// How a ticker changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It matches the screen now.
    Began,
    /// It no longer does.
    Ceased,
}

impl Change {
    /// As it is written: `began`, `ceased`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Ceased => "ceased",
        }
    }

    /// The change of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        [Self::Began, Self::Ceased].into_iter().find(|change| change.name() == name)
    }
}

/// A change of one ticker.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// The number that it has in the store. `None`: it is not there.
    pub id: Option<i64>,
    /// When the cycle that found it began.
    pub time: DateTime<Utc>,
    /// The ticker. `None`: it is about the provider, which is away or back.
    pub symbol: Option<Symbol>,
    /// How it changed.
    pub change: Change,
    /// The screen's name, the rank and the row's columns.
    pub details: Map<String, Value>,
    /// Whether it was told already, though it was not stored.
    pub is_told: bool,
}

impl Signal {
    /// That the provider went away, or is back.
    #[must_use]
    pub fn outage(change: Change, time: DateTime<Utc>, message: &str) -> Self {
        let mut details = Map::new();
        details.insert("screen".into(), "outage".into());
        details.insert("message".into(), message.into());
        Self { id: None, time, symbol: None, change, details, is_told: false }
    }

    /// The signal as one object: its number, time, event, and the columns of a report's row.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut members = Map::new();
        members.insert("id".into(), self.id.into());
        members.insert(
            "time".into(),
            self.time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into(),
        );
        members.insert("event".into(), self.change.name().into());
        members.insert("ticker".into(), self.symbol.as_ref().map(Symbol::as_str).into());
        members.extend(self.details.iter().map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(members)
    }

    /// The signal as a sentence: `2026-11-24 NRG entered volume-screen: 609.86, +0.5 %, 4.3 × usual volume`.
    #[must_use]
    pub fn line(&self) -> String {
        let value = |name: &str| self.details.get(name).and_then(Value::as_f64);
        let text = |name: &str| self.details.get(name).and_then(Value::as_str);
        let day = text("as_of").map_or_else(|| self.time.date_naive().to_string(), String::from);
        let Some(symbol) = &self.symbol else {
            let what = if self.change == Change::Began { "begins" } else { "is over" };
            return format!("{day} an outage {what}: {}", text("message").unwrap_or_default());
        };
        let verb = match self.change {
            Change::Began => "entered",
            Change::Ceased => "left",
        };
        let screen = text("screen").unwrap_or("the screen");
        let mut parts = Vec::new();
        if let Some(price) = value("price").or_else(|| value("current_price")) {
            parts.push(number(price));
        }
        if let Some(change) = value("price_change_percent") {
            parts.push(format!("{change:+.1} %"));
        }
        if let Some(ratio) = value("volume_ratio") {
            parts.push(format!("{ratio:.1} × usual volume"));
        }
        if let Some(score) = value("overall_momentum_score") {
            parts.push(format!("score {score:.2}"));
        }
        if let Some(rank) = value("rank") {
            parts.push(format!("rank {rank}"));
        }
        let parts = parts.join(", ");
        let colon = if parts.is_empty() { "" } else { ": " };
        format!("{day} {symbol} {verb} {screen}{colon}{parts}")
    }
}

#[derive(Clone, Copy, Debug)]
struct LastSignal {
    /// Whether the last signal was that it began.
    is_on: bool,
    /// When it last began.
    began: DateTime<Utc>,
}

/// Remembers which tickers match the screen.
#[derive(Debug)]
pub struct Tracker {
    cooldown: TimeDelta,
    definition: Value,
    last: HashMap<Symbol, LastSignal>,
}

impl Tracker {
    /// Of the screen of that definition, which signals carry. Begins with the last signal of each ticker; no ticker raises one again within `cooldown` of the last time it
    /// began, and what was not raised does not cease.
    #[must_use]
    pub fn new(
        definition: &str,
        cooldown: TimeDelta,
        last: impl IntoIterator<Item = (Symbol, Change, DateTime<Utc>)>,
    ) -> Self {
        let mut known = HashMap::new();
        for (symbol, change, began) in last {
            known.insert(symbol, LastSignal { is_on: change == Change::Began, began });
        }
        let definition = serde_json::from_str(definition).unwrap_or_else(|_| definition.into());
        Self { cooldown, definition, last: known }
    }

    /// What is new in a report of `time`. Of tickers that failed nothing is known, so nothing is new; nor of those whose
    /// prices are doubtful or too old.
    pub fn see(&mut self, report: &Report, time: DateTime<Utc>) -> Vec<Signal> {
        let shown: HashSet<&Symbol> = report.shown().map(|(_, row)| &row.symbol).collect();
        let mut signals = Vec::new();
        for row in report.rows().filter(|row| !row.is_set_aside) {
            let last = self.last.get(&row.symbol).copied();
            let is_on = last.is_some_and(|last| last.is_on);
            let is_cool = last.is_none_or(|last| {
                // One that began in the future began by a wrong clock.
                time - last.began >= self.cooldown || last.began > time
            });
            let change = match (is_on, shown.contains(&row.symbol)) {
                (false, true) if is_cool => Change::Began,
                (true, false) => Change::Ceased,
                _ => continue,
            };
            let began = match (change, last) {
                (Change::Ceased, Some(last)) => last.began,
                _ => time,
            };
            self.last
                .insert(row.symbol.clone(), LastSignal { is_on: change == Change::Began, began });
            let mut signal = signal(report, row, change, time);
            signal.details.insert("definition".into(), self.definition.clone());
            signals.push(signal);
        }
        signals
    }
}

fn signal(report: &Report, row: &Row, change: Change, time: DateTime<Utc>) -> Signal {
    let mut details = Map::new();
    details.insert("screen".into(), report.screen.criteria.name().into());
    let rank = report.shown().find(|(_, own)| own.symbol == row.symbol).map(|(rank, _)| rank);
    details.insert("rank".into(), rank.into());
    if let Value::Object(columns) = object(report, row) {
        details.extend(columns.into_iter().filter(|(name, _)| name != "ticker"));
    }
    Signal { id: None, time, symbol: Some(row.symbol.clone()), change, details, is_told: false }
}
