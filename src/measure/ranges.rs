//! Extremes, gaps and ranges of a window: pure functions on slices, oldest value first, as in [`super::indicators`].
//!
//! Each gives `None` where it is undefined, and where one of the values it needs is missing (NaN).

use super::indicators::{back, change, mean, sma, tail};

/// The highest of the last `n` values.
#[must_use]
pub fn highest(x: &[f64], n: usize) -> Option<f64> {
    extreme(x, n, f64::max)
}

/// The lowest of the last `n` values.
#[must_use]
pub fn lowest(x: &[f64], n: usize) -> Option<f64> {
    extreme(x, n, f64::min)
}

/// Values after the highest of the last `n`; of equals the newest counts. 0: the last one is the highest.
#[must_use]
pub fn since_highest(x: &[f64], n: usize) -> Option<f64> {
    since(x, n, |value, best| value >= best)
}

/// Values after the lowest of the last `n`; of equals the newest counts.
#[must_use]
pub fn since_lowest(x: &[f64], n: usize) -> Option<f64> {
    since(x, n, |value, best| value <= best)
}

/// Average daily range: mean of high / low of the last `n` bars, less 1.
#[must_use]
pub fn average_range(high: &[f64], low: &[f64], n: usize) -> Option<f64> {
    let ratios: Vec<f64> = tail(high, n)?.iter().zip(tail(low, n)?).map(|(h, l)| h / l).collect();
    mean(&ratios).map(|ratio| ratio - 1.0).filter(|range| range.is_finite())
}

/// The last open against the close before. Needs 2 bars.
#[must_use]
pub fn gap(open: &[f64], close: &[f64]) -> Option<f64> {
    Some(back(open, 0)? / back(close, 1)? - 1.0).filter(|gap| gap.is_finite())
}

/// The largest of the last `n` distances, up or down, between a value and the close before it. Needs n + 1 bars.
#[must_use]
pub fn largest_gap(values: &[f64], close: &[f64], n: usize) -> Option<f64> {
    let before = tail(close, n + 1)?;
    let mut largest: f64 = 0.0;
    for (value, before) in tail(values, n)?.iter().zip(before) {
        let distance = (value / before - 1.0).abs();
        if distance.is_nan() {
            return None;
        }
        largest = largest.max(distance);
    }
    Some(largest)
}

/// The volume of the days that closed above the day before, against that of the days that closed below, over `n`
/// changes. `None`: no day closed below with any volume.
#[must_use]
pub fn up_down_volume(close: &[f64], volume: &[f64], n: usize) -> Option<f64> {
    let (mut up, mut down) = (0.0, 0.0);
    for (pair, volume) in tail(close, n + 1)?.windows(2).zip(tail(volume, n)?) {
        if pair[1] > pair[0] {
            up += volume;
        } else if pair[1] < pair[0] {
            down += volume;
        }
    }
    (down > 0.0).then(|| up / down)
}

/// The change over `k` values of the simple moving average of `n`. Needs n + k values.
#[must_use]
pub fn sma_change(x: &[f64], n: usize, k: usize) -> Option<f64> {
    let before = sma(&x[..x.len().checked_sub(k)?], n)?;
    change(&[before, sma(x, n)?], 1)
}

fn extreme(x: &[f64], n: usize, choose: fn(f64, f64) -> f64) -> Option<f64> {
    let window = tail(x, n)?;
    if window.iter().any(|value| value.is_nan()) {
        return None;
    }
    window.iter().copied().reduce(choose)
}

#[expect(clippy::cast_precision_loss, reason = "no window is longer than 2^53")]
fn since(x: &[f64], n: usize, is_better: fn(f64, f64) -> bool) -> Option<f64> {
    let window = tail(x, n)?;
    let mut best = (*window.first()?, 0);
    for (place, value) in window.iter().enumerate() {
        if is_better(*value, best.0) {
            best = (*value, place);
        }
    }
    Some((n - 1 - best.1) as f64)
}
