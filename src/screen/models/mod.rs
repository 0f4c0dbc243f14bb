//! Momentum models: from a row's numbers to a raw value and a score of 0 to 10. One file each.

pub mod clenow;
pub mod composite;
pub mod six_one;
pub mod twelve_one;

use super::columns::Field;
use super::row::{Note, Row};

/// A momentum model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Three pillars; see [`composite`].
    Composite,
    /// 12-month return without the last; see [`twelve_one`].
    TwelveOne,
    /// 6-month return without the last; see [`six_one`].
    SixOne,
    /// Regression slope times R²; see [`clenow`].
    Clenow,
}

impl Model {
    /// Every model.
    pub const ALL: [Self; 4] = [Self::Composite, Self::TwelveOne, Self::SixOne, Self::Clenow];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Composite => "composite",
            Self::TwelveOne => "twelve-one",
            Self::SixOne => "six-one",
            Self::Clenow => "clenow",
        }
    }

    /// One line for a person.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Composite => "price, technical and relative momentum in one",
            Self::TwelveOne => "return of the last 12 months without the last one",
            Self::SixOne => "return of the last 6 months without the last one",
            Self::Clenow => "annualised slope of 90 closes times its R²",
        }
    }

    /// Sets the row's raw value and score. The composite's pillars must stand already.
    pub(super) fn apply(self, row: &mut Row) {
        let (raw, score): (_, fn(f64) -> f64) = match self {
            Self::Composite => (row.get(Field::CompositeZ), composite::score),
            Self::TwelveOne => (row.get(Field::Return12x1), twelve_one::score),
            Self::SixOne => (row.get(Field::Return6x1), six_one::score),
            Self::Clenow => (row.get(Field::Clenow), clenow::score),
        };
        row.set(Field::Raw, raw);
        row.set(Field::OverallMomentumScore, raw.map(score));
        match raw {
            None => row.notes.push(Note::TooFewBars),
            Some(_) if self == Self::Composite => composite::note_gaps(row),
            Some(_) => {}
        }
    }
}

/// 10 · Φ(z): a z-score as a score of 0 to 10, Φ being the standard normal distribution function.
#[must_use]
pub fn score_of_z(z: f64) -> f64 {
    5.0 * libm::erfc(-z / std::f64::consts::SQRT_2)
}
