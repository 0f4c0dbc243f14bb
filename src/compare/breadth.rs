//! Breadth: the state of the market, from all ranked names of one session and the benchmark.

use super::row::Row;
use crate::bars::Bars;
use crate::measure::fields::Field as F;
use crate::measure::indicators::median;
use crate::measure::note::Note;
use crate::measure::series::{Indicators, Series};

/// The numbers of a row that it is made of.
pub const INPUTS: [F; 6] =
    [F::CurrentPrice, F::Sma50, F::Sma200, F::SessionsSinceHigh, F::SessionsSinceLow, F::Adr20];

/// The state of the market.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Breadth {
    /// Names that are ranked.
    pub ranked: usize,
    /// The benchmark's last close and its means of 50 and 200 sessions, where there is a benchmark.
    pub benchmark: Option<BenchmarkTrend>,
    /// Share of the ranked names above their mean of 50 sessions, of those that have one.
    pub above_sma_50: Option<f64>,
    /// The same of 200 sessions.
    pub above_sma_200: Option<f64>,
    /// Ranked names whose last close is the highest of 252.
    pub new_highs: usize,
    /// Ranked names whose last close is the lowest of 252.
    pub new_lows: usize,
    /// Median of the average daily ranges.
    pub median_adr_20: Option<f64>,
}

/// The benchmark's last close and what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenchmarkTrend {
    /// The last close.
    pub close: f64,
    /// The mean of 50 closes.
    pub sma_50: Option<f64>,
    /// The mean of 200 closes.
    pub sma_200: Option<f64>,
}

impl BenchmarkTrend {
    fn of(bars: &Bars) -> Option<Self> {
        let series = Series::new(bars);
        let window = Indicators::at(&series, bars.len());
        Some(Self {
            close: window.last()? * window.price_basis()?,
            sma_50: F::Sma50.measure(&window),
            sma_200: F::Sma200.measure(&window),
        })
    }

    /// Whether it is above its mean of 200 sessions.
    #[must_use]
    pub fn is_above_sma_200(self) -> Option<bool> {
        Some(self.close > self.sma_200?)
    }
}

impl Breadth {
    /// Of the rows that have a score, and the benchmark's bars.
    #[must_use]
    pub fn of(rows: &[Row], benchmark: Option<&Bars>) -> Self {
        let ranked: Vec<&Row> = rows.iter().filter(|row| row.is_ranked()).collect();
        // Where some rows have only closes, the others' ranges are not the market's.
        let has_ranges = !ranked.iter().any(|row| row.has_note(Note::ClosesOnly));
        let ranges: Vec<f64> = ranked.iter().filter_map(|row| row.get(F::Adr20)).collect();
        Self {
            ranked: ranked.len(),
            benchmark: benchmark.and_then(BenchmarkTrend::of),
            above_sma_50: share_above(&ranked, F::Sma50),
            above_sma_200: share_above(&ranked, F::Sma200),
            new_highs: count_of_zero(&ranked, F::SessionsSinceHigh),
            new_lows: count_of_zero(&ranked, F::SessionsSinceLow),
            median_adr_20: median(&ranges).filter(|_| has_ranges),
        }
    }
}

/// Rows of which a number is 0.
fn count_of_zero(rows: &[&Row], field: F) -> usize {
    rows.iter().filter(|row| row.get(field) == Some(0.0)).count()
}

/// The share of rows whose last close is above a mean, of those that have it.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
pub fn share_above(rows: &[&Row], mean: F) -> Option<f64> {
    let (mut known, mut above) = (0_usize, 0_usize);
    for row in rows {
        if let (Some(close), Some(mean)) = (row.get(F::CurrentPrice), row.get(mean)) {
            known += 1;
            above += usize::from(close > mean);
        }
    }
    (known > 0).then(|| above as f64 / known as f64)
}
