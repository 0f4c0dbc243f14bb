//! The list of models, and what is known of each.

use super::normal::score_of_z;
use super::{
    alphavelocity, clenow, continuity, high_52w, relative_strength, risk_adjusted, six_one,
    twelve_one,
};
use crate::screen::fields::Field as F;

/// A momentum model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// See [`composite`](super::composite).
    Composite,
    /// See [`twelve_one`](super::twelve_one).
    TwelveOne,
    /// See [`six_one`](super::six_one).
    SixOne,
    /// See [`risk_adjusted`](super::risk_adjusted).
    RiskAdjusted,
    /// See [`clenow`](super::clenow).
    Clenow,
    /// See [`high_52w`](super::high_52w).
    High52w,
    /// See [`relative_strength`](super::relative_strength).
    RelativeStrength,
    /// See [`continuity`](super::continuity).
    Continuity,
    /// See [`alphavelocity`](super::alphavelocity).
    AlphaVelocity,
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

    /// The model of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
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

    /// The numbers of a row that its score is made of.
    #[must_use]
    pub fn inputs(self) -> &'static [F] {
        match self {
            Self::Composite => {
                &[F::Return12x1, F::Return6x1, F::ClenowSlope, F::ClenowR2, F::Clenow, F::Return3m]
            }
            Self::TwelveOne => &[F::Return12x1],
            Self::SixOne => &[F::Return6x1],
            Self::RiskAdjusted => &[F::MomentumRatio12, F::MomentumRatio6, F::Volatility1y],
            Self::Clenow => &[F::ClenowSlope, F::ClenowR2, F::Clenow],
            Self::High52w => &[F::High52wRatio],
            Self::RelativeStrength => &[F::RelativeStrengthRaw],
            Self::Continuity => &[F::Return12x1, F::Continuity],
            Self::AlphaVelocity => {
                &[F::AlphavelocityPrice, F::AlphavelocityTechnical, F::AlphavelocityMonth]
            }
        }
    }

    /// The number of a row that is its raw value. `None`: it is worked out of several.
    #[must_use]
    pub fn raw_field(self) -> Option<F> {
        match self {
            Self::Composite => Some(F::CompositeZ),
            Self::TwelveOne => Some(F::Return12x1),
            Self::SixOne => Some(F::Return6x1),
            Self::Clenow => Some(F::Clenow),
            Self::High52w => Some(F::High52wRatio),
            Self::RelativeStrength => Some(F::RelativeStrengthRaw),
            Self::RiskAdjusted | Self::Continuity | Self::AlphaVelocity => None,
        }
    }

    /// The score, 0 to 10, of a raw value; of [`Model::RelativeStrength`] that of its rating, 1 to 99.
    #[must_use]
    pub fn score(self, number: f64) -> f64 {
        match self {
            Self::Composite | Self::RiskAdjusted => score_of_z(number),
            Self::TwelveOne => twelve_one::score(number),
            Self::SixOne => six_one::score(number),
            Self::Clenow => clenow::score(number),
            Self::High52w => high_52w::score(number),
            Self::RelativeStrength => relative_strength::score(number),
            Self::Continuity => continuity::score(number),
            Self::AlphaVelocity => alphavelocity::score(number),
        }
    }

    /// What breaks ties of the raw value: that of the next model of the list whose own needs no other ticker.
    #[must_use]
    pub fn tie_breaker(self) -> F {
        match self {
            Self::Composite => F::Return12x1,
            Self::TwelveOne => F::Return6x1,
            Self::SixOne | Self::RiskAdjusted => F::Clenow,
            Self::Clenow => F::High52wRatio,
            Self::High52w => F::RelativeStrengthRaw,
            Self::RelativeStrength => F::Continuity,
            Self::Continuity | Self::AlphaVelocity => F::CompositeZ,
        }
    }

    /// Whether a score depends on the other tickers asked for.
    #[must_use]
    pub fn compares_tickers(self) -> bool {
        matches!(self, Self::RiskAdjusted | Self::RelativeStrength)
    }
}

/// Fewer names have a score than the model needs to compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the risk-adjusted model compares tickers and needs {} with 274 bars each, but there are {scored}",
    risk_adjusted::MIN_NAMES
)]
pub struct TooFewToCompare {
    /// How many have the bars.
    pub scored: usize,
}
