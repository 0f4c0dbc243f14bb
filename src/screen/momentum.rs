//! The momentum screen: every number of a row that needs no other symbol, then the scores that do.

use super::fields::Field as F;
use super::indicators as ind;
use super::models::{Model, TooFewToCompare, alphavelocity, clenow, composite};
use super::row::{Note, Row};
use super::{quality, volume};
use crate::bars::Bars;
use crate::universe::Symbol;

/// Sessions that are asked for and used at most.
pub const SESSIONS: usize = 300;
/// How many scored symbols make a universe whose median can stand in for a benchmark.
const MEDIAN_NEEDS: usize = 20;
/// Points kept of the last year's closes.
const YEAR_POINTS: usize = 24;

/// How momentum is scored.
#[derive(Clone, Debug)]
pub struct Momentum {
    /// The model.
    pub model: Model,
    /// What the relative pillar is measured against.
    pub benchmark: Option<Symbol>,
}

/// What the relative pillar was measured against in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BenchmarkUsed {
    /// The benchmark's own bars.
    Symbol(Symbol),
    /// The median 3-month return of the symbols asked for.
    UniverseMedian,
    /// Nothing: the pillar is left out.
    Nothing,
}

impl BenchmarkUsed {
    /// As it is written: a symbol, `universe-median`, or nothing.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Symbol(symbol) => Some(symbol.as_str()),
            Self::UniverseMedian => Some("universe-median"),
            Self::Nothing => None,
        }
    }
}

impl Momentum {
    /// Scores measured rows; `benchmark` are the benchmark's bars, where they could be had.
    ///
    /// # Errors
    /// [`TooFewToCompare`].
    pub(super) fn score(
        &self,
        rows: Vec<Row>,
        benchmark: Option<&Bars>,
    ) -> Result<(Vec<Row>, BenchmarkUsed), TooFewToCompare> {
        // Stale rows keep their places, and have no part in what compares rows.
        let is_stale: Vec<bool> = rows.iter().map(Row::is_stale).collect();
        let (stale, mut rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(Row::is_stale);
        let month = benchmark.and_then(|bars| alphavelocity::month(bars.adjusted()));
        // A benchmark that knows none of these dates is as good as none.
        let benchmark = benchmark
            .filter(|bars| rows.iter().any(|row| quarter_return(bars, row).is_some()))
            .zip(self.benchmark.clone());
        let median = if benchmark.is_none() { median_return(&rows) } else { None };
        for row in &mut rows {
            row.benchmark_return = match &benchmark {
                Some((bars, _)) => quarter_return(bars, row),
                None => median,
            };
            composite::apply(row);
        }
        self.model.apply(&mut rows, month)?;
        let against = match (benchmark, median) {
            // It takes no median, and less of a benchmark.
            _ if self.model == Model::AlphaVelocity => match (month, &self.benchmark) {
                (Some(_), Some(symbol)) => BenchmarkUsed::Symbol(symbol.clone()),
                _ => BenchmarkUsed::Nothing,
            },
            (Some((_, symbol)), _) => BenchmarkUsed::Symbol(symbol),
            (None, Some(_)) => BenchmarkUsed::UniverseMedian,
            (None, None) => BenchmarkUsed::Nothing,
        };
        let (mut stale, mut rows) = (stale.into_iter(), rows.into_iter());
        let next = |is_stale| if is_stale { stale.next() } else { rows.next() };
        Ok((is_stale.into_iter().filter_map(next).collect(), against))
    }
}

/// The benchmark's return between the two sessions of a row's 3-month return.
fn quarter_return(benchmark: &Bars, row: &Row) -> Option<f64> {
    let (first, last) = row.quarter?;
    Some(benchmark.adjusted_on(last)? / benchmark.adjusted_on(first)? - 1.0)
}

/// The median 3-month return of the rows the composite scores, if there are enough of them.
fn median_return(rows: &[Row]) -> Option<f64> {
    let scored = rows.iter().filter(|row| composite::is_defined(row));
    let returns: Vec<f64> = scored.filter_map(|row| row.get(F::Return3m)).collect();
    if returns.len() >= MEDIAN_NEEDS { ind::median(&returns) } else { None }
}

/// Computes every number of one symbol. Returns are of adjusted closes; volumes, the current price and
/// dollar volume are what was traded.
pub(super) fn measure(row: &mut Row, bars: &Bars) {
    let last = bars.len().saturating_sub(1);
    row.quarter = last.checked_sub(63).map(|first| (bars.dates()[first], bars.dates()[last]));
    if quality::has_split_jump(bars.adjusted()) {
        row.notes.push(Note::SuspectSplit);
    }
    row.year = thinned(&bars.adjusted()[bars.len().saturating_sub(252)..], YEAR_POINTS);
    returns(row, bars.adjusted());
    technicals(row, bars);
    volumes(row, bars);
    row.alphavelocity = alphavelocity::parts(bars.adjusted(), bars.volume());
}

fn returns(row: &mut Row, close: &[f64]) {
    row.set(F::Return1m, ind::change(close, 21));
    row.set(F::Return3m, ind::change(close, 63));
    row.set(F::Return6m, ind::change(close, 126));
    row.set(F::Return12m, ind::change(close, 252));
    row.set(F::Return12x1, ind::skipped_change(close, 252, 21));
    row.set(F::Return6x1, ind::skipped_change(close, 126, 21));
    row.set(F::High52wRatio, ind::high_52w_ratio(close));
    row.set(F::Continuity, ind::continuity(close));
    let ratio = |k| Some(ind::change(close, k)? + 1.0);
    let weighted =
        || Some(0.4 * ratio(63)? + 0.2 * ratio(126)? + 0.2 * ratio(189)? + 0.2 * ratio(252)?);
    row.set(F::RelativeStrengthRaw, weighted());

    let volatility = ind::volatility_1y(close);
    if volatility == Some(0.0) {
        row.notes.push(Note::NoVariance);
    }
    row.set(F::Volatility1y, volatility);
    let per_risk = |lookback| Some(ind::skipped_change(close, lookback, 21)? / volatility?);
    row.set(F::MomentumRatio12, per_risk(273));
    row.set(F::MomentumRatio6, per_risk(147));

    let regression = ind::exponential_regression(close, clenow::CLOSES);
    row.set(F::ClenowSlope, regression.map(|(slope, _)| slope));
    row.set(F::ClenowR2, regression.map(|(_, r2)| r2));
    row.set(F::Clenow, regression.map(|(slope, r2)| clenow::annualised(slope, r2)));
}

fn technicals(row: &mut Row, bars: &Bars) {
    let close = bars.adjusted();
    let (high, low) = (bars.adjusted_high(), bars.adjusted_low());
    row.set(F::Rsi14, ind::rsi(close, 14));
    let macd = ind::macd(close);
    for (i, field) in [F::Macd, F::MacdSignal, F::MacdHist].into_iter().enumerate() {
        row.set(field, macd.map(|lines| lines[i]));
    }
    row.set(F::Atr14, ind::atr(&high, &low, close, 14));
    row.set(F::Adx14, ind::adx(&high, &low, close, 14));
    row.set(F::Mfi14, ind::mfi(&high, &low, close, bars.volume(), 14));
    row.set(F::Roc10, ind::change(close, 10).map(|change| 100.0 * change));
    let bands = ind::bollinger(close, 20, 2.0);
    for (i, field) in [F::BbUpper, F::BbMiddle, F::BbLower].into_iter().enumerate() {
        row.set(field, bands.map(|lines| lines[i]));
    }
    row.set(F::Sma20, ind::sma(close, 20));
    row.set(F::Sma50, ind::sma(close, 50));
    row.set(F::Sma200, ind::sma(close, 200));
}

fn volumes(row: &mut Row, bars: &Bars) {
    row.set(F::CurrentPrice, ind::back(bars.close(), 0));
    row.set(F::PriceChangePercent, ind::change(bars.close(), 1).map(|change| 100.0 * change));
    row.set(F::DollarVolume20, volume::dollar_volume(bars, volume::LOOKBACK));
    let activity = volume::Activity::of(bars.volume(), volume::LOOKBACK);
    row.set(F::AverageVolume20, activity.map(|a| a.average));
    row.set(F::VolumeRatio, activity.and_then(|a| a.ratio));
    row.set(F::VolumeZscore, activity.and_then(|a| a.zscore));
}

/// At most `points` values, evenly spread, the last one always among them.
fn thinned(x: &[f64], points: usize) -> Vec<f64> {
    if x.len() <= points {
        return x.to_vec();
    }
    (0..points).map(|i| x[i * (x.len() - 1) / (points - 1)]).collect()
}
