//! From options to what a screen asks: how momentum is scored, what counts as unusual volume, what is held.

use chrono::NaiveDate;

use super::remote::BENCHMARK;
use super::run::RunSettings;
use super::source::SourceSettings;
use super::typed::Typed;
use crate::ask::columns::Column;
use crate::ask::criteria::is_of_volume_screens;
use crate::ask::volume::{Baseline, Direction, Volume};
use crate::cli::args::model::{BenchmarkArgs, ModelArgs, RankArgs};
use crate::cli::args::view::ChoiceArgs;
use crate::cli::args::volume::{BaselineName, DirectionName, VolumeArgs};
use crate::cli::error::{CommandError, usage};
use crate::compare::momentum::Momentum;
use crate::measure::calendar::SESSIONS;
use crate::measure::fields::{self, Field};
use crate::universe::{Holdings, HoldingsOptions, ListOptions, Symbol, Universe, UniverseError};

const HOLDINGS_HINT: &str = "holdings are a CSV with the columns ticker, shares and perhaps cost_basis \
                             (of one share), or words like AAPL=100";

/// How momentum is scored.
pub(crate) fn decide_momentum(
    args: &ModelArgs,
    run: &mut RunSettings,
) -> Result<Momentum, CommandError> {
    let benchmark = decide_benchmark(&args.benchmark, run)?;
    Ok(Momentum { model: args.model, benchmark })
}

/// The benchmark that returns are measured against, if any; one that is named has to be there.
pub(crate) fn decide_benchmark(
    args: &BenchmarkArgs,
    run: &mut RunSettings,
) -> Result<Option<Symbol>, CommandError> {
    let name = match (args.benchmark.as_deref(), &run.source) {
        (Some("none"), _) | (None, SourceSettings::Local(_)) => None,
        (Some(name), _) => Some(name),
        (None, SourceSettings::Remote(_)) => Some(BENCHMARK),
    };
    let benchmark = name.map(Symbol::parse).transpose();
    let benchmark =
        benchmark.map_err(|bad| usage(format!("--benchmark {bad} is not a valid ticker")))?;
    run.plan.needs_benchmark = args.benchmark.is_some() && benchmark.is_some();
    Ok(benchmark)
}

/// A preset's model is used unless another is typed.
pub(crate) fn with_preset(model: ModelArgs, choice: &ChoiceArgs, typed: &Typed) -> ModelArgs {
    match choice.preset.iter().find_map(|preset| preset.model) {
        Some(preset) if !typed.has("model") => ModelArgs { model: preset, ..model },
        _ => model,
    }
}

/// The list that tickers are compared with, as it was on a day. `None`: with each other.
pub(crate) fn decide_rank_among(
    args: &RankArgs,
    on: Option<NaiveDate>,
) -> Result<Option<Universe>, CommandError> {
    let Some(word) = &args.rank_among else { return Ok(None) };
    let options = ListOptions { on, ..ListOptions::default() };
    Ok(Some(Universe::read(
        std::slice::from_ref(word),
        &[],
        options,
        &mut std::io::stdin().lock(),
    )?))
}

pub(crate) fn decide_volume(args: &VolumeArgs) -> Result<Volume, CommandError> {
    if let (Some(min), Some(max)) = (args.min_price, args.max_price)
        && min > max
    {
        let error = format!("--min-price {min} is above --max-price {max}: nothing can pass");
        return Err(usage(error));
    }
    Ok(Volume {
        min_volume: args.min_volume,
        multiplier: args.multiplier,
        lookback: args.lookback.into(),
        baseline: match args.baseline {
            BaselineName::Mean => Baseline::Mean,
            BaselineName::Median => Baseline::Median,
        },
        direction: match args.direction {
            DirectionName::Up => Direction::Up,
            DirectionName::Down => Direction::Down,
            DirectionName::Any => Direction::Any,
        },
        min_price: args.min_price,
        max_price: args.max_price,
        min_dollar_volume: args.min_dollar_volume,
    })
}

/// Sessions that a volume screen asks for: those of its baseline, or as many as momentum needs where one of these texts
/// names a momentum column.
pub(crate) fn volume_sessions<'a>(
    volume: &Volume,
    texts: impl Iterator<Item = &'a String>,
) -> usize {
    let texts: Vec<&String> = texts.collect();
    let names = |field: Field| {
        let words = |text: &&String| {
            let is_part = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
            text.split(is_part).any(|word| {
                word.eq_ignore_ascii_case(field.name())
                    || word.eq_ignore_ascii_case(Column::Value(field).heading())
            })
        };
        texts.iter().any(words)
    };
    let baseline = volume.lookback + 1;
    let asks = fields::all().filter(|field| is_of_volume_screens(*field)).any(names);
    if asks { baseline.max(SESSIONS) } else { baseline }
}

/// Reads holdings from files, words and standard input.
pub(crate) fn read_holdings(
    words: &[String],
    options: HoldingsOptions,
) -> Result<Holdings, CommandError> {
    let hint = |error: &UniverseError| match error {
        UniverseError::UnclearCost { .. } => "--cost per-share or --cost total",
        UniverseError::UnclearDates(_) => "--date-format dmy or --date-format mdy",
        UniverseError::UnclearNumbers(_) => "--decimal point or --decimal comma",
        _ => HOLDINGS_HINT,
    };
    Holdings::read(words, options, &mut std::io::stdin().lock())
        .map_err(|error| usage(error.to_string()).hinted(hint(&error)))
}
