//! Momentum models: from a row's numbers to a raw value and a score of 0 to 10. One file each.

pub mod alphavelocity;
pub mod clenow;
pub mod composite;
pub mod continuity;
pub mod high_52w;
pub mod relative_strength;
pub mod risk_adjusted;
pub mod six_one;
pub mod twelve_one;

use super::fields::Field;
use super::row::{Note, Row};

/// A momentum model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// See [`composite`].
    Composite,
    /// See [`twelve_one`].
    TwelveOne,
    /// See [`six_one`].
    SixOne,
    /// See [`risk_adjusted`].
    RiskAdjusted,
    /// See [`clenow`].
    Clenow,
    /// See [`high_52w`].
    High52w,
    /// See [`relative_strength`].
    RelativeStrength,
    /// See [`continuity`].
    Continuity,
    /// See [`alphavelocity`].
    AlphaVelocity,
}

/// Fewer names have a score than the model needs to compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the risk-adjusted model compares tickers and needs {} with 274 bars each, but there are {scored}",
    risk_adjusted::NEEDS
)]
pub struct TooFewToCompare {
    /// How many have the bars.
    pub scored: usize,
}

impl Model {
    /// Every model.
    pub const ALL: [Self; 9] = [
        Self::Composite,
        Self::TwelveOne,
        Self::SixOne,
        Self::RiskAdjusted,
        Self::Clenow,
        Self::High52w,
        Self::RelativeStrength,
        Self::Continuity,
        Self::AlphaVelocity,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Composite => "composite",
            Self::TwelveOne => "twelve-one",
            Self::SixOne => "six-one",
            Self::RiskAdjusted => "risk-adjusted",
            Self::Clenow => "clenow",
            Self::High52w => "high-52w",
            Self::RelativeStrength => "relative-strength",
            Self::Continuity => "continuity",
            Self::AlphaVelocity => "alphavelocity",
        }
    }

    /// One line for a person.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Composite => "price, technical and relative momentum in one",
            Self::TwelveOne => "return of the last 12 months without the last one",
            Self::SixOne => "return of the last 6 months without the last one",
            Self::RiskAdjusted => "12- and 6-month returns per volatility, z-scores",
            Self::Clenow => "annualised slope of 90 closes times its R²",
            Self::High52w => "last close against the highest of 52 weeks",
            Self::RelativeStrength => "weighted returns of a year, ranked among the others",
            Self::Continuity => "how steadily the year's move came",
            Self::AlphaVelocity => "AlphaVelocity's formula, for comparison",
        }
    }

    /// Bars a ticker needs for a score.
    #[must_use]
    pub fn bars(self) -> usize {
        match self {
            Self::Composite | Self::SixOne => 127,
            Self::TwelveOne | Self::RelativeStrength | Self::Continuity => 253,
            Self::RiskAdjusted => 274,
            Self::Clenow => 90,
            Self::High52w => 252,
            Self::AlphaVelocity => 50,
        }
    }

    /// Whether a score depends on the other tickers asked for.
    #[must_use]
    pub fn compares_tickers(self) -> bool {
        matches!(self, Self::RiskAdjusted | Self::RelativeStrength)
    }

    /// Sets every row's raw value and score. The composite's pillars must stand already; `month` is the
    /// benchmark's [`alphavelocity::month`].
    ///
    /// # Errors
    /// [`TooFewToCompare`] when the model compares and there is too little to compare.
    pub(super) fn apply(self, rows: &mut [Row], month: Option<f64>) -> Result<(), TooFewToCompare> {
        match self {
            Self::RelativeStrength => relative_strength::apply(rows),
            Self::RiskAdjusted => {
                let scored = risk_adjusted::apply(rows);
                if scored < risk_adjusted::NEEDS {
                    return Err(TooFewToCompare { scored });
                }
            }
            Self::AlphaVelocity => rows.iter_mut().for_each(|row| alphavelocity::apply(row, month)),
            Self::Composite => by_itself(rows, Field::CompositeZ, score_of_z),
            Self::TwelveOne => by_itself(rows, Field::Return12x1, twelve_one::score),
            Self::SixOne => by_itself(rows, Field::Return6x1, six_one::score),
            Self::Clenow => by_itself(rows, Field::Clenow, clenow::score),
            Self::High52w => by_itself(rows, Field::High52wRatio, high_52w::score),
            Self::Continuity => by_itself(rows, Field::Continuity, continuity::score),
        }
        for row in rows {
            if row.bars < self.bars() {
                row.notes.push(Note::TooFewBars);
            } else if row.is_scored() && self == Self::Composite {
                composite::note_gaps(row);
            } else if self == Self::AlphaVelocity && month.is_none() {
                row.notes.push(Note::NoBenchmark);
            }
        }
        Ok(())
    }
}

fn by_itself(rows: &mut [Row], field: Field, score: fn(f64) -> f64) {
    for row in rows {
        let raw = row.get(field);
        row.set(Field::Raw, raw);
        row.set(Field::OverallMomentumScore, raw.map(score));
    }
}

/// 10 · Φ(z): a z-score as a score of 0 to 10, Φ being the standard normal distribution function.
#[must_use]
pub fn score_of_z(z: f64) -> f64 {
    5.0 * libm::erfc(-z / std::f64::consts::SQRT_2)
}
