//! How scores are judged.

use chrono::NaiveDate;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use super::values::{parse_at_least_one, parse_day, parse_not_negative};
use crate::models::Model;

#[derive(Debug, Args)]
#[command(next_help_heading = "Judging")]
pub(crate) struct JudgeArgs {
    /// The models, separated by commas, or all of them
    #[arg(long = "model", value_name = "MODEL,…|all", default_value = "composite",
          value_delimiter = ',', value_parser = parse_models())]
    pub(crate) models: Vec<ModelWord>,

    /// Sessions held, each judged on its own
    #[arg(long, value_name = "N,…", default_value = "21", value_delimiter = ',',
          value_parser = parse_at_least_one)]
    pub(crate) horizon: Vec<usize>,

    /// Sessions from a score to the purchase: 1 buys at the next close
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) lag: usize,

    /// Judge every Nth session
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_at_least_one)]
    pub(crate) every: usize,

    /// Buckets of scores; a date needs twice as many names
    #[arg(long, value_name = "N", default_value = "10", value_parser = parse_quantiles)]
    pub(crate) quantiles: usize,

    /// The cost of buying or selling, in basis points
    #[arg(long, value_name = "BPS", default_value = "10", value_parser = parse_not_negative)]
    pub(crate) cost: f64,

    /// Members of each day (embedded lists know them), of today, or from a CSV of symbol, from, to
    #[arg(long, value_name = "day|today|FILE", default_value = "day", value_hint = ValueHint::FilePath)]
    pub(crate) members: String,

    /// Use scores and returns minus their sector's mean
    #[arg(long, value_enum, value_name = "GROUP")]
    pub(crate) neutral: Option<NeutralName>,

    /// The first day of a score [default: the first possible with files, else ten years ago]
    #[arg(long, value_name = "DAY", value_parser = parse_day, allow_hyphen_values = true)]
    pub(crate) from: Option<NaiveDate>,

    /// The last day of a score
    #[arg(long, value_name = "DAY", value_parser = parse_day, allow_hyphen_values = true)]
    pub(crate) to: Option<NaiveDate>,

    /// Score 25 dates again on prices that end there, and exit with 4 if any score differs
    #[arg(long)]
    pub(crate) check_lookahead: bool,
}

/// Within what scores are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NeutralName {
    Sector,
}

/// One of the models, or the word for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModelWord {
    All,
    One(Model),
}

const ALL: &str = "all";

fn parse_models() -> impl TypedValueParser<Value = ModelWord> {
    let models = Model::ALL.map(|model| PossibleValue::new(model.name).help(model.meaning));
    let all = PossibleValue::new(ALL).help("every model");
    PossibleValuesParser::new(models.into_iter().chain([all])).try_map(|name| {
        match Model::find(&name) {
            Some(model) => Ok(ModelWord::One(model)),
            None if name == ALL => Ok(ModelWord::All),
            None => Err("no such model"),
        }
    })
}

fn parse_quantiles(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (2..=100).contains(&n) => Ok(n),
        _ => Err("a whole number, 2 to 100".into()),
    }
}

impl JudgeArgs {
    /// The models that are meant, each once, in the order given.
    pub(crate) fn models(&self) -> Vec<Model> {
        let mut models: Vec<Model> = Vec::new();
        for word in &self.models {
            let meant = match word {
                ModelWord::All => &Model::ALL[..],
                ModelWord::One(model) => std::slice::from_ref(model),
            };
            for model in meant {
                if !models.contains(model) {
                    models.push(*model);
                }
            }
        }
        models
    }

    /// The holding periods, each once, in the order given.
    pub(crate) fn horizons(&self) -> Vec<usize> {
        let mut horizons: Vec<usize> = Vec::new();
        for horizon in &self.horizon {
            if !horizons.contains(horizon) {
                horizons.push(*horizon);
            }
        }
        horizons
    }
}
