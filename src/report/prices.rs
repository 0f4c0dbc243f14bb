//! Daily bars themselves, a row a symbol and session, written as they come: symbol after symbol, day after day.

use std::io::{self, Write};

use crate::bars::{Bar, Bars};
use crate::table::parquet::ColumnType;
use crate::table::{Cell, Format, Heading, SheetWriter, Unit};
use crate::universe::Symbol;

/// A column: its name, its type, what stands in it.
type PriceColumn = (&'static str, ColumnType, for<'a> fn(&Row<'a>) -> Cell<'a>);

const COLUMNS: [PriceColumn; 11] = [
    ("symbol", ColumnType::Text, |row| Cell::Text(row.symbol)),
    ("date", ColumnType::Day, |row| Cell::Date(row.bar.date)),
    ("open", ColumnType::Number, |row| number(row.bar.open)),
    ("high", ColumnType::Number, |row| number(row.bar.high)),
    ("low", ColumnType::Number, |row| number(row.bar.low)),
    ("close", ColumnType::Number, |row| number(row.bar.close)),
    (ADJUSTED, ColumnType::Number, |row| number(row.bar.adjusted)),
    ("volume", ColumnType::Number, |row| number(row.bar.volume)),
    ("currency", ColumnType::Text, |row| row.currency.map_or(Cell::Null, Cell::Text)),
    ("split", ColumnType::Number, |row| Cell::number(row.split, Unit::Plain)),
    ("dividend", ColumnType::Number, |row| Cell::number(row.dividend, Unit::Plain)),
];
const ADJUSTED: &str = "adj_close";

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
    table: SheetWriter<'a>,
    columns: Vec<PriceColumn>,
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
        let mut columns = COLUMNS.to_vec();
        columns.retain(|(name, ..)| is_adjusted || *name != ADJUSTED);
        let headings = columns.iter().map(|(name, kind, _)| Heading::of(name, name, *kind));
        let table = SheetWriter::begin(headings.collect(), format, out)?;
        Ok(Self { table, columns })
    }

    /// Writes a symbol's bars.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&mut self, symbol: &Symbol, bars: &Bars) -> io::Result<()> {
        let mut cells = Vec::with_capacity(bars.len());
        for row in rows(symbol, bars) {
            cells.push(self.columns.iter().map(|(.., cell)| cell(&row)).collect());
        }
        self.table.write(&cells)
    }

    /// Ends the document.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self) -> io::Result<()> {
        self.table.finish()
    }
}

/// A number; null where it is undefined.
fn number<'a>(value: f64) -> Cell<'a> {
    Cell::number(Some(value).filter(|value| value.is_finite()), Unit::Plain)
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
