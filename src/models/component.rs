//! One score taken apart: what each component was made of, and what is missing.

use crate::measure::fields::Field as F;
use crate::measure::snapshot::Snapshot;

/// A number that a component is made of; undefined ones are null.
pub type Input = (&'static str, Option<f64>);

/// One component of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its name: a pillar of the composite, or the model itself.
    pub name: &'static str,
    /// The numbers it is made of.
    pub inputs: Vec<Input>,
    /// The component as a z-score, where it is one.
    pub z: Option<f64>,
    /// Its share of the raw value, missing components' weights shared out.
    pub weight: Option<f64>,
    /// Why it is missing, if it is.
    pub missing: Option<String>,
}

/// Numbers of a snapshot by name.
pub(super) fn inputs(snapshot: &Snapshot, fields: &[F]) -> Vec<Input> {
    fields.iter().map(|field| (field.name(), snapshot.get(*field))).collect()
}

/// Why a component is undefined that needs so many bars.
pub(super) fn too_few_bars(snapshot: &Snapshot, needed: usize) -> String {
    if snapshot.bars < needed {
        format!("{needed} bars are needed and there are {}", snapshot.bars)
    } else {
        "it is undefined for these prices".into()
    }
}
