//! A row or a failure as named values, whatever the file they stand in.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::error::ShardFileError;
use super::facts::RunFacts;
use crate::failure::{Failure, FailureReason};
use crate::fetch::{Fault, FaultKind};
use crate::screen::Criteria;
use crate::screen::calendar::Calendar;
use crate::screen::earlier;
use crate::screen::fields::Field;
use crate::screen::momentum::Momentum;
use crate::screen::note::Note;
use crate::screen::row::Row;
use crate::screen::session_days::SessionDays;
use crate::screen::wanted::FieldSet;
use crate::table::printable;
use crate::universe::Symbol;

/// What a column holds; any of its values may be undefined.
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

impl CellValue {
    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The count, if it is one.
    pub(super) fn count(&self) -> Option<u64> {
        if let Self::Count(count) = self { Some(*count) } else { None }
    }

    /// The day, if it is one.
    pub(super) fn day(&self) -> Option<NaiveDate> {
        if let Self::Day(day) = self { Some(*day) } else { None }
    }

    /// The number, if it is one.
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The numbers, if it is a list of them.
    pub(super) fn numbers(&self) -> Option<&[f64]> {
        if let Self::Numbers(numbers) = self { Some(numbers) } else { None }
    }
}

impl From<Option<NaiveDate>> for CellValue {
    fn from(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Null, Self::Day)
    }
}

/// The columns of a shard's file.
pub(super) struct ShardColumns {
    pub(super) columns: Vec<(String, CellType)>,
    /// Where each column stands.
    places: HashMap<String, usize>,
    /// The columns that are numbers of a row.
    fields: Vec<(usize, Field)>,
    /// Those of each row as it was earlier.
    earlier: Vec<EarlierColumns>,
}

/// Where the numbers of rows as they were earlier stand.
struct EarlierColumns {
    as_of: usize,
    three_months_ago: usize,
    bars: usize,
    fields: Vec<(usize, Field)>,
}

/// The values of one ticker, in the order of the columns.
pub(super) struct ShardRow(pub(super) Vec<CellValue>);

/// What a record is about.
pub(super) enum RowOrFailure {
    Row(Box<Row>),
    Failure(Failure),
}

const ABOUT: [(&str, CellType); 12] = [
    ("ticker", CellType::Text),
    ("as_of", CellType::Day),
    ("bars", CellType::Count),
    ("is_every_day", CellType::Count),
    ("bad_rows", CellType::Count),
    ("notes", CellType::Text),
    ("session_days", CellType::Text),
    ("currency", CellType::Text),
    ("sector", CellType::Text),
    ("sub_industry", CellType::Text),
    ("three_months_ago", CellType::Day),
    ("year", CellType::Numbers),
];

const FAILURE: [(&str, CellType); 4] = [
    ("error", CellType::Text),
    ("message", CellType::Text),
    ("attempts", CellType::Count),
    ("http_status", CellType::Count),
];

impl ShardColumns {
    /// The columns of a run's shards.
    pub(super) fn of(run: &RunFacts) -> Self {
        let criteria = run.criteria().ok();
        let mut all = Self {
            columns: Vec::new(),
            places: HashMap::new(),
            fields: Vec::new(),
            earlier: Vec::new(),
        };
        for (name, kind) in ABOUT {
            all.add(name.into(), kind);
        }
        let measured = criteria.as_ref().map(Criteria::measured_fields).unwrap_or_default();
        for field in measured {
            let place = all.add(field.name().into(), CellType::Number);
            all.fields.push((place, field));
        }
        if let Some(momentum) = criteria.as_ref().and_then(Criteria::momentum) {
            for suffix in earlier::SUFFIXES {
                let columns = all.add_earlier(momentum, suffix);
                all.earlier.push(columns);
            }
        }
        for (name, kind) in FAILURE {
            all.add(name.into(), kind);
        }
        all
    }

    fn add(&mut self, name: String, kind: CellType) -> usize {
        let place = self.columns.len();
        self.places.insert(name.clone(), place);
        self.columns.push((name, kind));
        place
    }

    fn add_earlier(&mut self, momentum: &Momentum, suffix: &str) -> EarlierColumns {
        let mut fields = Vec::new();
        for field in earlier::fields(momentum, FieldSet::ALL).iter().filter(|f| f.is_measured()) {
            fields.push((self.add(format!("{}_{suffix}", field.name()), CellType::Number), field));
        }
        EarlierColumns {
            as_of: self.add(format!("as_of_{suffix}"), CellType::Day),
            three_months_ago: self.add(format!("three_months_ago_{suffix}"), CellType::Day),
            bars: self.add(format!("bars_{suffix}"), CellType::Count),
            fields,
        }
    }

    pub(super) fn record_of_row(&self, row: &Row) -> ShardRow {
        let notes: Vec<&str> = row.notes.iter().map(|note| note.name()).collect();
        let mut record = self.empty_record();
        self.set(&mut record, "ticker", CellValue::Text(row.symbol.to_string()));
        self.set(&mut record, "as_of", row.as_of.into());
        self.set(&mut record, "bars", CellValue::Count(row.bars as u64));
        let is_every_day = row.calendar == Calendar::EVERY_DAY;
        self.set(&mut record, "is_every_day", CellValue::Count(is_every_day.into()));
        self.set(&mut record, "bad_rows", CellValue::Count(row.bad_rows as u64));
        self.set(&mut record, "three_months_ago", row.three_months_ago.into());
        self.set(&mut record, "year", CellValue::Numbers(row.year.clone()));
        self.set(&mut record, "session_days", CellValue::Text(row.session_days.text()));
        if let Some(currency) = &row.currency {
            self.set(&mut record, "currency", CellValue::Text(currency.to_string()));
        }
        if !notes.is_empty() {
            self.set(&mut record, "notes", CellValue::Text(notes.join(",")));
        }
        if let Some(sector) = &row.sector {
            self.set(&mut record, "sector", CellValue::Text(sector.to_string()));
        }
        if let Some(sub_industry) = &row.sub_industry {
            self.set(&mut record, "sub_industry", CellValue::Text(sub_industry.to_string()));
        }
        set_numbers(&mut record, row, &self.fields);
        for (columns, earlier) in self.earlier.iter().zip(&row.earlier) {
            if let Some(earlier) = earlier {
                record.0[columns.as_of] = earlier.as_of.into();
                record.0[columns.three_months_ago] = earlier.three_months_ago.into();
                record.0[columns.bars] = CellValue::Count(earlier.bars as u64);
                set_numbers(&mut record, earlier, &columns.fields);
            }
        }
        record
    }

    pub(super) fn record_of_failure(&self, failure: &Failure) -> ShardRow {
        let Failure { symbol, reason } = failure;
        let mut record = self.empty_record();
        self.set(&mut record, "ticker", CellValue::Text(symbol.to_string()));
        self.set(&mut record, "error", CellValue::Text(reason.kind().name()));
        self.set(&mut record, "message", CellValue::Text(reason.to_string()));
        self.set(&mut record, "attempts", CellValue::Count(reason.attempts().into()));
        if let Some(status) = reason.http_status() {
            self.set(&mut record, "http_status", CellValue::Count(status.into()));
        }
        record
    }

    fn empty_record(&self) -> ShardRow {
        ShardRow(vec![CellValue::Null; self.columns.len()])
    }

    fn set(&self, record: &mut ShardRow, name: &str, value: CellValue) {
        record.0[self.places[name]] = value;
    }

    /// The row or the failure that a record was made of.
    pub(super) fn entry(&self, record: ShardRow) -> Result<RowOrFailure, ShardFileError> {
        let mut values = NamedValues { columns: self, values: record.0 };
        let ticker =
            values.text("ticker").ok_or_else(|| ShardFileError::damaged(&"a row has no ticker"))?;
        let symbol = Symbol::parse(&ticker)
            .map_err(|bad| ShardFileError::Damaged(format!("{bad} is not a valid ticker")))?;
        match values.text("error") {
            Some(kind) => values.failure(symbol, &kind).map(RowOrFailure::Failure),
            None => values.row(&symbol).map(|row| RowOrFailure::Row(Box::new(row))),
        }
    }
}

fn set_numbers(record: &mut ShardRow, row: &Row, fields: &[(usize, Field)]) {
    for (place, field) in fields {
        record.0[*place] = row.get(*field).map_or(CellValue::Null, CellValue::Number);
    }
}

/// The values of a record by name.
struct NamedValues<'a> {
    columns: &'a ShardColumns,
    values: Vec<CellValue>,
}

impl NamedValues<'_> {
    fn failure(&mut self, symbol: Symbol, kind: &str) -> Result<Failure, ShardFileError> {
        let kind = FaultKind::of_name(kind).ok_or_else(|| unreadable("the failure", &symbol))?;
        let message = self.text("message").unwrap_or_default();
        let fault = Fault {
            http_status: self.count("http_status"),
            attempts: self.count("attempts").unwrap_or(0),
            ..Fault::new(kind, message)
        };
        Ok(Failure { symbol, reason: FailureReason::Fault(fault) })
    }

    fn row(&mut self, symbol: &Symbol) -> Result<Row, ShardFileError> {
        let mut row = Row::new(symbol.clone());
        row.as_of = self.day("as_of");
        row.bars = self.count("bars").ok_or_else(|| unreadable("the number of bars", symbol))?;
        if self.count("is_every_day") == Some(1_u64) {
            row.calendar = Calendar::EVERY_DAY;
        }
        row.bad_rows = self.count("bad_rows").ok_or_else(|| unreadable("the bad rows", symbol))?;
        row.sector = self.text("sector").map(Arc::from);
        row.sub_industry = self.text("sub_industry").map(Arc::from);
        row.three_months_ago = self.day("three_months_ago");
        if let Some(CellValue::Numbers(year)) = self.take("year") {
            row.year = year;
        }
        for name in self.text("notes").iter().flat_map(|notes| notes.split(',')) {
            row.notes.push(Note::of_name(name).ok_or_else(|| unreadable("a note", symbol))?);
        }
        let days = self.text("session_days").as_deref().and_then(SessionDays::of_text);
        row.session_days = days.ok_or_else(|| unreadable("the sessions", symbol))?;
        row.currency = self.text("currency").map(Arc::from);
        let columns = self.columns;
        self.get_numbers(&mut row, &columns.fields);
        for (place, columns) in columns.earlier.iter().enumerate() {
            row.earlier[place] = self.earlier(symbol, columns).map(Box::new);
        }
        Ok(row)
    }

    /// The row as it was earlier, if there were bars then.
    fn earlier(&self, symbol: &Symbol, columns: &EarlierColumns) -> Option<Row> {
        let mut row = Row::new(symbol.clone());
        row.as_of = Some(self.values[columns.as_of].day()?);
        row.three_months_ago = self.values[columns.three_months_ago].day();
        row.bars = usize::try_from(self.values[columns.bars].count()?).ok()?;
        self.get_numbers(&mut row, &columns.fields);
        Some(row)
    }

    fn get_numbers(&self, row: &mut Row, fields: &[(usize, Field)]) {
        for (place, field) in fields {
            row.set(*field, self.values[*place].number());
        }
    }

    fn take(&mut self, name: &str) -> Option<CellValue> {
        let place = *self.columns.places.get(name)?;
        Some(std::mem::replace(&mut self.values[place], CellValue::Null))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name)?.text().map(printable)
    }

    /// A count, unless it is larger than it may be.
    fn count<T: TryFrom<u64>>(&mut self, name: &str) -> Option<T> {
        T::try_from(self.take(name)?.count()?).ok()
    }

    fn day(&mut self, name: &str) -> Option<NaiveDate> {
        self.take(name)?.day()
    }
}

fn unreadable(what: &str, symbol: &Symbol) -> ShardFileError {
    ShardFileError::Damaged(format!("{what} of {symbol} cannot be read"))
}
