//! What the formula of the AlphaVelocity engine takes of one symbol: its price and technical pillars, its month.
//!
//! Its indices count from the end as Python's do: `C[−21]` is 20 sessions before the last. With fewer than 249 closes the
//! price pillar is 0. The formula is written out in [`crate::models::alphavelocity`].

use super::indicators::{back, sma, tail};

/// What sums of prices may differ by without being different.
const ROUNDING: f64 = 1e-9;
/// Bars the formula needs.
pub const MIN_BARS: usize = 50;

/// The price pillar, 0 to 100. `None`: fewer than 50 closes.
#[must_use]
pub fn price(close: &[f64]) -> Option<f64> {
    match close.len() {
        0..MIN_BARS => None,
        MIN_BARS..249 => Some(0.0),
        _ => long_price(close),
    }
}

/// The technical pillar, 0 to 100. `None`: fewer than 50 closes. A series without volumes counts like one that
/// was never traded.
#[must_use]
pub fn technical(close: &[f64], volume: Option<&[f64]>) -> Option<f64> {
    if close.len() < MIN_BARS {
        return None;
    }
    let rsi = match simple_rsi(close) {
        Some(rsi) if (50.0..=70.0).contains(&rsi) => 100.0,
        Some(rsi) if (30.0..50.0).contains(&rsi) => 2.5 * (rsi - 30.0),
        Some(rsi) if rsi > 70.0 && rsi <= 85.0 => 100.0 - 2.0 * (rsi - 70.0),
        _ => 0.0,
    };
    let volume = volume.and_then(volume_points).unwrap_or(50.0);
    let change = (10.0 * 100.0 * since(close, 10)? + 50.0).clamp(0.0, 100.0);
    Some((0.4 * rsi + 0.3 * volume + 0.3 * change).clamp(0.0, 100.0))
}

/// `C[−1]/C[−21] − 1`.
#[must_use]
pub fn month(close: &[f64]) -> Option<f64> {
    since(close, 21)
}

/// `C[−1]/C[−n] − 1`.
fn since(close: &[f64], n: usize) -> Option<f64> {
    Some(back(close, 0)? / back(close, n - 1)? - 1.0)
}

fn long_price(close: &[f64]) -> Option<f64> {
    let r1 = since(close, 21)?;
    let r3 = since(close, 63)?;
    let r6 = since(close, 126)?;
    let r12 = since(close, 249)?;
    let last = back(close, 0)?;
    let mut direction = 0.0;
    let month = sma(close, 20)?;
    for (average, points) in [(month, 7.0), (sma(close, 50)?, 6.0), (sma(close, 200)?, 7.0)] {
        if last > average {
            direction += points;
        }
    }
    let magnitude = (20.0 + 80.0 * (0.4 * r1 + 0.3 * r3 + 0.2 * r6 + 0.1 * r12)).clamp(0.0, 40.0);
    let acceleration = ((1.0 + r1).powi(12) - 1.0) - ((1.0 + r3).powi(4) - 1.0);
    let ten_ago = sma(&close[..close.len() - 10], 20)?;
    let slope = 25.0 * (month / ten_ago - 1.0);
    let acceleration = (20.0 + 30.0 * (0.7 * acceleration + 0.3 * slope)).clamp(0.0, 40.0);
    Some((direction + magnitude + acceleration).min(100.0))
}

/// 50 points for the mean volume of 30 bars, 100 for twice that. `None`: there was none.
fn volume_points(volume: &[f64]) -> Option<f64> {
    let usual = sma(volume, 30)?;
    (usual > 0.0).then_some((50.0 * back(volume, 0)? / usual).min(100.0))
}

/// Cutler's RSI: simple means of the last 14 gains and losses; `None` where nothing moved.
fn simple_rsi(close: &[f64]) -> Option<f64> {
    let mut gains = 0.0;
    let mut losses = 0.0;
    for pair in tail(close, 15)?.windows(2) {
        let change = pair[1] - pair[0];
        gains += change.max(0.0);
        losses += (-change).max(0.0);
    }
    let moved = gains + losses;
    if (gains - losses).abs() <= ROUNDING * moved {
        return (moved > 0.0).then_some(50.0); // a pillar begins at 50, and sums of equals differ in the last digit
    }
    Some(100.0 * gains / moved)
}
