//! A price file of a size that hurts, and what polars takes to read it.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, DataType, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series,
};

/// The hidden option of this program with which it only reads a file.
pub(crate) const OPTION: &str = "--scan";

/// What is in a file: a year of many tickers, or nineteen years of an index.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) tickers: usize,
    pub(crate) days: usize,
}

/// 2.4 million rows each.
pub(crate) const SHAPES: [Shape; 2] =
    [Shape { tickers: 500, days: 4_800 }, Shape { tickers: 10_000, days: 240 }];
/// The columns that a screen needs.
const NEEDED: [&str; 8] = ["symbol", "date", "open", "high", "low", "close", "adj_close", "volume"];
/// 24 November 2007, in days since 1970.
const FIRST: i32 = 13_841;

/// Writes made-up prices: one row a ticker and day, and a column that nobody needs.
pub(crate) fn write(folder: &Path, shape: Shape) -> anyhow::Result<PathBuf> {
    let rows = shape.tickers * shape.days;
    let mut random = fastrand::Rng::with_seed(7);
    let mut dates: Vec<i32> = Vec::with_capacity(rows);
    let mut symbols: Vec<String> = Vec::with_capacity(rows);
    let mut closes = Vec::with_capacity(rows);
    for ticker in 0..shape.tickers {
        let mut close = 20.0 + 200.0 * random.f64();
        for (_, day) in (0..shape.days).zip(FIRST..) {
            close *= 0.98 + 0.041 * random.f64();
            symbols.push(format!("Q{ticker:05}"));
            dates.push(day);
            closes.push(close);
        }
    }
    let times = |factor: f64| -> Vec<f64> { closes.iter().map(|close| close * factor).collect() };
    let volumes: Vec<f64> =
        closes.iter().map(|_| f64::from(random.u32(100_000..9_000_000))).collect();
    let columns = [
        Series::new("symbol".into(), symbols),
        Series::new("date".into(), dates).cast(&DataType::Date)?,
        Series::new("open".into(), times(0.999)),
        Series::new("high".into(), times(1.01)),
        Series::new("low".into(), times(0.99)),
        Series::new("close".into(), &closes),
        Series::new("adj_close".into(), times(0.97)),
        Series::new("volume".into(), volumes),
        Series::new("vwap".into(), times(1.001)),
    ];
    let mut frame = DataFrame::new(rows, columns.map(Column::from).to_vec())?;
    let path = folder.join("prices.parquet");
    ParquetWriter::new(File::create(&path)?).finish(&mut frame)?;
    Ok(path)
}

/// Reads the needed columns and nothing else.
pub(crate) fn scan(path: &Path) -> anyhow::Result<()> {
    let needed = NEEDED.map(String::from).to_vec();
    let frame = ParquetReader::new(File::open(path)?).with_columns(Some(needed)).finish()?;
    anyhow::ensure!(frame.height() > 0, "no rows");
    Ok(())
}
