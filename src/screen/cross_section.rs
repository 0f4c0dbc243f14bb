//! The symbols at the close of one session that may be compared with each other, and their scores.
//!
//! Everything that compares symbols by a model is here; how rows are filtered and shown is not.

use std::collections::HashSet;

use super::fields::Field as F;
use super::indicators as ind;
use super::models::alphavelocity;
use super::models::{
    Model, TooFewToCompare, composite, continuity, relative_strength, risk_adjusted, score_of_z,
};
use super::momentum::{BenchmarkUsed, Momentum};
use super::note::Note;
use super::ranks::MeanRanks;
use super::row::Row;
use super::wanted::FieldSet;
use crate::bars::Bars;
use crate::universe::Symbol;

/// How many scored symbols make a universe whose median can stand in for a benchmark.
const MIN_NAMES_FOR_MEDIAN: usize = 20;

/// The pillars of the composite model and of the `AlphaVelocity` formula.
pub const PILLARS: [F; 3] = [F::PriceMomentum, F::TechnicalMomentum, F::RelativeMomentum];

/// The rows of one session that may be compared.
pub struct CrossSection<'a> {
    rows: Vec<&'a mut Row>,
    /// The rows that these are compared with. `None`: with each other.
    others: Option<Vec<&'a mut Row>>,
}

impl<'a> CrossSection<'a> {
    /// Those of the rows that may be compared, which are not set aside. `others` are the
    /// rows that they are compared with, where that is not each other.
    pub fn of(
        rows: impl IntoIterator<Item = &'a mut Row>,
        others: Option<impl IntoIterator<Item = &'a mut Row>>,
    ) -> Self {
        let rows = rows.into_iter().filter(|row| !row.is_set_aside).collect();
        let others =
            others.map(|others| others.into_iter().filter(|row| !row.is_set_aside).collect());
        Self { rows, others }
    }

    /// Sets pillars, raw values, scores, what is missing, and of `wanted` what compares symbols; `benchmark` are
    /// the benchmark's bars, where they could be had. Returns what returns were compared with.
    ///
    /// # Errors
    /// [`TooFewToCompare`] when the model compares symbols and there are too few.
    pub fn score(
        &mut self,
        momentum: &Momentum,
        wanted: FieldSet,
        benchmark: Option<&Bars>,
    ) -> Result<BenchmarkUsed, TooFewToCompare> {
        let Momentum { model, benchmark: symbol } = momentum;
        let mut used = self.prepare(wanted, *model, symbol.as_ref().zip(benchmark));
        let month = benchmark.and_then(|bars| alphavelocity::month(bars.adjusted()));
        self.set_raw_values(*model, month)?;
        self.set_scores(*model);
        if wanted.contains(F::Percentile) {
            self.set_percentiles();
        }
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

    /// Sets what `wanted` and the raw and score of a model take of all rows together. Returns what returns were compared
    /// with.
    fn prepare(
        &mut self,
        wanted: FieldSet,
        model: Model,
        benchmark: Option<(&Symbol, &Bars)>,
    ) -> BenchmarkUsed {
        let used = self.set_benchmark_returns(benchmark);
        if wanted.contains_any(&PILLARS) {
            self.all().for_each(set_pillars);
        } else if wanted.contains(F::CompositeZ) || model == Model::Composite {
            self.all().for_each(set_composite_z);
        }
        if wanted.contains(F::RsRating) || model == Model::RelativeStrength {
            self.set_ratings();
        }
        used
    }

    /// The raw values of a model, one a row; `month` is the benchmark's return of a month. `None`: too few to compare.
    pub(crate) fn raw_values(
        &mut self,
        model: Model,
        benchmark: Option<(&Symbol, &Bars)>,
        month: Option<f64>,
    ) -> Option<impl Iterator<Item = Option<f64>>> {
        if model == Model::Composite {
            self.set_benchmark_returns(benchmark);
            self.all().for_each(set_composite_z);
        }
        self.set_raw_values(model, month).ok()?;
        Some(self.rows.iter().map(|row| row.get(F::Raw)))
    }

    /// Every row, those that are only compared with among them.
    fn all(&mut self) -> impl Iterator<Item = &mut Row> {
        self.rows.iter_mut().chain(self.others.iter_mut().flatten()).map(|row| &mut **row)
    }

    /// The rows that others are compared with.
    fn compared(&self) -> impl Iterator<Item = &Row> {
        self.others.as_ref().unwrap_or(&self.rows).iter().map(|row| &**row)
    }

    /// Sets the return that each row's own is compared with: the benchmark's, else the median.
    fn set_benchmark_returns(&mut self, benchmark: Option<(&Symbol, &Bars)>) -> BenchmarkUsed {
        if let Some((symbol, bars)) = benchmark {
            let mut has_any = false;
            for row in self.all() {
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
        self.all().for_each(|row| row.set(F::BenchmarkReturn3m, median));
        if median.is_some() { BenchmarkUsed::UniverseMedian } else { BenchmarkUsed::Nothing }
    }

    /// The median 3-month return of the rows the composite scores, if there are enough of them.
    fn median_return(&self) -> Option<f64> {
        let mut returns = Vec::with_capacity(self.rows.len());
        for row in self.compared() {
            if row.get(F::Return6x1).is_some() {
                returns.extend(row.get(F::Return3m));
            }
        }
        if returns.len() >= MIN_NAMES_FOR_MEDIAN { ind::median(&returns) } else { None }
    }

    /// Sets a model's raw values; `month` is the benchmark's return of a month.
    ///
    /// # Errors
    /// See [`CrossSection::score`].
    fn set_raw_values(&mut self, model: Model, month: Option<f64>) -> Result<(), TooFewToCompare> {
        match model {
            Model::RiskAdjusted => self.compare_ratios()?,
            Model::AlphaVelocity => self.all().for_each(|row| set_alphavelocity(row, month)),
            Model::Continuity => {
                for row in self.all() {
                    let inputs = row.get(F::Return12x1).zip(row.get(F::Continuity));
                    row.set(F::Raw, inputs.map(|(change, share)| continuity::raw(change, share)));
                }
            }
            _ => {
                let field = model.raw_field().unwrap_or(F::Raw);
                self.all().for_each(|row| row.set(F::Raw, row.get(field)));
            }
        }
        Ok(())
    }

    /// Sets a model's scores, after its raw values.
    fn set_scores(&mut self, model: Model) {
        let of = if model == Model::RelativeStrength { F::RsRating } else { F::Raw };
        let score = |row: &Row| row.get(of).map(|number| model.score(number));
        self.all().for_each(|row| row.set(F::OverallMomentumScore, score(row)));
    }

    fn set_ratings(&mut self) {
        self.set_by_rank(F::RelativeStrengthRaw, F::RsRating, relative_strength::rating);
    }

    fn set_percentiles(&mut self) {
        self.set_by_rank(F::Raw, F::Percentile, percentile);
    }

    /// Sets a number that the mean rank of another among those compared decides.
    fn set_by_rank(&mut self, of: F, field: F, number: fn(f64, usize) -> Option<f64>) {
        let ranks = MeanRanks::among(self.compared().filter_map(|row| row.get(of)).collect());
        let members: Option<HashSet<Symbol>> =
            self.others.as_ref().map(|rows| rows.iter().map(|row| row.symbol.clone()).collect());
        for row in self.all() {
            let is_member = members.as_ref().is_none_or(|members| members.contains(&row.symbol));
            let value = row.get(of).and_then(|value| {
                let (rank, n) = ranks.place_of(value, is_member);
                number(rank, n)
            });
            row.set(field, value);
        }
    }

    fn compare_ratios(&mut self) -> Result<(), TooFewToCompare> {
        let mut long = Vec::with_capacity(self.rows.len());
        let mut short = Vec::with_capacity(self.rows.len());
        for row in self.compared() {
            if let Some((twelve, six)) = momentum_ratios(row) {
                long.push(twelve);
                short.push(six);
            }
        }
        if long.len() < risk_adjusted::MIN_NAMES {
            return Err(TooFewToCompare { scored: long.len() });
        }
        let (long, short) = (risk_adjusted::Spread::of(&long), risk_adjusted::Spread::of(&short));
        for row in self.all() {
            let raw = momentum_ratios(row).and_then(|(twelve, six)| {
                Some(f64::midpoint(long?.clipped_z(twelve), short?.clipped_z(six)))
            });
            row.set(F::Raw, raw);
        }
        Ok(())
    }
}

/// The percentile of a mean rank (from 1) among `n`. `None`: there is nothing to compare with.
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
fn percentile(rank: f64, n: usize) -> Option<f64> {
    (n > 1).then(|| 100.0 * (rank - 1.0) / (n as f64 - 1.0))
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

/// Sets the composite's raw value, whatever model ranks.
fn set_composite_z(row: &mut Row) {
    row.set(F::CompositeZ, composite::raw(composite::z_scores(&composite_inputs(row))));
}

/// Sets the composite's pillars, too.
fn set_pillars(row: &mut Row) {
    let z_scores = composite::z_scores(&composite_inputs(row));
    for (pillar, z) in PILLARS.into_iter().zip(z_scores) {
        row.set(pillar, z.map(score_of_z));
    }
    row.set(F::CompositeZ, composite::raw(z_scores));
}

fn set_alphavelocity(row: &mut Row, benchmark_month: Option<f64>) {
    let (Some(price), Some(technical), Some(month)) = (
        row.get(F::AlphavelocityPrice),
        row.get(F::AlphavelocityTechnical),
        row.get(F::AlphavelocityMonth),
    ) else {
        row.set(F::Raw, None);
        return;
    };
    let pillars = [price, technical, alphavelocity::relative(month, benchmark_month)];
    for (field, pillar) in PILLARS.into_iter().zip(pillars) {
        row.set(field, Some(pillar / 10.0));
    }
    row.set(F::Raw, Some(alphavelocity::raw(pillars)));
}

/// Notes what a row's score had to do without.
fn note_gaps(row: &mut Row, model: Model, has_benchmark: bool) {
    if row.bars < row.calendar.bars(model.bars()) {
        row.notes.push(Note::TooFewBars);
    } else if model == Model::Composite && row.is_scored() {
        if row.get(F::Return12x1).is_none() {
            row.notes.push(Note::ShortHistory);
        }
        if row.get(F::BenchmarkReturn3m).is_none() {
            row.notes.push(Note::NoBenchmark);
        }
    } else if model == Model::AlphaVelocity && !has_benchmark {
        row.notes.push(Note::NoBenchmark);
    }
}
