//! A row or a failure as named values, whatever the file they stand in.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::ShardFileError;
use super::facts::RunFacts;
use crate::failure::Failure;
use crate::fetch::{Fault, FaultKind};
use crate::screen::fields::Field;
use crate::screen::models::alphavelocity::Pillars;
use crate::screen::row::{Note, Row};
use crate::universe::{Symbol, printable};

/// What a column holds; any of them may be undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellType {
    Text,
    Count,
    Day,
    Number,
    Numbers,
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CellValue {
    Null,
    Text(String),
    Count(u64),
    Day(NaiveDate),
    Number(f64),
    Numbers(Vec<f64>),
}

/// What is there, if it is of that type.
impl CellValue {
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn count(&self) -> Option<u64> {
        if let Self::Count(count) = self { Some(*count) } else { None }
    }

    pub(super) fn day(&self) -> Option<NaiveDate> {
        if let Self::Day(day) = self { Some(*day) } else { None }
    }

    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(super) fn numbers(&self) -> Option<&[f64]> {
        if let Self::Numbers(numbers) = self { Some(numbers) } else { None }
    }
}

/// The columns of a part.
pub(super) struct ShardColumns {
    pub(super) columns: Vec<(&'static str, CellType)>,
    /// Where each stands, and those that are numbers of a row.
    places: HashMap<&'static str, usize>,
    fields: Vec<(usize, Field)>,
}

/// The values of one ticker, in the order of the columns.
pub(super) struct ShardRow(pub(super) Vec<CellValue>);

const ABOUT: [(&str, CellType); 6] = [
    ("ticker", CellType::Text),
    ("as_of", CellType::Day),
    ("bars", CellType::Count),
    ("bad_rows", CellType::Count),
    ("notes", CellType::Text),
    ("sector", CellType::Text),
];

/// What momentum is scored by beside the numbers that reports show.
const MOMENTUM: [(&str, CellType); 5] = [
    ("quarter_from", CellType::Day),
    ("year", CellType::Numbers),
    ("alphavelocity_price", CellType::Number),
    ("alphavelocity_technical", CellType::Number),
    ("alphavelocity_month", CellType::Number),
];

const FAILURE: [(&str, CellType); 4] = [
    ("error", CellType::Text),
    ("message", CellType::Text),
    ("attempts", CellType::Count),
    ("http_status", CellType::Count),
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

impl ShardColumns {
    /// The columns of a run's parts.
    pub(super) fn of(run: &RunFacts) -> Self {
        let (first, last) = match run.parameters {
            None => (Field::OverallMomentumScore, Field::RsRating),
            Some(_) => (Field::VolumeRatio, Field::DollarVolume),
        };
        let fields = Field::ALL.iter().skip_while(|field| **field != first);
        let fields = fields.take_while(|field| **field != last).chain([&last]);
        let fields = fields.filter(|field| !SCORES.contains(field) && !is_holding(**field));
        let momentum: &[_] = if run.parameters.is_none() { &MOMENTUM } else { &[] };
        let columns = ABOUT.into_iter().chain(momentum.iter().copied());
        let columns = columns.chain(fields.map(|field| (field.name(), CellType::Number)));
        let columns: Vec<(&str, CellType)> = columns.chain(FAILURE).collect();
        let places = columns.iter().enumerate().map(|(i, (name, _))| (*name, i)).collect();
        let names = columns.iter().enumerate();
        let fields = names.filter_map(|(i, (name, _))| Some((i, field(name)?))).collect();
        Self { columns, places, fields }
    }

    pub(super) fn of_row(&self, row: &Row) -> ShardRow {
        let mut record = self.record(|name| of_row(row, name));
        for (i, field) in &self.fields {
            record.0[*i] = row.get(*field).map_or(CellValue::Null, CellValue::Number);
        }
        record
    }

    pub(super) fn of_failure(&self, failure: &Failure) -> ShardRow {
        let Failure { symbol, fault } = failure;
        self.record(|name| match name {
            "ticker" => CellValue::Text(symbol.to_string()),
            "error" => CellValue::Text(fault.kind.name()),
            "message" => CellValue::Text(fault.message.clone()),
            "attempts" => CellValue::Count(fault.attempts.into()),
            "http_status" => {
                fault.http_status.map_or(CellValue::Null, |code| CellValue::Count(code.into()))
            }
            _ => CellValue::Null,
        })
    }

    fn record(&self, value: impl Fn(&str) -> CellValue) -> ShardRow {
        ShardRow(self.columns.iter().map(|(name, _)| value(name)).collect())
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

fn of_row(row: &Row, name: &str) -> CellValue {
    let number = |value: Option<f64>| value.map_or(CellValue::Null, CellValue::Number);
    let day = |value: Option<NaiveDate>| value.map_or(CellValue::Null, CellValue::Day);
    let notes = || row.notes.iter().map(|note| note.name()).collect::<Vec<_>>().join(",");
    match name {
        "ticker" => CellValue::Text(row.symbol.to_string()),
        "as_of" => day(row.as_of),
        "bars" => CellValue::Count(row.bars as u64),
        "bad_rows" => CellValue::Count(row.bad_rows as u64),
        "notes" if row.notes.is_empty() => CellValue::Null,
        "notes" => CellValue::Text(notes()),
        "sector" => {
            row.sector.as_deref().map_or(CellValue::Null, |name| CellValue::Text(name.into()))
        }
        "quarter_from" => day(row.quarter.map(|(first, _)| first)),
        "year" => CellValue::Numbers(row.year.clone()),
        "alphavelocity_price" => number(row.alphavelocity.map(|parts| parts.price)),
        "alphavelocity_technical" => number(row.alphavelocity.map(|parts| parts.technical)),
        "alphavelocity_month" => number(row.alphavelocity.map(|parts| parts.month)),
        _ => CellValue::Null,
    }
}

fn field(name: &str) -> Option<Field> {
    Field::ALL.iter().copied().find(|field| field.name() == name)
}

impl ShardColumns {
    /// The row or the failure that a record was.
    pub(super) fn entry(&self, record: ShardRow) -> Result<Result<Row, Failure>, ShardFileError> {
        let mut values = Values { layout: self, values: record.0 };
        let ticker =
            values.text("ticker").ok_or_else(|| ShardFileError::damaged(&"a row has no ticker"))?;
        let symbol = Symbol::parse(&ticker)
            .map_err(|bad| ShardFileError::Damaged(format!("{bad} is no ticker")))?;
        let damaged =
            |what: &str| ShardFileError::Damaged(format!("{what} of {symbol} cannot be read"));
        if let Some(kind) = values.text("error") {
            let kind = FaultKind::of_name(&kind).ok_or_else(|| damaged("the failure"))?;
            let fault = Fault {
                http_status: values.count("http_status"),
                attempts: values.count("attempts").unwrap_or(0),
                ..Fault::new(kind, values.text("message").unwrap_or_default())
            };
            return Ok(Err(Failure { symbol, fault }));
        }
        let mut row = Row::new(symbol.clone());
        row.as_of = values.day("as_of");
        row.bars = values.count("bars").ok_or_else(|| damaged("the number of bars"))?;
        row.bad_rows = values.count("bad_rows").ok_or_else(|| damaged("the bad rows"))?;
        row.sector = values.text("sector").map(Arc::from);
        row.quarter = values.day("quarter_from").zip(row.as_of);
        if let Some(CellValue::Numbers(year)) = values.take("year") {
            row.year = year;
        }
        for name in values.text("notes").iter().flat_map(|notes| notes.split(',')) {
            row.notes.push(Note::of_name(name).ok_or_else(|| damaged("a note"))?);
        }
        let [price, technical, month] =
            ["alphavelocity_price", "alphavelocity_technical", "alphavelocity_month"]
                .map(|name| values.number(name));
        row.alphavelocity = price
            .zip(technical)
            .zip(month)
            .map(|((price, technical), month)| Pillars { price, technical, month });
        for (i, field) in &self.fields {
            if let CellValue::Number(number) = values.values[*i] {
                row.set(*field, Some(number));
            }
        }
        Ok(Ok(row))
    }
}

/// The values of a record by name.
struct Values<'a> {
    layout: &'a ShardColumns,
    values: Vec<CellValue>,
}

impl Values<'_> {
    fn take(&mut self, name: &str) -> Option<CellValue> {
        let place = *self.layout.places.get(name)?;
        Some(std::mem::replace(&mut self.values[place], CellValue::Null))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name)?.text().map(printable)
    }

    /// A count, unless it is larger than it may be.
    fn count<T: TryFrom<u64>>(&mut self, name: &str) -> Option<T> {
        T::try_from(self.take(name)?.count()?).ok()
    }

    fn number(&mut self, name: &str) -> Option<f64> {
        self.take(name)?.number().filter(|number| number.is_finite())
    }

    fn day(&mut self, name: &str) -> Option<NaiveDate> {
        self.take(name)?.day()
    }
}
