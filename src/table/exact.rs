//! Numbers of JSON that are read as they were written: `serde_json` by itself may be one off in the last digit.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// A number that is read as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Exact(pub f64);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?;
        text.get().parse().map(Self).map_err(D::Error::custom)
    }
}

/// Reads a list of numbers exactly, for a field of a derived type.
///
/// # Errors
/// Those of the document.
pub fn exact_numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    let numbers = Vec::<Exact>::deserialize(deserializer)?;
    Ok(numbers.into_iter().map(|Exact(number)| number).collect())
}
