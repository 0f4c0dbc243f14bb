//! One score taken apart: what each part was made of, and what is missing.

use serde::Serialize;

use super::fields::Field as F;
use super::models::Model;
use super::models::composite::{PILLARS, z_scores};
use super::row::Row;

/// One part of a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Component {
    /// Its name: a pillar of the composite, or the model itself.
    pub name: &'static str,
    /// The numbers it is made of; undefined ones are null.
    pub inputs: Vec<(&'static str, Option<f64>)>,
    /// The part as a z-score, where it is one.
    pub z: Option<f64>,
    /// Its share of the raw value, missing parts' weights shared out.
    pub weight: Option<f64>,
    /// Why it is missing, if it is.
    pub missing: Option<String>,
}

/// The parts of a row's score; `benchmark` is what its relative pillar was measured against.
#[must_use]
pub fn parts(model: Model, row: &Row, benchmark: Option<&str>) -> Vec<Component> {
    let inputs = |fields: &[F]| fields.iter().map(|f| (f.name(), row.get(*f))).collect::<Vec<_>>();
    let by_itself = |fields: &[F]| {
        let scored = row.is_scored();
        vec![Component {
            name: model.name(),
            inputs: inputs(fields),
            z: None,
            weight: scored.then_some(1.0),
            missing: (!scored).then(|| match row.get(F::Raw) {
                Some(_) => "it compares tickers, and there is no other".into(),
                None => too_few(row, model.bars()),
            }),
        }]
    };
    match model {
        Model::Composite => composite(row, benchmark),
        Model::TwelveOne => by_itself(&[F::Return12x1]),
        Model::SixOne => by_itself(&[F::Return6x1]),
        Model::RiskAdjusted => by_itself(&[F::MomentumRatio12, F::MomentumRatio6, F::Volatility1y]),
        Model::Clenow => by_itself(&[F::ClenowSlope, F::ClenowR2, F::Clenow]),
        Model::High52w => by_itself(&[F::High52wRatio]),
        Model::RelativeStrength => by_itself(&[F::RelativeStrengthRaw, F::RsRating]),
        Model::Continuity => by_itself(&[F::Return12x1, F::Continuity]),
        Model::AlphaVelocity => {
            let part = |(field, weight): (F, f64)| Component {
                name: field.name(),
                inputs: inputs(&[field]),
                z: None,
                weight: row.is_scored().then_some(weight),
                missing: (!row.is_scored()).then(|| too_few(row, model.bars())),
            };
            PILLARS.map(part).to_vec()
        }
    }
}

fn composite(row: &Row, benchmark: Option<&str>) -> Vec<Component> {
    let value = |field: F| (field.name(), row.get(field));
    let inputs = [
        [F::Return12x1, F::Return6x1].map(value).to_vec(),
        [F::ClenowSlope, F::ClenowR2, F::Clenow].map(value).to_vec(),
        vec![value(F::Return3m), ("benchmark_return_3m", row.benchmark_return)],
    ];
    let zs = z_scores(row);
    let known = PILLARS.iter().zip(zs).filter(|(_, z)| z.is_some());
    let weights: f64 = known.map(|((_, weight), _)| weight).sum();
    let missing = |field: F| match benchmark {
        _ if field != F::RelativeMomentum || !row.is_scored() => {
            too_few(row, Model::Composite.bars())
        }
        Some(name) => format!("{name} has no bars on these dates"),
        None => "there is no benchmark, and fewer than 20 tickers to take a median of".into(),
    };
    let parts = PILLARS.into_iter().zip(zs).zip(inputs);
    parts
        .map(|(((field, weight), z), inputs)| Component {
            name: field.name(),
            inputs,
            z,
            weight: z.map(|_| weight / weights),
            missing: z.is_none().then(|| missing(field)),
        })
        .collect()
}

fn too_few(row: &Row, needed: usize) -> String {
    if row.bars < needed {
        format!("{needed} bars are needed and there are {}", row.bars)
    } else {
        "it is undefined for these prices".into()
    }
}
