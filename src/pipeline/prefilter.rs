//! Fewer requests for the best n: closes of many symbols a request say whose bars are worth fetching.
//!
//! Every symbol is ranked by the chosen model on closes alone, as far as closes allow; bars are fetched for the
//! best of them and for those that closes say nothing of; then the exact model decides. Closes know no dividends,
//! so it keeps fetching bars until no remaining ticker could reach the top n, even with a 10 % dividend or with a
//! gain by exactness as large as any that was seen.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::gather::{Gathering, PipelineError};
use super::plan::CLOSES_PER_REQUEST;
use super::workers::Job;
use crate::ask::Ranking;
use crate::ask::Screen;
use crate::bars::Bars;
use crate::compare::row::Row;
use crate::fetch::{Fault, FaultKind};
use crate::measure::fields::Field;
use crate::measure::note::Note;
use crate::provider::Spark;
use crate::source::Source;
use crate::universe::Symbol;

/// Dividends of a year, as a fraction of the price, that closes may hide.
const HIDDEN_DIVIDENDS: f64 = 0.1;

/// Whether closes can be had for the days in question.
pub(super) fn is_covered(gathering: &Gathering<'_, Row>) -> bool {
    let Some(symbol) = gathering.missing().into_iter().next() else { return false };
    Spark::covers(&gathering.plan.query(&symbol, gathering.source))
}

/// What closes say of a symbol.
struct ByCloses {
    /// Its numbers on closes alone.
    row: Row,
    /// The same, had it paid a dividend of [`HIDDEN_DIVIDENDS`].
    generous: Row,
}

/// The prefilter at work.
pub(super) struct Prefiltering<'a, 'b> {
    screen: &'a Screen,
    gathering: &'a mut Gathering<'b, Row>,
    /// The benchmark's bars, once they are fetched.
    benchmark: &'a dyn Fn() -> Option<Bars>,
    n: usize,
    first_block: usize,
    /// Symbols without bars that closes say something of.
    closes: BTreeMap<Symbol, Row>,
    /// Raw values on closes alone.
    guesses: HashMap<Symbol, f64>,
    /// Raw values had they paid the hidden dividends.
    bounds: HashMap<Symbol, f64>,
}

/// Gathers bars for the symbols that may be among the best, and closes for the others; leaves everything missing
/// where a prefilter is not wanted, does not pay or does not work.
pub(super) fn prefilter<'a>(
    screen: &'a Screen,
    gathering: &'a mut Gathering<'_, Row>,
    benchmark: &'a dyn Fn() -> Option<Bars>,
) -> Result<(), PipelineError> {
    let Some(prefilter) = gathering.plan.prefilter else { return Ok(()) };
    if prefilter.requests(gathering.missing().len()).is_none() || !is_covered(gathering) {
        return Ok(());
    }
    let Some(closes) = gathering.source.with_provider(Box::new(Spark)) else { return Ok(()) };
    let mut prefiltering = Prefiltering {
        screen,
        gathering,
        benchmark,
        n: prefilter.n,
        first_block: prefilter.first_block(),
        closes: BTreeMap::new(),
        guesses: HashMap::new(),
        bounds: HashMap::new(),
    };
    prefiltering.fetch_benchmark()?;
    let Some(by_closes) = prefiltering.fetch_closes(&closes)? else { return Ok(()) };
    let mut next = prefiltering.first(by_closes)?;
    while !next.is_empty() && prefiltering.gathering.source.stopped().is_none() {
        next = prefiltering.fetch_and_widen(&next)?;
    }
    prefiltering.finish();
    Ok(())
}

impl Prefiltering<'_, '_> {
    fn fetch_benchmark(&mut self) -> Result<(), PipelineError> {
        let benchmark = self.screen.criteria.benchmark();
        let mut missing = self.gathering.missing();
        missing.retain(|symbol| Some(symbol) == benchmark);
        Ok(self.gathering.fetch(&missing)?)
    }

    /// The closes of every symbol without bars. One batch goes first: `None`, where this does not work.
    fn fetch_closes(
        &self,
        source: &Source,
    ) -> Result<Option<HashMap<Symbol, ByCloses>>, PipelineError> {
        let screen = self.screen;
        let make = |symbol: &Symbol, bars: Bars| {
            let mut row = screen.measure(symbol, &bars);
            row.notes.push(Note::ClosesOnly);
            let generous = screen.measure(symbol, &bars.as_if_paying(HIDDEN_DIVIDENDS));
            ByCloses { row, generous }
        };
        let done = |_: &Symbol, _: &Result<ByCloses, Fault>| {};
        let job = Job { make: &make, done: &done };
        let missing = self.gathering.missing();
        let (trial, others) = missing.split_at(CLOSES_PER_REQUEST.min(missing.len()));
        let mut fetched = self.gathering.workers.fetch(source, trial, &job)?;
        let is_coarse = |fault: &Fault| fault.kind == FaultKind::BadData;
        let is_of_use = fetched.iter().any(Result::is_ok)
            && !fetched.iter().any(|outcome| outcome.as_ref().err().is_some_and(is_coarse));
        if !is_of_use {
            return Ok(None);
        }
        fetched.extend(self.gathering.workers.fetch(source, others, &job)?);
        let mut by_closes = HashMap::with_capacity(missing.len());
        for (symbol, outcome) in missing.into_iter().zip(fetched) {
            if let Ok(found) = outcome {
                by_closes.insert(symbol, found);
            }
        }
        Ok(Some(by_closes))
    }

    /// The symbols whose bars are fetched first: those that closes say nothing of, and the best by closes.
    fn first(
        &mut self,
        by_closes: HashMap<Symbol, ByCloses>,
    ) -> Result<Vec<Symbol>, PipelineError> {
        let mut generous = Vec::with_capacity(by_closes.len());
        for (symbol, found) in by_closes {
            self.closes.insert(symbol, found.row);
            generous.push(found.generous);
        }
        self.guesses = raw_values(&self.rank_with(self.closes.values().cloned())?);
        self.bounds = raw_values(&self.rank_with(generous.into_iter())?);
        let mut next = self.gathering.missing();
        next.retain(|symbol| {
            !self.closes.contains_key(symbol) || !self.guesses.contains_key(symbol)
        });
        next.extend(best(self.closes.keys(), &self.guesses, self.first_block));
        Ok(next)
    }

    /// Fetches the bars of some symbols; then finds those that could still be among the best.
    fn fetch_and_widen(&mut self, next: &[Symbol]) -> Result<Vec<Symbol>, PipelineError> {
        self.gathering.fetch(next)?;
        for symbol in next {
            self.closes.remove(symbol);
        }
        let ranking = self.rank_with(self.closes.values().cloned())?;
        let goal = Goal::of(&ranking, &self.guesses, self.n);
        let mut hopeful = Vec::new();
        for symbol in self.closes.keys() {
            if goal.could_be_met_by(symbol, self.guesses.get(symbol), self.bounds.get(symbol)) {
                hopeful.push(symbol);
            }
        }
        Ok(best(hopeful.into_iter(), &self.bounds, self.n.max(CLOSES_PER_REQUEST)))
    }

    /// The rows made of bars and these other rows, scored and ordered.
    fn rank_with(&self, others: impl Iterator<Item = Row>) -> Result<Ranking, PipelineError> {
        let mut rows: Vec<Row> = self.gathering.made().cloned().collect();
        rows.extend(others);
        Ok(self.screen.rank(rows, (self.benchmark)().as_ref())?)
    }

    /// The rest stays on closes.
    fn finish(self) {
        for (symbol, row) in self.closes {
            self.gathering.insert(&symbol, row);
        }
    }
}

fn raw_values(ranking: &Ranking) -> HashMap<Symbol, f64> {
    let mut values = HashMap::new();
    for row in ranking.rows() {
        if let Some(raw) = row.get(Field::Raw) {
            values.insert(row.symbol.clone(), raw);
        }
    }
    values
}

/// The n best of some symbols; those without a value are never among them.
fn best<'a>(
    symbols: impl Iterator<Item = &'a Symbol>,
    raw: &HashMap<Symbol, f64>,
    n: usize,
) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> =
        symbols.filter(|symbol| raw.contains_key(*symbol)).cloned().collect();
    symbols.sort_by(|a, b| {
        let order = raw[b].partial_cmp(&raw[a]).unwrap_or(Ordering::Equal);
        order.then_with(|| a.cmp(b))
    });
    symbols.truncate(n);
    symbols
}

/// What a symbol without bars would have to reach.
struct Goal {
    /// The raw value of the last one shown. `None`: fewer than n are shown.
    last: Option<f64>,
    /// The most that any exact value was above the one by closes.
    gain: f64,
    /// The symbols shown already.
    shown: HashSet<Symbol>,
}

impl Goal {
    fn of(ranking: &Ranking, guesses: &HashMap<Symbol, f64>, n: usize) -> Self {
        let mut gain: f64 = 0.0;
        for row in ranking.rows() {
            if let Some(raw) = row.get(Field::Raw)
                && let Some(guess) = guesses.get(&row.symbol)
                && !row.has_note(Note::ClosesOnly)
            {
                gain = gain.max(raw - guess);
            }
        }
        let last = ranking.shown.last().filter(|_| ranking.shown.len() >= n);
        Self {
            last: last.and_then(|(_, row)| row.get(Field::Raw)),
            gain,
            shown: ranking.shown.iter().map(|(_, row)| row.symbol.clone()).collect(),
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
