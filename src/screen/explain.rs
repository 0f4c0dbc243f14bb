//! One score taken apart: what each part was made of, and what is missing.

use serde::Serialize;

use super::columns::Field as F;
use super::models::{Model, clenow, six_one, twelve_one};
use super::row::Row;

/// One part of a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
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
pub fn parts(model: Model, row: &Row, benchmark: Option<&str>) -> Vec<Part> {
    let inputs = |fields: &[F]| fields.iter().map(|f| (f.name(), row.get(*f))).collect::<Vec<_>>();
    let by_itself = |fields: &[F]| {
        let scored = row.is_scored();
        vec![Part {
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
            let pillars = [
                (F::PriceMomentum, 0.50),
                (F::TechnicalMomentum, 0.35),
                (F::RelativeMomentum, 0.15),
            ];
            let part = |(field, weight): (F, f64)| Part {
                name: field.name(),
                inputs: inputs(&[field]),
                z: None,
                weight: row.is_scored().then_some(weight),
                missing: (!row.is_scored()).then(|| too_few(row, model.bars())),
            };
            pillars.map(part).to_vec()
        }
    }
}

fn composite(row: &Row, benchmark: Option<&str>) -> Vec<Part> {
    let r12_1 = row.get(F::Return12x1);
    let r6_1 = row.get(F::Return6x1);
    let price = match (r12_1, r6_1) {
        (Some(year), Some(half)) => Some(f64::midpoint(twelve_one::z(year), six_one::z(half))),
        (None, Some(half)) => Some(six_one::z(half)),
        _ => None,
    };
    let is_scored = row.is_scored();
    let technical = row.get(F::Clenow).map(clenow::z).filter(|_| is_scored);
    // The benchmark's return follows from the pillars that are there: raw · Σw − the others.
    let relative = row
        .get(F::RelativeMomentum)
        .zip(row.get(F::CompositeZ))
        .and_then(|(_, raw)| Some((raw - 0.50 * price? - 0.35 * technical?) / 0.15));
    let other = row.get(F::Return3m).zip(relative).map(|(own, z)| own - 0.16 * z);
    let weights = if relative.is_some() { 1.0 } else { 0.85 };
    let part = |name, weight: f64, z: Option<f64>, inputs, missing: String| Part {
        name,
        inputs,
        z,
        weight: z.map(|_| weight / weights),
        missing: z.is_none().then_some(missing),
    };
    let short = too_few(row, Model::Composite.bars());
    let price_inputs = vec![(F::Return12x1.name(), r12_1), (F::Return6x1.name(), r6_1)];
    let technical_inputs = [F::ClenowSlope, F::ClenowR2, F::Clenow].map(|f| (f.name(), row.get(f)));
    let relative_inputs =
        vec![(F::Return3m.name(), row.get(F::Return3m)), ("benchmark_return_3m", other)];
    let no_benchmark = match benchmark {
        _ if !is_scored => short.clone(),
        Some(name) => format!("{name} has no bars on these dates"),
        None => "there is no benchmark, and fewer than 20 tickers to take a median of".into(),
    };
    vec![
        part("price_momentum", 0.50, price.filter(|_| is_scored), price_inputs, short.clone()),
        part("technical_momentum", 0.35, technical, technical_inputs.to_vec(), short),
        part("relative_momentum", 0.15, relative, relative_inputs, no_benchmark),
    ]
}

fn too_few(row: &Row, needed: usize) -> String {
    if row.bars < needed {
        format!("{needed} bars are needed and there are {}", row.bars)
    } else {
        "it is undefined for these prices".into()
    }
}
