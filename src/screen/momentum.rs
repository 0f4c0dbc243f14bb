//! Momentum of one symbol: what is asked, and every number of a row that needs no other symbol.

use chrono::NaiveDate;

use super::fields::{Field, Group, of_group};
use super::models::Model;
use super::note::Note;
use super::quality;
use super::row::Row;
use super::series::{Indicators, Series};
use crate::bars::Bars;
use crate::universe::Symbol;

/// Sessions of the year that the small picture shows.
const YEAR: usize = 252;
/// Points kept of them.
const YEAR_POINTS: usize = 24;
/// Sessions of the return that is compared with the benchmark's.
const QUARTER: usize = 63;

/// How momentum is scored.
#[derive(Clone, Debug)]
pub struct Momentum {
    /// The model.
    pub model: Model,
    /// What the relative pillar is measured against. `None`: the median of the universe.
    pub benchmark: Option<Symbol>,
}

/// What the relative pillar was measured against in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BenchmarkUsed {
    /// The benchmark's own bars.
    Symbol(Symbol),
    /// The median 3-month return of the symbols asked for.
    UniverseMedian,
    /// Nothing: the pillar is left out.
    Nothing,
}

impl BenchmarkUsed {
    /// As it is written: a symbol, `universe-median`, or nothing.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Symbol(symbol) => Some(symbol.as_str()),
            Self::UniverseMedian => Some("universe-median"),
            Self::Nothing => None,
        }
    }
}

/// The fields that [`measure`] sets.
pub fn measured_fields() -> impl Iterator<Item = Field> {
    let groups = [Group::Price, Group::Momentum, Group::Model].into_iter();
    groups.flat_map(of_group).filter(|field| field.is_measured())
}

/// Works out every number of one symbol. Returns are of adjusted closes; volumes, the current price and dollar
/// volume are what was traded.
pub fn measure(row: &mut Row, bars: &Bars) {
    let series = Series::new(bars);
    let window = Indicators::at(&series, bars.len());
    row.three_months_ago = session_before_last(bars.dates(), QUARTER);
    if quality::has_split_jump(bars.adjusted()) {
        row.notes.push(Note::SuspectSplit);
    }
    let year = &bars.adjusted()[bars.len().saturating_sub(YEAR)..];
    row.year = thinned(year, YEAR_POINTS);
    row.measure(measured_fields(), &window);
    if row.get(Field::Volatility1y) == Some(0.0) {
        row.notes.push(Note::NoVariance);
    }
}

fn session_before_last(dates: &[NaiveDate], sessions: usize) -> Option<NaiveDate> {
    let place = dates.len().checked_sub(sessions + 1)?;
    Some(dates[place])
}

/// At most `points` values, evenly spread, the last one always among them.
fn thinned(x: &[f64], points: usize) -> Vec<f64> {
    if x.len() <= points {
        return x.to_vec();
    }
    (0..points).map(|i| x[i * (x.len() - 1) / (points - 1)]).collect()
}
