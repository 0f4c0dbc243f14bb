//! Momentum of one symbol: what is asked, and every number of a row that needs no other symbol.

use chrono::NaiveDate;

use super::calendar::Calendar;
use super::entry::Group;
use super::fields::{self, Field};
use super::models::Model;
use super::note::Note;
use super::row::Row;
use super::series::{Indicators, Series};
use super::wanted::FieldSet;
use crate::bars::Bars;
use crate::universe::Symbol;

/// Points kept of them.
const YEAR_POINTS: usize = 24;

/// How momentum is scored.
#[derive(Clone, Debug)]
pub struct Momentum {
    /// The model.
    pub model: Model,
    /// What the relative pillar is measured against. `None`: the median of the universe.
    pub benchmark: Option<Symbol>,
}

/// What the relative pillar was measured against in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BenchmarkUsed {
    /// The benchmark's own bars.
    Symbol(Symbol),
    /// The median 3-month return of the symbols asked for.
    UniverseMedian,
    /// Nothing: the pillar is left out.
    #[default]
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

/// The fields that [`measure`] can set.
pub fn measured_fields() -> impl Iterator<Item = Field> {
    fields::all().filter(|field| field.is_measured())
}

/// Whether a volume screen can show a field beside its own: momentum of one symbol's own bars.
#[must_use]
pub fn is_of_volume_screens(field: Field) -> bool {
    field.entry().group == Group::Momentum && field.is_measured()
}

/// Works out the wanted numbers of one symbol. Returns are of adjusted closes; volumes, the current price and dollar
/// volume are what was traded.
pub fn measure(row: &mut Row, bars: &Bars, series: &Series<'_>, wanted: FieldSet) {
    let window = Indicators::at(series, bars.len());
    row.three_months_ago = session_before_last(bars.dates(), window.calendar().quarter);
    let year = &bars.adjusted()[bars.len().saturating_sub(window.calendar().year)..];
    let basis = window.price_basis().unwrap_or(1.0);
    row.year = thinned(year, YEAR_POINTS).into_iter().map(|close| close * basis).collect();
    row.measure(measured_fields().filter(|field| wanted.contains(*field)), &window);
    if is_flat(bars.adjusted(), window.calendar().year) {
        row.notes.push(Note::NoVariance);
    }
}

/// What `wanted` fields were so many bars earlier, as the calendar says. `None`: there were no bars then.
#[must_use]
pub fn measure_earlier(
    symbol: &Symbol,
    bars: &Bars,
    series: &Series<'_>,
    earlier: fn(Calendar) -> usize,
    wanted: FieldSet,
) -> Option<Row> {
    let calendar = Calendar::of(bars.dates());
    let to = bars.len().checked_sub(earlier(calendar)).filter(|to| *to > 0)?;
    let dates = &bars.dates()[..to];
    let mut row = Row::new(symbol.clone());
    row.bars = to;
    row.calendar = calendar;
    row.as_of = dates.last().copied();
    row.three_months_ago = session_before_last(dates, calendar.quarter);
    let fields = wanted.iter().filter(|field| field.is_measured());
    row.measure(fields, &Indicators::at(series, to));
    Some(row)
}

/// Whether a year of closes is there, and all of them are the same.
fn is_flat(closes: &[f64], year: usize) -> bool {
    let year = closes.len().checked_sub(year + 1).map(|from| &closes[from..]);
    year.is_some_and(|year| year.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits()))
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
