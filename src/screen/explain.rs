//! One score taken apart: what each component was made of, and what is missing.

use serde::Serialize;

use super::cross_section::{PILLARS, composite_inputs};
use super::fields::Field as F;
use super::models::Model;
use super::models::composite::{WEIGHTS, z_scores};
use super::row::Row;

/// A number that a component is made of; undefined ones are null.
pub type Input = (&'static str, Option<f64>);

/// One component of a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

/// The components of a row's score; `benchmark` is what its relative pillar was measured against.
#[must_use]
pub fn components(model: Model, row: &Row, benchmark: Option<&str>) -> Vec<Component> {
    match model {
        Model::Composite => composite(row, benchmark),
        Model::AlphaVelocity => alphavelocity(row),
        Model::RelativeStrength => {
            vec![single(model, row, &[F::RelativeStrengthRaw, F::RsRating])]
        }
        _ => vec![single(model, row, model.inputs())],
    }
}

/// A model that is one component.
fn single(model: Model, row: &Row, fields: &[F]) -> Component {
    let missing = match (row.is_scored(), row.get(F::Raw)) {
        (true, _) => None,
        (false, Some(_)) => Some("it compares tickers, and there is no other".into()),
        (false, None) => Some(too_few_bars(row, row.calendar.bars(model.bars()))),
    };
    Component {
        name: model.name(),
        inputs: inputs(row, fields),
        z: None,
        weight: row.is_scored().then_some(1.0),
        missing,
    }
}

fn alphavelocity(row: &Row) -> Vec<Component> {
    let bars = Model::AlphaVelocity.bars();
    let mut components = Vec::new();
    for (field, weight) in PILLARS.into_iter().zip(WEIGHTS) {
        components.push(Component {
            name: field.name(),
            inputs: inputs(row, &[field]),
            z: None,
            weight: row.is_scored().then_some(weight),
            missing: (!row.is_scored()).then(|| too_few_bars(row, bars)),
        });
    }
    components
}

fn composite(row: &Row, benchmark: Option<&str>) -> Vec<Component> {
    let fields: [&[F]; 3] = [
        &[F::Return12x1, F::Return6x1],
        &[F::ClenowSlope, F::ClenowR2, F::Clenow],
        &[F::Return3m, F::BenchmarkReturn3m],
    ];
    let z_scores = z_scores(&composite_inputs(row));
    let mut weights = 0.0;
    for (weight, z) in WEIGHTS.into_iter().zip(z_scores) {
        if z.is_some() {
            weights += weight;
        }
    }
    let mut components = Vec::new();
    for (i, pillar) in PILLARS.into_iter().enumerate() {
        let z = z_scores[i];
        components.push(Component {
            name: pillar.name(),
            inputs: inputs(row, fields[i]),
            z,
            weight: z.map(|_| WEIGHTS[i] / weights),
            missing: z.is_none().then(|| why_missing(pillar, row, benchmark)),
        });
    }
    components
}

fn why_missing(pillar: F, row: &Row, benchmark: Option<&str>) -> String {
    if pillar != F::RelativeMomentum || !row.is_scored() {
        return too_few_bars(row, row.calendar.bars(Model::Composite.bars()));
    }
    match benchmark {
        Some(name) => format!("{name} has no bars on these dates"),
        None => "there is no benchmark, and fewer than 20 tickers to take a median of".into(),
    }
}

fn inputs(row: &Row, fields: &[F]) -> Vec<Input> {
    fields.iter().map(|field| (field.name(), row.get(*field))).collect()
}

fn too_few_bars(row: &Row, needed: usize) -> String {
    if row.bars < needed {
        format!("{needed} bars are needed and there are {}", row.bars)
    } else {
        "it is undefined for these prices".into()
    }
}
