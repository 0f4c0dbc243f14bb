//! From bars to a row: every number that needs no other symbol.

use super::columns::Field as F;
use super::indicators as ind;
use super::models::clenow;
use super::row::{Note, Row};
use crate::bars::{Bars, Basis};
use crate::universe::Symbol;

/// Sessions of volume that the last one is compared with.
const BASELINE: usize = 20;
/// Points kept of the last year's closes.
const YEAR_POINTS: usize = 24;

/// Computes every number of one symbol. Returns are of adjusted closes; volumes, the current price and
/// dollar volume are what was traded.
#[must_use]
pub fn measure(symbol: &Symbol, bars: &Bars) -> Row {
    let mut row = Row::new(symbol.clone());
    row.bars = bars.len();
    row.as_of = bars.dates().last().copied();
    if bars.basis() == Basis::Unadjusted && !bars.is_empty() {
        row.notes.push(Note::Unadjusted);
    }
    if bars.is_partial() {
        row.notes.push(Note::PartialBar);
    }
    row.quarter =
        bars.len().checked_sub(64).map(|first| (bars.dates()[first], bars.dates()[bars.len() - 1]));
    row.year = thinned(&bars.adjusted()[bars.len().saturating_sub(252)..], YEAR_POINTS);
    returns(&mut row, bars.adjusted());
    technicals(&mut row, bars);
    volumes(&mut row, bars.close(), bars.volume());
    row
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

fn volumes(row: &mut Row, close: &[f64], volume: &[f64]) {
    row.set(F::CurrentPrice, ind::back(close, 0));
    row.set(F::PriceChangePercent, ind::change(close, 1).map(|change| 100.0 * change));
    let traded: Vec<f64> = close.iter().zip(volume).map(|(close, volume)| close * volume).collect();
    row.set(F::DollarVolume20, ind::sma(&traded, 20));

    let Some((&last, before)) = volume.split_last() else {
        return;
    };
    let Some(baseline) = ind::tail(before, BASELINE) else {
        return;
    };
    let average = ind::mean(baseline);
    row.set(F::AverageVolume20, average);
    row.set(F::VolumeRatio, average.map(|average| last / average));
    row.set(F::VolumeZscore, ind::log_zscore(last, baseline));
}

/// At most `points` values, evenly spread, the last one always among them.
fn thinned(x: &[f64], points: usize) -> Vec<f64> {
    if x.len() <= points {
        return x.to_vec();
    }
    (0..points).map(|i| x[i * (x.len() - 1) / (points - 1)]).collect()
}
