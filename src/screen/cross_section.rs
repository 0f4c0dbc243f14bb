//! The symbols at the close of one session that may be compared with each other, and their scores.
//!
//! Everything that compares symbols by a model is here; how rows are filtered and shown is not.

use super::fields::Field as F;
use super::indicators as ind;
use super::models::alphavelocity;
use super::models::{
    Model, TooFewToCompare, clenow, composite, continuity, high_52w, relative_strength,
    risk_adjusted, score_of_z, six_one, twelve_one,
};
use super::momentum::{BenchmarkUsed, Momentum};
use super::note::Note;
use super::ranks::MeanRanks;
use super::row::Row;
use crate::bars::Bars;

/// How many scored symbols make a universe whose median can stand in for a benchmark.
const MIN_NAMES_FOR_MEDIAN: usize = 20;

/// The pillars of the composite model and of the `AlphaVelocity` formula.
pub const PILLARS: [F; 3] = [F::PriceMomentum, F::TechnicalMomentum, F::RelativeMomentum];

/// The rows of one session that may be compared.
pub struct CrossSection<'a> {
    rows: Vec<&'a mut Row>,
}

impl<'a> CrossSection<'a> {
    /// Those of the rows that may be compared: the prices of stale ones are of another session.
    pub fn of(rows: &'a mut [Row]) -> Self {
        Self { rows: rows.iter_mut().filter(|row| !row.is_stale()).collect() }
    }

    /// Sets pillars, raw values, scores and what is missing; `benchmark` are the benchmark's bars, where they
    /// could be had. Returns what returns were compared with.
    ///
    /// # Errors
    /// [`TooFewToCompare`] when the model compares symbols and there are too few.
    pub fn score(
        &mut self,
        momentum: &Momentum,
        benchmark: Option<&Bars>,
    ) -> Result<BenchmarkUsed, TooFewToCompare> {
        let mut used = self.set_benchmark_returns(momentum, benchmark);
        for row in &mut self.rows {
            set_pillars(row);
        }
        let month = benchmark.and_then(|bars| alphavelocity::month(bars.adjusted()));
        self.apply(momentum.model, month)?;
        for row in &mut self.rows {
            note_gaps(row, momentum.model, month.is_some());
        }
        if momentum.model == Model::AlphaVelocity {
            // It takes no median, and less of a benchmark.
            used = match (month, &momentum.benchmark) {
                (Some(_), Some(symbol)) => BenchmarkUsed::Symbol(symbol.clone()),
                _ => BenchmarkUsed::Nothing,
            };
        }
        Ok(used)
    }

    /// Sets the return that each row's own is compared with: the benchmark's, else the median.
    fn set_benchmark_returns(
        &mut self,
        momentum: &Momentum,
        benchmark: Option<&Bars>,
    ) -> BenchmarkUsed {
        if let Some(bars) = benchmark
            && let Some(symbol) = &momentum.benchmark
        {
            let mut has_any = false;
            for row in &mut self.rows {
                let value = benchmark_return(bars, row);
                has_any |= value.is_some();
                row.set(F::BenchmarkReturn3m, value);
            }
            if has_any {
                return BenchmarkUsed::Symbol(symbol.clone());
            }
            // A benchmark that has none of these dates is as good as none.
        }
        let median = self.median_return();
        for row in &mut self.rows {
            row.set(F::BenchmarkReturn3m, median);
        }
        if median.is_some() { BenchmarkUsed::UniverseMedian } else { BenchmarkUsed::Nothing }
    }

    /// The median 3-month return of the rows the composite scores, if there are enough of them.
    fn median_return(&self) -> Option<f64> {
        let mut returns = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            if row.get(F::Return6x1).is_some() {
                returns.extend(row.get(F::Return3m));
            }
        }
        if returns.len() >= MIN_NAMES_FOR_MEDIAN { ind::median(&returns) } else { None }
    }

    fn apply(&mut self, model: Model, month: Option<f64>) -> Result<(), TooFewToCompare> {
        match model {
            Model::Composite => self.map(F::CompositeZ, score_of_z),
            Model::TwelveOne => self.map(F::Return12x1, twelve_one::score),
            Model::SixOne => self.map(F::Return6x1, six_one::score),
            Model::Clenow => self.map(F::Clenow, clenow::score),
            Model::High52w => self.map(F::High52wRatio, high_52w::score),
            Model::Continuity => self.map(F::Continuity, continuity::score),
            Model::RelativeStrength => self.rank_by_strength(),
            Model::RiskAdjusted => self.compare_ratios()?,
            Model::AlphaVelocity => {
                for row in &mut self.rows {
                    apply_alphavelocity(row, month);
                }
            }
        }
        Ok(())
    }

    /// A model whose raw value is one of the row's numbers.
    fn map(&mut self, field: F, score: fn(f64) -> f64) {
        for row in &mut self.rows {
            let raw = row.get(field);
            row.set(F::Raw, raw);
            row.set(F::OverallMomentumScore, raw.map(score));
        }
    }

    fn rank_by_strength(&mut self) {
        let strengths = self.rows.iter().filter_map(|row| row.get(F::RelativeStrengthRaw));
        let ranks = MeanRanks::among(strengths.collect());
        for row in &mut self.rows {
            let raw = row.get(F::RelativeStrengthRaw);
            let rating = raw.and_then(|raw| relative_strength::rating(ranks.of(raw), ranks.len()));
            row.set(F::Raw, raw);
            row.set(F::RsRating, rating);
            row.set(F::OverallMomentumScore, rating.map(relative_strength::score));
        }
    }

    fn compare_ratios(&mut self) -> Result<(), TooFewToCompare> {
        let mut long = Vec::with_capacity(self.rows.len());
        let mut short = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            if let Some((twelve, six)) = momentum_ratios(row) {
                long.push(twelve);
                short.push(six);
            }
        }
        if long.len() < risk_adjusted::MIN_NAMES {
            return Err(TooFewToCompare { scored: long.len() });
        }
        for row in &mut self.rows {
            let raw = momentum_ratios(row).and_then(|(twelve, six)| {
                let twelve = risk_adjusted::clipped_z(twelve, &long)?;
                let six = risk_adjusted::clipped_z(six, &short)?;
                Some(f64::midpoint(twelve, six))
            });
            row.set(F::Raw, raw);
            row.set(F::OverallMomentumScore, raw.map(score_of_z));
        }
        Ok(())
    }
}

/// The benchmark's return between the two sessions of a row's 3-month return.
fn benchmark_return(benchmark: &Bars, row: &Row) -> Option<f64> {
    let first = benchmark.adjusted_on(row.three_months_ago?)?;
    let last = benchmark.adjusted_on(row.as_of?)?;
    Some(last / first - 1.0)
}

fn momentum_ratios(row: &Row) -> Option<(f64, f64)> {
    Some((row.get(F::MomentumRatio12)?, row.get(F::MomentumRatio6)?))
}

/// What the composite model takes of a row.
#[must_use]
pub fn composite_inputs(row: &Row) -> composite::Inputs {
    composite::Inputs {
        return_12_1: row.get(F::Return12x1),
        return_6_1: row.get(F::Return6x1),
        clenow: row.get(F::Clenow),
        return_3m: row.get(F::Return3m),
        benchmark_return_3m: row.get(F::BenchmarkReturn3m),
    }
}

/// Sets the composite's pillars and raw value, whatever model ranks.
fn set_pillars(row: &mut Row) {
    let z_scores = composite::z_scores(&composite_inputs(row));
    for (pillar, z) in PILLARS.into_iter().zip(z_scores) {
        row.set(pillar, z.map(score_of_z));
    }
    row.set(F::CompositeZ, composite::raw(z_scores));
}

fn apply_alphavelocity(row: &mut Row, benchmark_month: Option<f64>) {
    let (Some(price), Some(technical), Some(month)) = (
        row.get(F::AlphavelocityPrice),
        row.get(F::AlphavelocityTechnical),
        row.get(F::AlphavelocityMonth),
    ) else {
        return;
    };
    let pillars = [price, technical, alphavelocity::relative(month, benchmark_month)];
    for (field, pillar) in PILLARS.into_iter().zip(pillars) {
        row.set(field, Some(pillar / 10.0));
    }
    let raw = alphavelocity::raw(pillars);
    row.set(F::Raw, Some(raw));
    row.set(F::OverallMomentumScore, Some(raw / 10.0));
}

/// Notes what a row's score had to do without.
fn note_gaps(row: &mut Row, model: Model, has_benchmark: bool) {
    if row.bars < model.bars() {
        row.notes.push(Note::TooFewBars);
    } else if model == Model::Composite && row.is_scored() {
        if row.get(F::Return12x1).is_none() {
            row.notes.push(Note::ShortHistory);
        }
        if row.get(F::RelativeMomentum).is_none() {
            row.notes.push(Note::NoBenchmark);
        }
    } else if model == Model::AlphaVelocity && !has_benchmark {
        row.notes.push(Note::NoBenchmark);
    }
}
