//! Fewer requests for the best n: closes of many symbols a request say whose bars are worth fetching.
//!
//! Everybody is ranked by the chosen model on closes alone, as far as closes allow; bars are fetched for the
//! best of them and for whom closes say nothing of; then the exact model decides. Closes know no dividends:
//! as long as one without bars could still be among the n, had it paid a tenth of its price in a year or
//! gained as much by exactness as the most that was seen, more bars are fetched.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::pipeline::{Asked, Keep, Measured, PipelineError, Workers};
use crate::provider::Spark;
use crate::screen::Ranking;
use crate::screen::fields::Field;
use crate::screen::row::{Note, Row};
use crate::universe::Symbol;

/// The fewest symbols whose bars are fetched first.
const LEAST: usize = 60;
/// So many times n, if that is more.
const TIMES: usize = 5;
/// Dividends of a year, as a share of the price, that closes may hide.
const GENEROUS: f64 = 0.1;
/// Symbols a request carries.
const BATCH: usize = 20;

/// How the prefilter is used: for the best `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefilter {
    /// How many are wanted in the end.
    pub n: usize,
}

impl Prefilter {
    /// Symbols whose bars are fetched first.
    #[must_use]
    pub fn block(self) -> usize {
        (TIMES * self.n).max(LEAST)
    }

    /// Requests for so many missing symbols, and so many beside them; none where it does not pay.
    #[must_use]
    pub fn requests(self, missing: usize, beside: usize) -> Option<usize> {
        let requests = missing.div_ceil(BATCH) + self.block();
        (requests < missing).then_some(beside + requests)
    }
}

/// Whether closes are to be had for the days in question.
pub(crate) fn reaches(workers: &Workers<'_>, asked: &Asked<'_>) -> bool {
    asked
        .symbols
        .first()
        .is_some_and(|symbol| Spark::reaches(&workers.query(symbol, workers.source)))
}

/// Finds bars for those who may be among the best, and closes for the others; leaves everything missing
/// where a prefilter is not wanted, does not pay or does not work.
pub(crate) fn narrow(
    workers: &Workers<'_>,
    asked: &Asked<'_>,
    found: &mut [Option<Measured>],
) -> Result<(), PipelineError> {
    let Some(prefilter) = workers.plan.prefilter else { return Ok(()) };
    let is_missing = |found: &[Option<Measured>], i: &usize| found[*i].is_none();
    let missing = || (0..found.len()).filter(|i| is_missing(found, i));
    if prefilter.requests(missing().count(), 0).is_none() {
        return Ok(());
    }
    let Some(spark) = workers.source.through(Box::new(Spark)) else { return Ok(()) };
    if !reaches(workers, asked) {
        return Ok(());
    }

    let benchmark: Vec<usize> =
        missing().filter(|i| asked.benchmark == Some(asked.symbols[*i])).collect();
    workers.fetch(asked, &benchmark, found)?;
    let unfetched: Vec<usize> = (0..found.len()).filter(|i| is_missing(found, i)).collect();
    // One batch goes first: where this does not work it is not tried for all.
    let (trial, others) = unfetched.split_at(BATCH.min(unfetched.len()));
    let mut series = workers.fetch_from(&spark, asked, trial, Keep::Everyone)?;
    if series.iter().all(|measured| measured.row.is_err()) {
        return Ok(());
    }
    series.extend(workers.fetch_from(&spark, asked, others, Keep::Everyone)?);
    let (mut closes, mut generous) = (BTreeMap::new(), BTreeMap::new());
    for (i, measured) in unfetched.iter().zip(series) {
        if let Measured { row: Ok(mut row), bars: Some(bars) } = measured {
            row.notes.push(Note::ClosesOnly);
            let bars = bars.as_if_paying(GENEROUS);
            generous.insert(*i, workers.screen.measure(asked.symbols[*i], &bars));
            closes.insert(*i, row);
        }
    }

    let guesses = raw_values(&conclude(workers, asked, found, &closes)?);
    let bounds = raw_values(&conclude(workers, asked, found, &generous)?);
    let mut next: Vec<usize> = unfetched
        .into_iter()
        .filter(|i| !closes.contains_key(i) || !guesses.contains_key(asked.symbols[*i]))
        .collect();
    next.extend(best(asked, closes.keys(), &guesses, prefilter.block()));
    while !next.is_empty() && workers.source.stopped().is_none() {
        workers.fetch(asked, &next, found)?;
        closes.retain(|i, _| !next.contains(i));
        let conclusion = conclude(workers, asked, found, &closes)?;
        let goal = Goal::of(&conclusion, &guesses, prefilter.n);
        let hopeful = closes.keys().filter(|i| {
            let symbol = asked.symbols[**i];
            goal.could_be_met_by(symbol, guesses.get(symbol), bounds.get(symbol))
        });
        next = best(asked, hopeful, &bounds, prefilter.n.max(BATCH));
    }
    for (i, row) in closes {
        let measured = Measured { row: Ok(row), bars: None };
        workers.done(asked.symbols[i], i >= asked.beside, &measured);
        found[i] = Some(measured);
    }
    Ok(())
}

/// Everybody's rows, the exact ones where there are any, scored and ordered.
fn conclude(
    workers: &Workers<'_>,
    asked: &Asked<'_>,
    found: &[Option<Measured>],
    closes: &BTreeMap<usize, Row>,
) -> Result<Ranking, PipelineError> {
    let exact = found
        .iter()
        .enumerate()
        .skip(asked.beside)
        .filter_map(|(i, measured)| Some((i, measured.as_ref()?.row.as_ref().ok()?)));
    let mut rows: BTreeMap<usize, &Row> = closes.iter().map(|(i, row)| (*i, row)).collect();
    rows.extend(exact);
    let benchmark = found.iter().flatten().find_map(|measured| measured.bars.as_ref());
    Ok(workers.screen.conclude(rows.into_values().cloned().collect(), benchmark)?)
}

fn raw_values(conclusion: &Ranking) -> BTreeMap<Symbol, f64> {
    let shown = conclusion.shown.iter().map(|(_, row)| row);
    let rows = shown.chain(&conclusion.rest);
    rows.filter_map(|row| Some((row.symbol.clone(), row.get(Field::Raw)?))).collect()
}

/// The n best of some places.
fn best<'a>(
    asked: &Asked<'_>,
    places: impl Iterator<Item = &'a usize>,
    raw: &BTreeMap<Symbol, f64>,
    n: usize,
) -> Vec<usize> {
    let raw = |i: &usize| raw.get(asked.symbols[*i]).copied();
    let mut places: Vec<usize> = places.copied().filter(|i| raw(i).is_some()).collect();
    places.sort_by(|a, b| raw(b).partial_cmp(&raw(a)).unwrap_or(Ordering::Equal));
    places.truncate(n);
    places
}

/// What a symbol without bars would have to reach.
struct Goal {
    /// The last one shown, if there are n.
    last: Option<f64>,
    /// The most that anybody's exact value was above the one by closes.
    gain: f64,
    /// Those shown already.
    shown: BTreeSet<Symbol>,
}

impl Goal {
    fn of(conclusion: &Ranking, guesses: &BTreeMap<Symbol, f64>, n: usize) -> Self {
        let shown: Vec<&Row> = conclusion.shown.iter().map(|(_, row)| row).collect();
        let exact = shown.iter().copied().chain(&conclusion.rest);
        let exact = exact.filter(|row| !row.notes.contains(&Note::ClosesOnly));
        let gains = exact.filter_map(|row| Some(row.get(Field::Raw)? - guesses.get(&row.symbol)?));
        Self {
            last: shown.last().filter(|_| shown.len() >= n).and_then(|row| row.get(Field::Raw)),
            gain: gains.fold(0.0, f64::max),
            shown: shown.iter().map(|row| row.symbol.clone()).collect(),
        }
    }

    fn could_be_met_by(&self, symbol: &Symbol, guess: Option<&f64>, bound: Option<&f64>) -> bool {
        let (Some(guess), Some(last)) = (guess, self.last) else {
            return guess.or(bound).is_some() && self.last.is_none();
        };
        let most = (guess + self.gain).max(bound.copied().unwrap_or(*guess));
        self.shown.contains(symbol) || most >= last
    }
}
