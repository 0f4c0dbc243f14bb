//! The symbols at the close of one session that may be compared with each other, and their scores.
//!
//! Everything that compares symbols by a model is here; how rows are filtered and shown is not.

use std::collections::HashSet;

use super::momentum::{BenchmarkUsed, Momentum};
use super::ranks::MeanRanks;
use crate::bars::Bars;
use crate::measure::alphavelocity;
use crate::measure::fields::Field as F;
use crate::measure::indicators as ind;
use crate::measure::snapshot::Snapshot;
use crate::measure::wanted::FieldSet;
use crate::models::composite::{PILLARS, set_composite_z, set_pillars};
use crate::models::entry::Raw;
use crate::models::relative_strength::rating;
use crate::models::{Model, TooFewToCompare};
use crate::universe::Symbol;

/// How many scored symbols make a universe whose median can stand in for a benchmark.
const MIN_NAMES_FOR_MEDIAN: usize = 20;

/// A symbol at the session.
pub type Compared<'a> = (&'a Symbol, &'a mut Snapshot);

/// The snapshots of one session that may be compared.
pub struct CrossSection<'a> {
    own: Vec<Compared<'a>>,
    /// What these are compared with. `None`: with each other.
    others: Option<Vec<Compared<'a>>>,
}

impl<'a> CrossSection<'a> {
    /// Of snapshots that may be compared; `others` are those that they are compared with, where that is not each other.
    #[must_use]
    pub fn of(own: Vec<Compared<'a>>, others: Option<Vec<Compared<'a>>>) -> Self {
        Self { own, others }
    }

    /// Sets pillars, raw values, scores, and of `wanted` what compares symbols; `benchmark` are the benchmark's bars,
    /// where they could be had. Returns what returns were compared with.
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
        let named = symbol.as_ref().zip(benchmark);
        let mut used = self.set_benchmark_returns(named);
        if wanted.contains_any(&PILLARS) {
            self.all().for_each(set_pillars);
        } else if wanted.contains(F::CompositeZ) {
            self.all().for_each(set_composite_z);
        }
        if wanted.contains(F::RsRating) || model.scored_by == F::RsRating {
            self.set_by_rank(F::RelativeStrengthRaw, F::RsRating, rating);
        }
        let has_month = self.set_month(*model, benchmark);
        self.set_raw_values(*model)?;
        for snapshot in self.all() {
            let score = snapshot.get(model.scored_by).map(|number| (model.score)(number));
            snapshot.set(F::OverallMomentumScore, score);
        }
        if wanted.contains(F::Percentile) {
            self.set_by_rank(F::Raw, F::Percentile, percentile);
        }
        if model.relative.is_some_and(|relative| !relative.takes_median) {
            // It takes no median, and less of a benchmark.
            used = match symbol {
                Some(symbol) if has_month => BenchmarkUsed::Symbol(symbol.clone()),
                _ => BenchmarkUsed::Nothing,
            };
        }
        Ok(used)
    }

    /// The raw values of a model, one a snapshot. `None`: too few to compare.
    pub(crate) fn raw_values(
        &mut self,
        model: Model,
        benchmark: Option<(&Symbol, &Bars)>,
    ) -> Option<Vec<Option<f64>>> {
        let number = match model.raw {
            Raw::Field(number) => number,
            Raw::OfSnapshot(_) | Raw::Across(_) => {
                if model.takes_median() {
                    self.set_benchmark_returns(benchmark);
                }
                self.set_month(model, benchmark.map(|(_, bars)| bars));
                self.set_raw_values(model).ok()?;
                F::Raw
            }
        };
        Some(self.own.iter().map(|(_, snapshot)| snapshot.get(number)).collect())
    }

    /// Every snapshot, those that are only compared with among them.
    fn all(&mut self) -> impl Iterator<Item = &mut Snapshot> {
        let all = self.own.iter_mut().chain(self.others.iter_mut().flatten());
        all.map(|(_, snapshot)| &mut **snapshot)
    }

    /// The snapshots that others are compared with.
    fn compared(&self) -> impl Iterator<Item = &Snapshot> {
        self.others.as_ref().unwrap_or(&self.own).iter().map(|(_, snapshot)| &**snapshot)
    }

    /// Sets the return that each one's own is compared with: the benchmark's, else the median.
    fn set_benchmark_returns(&mut self, benchmark: Option<(&Symbol, &Bars)>) -> BenchmarkUsed {
        if let Some((symbol, bars)) = benchmark {
            let mut has_any = false;
            for snapshot in self.all() {
                let value = benchmark_return(bars, snapshot);
                has_any |= value.is_some();
                snapshot.set(F::BenchmarkReturn3m, value);
            }
            if has_any {
                return BenchmarkUsed::Symbol(symbol.clone());
            }
            // A benchmark that has none of these dates is as good as none.
        }
        let median = self.median_return();
        self.all().for_each(|snapshot| snapshot.set(F::BenchmarkReturn3m, median));
        if median.is_some() { BenchmarkUsed::UniverseMedian } else { BenchmarkUsed::Nothing }
    }

    /// The median 3-month return of those the composite scores, if there are enough of them.
    fn median_return(&self) -> Option<f64> {
        let mut returns = Vec::with_capacity(self.own.len());
        for snapshot in self.compared() {
            if snapshot.get(F::Return6x1).is_some() {
                returns.extend(snapshot.get(F::Return3m));
            }
        }
        if returns.len() >= MIN_NAMES_FOR_MEDIAN { ind::median(&returns) } else { None }
    }

    /// Sets the benchmark's return of a month, for a model that takes it. Returns whether there is one.
    fn set_month(&mut self, model: Model, benchmark: Option<&Bars>) -> bool {
        if model.relative.is_none_or(|relative| relative.benchmark != F::AlphavelocityBenchmark) {
            return false;
        }
        let month = benchmark.and_then(|bars| alphavelocity::month(bars.adjusted()));
        self.all().for_each(|snapshot| snapshot.set(F::AlphavelocityBenchmark, month));
        month.is_some()
    }

    /// Sets a model's raw values.
    fn set_raw_values(&mut self, model: Model) -> Result<(), TooFewToCompare> {
        match model.raw {
            Raw::Field(field) => {
                self.all().for_each(|snapshot| snapshot.set(F::Raw, snapshot.get(field)));
            }
            Raw::OfSnapshot(set) => self.all().for_each(set),
            Raw::Across(compare) => {
                let raw = compare(&self.compared().collect::<Vec<_>>())?;
                self.all().for_each(|snapshot| snapshot.set(F::Raw, raw(snapshot)));
            }
        }
        Ok(())
    }

    /// Sets a number that the mean rank of another among those compared decides.
    fn set_by_rank(&mut self, of: F, field: F, number: fn(f64, usize) -> Option<f64>) {
        let ranks = MeanRanks::among(self.compared().filter_map(|one| one.get(of)).collect());
        let members: Option<HashSet<&Symbol>> =
            self.others.as_ref().map(|others| others.iter().map(|(symbol, _)| *symbol).collect());
        for (symbol, snapshot) in self.own.iter_mut().chain(self.others.iter_mut().flatten()) {
            let is_member = members.as_ref().is_none_or(|members| members.contains(symbol));
            let value = snapshot.get(of).and_then(|value| {
                let (rank, n) = ranks.place_of(value, is_member);
                number(rank, n)
            });
            snapshot.set(field, value);
        }
    }
}

/// The percentile of a mean rank (from 1) among `n`. `None`: there is nothing to compare with.
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
fn percentile(rank: f64, n: usize) -> Option<f64> {
    (n > 1).then(|| 100.0 * (rank - 1.0) / (n as f64 - 1.0))
}

/// The benchmark's return between the two sessions of a 3-month return.
fn benchmark_return(benchmark: &Bars, snapshot: &Snapshot) -> Option<f64> {
    let first = benchmark.adjusted_on(snapshot.three_months_ago?)?;
    let last = benchmark.adjusted_on(snapshot.as_of?)?;
    Some(last / first - 1.0)
}
