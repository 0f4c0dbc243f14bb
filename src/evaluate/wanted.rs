//! What is measured of each symbol, and where each score's values come from.

use super::score::{Score, measured_raw};
use crate::screen::fields::Field as F;
use crate::screen::models::Model;
use crate::screen::wanted::FieldSet;

/// What is measured of each symbol.
pub(super) struct Wanted<'a> {
    pub(super) scores: &'a [Score],
    /// Where each score's values come from.
    pub(super) origins: Vec<Origin>,
    /// The fields that are measured.
    pub(super) fields: Vec<F>,
    /// Those of them that models which compare symbols take of a row, with their places.
    pub(super) of_rows: Vec<(usize, F)>,
}

/// Where a score's values come from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// They are the measured values at this place.
    Measured(usize),
    /// A model makes them of all symbols' rows together.
    Compared(Model),
}

impl<'a> Wanted<'a> {
    pub(super) fn of(scores: &'a [Score]) -> Self {
        let models = scores.iter().filter_map(Score::as_model);
        let inputs: FieldSet = models.flat_map(Model::inputs).copied().collect();
        let fields: Vec<F> = inputs.iter().filter(|field| field.is_measured()).collect();
        let mut own = fields.len()..;
        let mut of_rows = FieldSet::default();
        let mut origins = Vec::with_capacity(scores.len());
        for score in scores {
            let Some(model) = score.as_model() else {
                origins.extend(own.next().map(Origin::Measured));
                continue;
            };
            let raw = measured_raw(model);
            if let Some(place) = fields.iter().position(|field| Some(*field) == raw) {
                origins.push(Origin::Measured(place));
            } else {
                of_rows.extend(model.inputs().iter().copied());
                origins.push(Origin::Compared(model));
            }
        }
        let mut wanted = Self { scores, origins, fields, of_rows: Vec::new() };
        for (place, field) in wanted.fields.iter().enumerate() {
            if of_rows.contains(*field) {
                wanted.of_rows.push((place, *field));
            }
        }
        wanted
    }

    /// How many values a symbol has at a session.
    pub(super) fn width(&self) -> usize {
        self.fields.len() + self.own().count()
    }

    /// One's own scores.
    pub(super) fn own(&self) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(|score| score.as_model().is_none())
    }
}
