//! Clenow's momentum: the annualised slope of the exponential regression through 90 closes, times its R². Centre and
//! scale of the score are the median and spread of S&P 500 names, 1999 to 2021.

use super::entry::{Formula, Model, ModelEntry, Raw, no_gaps, single};
use super::normal::score_of_z;
use crate::measure::fields::Field as F;
use crate::measure::series::REGRESSION_CLOSES;

/// Clenow's momentum.
pub const MODEL: Model = Model(&ModelEntry {
    name: "clenow",
    meaning: "annualised slope of 90 closes times its R²",
    bars: REGRESSION_CLOSES,
    inputs: &[F::ClenowSlope, F::ClenowR2, F::Clenow],
    raw: Raw::Field(F::Clenow),
    scored_by: F::Raw,
    score,
    tie_breaker: F::High52wRatio,
    relative: None,
    gaps: no_gaps,
    explain: single,
    formula: Formula {
        raw: &[
            "clenow = (e^(250 clenow_slope) − 1) clenow_r2, the regression of ln C on the",
            "  session over 90 closes",
        ],
        score: &["10 Φ((clamp(raw, −1, 3) − 0.12) / 0.45)"],
        source: "Clenow, Stocks on the Move, 2015",
    },
});

/// The raw value as a z-score.
#[must_use]
pub fn z(raw: f64) -> f64 {
    (raw.clamp(-1.0, 3.0) - 0.12) / 0.45
}

fn score(raw: f64) -> f64 {
    score_of_z(z(raw))
}
