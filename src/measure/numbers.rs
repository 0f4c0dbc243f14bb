//! Numbers by field: what is undefined takes no room.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use super::fields::{self, FIELDS, Field};
use crate::table::Exact;

/// Numbers that are kept without an allocation: what models are made of, which evaluations make millions of.
const INLINE: usize = 24;

/// The place of a field that has no number.
const NONE: u8 = u8::MAX;
const _: () = assert!(FIELDS.len() < NONE as usize, "a place is a byte");

/// Numbers by field. Each is finite; one that is undefined is not there.
#[derive(Clone, Debug)]
pub struct FieldNumbers {
    /// Where each field's number stands.
    places: [u8; FIELDS.len()],
    /// NaN where a number was taken back.
    values: SmallVec<[f64; INLINE]>,
}

impl Default for FieldNumbers {
    fn default() -> Self {
        Self { places: [NONE; FIELDS.len()], values: SmallVec::new() }
    }
}

impl FieldNumbers {
    /// A number, where it is defined.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<f64> {
        let value = self.values.get(usize::from(self.places[field as usize]));
        value.copied().filter(|value| !value.is_nan())
    }

    /// Sets a number; one that is not finite counts as undefined.
    pub fn set(&mut self, field: Field, value: Option<f64>) {
        let place = &mut self.places[field as usize];
        let value = value.filter(|value| value.is_finite());
        if let Some(there) = self.values.get_mut(usize::from(*place)) {
            *there = value.unwrap_or(f64::NAN);
        } else if let Some(value) = value {
            *place = u8::try_from(self.values.len()).unwrap_or(NONE);
            self.values.push(value);
        }
    }

    /// Every number that is there, in the order of the registry.
    pub fn iter(&self) -> impl Iterator<Item = (Field, f64)> {
        fields::all().filter_map(|field| Some((field, self.get(field)?)))
    }
}

/// As an object: the name of each, and the number.
impl Serialize for FieldNumbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(field, value)| (field.name(), value)))
    }
}

impl<'de> Deserialize<'de> for FieldNumbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_name = BTreeMap::<String, Exact>::deserialize(deserializer)?;
        let mut numbers = Self::default();
        for (name, Exact(value)) in by_name {
            let field = Field::find(&name).ok_or_else(|| D::Error::custom("an unknown number"))?;
            numbers.set(field, Some(value));
        }
        Ok(numbers)
    }
}

impl PartialEq for FieldNumbers {
    fn eq(&self, other: &Self) -> bool {
        fields::all()
            .all(|field| self.get(field).map(f64::to_bits) == other.get(field).map(f64::to_bits))
    }
}
