//! Daily bars themselves, a row a symbol and session, written as they come: symbol after symbol, day after day.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::bars::{Bar, Bars};
use crate::table::Format;
use crate::table::parquet::{ColumnData, ColumnType, ParquetWriter};
use crate::universe::Symbol;

/// A column of numbers and what stands in it; NaN is nothing.
type NumberColumn = (&'static str, fn(&Row<'_>) -> f64);

const NUMBERS: [NumberColumn; 8] = [
    ("open", |row| row.bar.open),
    ("high", |row| row.bar.high),
    ("low", |row| row.bar.low),
    ("close", |row| row.bar.close),
    (ADJUSTED, |row| row.bar.adjusted),
    ("volume", |row| row.bar.volume),
    ("split", |row| row.split.unwrap_or(f64::NAN)),
    ("dividend", |row| row.dividend.unwrap_or(f64::NAN)),
];
const ADJUSTED: &str = "adj_close";
/// Where the currency stands: after the volume.
const NUMBERS_BEFORE_CURRENCY: usize = 6;

/// The formats that bars are written in.
pub const PRICE_FORMATS: [Format; 4] = [Format::Csv, Format::Parquet, Format::Ndjson, Format::Json];

/// A row: a session of a symbol.
struct Row<'a> {
    symbol: &'a str,
    bar: Bar,
    currency: Option<&'a str>,
    /// New shares for one old share, on the day of a split.
    split: Option<f64>,
    /// Paid on that day, in today's shares.
    dividend: Option<f64>,
}

/// Writes bars as they come.
pub struct PricesWriter<'a> {
    sink: Sink<'a>,
    is_adjusted: bool,
}

enum Sink<'a> {
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
    Lines(BufWriter<&'a mut dyn Write>),
    /// Whether a row was written.
    Array(BufWriter<&'a mut dyn Write>, bool),
    Parquet(Box<ParquetWriter<&'a mut dyn Write>>),
}

impl<'a> PricesWriter<'a> {
    /// Begins; without `is_adjusted` there is no column of adjusted closes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(
        format: Format,
        is_adjusted: bool,
        out: &'a mut (dyn Write + Send),
    ) -> io::Result<Self> {
        let sink = match format {
            Format::Parquet => {
                let writer = ParquetWriter::begin(&kinds(is_adjusted), out as &mut dyn Write)?;
                Sink::Parquet(writer.into())
            }
            Format::Json => Sink::Array(BufWriter::new(out), false),
            Format::Ndjson => Sink::Lines(BufWriter::new(out)),
            Format::Csv | Format::Table | Format::Markdown => {
                let mut writer = csv::Writer::from_writer(out as &mut dyn Write);
                writer.write_record(names(is_adjusted))?;
                Sink::Csv(writer.into())
            }
        };
        Ok(Self { sink, is_adjusted })
    }

    /// Writes a symbol's bars.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&mut self, symbol: &Symbol, bars: &Bars) -> io::Result<()> {
        let is_adjusted = self.is_adjusted;
        match &mut self.sink {
            Sink::Parquet(writer) => {
                let rows: Vec<Row<'_>> = rows(symbol, bars).collect();
                writer.write(columns(&rows, is_adjusted))?;
            }
            Sink::Csv(writer) => {
                for row in rows(symbol, bars) {
                    writer.write_record(texts(&row, is_adjusted))?;
                }
            }
            Sink::Lines(out) => {
                for row in rows(symbol, bars) {
                    serde_json::to_writer(&mut *out, &RowObject { row: &row, is_adjusted })?;
                    writeln!(out)?;
                }
            }
            Sink::Array(out, has_rows) => {
                for row in rows(symbol, bars) {
                    out.write_all(if *has_rows { b",\n" } else { b"[\n" })?;
                    serde_json::to_writer(&mut *out, &RowObject { row: &row, is_adjusted })?;
                    *has_rows = true;
                }
            }
        }
        Ok(())
    }

    /// Ends the document.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self) -> io::Result<()> {
        match self.sink {
            Sink::Parquet(writer) => writer.finish(Vec::new()),
            Sink::Csv(mut writer) => writer.flush(),
            Sink::Lines(mut out) => out.flush(),
            Sink::Array(mut out, has_rows) => {
                out.write_all(if has_rows { b"\n]\n" } else { b"[]\n" })?;
                out.flush()
            }
        }
    }
}

/// The rows of a symbol; the day of an event that has no bar is the next one that has.
fn rows<'a>(symbol: &'a Symbol, bars: &'a Bars) -> impl Iterator<Item = Row<'a>> {
    let dates = bars.dates();
    let place = |date| dates.partition_point(|day| *day < date);
    let mut splits = vec![None; bars.len()];
    for split in bars.events().splits.iter().flatten() {
        if let Some(ratio) = splits.get_mut(place(split.date)) {
            *ratio = Some(ratio.unwrap_or(1.0) * split.ratio);
        }
    }
    let mut dividends = vec![None; bars.len()];
    for paid in bars.events().dividends.iter().flatten() {
        if let Some(amount) = dividends.get_mut(place(paid.date)) {
            *amount = Some(amount.unwrap_or(0.0) + paid.amount);
        }
    }
    let currency = bars.currency().map(|name| &**name);
    bars.rows().zip(splits).zip(dividends).map(move |((bar, split), dividend)| Row {
        symbol: symbol.as_str(),
        bar,
        currency,
        split,
        dividend,
    })
}

/// The columns of numbers that there are.
fn numbers(is_adjusted: bool) -> impl Iterator<Item = NumberColumn> {
    NUMBERS.into_iter().filter(move |(name, _)| is_adjusted || *name != ADJUSTED)
}

fn names(is_adjusted: bool) -> Vec<&'static str> {
    let mut names = vec!["symbol", "date"];
    names.extend(numbers(is_adjusted).map(|(name, _)| name));
    names.insert(place_of_currency(is_adjusted), "currency");
    names
}

/// Behind the symbol, the date and the numbers before it.
fn place_of_currency(is_adjusted: bool) -> usize {
    2 + NUMBERS_BEFORE_CURRENCY - usize::from(!is_adjusted)
}

fn texts(row: &Row<'_>, is_adjusted: bool) -> Vec<String> {
    let mut texts = vec![row.symbol.to_owned(), row.bar.date.to_string()];
    texts.extend(numbers(is_adjusted).map(|(_, of)| match of(row) {
        number if number.is_finite() => number.to_string(),
        _ => String::new(),
    }));
    texts.insert(place_of_currency(is_adjusted), row.currency.unwrap_or_default().to_owned());
    texts
}

struct RowObject<'a> {
    row: &'a Row<'a>,
    is_adjusted: bool,
}

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { row, is_adjusted } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("symbol", row.symbol)?;
        map.serialize_entry("date", &row.bar.date.to_string())?;
        for (place, (name, of)) in numbers(*is_adjusted).enumerate() {
            if place + 2 == place_of_currency(*is_adjusted) {
                map.serialize_entry("currency", &row.currency)?;
            }
            map.serialize_entry(name, &of(row))?;
        }
        map.end()
    }
}

fn kinds(is_adjusted: bool) -> Vec<(String, ColumnType)> {
    let kind = |name| match name {
        "symbol" | "currency" => ColumnType::Text,
        "date" => ColumnType::Day,
        _ => ColumnType::Number,
    };
    names(is_adjusted).into_iter().map(|name| (name.to_owned(), kind(name))).collect()
}

fn columns(rows: &[Row<'_>], is_adjusted: bool) -> Vec<ColumnData> {
    let mut columns = vec![
        ColumnData::Texts(rows.iter().map(|row| Some(row.symbol.to_owned())).collect()),
        ColumnData::Days(rows.iter().map(|row| Some(row.bar.date.to_epoch_days())).collect()),
    ];
    for (_, of) in numbers(is_adjusted) {
        let known = |row| Some(of(row)).filter(|number| number.is_finite());
        columns.push(ColumnData::Numbers(rows.iter().map(known).collect()));
    }
    let currencies = rows.iter().map(|row| row.currency.map(String::from));
    columns.insert(place_of_currency(is_adjusted), ColumnData::Texts(currencies.collect()));
    columns
}
