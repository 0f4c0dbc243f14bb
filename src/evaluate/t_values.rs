//! Whether a mean of dated numbers is different from zero: t-values that know that overlapping returns are alike, and
//! how large one of many has to be.

use crate::measure::indicators::{mean, standard_deviation};

/// Fewer dates without an overlap show nothing.
pub const MIN_DISJOINT_DATES: usize = 24;
/// The chance of being deceived by at least one of all the scores that were tried.
const LEVEL: f64 = 0.05;

/// The t-value of Newey and West (1987): Bartlett weights over `lag` dates, no prewhitening, no correction for small
/// samples. `None`: the numbers do not vary.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of dates")]
pub fn newey_west(x: &[f64], lag: usize) -> Option<f64> {
    let usual = mean(x)?;
    let n = x.len() as f64;
    let centred: Vec<f64> = x.iter().map(|value| value - usual).collect();
    let mut variance = autocovariance(&centred, 0);
    for l in 1..=lag.min(x.len() - 1) {
        let weight = 1.0 - l as f64 / (lag as f64 + 1.0);
        variance += 2.0 * weight * autocovariance(&centred, l);
    }
    (variance > 0.0).then(|| usual / (variance / n).sqrt())
}

/// The mean product of numbers about their mean with those `lag` places before.
#[expect(clippy::cast_precision_loss, reason = "counts of dates")]
fn autocovariance(centred: &[f64], lag: usize) -> f64 {
    let pairs = centred[lag..].iter().zip(centred);
    pairs.map(|(later, earlier)| later * earlier).sum::<f64>() / centred.len() as f64
}

/// The plain t-value of numbers that do not overlap. `None`: there are fewer than two, or they do not vary.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of dates")]
pub fn plain(x: &[f64]) -> Option<f64> {
    if x.len() < 2 {
        return None;
    }
    let deviation = standard_deviation(x, 1).filter(|deviation| *deviation > 0.0)?;
    Some(mean(x)? * (x.len() as f64).sqrt() / deviation)
}

/// The |t| that one of `tried` scores has to pass, so that none of them does by chance but once in twenty such trials
/// (Bonferroni; two-sided, normal distribution).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of scores")]
pub fn bar(tried: usize) -> f64 {
    let beyond = LEVEL / tried.max(1) as f64;
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if libm::erfc(middle / std::f64::consts::SQRT_2) > beyond {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}
