//! What is known of a model, whichever it is: what it is made of, how it scores, how that is said. The list of them is in
//! `list.rs`.

use std::fmt;
use std::ops::Deref;

use super::component::{Component, inputs, too_few_bars};
use crate::measure::fields::Field as F;
use crate::measure::note::Note;
use crate::measure::snapshot::Snapshot;

/// A momentum model: what is known of it, by reference.
#[derive(Clone, Copy)]
pub struct Model(pub &'static ModelEntry);

/// What is known of a model.
pub struct ModelEntry {
    /// The name on the command line.
    pub name: &'static str,
    /// One line for a person.
    pub meaning: &'static str,
    /// Bars a ticker needs for a score.
    pub bars: usize,
    /// The measured numbers that its score is made of.
    pub inputs: &'static [F],
    /// The raw value, by which rows are ranked.
    pub raw: Raw,
    /// The number that decides the score.
    pub scored_by: F,
    /// The score, 0 to 10, of that number.
    pub score: fn(f64) -> f64,
    /// What breaks ties of the raw value: that of the next model of the list whose own needs no other ticker.
    pub tie_breaker: F,
    /// What its relative pillar is measured against. `None`: it has none.
    pub relative: Option<RelativePillar>,
    /// What the score of a ticker with enough bars had to do without.
    pub gaps: fn(&Snapshot) -> Vec<Note>,
    /// The score taken apart; the text names the benchmark.
    pub explain: fn(Model, &Snapshot, Option<&str>) -> Vec<Component>,
    /// How its score is made.
    pub formula: Formula,
}

/// Where a model's raw value comes from.
#[derive(Clone, Copy)]
pub enum Raw {
    /// It is this number.
    Field(F),
    /// It is made of several numbers of a snapshot, and set in it.
    OfSnapshot(fn(&mut Snapshot)),
    /// It compares all snapshots, and then is a number of each.
    Across(fn(&[&Snapshot]) -> Result<RawAmong, TooFewToCompare>),
}

/// The raw value of a snapshot among those that it was made of.
pub type RawAmong = Box<dyn Fn(&Snapshot) -> Option<f64>>;

/// What a relative pillar is measured against.
#[derive(Clone, Copy, Debug)]
pub struct RelativePillar {
    /// The number of the benchmark that it takes.
    pub benchmark: F,
    /// Whether the median ticker stands in for a benchmark.
    pub takes_median: bool,
    /// What a score without either is, for the footer.
    pub without: &'static str,
}

/// A model's formula in words and constants, so that a score can be worked out again from its row.
#[derive(Clone, Copy, Debug)]
pub struct Formula {
    /// The raw value, by which rows are ranked.
    pub raw: &'static [&'static str],
    /// From the raw value to 0 to 10.
    pub score: &'static [&'static str],
    /// Where it comes from; empty where it is our own.
    pub source: &'static str,
}

impl Model {
    /// Whether a score depends on the other tickers asked for.
    #[must_use]
    pub fn compares_tickers(self) -> bool {
        matches!(self.raw, Raw::Across(_)) || self.scored_by != F::Raw
    }

    /// Whether its relative pillar takes the median ticker where there is no benchmark.
    #[must_use]
    pub fn takes_median(self) -> bool {
        self.relative.is_some_and(|relative| relative.takes_median)
    }

    /// What a snapshot's score had to do without.
    #[must_use]
    pub fn gaps(self, snapshot: &Snapshot) -> Vec<Note> {
        if snapshot.bars < snapshot.calendar.bars(self.bars) {
            return vec![Note::TooFewBars];
        }
        (self.0.gaps)(snapshot)
    }
}

impl Deref for Model {
    type Target = ModelEntry;

    fn deref(&self) -> &ModelEntry {
        self.0
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Model {}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Of a model that needs its bars and nothing else.
pub(super) fn no_gaps(_: &Snapshot) -> Vec<Note> {
    Vec::new()
}

/// A model that is one component of its inputs.
pub(super) fn single(model: Model, snapshot: &Snapshot, _: Option<&str>) -> Vec<Component> {
    vec![of_fields(model, snapshot, model.inputs)]
}

/// A model that is one component of these numbers.
pub(super) fn of_fields(model: Model, snapshot: &Snapshot, fields: &[F]) -> Component {
    let is_scored = snapshot.is_scored();
    let missing = match (is_scored, snapshot.get(F::Raw)) {
        (true, _) => None,
        (false, Some(_)) => Some("it compares tickers, and there is no other".into()),
        (false, None) => Some(too_few_bars(snapshot, snapshot.calendar.bars(model.bars))),
    };
    Component {
        name: model.name,
        inputs: inputs(snapshot, fields),
        z: None,
        weight: is_scored.then_some(1.0),
        missing,
    }
}

/// Fewer names have a score than the model needs to compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {} model compares tickers and needs {needed} with {} bars each, but there are {scored}",
    model.name,
    model.bars
)]
pub struct TooFewToCompare {
    /// The model.
    pub model: Model,
    /// How many it needs.
    pub needed: usize,
    /// How many have the bars.
    pub scored: usize,
}
