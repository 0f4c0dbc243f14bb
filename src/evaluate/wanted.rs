//! What is measured of each symbol.

use super::score::Score;
use crate::measure::fields::Field as F;
use crate::measure::wanted::FieldSet;

/// What is measured of each symbol.
pub(super) struct Wanted<'a> {
    pub(super) scores: &'a [Score],
    /// The fields that models are made of.
    pub(super) fields: Vec<F>,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(scores: &'a [Score]) -> Self {
        let models = scores.iter().filter_map(Score::as_model);
        let inputs: FieldSet = models.flat_map(|model| model.inputs).copied().collect();
        Self { scores, fields: inputs.iter().filter(|field| field.is_measured()).collect() }
    }

    /// One's own scores.
    pub(super) fn own(&self) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(|score| score.as_model().is_none())
    }
}
