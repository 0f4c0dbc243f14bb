//! Which fields a run works out: those that something asks for, and those that these are made of.

use super::fields::{self, FIELDS, Field as F};

const _: () = assert!(FIELDS.len() <= 128, "a set of fields has 128 places");

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u128);

impl FieldSet {
    /// Every field.
    pub const ALL: Self = Self(u128::MAX);

    /// Whether a field is in it.
    #[must_use]
    pub fn contains(self, field: F) -> bool {
        self.0 & (1 << field as usize) != 0
    }

    /// Whether one of these fields is in it.
    #[must_use]
    pub fn contains_any(self, fields: &[F]) -> bool {
        fields.iter().any(|field| self.contains(*field))
    }

    /// Adds a field and those it is made of.
    pub fn add(&mut self, field: F) {
        self.0 |= 1 << field as usize;
        for input in inputs(field) {
            self.0 |= 1 << *input as usize;
        }
    }

    /// The fields of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The fields in it, in the order of the registry.
    pub fn iter(self) -> impl Iterator<Item = F> {
        fields::all().filter(move |field| self.contains(*field))
    }
}

impl Extend<F> for FieldSet {
    fn extend<I: IntoIterator<Item = F>>(&mut self, fields: I) {
        fields.into_iter().for_each(|field| self.add(field));
    }
}

impl FromIterator<F> for FieldSet {
    fn from_iter<I: IntoIterator<Item = F>>(fields: I) -> Self {
        let mut set = Self::default();
        set.extend(fields);
        set
    }
}

/// The numbers of a row that a field of a later pass is made of; what the model is made of is known to the model.
fn inputs(field: F) -> &'static [F] {
    match field {
        F::PriceMomentum => &[F::Return12x1, F::Return6x1],
        F::TechnicalMomentum => &[F::Clenow, F::Return6x1],
        F::RelativeMomentum => &[F::Return3m, F::Return6x1],
        F::CompositeZ => &[F::Return12x1, F::Return6x1, F::Clenow, F::Return3m],
        F::RsRating => &[F::RelativeStrengthRaw],
        F::BenchmarkReturn3m => &[F::Return3m],
        F::MarketValue | F::WeightPercent | F::Gain | F::GainPercent => &[F::CurrentPrice],
        _ => &[],
    }
}
