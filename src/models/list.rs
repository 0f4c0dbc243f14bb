//! The list of models.

use super::entry::Model;
use super::{
    alphavelocity, clenow, composite, continuity, high_52w, relative_strength, risk_adjusted,
    six_one, twelve_one,
};

impl Model {
    /// Every model.
    pub const ALL: [Self; 9] = [
        composite::MODEL,
        twelve_one::MODEL,
        six_one::MODEL,
        risk_adjusted::MODEL,
        clenow::MODEL,
        high_52w::MODEL,
        relative_strength::MODEL,
        continuity::MODEL,
        alphavelocity::MODEL,
    ];

    /// The model of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name == name)
    }
}
