//! What all dates together show of one score and one horizon.

use chrono::{Datelike, NaiveDate};

use super::buckets::DateOutcome;
use super::forward::HoldingPeriod;
use super::ranks::monotonicity;
use super::t_values::{MIN_DISJOINT_DATES, newey_west, plain};
use crate::measure::indicators::{mean, standard_deviation};

/// A mean over dates, and how far it is from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: Option<f64>,
    /// Newey and West's t-value over all dates. `None`: too few dates.
    pub t: Option<f64>,
    /// The plain t-value over dates that do not overlap: the mean over all ways to choose such dates, each beginning at
    /// another one. `None`: too few dates.
    pub disjoint_t: Option<f64>,
    /// The smallest and the largest of these t-values.
    pub disjoint_t_range: Option<(f64, f64)>,
}

/// The dates of a year or of a third of the sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The year, or the days from and to.
    pub name: String,
    /// Dates in it.
    pub dates: usize,
    /// Mean rank correlation.
    pub ic_mean: Option<f64>,
    /// Mean excess of the top bucket.
    pub top_excess: Option<f64>,
    /// Mean of the top bucket less the bottom one.
    pub spread: Option<f64>,
}

/// What one holds and holds it against: money that was 1 at the first purchase, after each holding period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// The last session of each holding period.
    pub dates: Vec<NaiveDate>,
    /// The bucket of the highest scores.
    pub top: Vec<f64>,
    /// The bucket of the lowest scores.
    pub bottom: Vec<f64>,
    /// Every symbol.
    pub all: Vec<f64>,
    /// The worst fall of each from a height, a fraction: top, bottom, all.
    pub worst_falls: [Option<f64>; 3],
}

/// What all dates together show of one score and one horizon. Fractions, not percent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The score's name.
    pub score: String,
    /// Sessions held.
    pub horizon: usize,
    /// Dates that counted.
    pub dates: usize,
    /// The first and the last of them.
    pub span: Option<(NaiveDate, NaiveDate)>,
    /// Mean number of symbols.
    pub mean_names: Option<f64>,
    /// The rank correlation of scores and returns.
    pub ic: Estimate,
    /// Its standard deviation over dates.
    pub ic_sd: Option<f64>,
    /// Mean by standard deviation.
    pub ic_ir: Option<f64>,
    /// Share of dates on which it is above 0.
    pub ic_positive: Option<f64>,
    /// Dates without an overlap.
    pub disjoint_dates: usize,
    /// Mean correlation of those.
    pub disjoint_ic_mean: Option<f64>,
    /// Mean excess of each bucket, the lowest scores first.
    pub buckets: Vec<Option<f64>>,
    /// Dates on which ties left a bucket empty.
    pub empty_bucket_dates: usize,
    /// The excess of the highest scores.
    pub top: Estimate,
    /// The highest scores less the lowest.
    pub spread: Estimate,
    /// Spearman's correlation of buckets and their excess.
    pub monotonicity: Option<f64>,
    /// Share of the top bucket that was not in it a holding period earlier.
    pub top_turnover: Option<f64>,
    /// The cost a side at which nothing is left of the top bucket's excess, a fraction.
    pub break_even: Option<f64>,
    /// The top bucket's excess less the cost of turning it over.
    pub net_excess: Option<f64>,
    /// Scores that could not be bought.
    pub no_entry: usize,
    /// Returns of series that ended before the sale.
    pub ended_early: usize,
    /// The years.
    pub by_year: Vec<Part>,
    /// The thirds of the sample.
    pub thirds: Vec<Part>,
    /// The curves.
    pub curves: Curves,
    /// Every date: the day, its outcome.
    pub series: Vec<(NaiveDate, DateOutcome)>,
}

/// How dates are taken together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    /// Dates that a holding period spans.
    pub(super) step: usize,
    /// The cost of buying or selling, a fraction.
    pub(super) cost: f64,
}

impl Summary {
    /// Of outcomes in the order of their dates.
    pub(super) fn of(
        calendar: &[NaiveDate],
        outcomes: Vec<DateOutcome>,
        holding: HoldingPeriod,
        rhythm: Rhythm,
    ) -> Self {
        let Rhythm { step, cost } = rhythm;
        let disjoint: Vec<&DateOutcome> = outcomes.iter().step_by(step).collect();
        let ics = known(outcomes.iter().map(|date| date.ic));
        let ic = Estimate::of(|date| date.ic, &outcomes, disjoint.len(), step);
        let top = Estimate::of(top, &outcomes, disjoint.len(), step);
        let spread = Estimate::of(spread, &outcomes, disjoint.len(), step);
        let ic_sd = standard_deviation(&ics, 1).filter(|_| ics.len() > 1);
        let buckets = bucket_means(&outcomes);
        let turnover = turnover(&outcomes, step);
        let per_side = turnover.map(|turnover| 2.0 * turnover).filter(|sides| *sides > 0.0);
        let defined: Vec<f64> = buckets.iter().copied().flatten().collect();
        let ends = outcomes.first().zip(outcomes.last());
        Self {
            dates: outcomes.len(),
            empty_bucket_dates: outcomes.iter().filter(|date| date.has_empty_bucket()).count(),
            span: ends.map(|(first, last)| (calendar[first.session], calendar[last.session])),
            mean_names: mean(&counts(outcomes.iter().map(|date| date.names))),
            ic,
            ic_sd,
            ic_ir: ic.mean.zip(ic_sd.filter(|sd| *sd > 0.0)).map(|(mean, sd)| mean / sd),
            ic_positive: mean(&counts(ics.iter().map(|ic| usize::from(*ic > 0.0)))),
            disjoint_dates: disjoint.len(),
            disjoint_ic_mean: mean(&known(disjoint.iter().map(|date| date.ic))),
            monotonicity: monotonicity(&defined).filter(|_| defined.len() == buckets.len()),
            buckets,
            top,
            spread,
            top_turnover: turnover,
            break_even: top.mean.zip(per_side).map(|(excess, sides)| excess / sides),
            net_excess: top.mean.zip(turnover).map(|(excess, share)| excess - 2.0 * share * cost),
            by_year: by_year(calendar, &outcomes),
            thirds: thirds(calendar, &outcomes),
            curves: Curves::of(calendar, &disjoint, holding),
            series: outcomes.into_iter().map(|date| (calendar[date.session], date)).collect(),
            ..Self::default()
        }
    }
}

impl Estimate {
    /// Of a number of each date; without t-values where too few dates do not overlap.
    fn of(
        number: fn(&DateOutcome) -> f64,
        outcomes: &[DateOutcome],
        disjoint: usize,
        step: usize,
    ) -> Self {
        let all = known(outcomes.iter().map(number));
        let mut estimate = Self { mean: mean(&all), ..Self::default() };
        if disjoint >= MIN_DISJOINT_DATES {
            estimate.t = newey_west(&all, step - 1);
            let phases = (0..step).map(|first| outcomes.iter().skip(first).step_by(step));
            let t_values: Vec<f64> =
                phases.filter_map(|dates| plain(&known(dates.map(number)))).collect();
            estimate.disjoint_t = mean(&t_values);
            let smallest = t_values.iter().copied().reduce(f64::min);
            estimate.disjoint_t_range = smallest.zip(t_values.into_iter().reduce(f64::max));
        }
        estimate
    }
}

fn top(date: &DateOutcome) -> f64 {
    date.buckets.last().copied().unwrap_or(f64::NAN)
}

fn spread(date: &DateOutcome) -> f64 {
    top(date) - date.buckets.first().copied().unwrap_or(f64::NAN)
}

fn known(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    numbers.filter(|number| !number.is_nan()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
fn counts(counts: impl Iterator<Item = usize>) -> Vec<f64> {
    counts.map(|count| count as f64).collect()
}

fn bucket_means(outcomes: &[DateOutcome]) -> Vec<Option<f64>> {
    let quantiles = outcomes.first().map_or(0, |date| date.buckets.len());
    let mut means = Vec::with_capacity(quantiles);
    for bucket in 0..quantiles {
        means.push(mean(&known(outcomes.iter().map(|date| date.buckets[bucket]))));
    }
    means
}

/// The mean share of the top bucket that was not in it `step` dates earlier.
#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
fn turnover(outcomes: &[DateOutcome], step: usize) -> Option<f64> {
    let mut shares = Vec::new();
    for (before, now) in outcomes.iter().zip(outcomes.iter().skip(step)) {
        let owners = now.top.iter();
        let new = owners.filter(|owner| before.top.binary_search(owner).is_err()).count();
        if !now.top.is_empty() {
            shares.push(new as f64 / now.top.len() as f64);
        }
    }
    mean(&shares)
}

fn by_year(calendar: &[NaiveDate], outcomes: &[DateOutcome]) -> Vec<Part> {
    let mut parts = Vec::new();
    for dates in outcomes.chunk_by(|a, b| year(calendar, a) == year(calendar, b)) {
        parts.push(Part::of(year(calendar, &dates[0]).to_string(), dates));
    }
    parts
}

fn year(calendar: &[NaiveDate], date: &DateOutcome) -> i32 {
    calendar[date.session].year()
}

fn thirds(calendar: &[NaiveDate], outcomes: &[DateOutcome]) -> Vec<Part> {
    let size = outcomes.len().div_ceil(3).max(1);
    let mut parts = Vec::new();
    for dates in outcomes.chunks(size) {
        let first = calendar[dates[0].session];
        let last = calendar[dates[dates.len() - 1].session];
        parts.push(Part::of(format!("{first} to {last}"), dates));
    }
    parts
}

impl Part {
    fn of(name: String, dates: &[DateOutcome]) -> Self {
        Self {
            name,
            dates: dates.len(),
            ic_mean: mean(&known(dates.iter().map(|date| date.ic))),
            top_excess: mean(&known(dates.iter().map(top))),
            spread: mean(&known(dates.iter().map(spread))),
        }
    }
}

impl Curves {
    /// Bought again at each date without an overlap, and sold after the holding period.
    fn of(calendar: &[NaiveDate], disjoint: &[&DateOutcome], holding: HoldingPeriod) -> Self {
        let mut curves = Self::default();
        let mut money = [1.0; 3];
        for date in disjoint {
            let all = date.mean_return;
            let bottom = date.buckets.first().copied().unwrap_or(f64::NAN);
            for (money, excess) in money.iter_mut().zip([top(date), bottom, 0.0]) {
                *money *= 1.0 + all + if excess.is_nan() { 0.0 } else { excess };
            }
            curves.dates.push(calendar[holding.exit(date.session)]);
            curves.top.push(money[0]);
            curves.bottom.push(money[1]);
            curves.all.push(money[2]);
        }
        curves.worst_falls =
            [&curves.top, &curves.bottom, &curves.all].map(|curve| worst_fall(curve));
        curves
    }
}

/// The deepest fall of money from a height before, beginning at 1. `None`: there is no curve.
fn worst_fall(curve: &[f64]) -> Option<f64> {
    let mut highest = 1.0_f64;
    let mut worst = None;
    for money in curve {
        highest = highest.max(*money);
        let fall = money / highest - 1.0;
        worst = Some(worst.map_or(fall, |worst: f64| worst.min(fall)));
    }
    worst
}
