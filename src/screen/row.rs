//! A measured symbol: its numbers, and what a reader should know about them. How numbers are worked out is in
//! [`super::fields`].

use std::sync::Arc;

use chrono::NaiveDate;

use super::benchmark::YearOfCloses;
use super::calendar::Calendar;
use super::doubt::Doubt;
use super::fields::{FIELDS, Field};
use super::note::Note;
use super::rating::Rating;
use super::series::Indicators;
use super::session_days::SessionDays;
use crate::bars::Hours;
use crate::universe::Symbol;

/// A series as a chart shows it, oldest first; all of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Sessions.
    pub dates: Vec<NaiveDate>,
    /// Adjusted closes.
    pub closes: Vec<f64>,
    /// Shares traded. `None`: the source has no volumes.
    pub volumes: Option<Vec<f64>>,
}

/// One symbol's numbers. A number that is undefined is absent: never 0, never infinite.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The symbol as the user wrote it.
    pub symbol: Symbol,
    /// Date of the last bar used.
    pub as_of: Option<NaiveDate>,
    /// Bars used.
    pub bars: usize,
    /// How many bars a month or a year of it has.
    pub calendar: Calendar,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// Why its prices are doubtful, where that was found here.
    pub doubts: Vec<Doubt>,
    /// The days on which it has bars: together, those of all rows are a calendar.
    pub session_days: SessionDays,
    /// The currency of its prices, where the provider states it.
    pub currency: Option<Arc<str>>,
    /// Whether it is not compared with the others.
    pub is_set_aside: bool,
    /// The first session of the 3-month return: a benchmark is compared from there to `as_of`.
    pub three_months_ago: Option<NaiveDate>,
    /// The last year's adjusted closes, thinned to a few points, oldest first.
    pub year: Vec<f64>,
    /// What a chart is drawn from, where one is wanted.
    pub history: Option<Arc<History>>,
    /// The sector, where it is known.
    pub sector: Option<Arc<str>>,
    /// The industry within the sector, where it is known.
    pub sub_industry: Option<Arc<str>>,
    /// The exchange's hours, where the provider states them.
    pub hours: Option<Hours>,
    /// Rows of the source that were dropped or out of order.
    pub bad_rows: usize,
    /// Closes to compare with the benchmark's, until those are there.
    pub year_of_closes: Option<YearOfCloses>,
    /// What the model takes of the bars as they were a week and a month ago, where earlier ranks are wanted.
    pub earlier: [Option<Box<Self>>; 2],
    values: Values,
}

/// The numbers of a row, NaN where undefined: half the room of options.
#[derive(Clone, Debug)]
struct Values(Vec<f64>);

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        let bits = |values: &Self| values.0.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        bits(self) == bits(other)
    }
}

impl Row {
    /// A row without numbers yet.
    #[must_use]
    pub fn new(symbol: Symbol) -> Self {
        Self {
            symbol,
            as_of: None,
            bars: 0,
            calendar: Calendar::SESSIONS,
            notes: Vec::new(),
            doubts: Vec::new(),
            session_days: SessionDays::default(),
            currency: None,
            is_set_aside: false,
            three_months_ago: None,
            year: Vec::new(),
            history: None,
            sector: None,
            sub_industry: None,
            hours: None,
            bad_rows: 0,
            year_of_closes: None,
            earlier: [None, None],
            values: Values(vec![f64::NAN; FIELDS.len()]),
        }
    }

    /// A number, where it is defined; finite.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<f64> {
        Some(self.values.0[field as usize]).filter(|value| !value.is_nan())
    }

    /// Sets a number; one that is not finite counts as undefined.
    pub fn set(&mut self, field: Field, value: Option<f64>) {
        self.values.0[field as usize] = value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
    }

    /// Works out fields for one window and sets them.
    pub fn measure(&mut self, fields: impl IntoIterator<Item = Field>, window: &Indicators<'_>) {
        for field in fields {
            self.set(field, field.measure(window));
        }
    }

    /// Whether the row has a score.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.get(Field::OverallMomentumScore).is_some()
    }

    /// Whether there were too few bars or trades to judge by.
    #[must_use]
    pub fn is_insufficient(&self) -> bool {
        self.has_note(Note::TooFewBars) || self.has_note(Note::TooFewTrades)
    }

    /// Whether its prices are too old to be compared with the others'.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.has_note(Note::Stale)
    }

    /// Whether its prices are doubtful.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.notes.iter().any(|note| note.is_doubt())
    }

    /// Adds a doubt, of each kind one.
    pub fn doubt(&mut self, doubt: Doubt) {
        if !self.has_note(doubt.note) {
            self.notes.push(doubt.note);
            self.doubts.push(doubt);
        }
    }

    /// Takes a doubt back.
    pub fn withdraw(&mut self, note: Note) {
        self.notes.retain(|own| *own != note);
        self.doubts.retain(|doubt| doubt.note != note);
    }

    /// Whether the row has a note.
    #[must_use]
    pub fn has_note(&self, note: Note) -> bool {
        self.notes.contains(&note)
    }

    /// The rating of the row's score.
    #[must_use]
    pub fn rating(&self) -> Rating {
        Rating::of(self.get(Field::OverallMomentumScore))
    }
}
