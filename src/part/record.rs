//! A row or a failure as named values, whatever the file they stand in.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::PartError;
use super::facts::{Run, day};
use crate::failure::Failure;
use crate::fetch::{Fault, Kind};
use crate::screen::columns::Field;
use crate::screen::models::alphavelocity::Parts;
use crate::screen::row::{Note, Row};
use crate::universe::Symbol;

/// What a column holds; any of them may be undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Count,
    Day,
    Number,
    Numbers,
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Text(String),
    Count(u64),
    Day(NaiveDate),
    Number(f64),
    Numbers(Vec<f64>),
}

/// The columns of a part.
pub(super) struct Layout(pub(super) Vec<(&'static str, Type)>);

/// The values of one ticker, by column.
pub(super) struct Record(pub(super) HashMap<&'static str, Value>);

const ABOUT: [(&str, Type); 6] = [
    ("ticker", Type::Text),
    ("as_of", Type::Day),
    ("bars", Type::Count),
    ("bad_rows", Type::Count),
    ("notes", Type::Text),
    ("sector", Type::Text),
];

/// What momentum is scored by beside the numbers that reports show.
const MOMENTUM: [(&str, Type); 5] = [
    ("quarter_from", Type::Day),
    ("year", Type::Numbers),
    ("alphavelocity_price", Type::Number),
    ("alphavelocity_technical", Type::Number),
    ("alphavelocity_month", Type::Number),
];

const FAILURE: [(&str, Type); 4] = [
    ("error", Type::Text),
    ("message", Type::Text),
    ("attempts", Type::Count),
    ("http_status", Type::Count),
];

/// Numbers that are known only when rows are compared.
const SCORES: [Field; 7] = [
    Field::OverallMomentumScore,
    Field::PriceMomentum,
    Field::TechnicalMomentum,
    Field::RelativeMomentum,
    Field::Raw,
    Field::CompositeZ,
    Field::RsRating,
];

impl Layout {
    /// The columns of a run's parts.
    pub(super) fn of(run: &Run) -> Self {
        let (first, last) = match run.parameters {
            None => (Field::OverallMomentumScore, Field::RsRating),
            Some(_) => (Field::VolumeRatio, Field::DollarVolume),
        };
        let fields = Field::ALL.iter().skip_while(|field| **field != first);
        let fields = fields.take_while(|field| **field != last).chain([&last]);
        let fields = fields.filter(|field| !SCORES.contains(field) && !is_holding(**field));
        let momentum: &[_] = if run.parameters.is_none() { &MOMENTUM } else { &[] };
        let columns = ABOUT.into_iter().chain(momentum.iter().copied());
        let columns = columns.chain(fields.map(|field| (field.name(), Type::Number)));
        Self(columns.chain(FAILURE).collect())
    }

    pub(super) fn of_row(&self, row: &Row) -> Record {
        self.record(|name| of_row(row, name))
    }

    pub(super) fn of_failure(&self, failure: &Failure) -> Record {
        let Failure { symbol, fault } = failure;
        self.record(|name| match name {
            "ticker" => Value::Text(symbol.to_string()),
            "error" => Value::Text(fault.kind.name()),
            "message" => Value::Text(fault.message.clone()),
            "attempts" => Value::Count(fault.attempts.into()),
            "http_status" => {
                fault.http_status.map_or(Value::Null, |code| Value::Count(code.into()))
            }
            _ => Value::Null,
        })
    }

    fn record(&self, value: impl Fn(&str) -> Value) -> Record {
        Record(self.0.iter().map(|(name, _)| (*name, value(name))).collect())
    }
}

/// Whether a number is about what somebody holds, which is not asked for in parts.
fn is_holding(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::Shares
            | F::CostBasis
            | F::MarketValue
            | F::WeightPercent
            | F::Gain
            | F::GainPercent
            | F::AgainstShares
            | F::AgainstWeightPercent
            | F::WeightDifference
    )
}

fn of_row(row: &Row, name: &str) -> Value {
    let number = |value: Option<f64>| value.map_or(Value::Null, Value::Number);
    let day = |value: Option<NaiveDate>| value.map_or(Value::Null, Value::Day);
    let notes = || row.notes.iter().map(|note| note.name()).collect::<Vec<_>>().join(",");
    match name {
        "ticker" => Value::Text(row.symbol.to_string()),
        "as_of" => day(row.as_of),
        "bars" => Value::Count(row.bars as u64),
        "bad_rows" => Value::Count(row.bad_rows as u64),
        "notes" if row.notes.is_empty() => Value::Null,
        "notes" => Value::Text(notes()),
        "sector" => row.sector.as_deref().map_or(Value::Null, |name| Value::Text(name.into())),
        "quarter_from" => day(row.quarter.map(|(first, _)| first)),
        "year" => Value::Numbers(row.year.clone()),
        "alphavelocity_price" => number(row.alphavelocity.map(|parts| parts.price)),
        "alphavelocity_technical" => number(row.alphavelocity.map(|parts| parts.technical)),
        "alphavelocity_month" => number(row.alphavelocity.map(|parts| parts.month)),
        name => number(field(name).and_then(|field| row.get(field))),
    }
}

fn field(name: &str) -> Option<Field> {
    Field::ALL.iter().copied().find(|field| field.name() == name)
}

impl Record {
    /// The row or the failure that it was.
    pub(super) fn entry(mut self) -> Result<Result<Row, Failure>, PartError> {
        let ticker =
            self.text("ticker").ok_or_else(|| PartError::damaged(&"a row has no ticker"))?;
        let symbol = Symbol::parse(&ticker)
            .map_err(|bad| PartError::Damaged(format!("{bad} is no ticker")))?;
        let damaged = |what: &str| PartError::Damaged(format!("{what} of {ticker} cannot be read"));
        if let Some(kind) = self.text("error") {
            let kind = Kind::of_name(&kind).ok_or_else(|| damaged("the failure"))?;
            let fault = Fault {
                http_status: self.count("http_status").and_then(|code| u16::try_from(code).ok()),
                attempts: self.count("attempts").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
                ..Fault::new(kind, self.text("message").unwrap_or_default())
            };
            return Ok(Err(Failure { symbol, fault }));
        }
        let mut row = Row::new(symbol);
        let count = |value: Option<u64>| value.and_then(|n| usize::try_from(n).ok());
        row.as_of = self.day("as_of");
        row.bars = count(self.count("bars")).ok_or_else(|| damaged("the number of bars"))?;
        row.bad_rows = count(self.count("bad_rows")).ok_or_else(|| damaged("the bad rows"))?;
        row.sector = self.text("sector").map(Arc::from);
        row.quarter = self.day("quarter_from").zip(row.as_of);
        if let Some(Value::Numbers(year)) = self.0.remove("year") {
            row.year = year;
        }
        for name in self.text("notes").iter().flat_map(|notes| notes.split(',')) {
            row.notes.push(Note::of_name(name).ok_or_else(|| damaged("a note"))?);
        }
        row.alphavelocity = match ["price", "technical", "month"]
            .map(|part| self.number(&format!("alphavelocity_{part}")))
        {
            [Some(price), Some(technical), Some(month)] => Some(Parts { price, technical, month }),
            _ => None,
        };
        for (name, value) in &self.0 {
            if let (Some(field), Value::Number(number)) = (field(name), value) {
                row.set(field, Some(*number));
            }
        }
        Ok(Ok(row))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn count(&self, name: &str) -> Option<u64> {
        match self.0.get(name) {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.0.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn day(&self, name: &str) -> Option<NaiveDate> {
        match self.0.get(name) {
            Some(Value::Day(day)) => Some(*day),
            _ => None,
        }
    }
}

/// A day as it is written in lines.
pub(super) fn day_value(text: &str) -> Option<Value> {
    day(text).map(Value::Day)
}
