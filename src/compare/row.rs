//! A symbol of a run: its numbers now and as they were, what is known about it, and what a reader should know.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::bars::{Bars, Hours};
use crate::measure::benchmark::YearOfCloses;
use crate::measure::doubt::Doubt;
use crate::measure::fields::Field;
use crate::measure::note::Note;
use crate::measure::series::Indicators;
use crate::measure::session_days::SessionDays;
use crate::measure::snapshot::Snapshot;
use crate::models::rating::Rating;
use crate::table::exact_numbers;
use crate::universe::Symbol;

/// Points kept of a year's closes.
const YEAR_POINTS: usize = 24;

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

/// What is known of a symbol beside its numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The currency of its prices, where the provider states it.
    pub currency: Option<Arc<str>>,
    /// The sector, where it is known.
    pub sector: Option<Arc<str>>,
    /// The industry within the sector, where it is known.
    pub sub_industry: Option<Arc<str>>,
    /// The exchange's hours, where the provider states them.
    #[serde(skip)]
    pub hours: Option<Hours>,
    /// Rows of the source that were dropped or out of order.
    pub bad_rows: usize,
    /// The days on which it has bars: together, those of all rows are a calendar.
    pub session_days: SessionDays,
    /// The last year's adjusted closes, thinned to a few points, oldest first.
    #[serde(deserialize_with = "exact_numbers")]
    pub year: Vec<f64>,
    /// What a chart is drawn from, where one is wanted.
    #[serde(skip)]
    pub history: Option<Arc<History>>,
    /// Closes to compare with the benchmark's, once those are there.
    #[serde(skip)]
    pub year_of_closes: Option<YearOfCloses>,
}

impl About {
    /// What bars tell of themselves.
    #[must_use]
    pub fn of(bars: &Bars) -> Self {
        Self {
            currency: bars.currency().cloned(),
            hours: bars.hours().copied(),
            bad_rows: bars.bad_rows(),
            session_days: SessionDays::of(bars.dates()),
            ..Self::default()
        }
    }
}

/// A symbol of a run. A file holds what was measured, not what came of comparing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The symbol as the user wrote it.
    pub symbol: Symbol,
    /// It at its last session.
    pub now: Snapshot,
    /// It a week and a month before, where earlier ranks are wanted and there were bars.
    pub earlier: [Option<Snapshot>; 2],
    /// What is known of it beside its numbers.
    pub about: About,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// Why its prices are doubtful, where that was found here.
    #[serde(skip)]
    pub doubts: Vec<Doubt>,
    /// Whether it is not compared with the others.
    #[serde(skip)]
    pub is_set_aside: bool,
}

impl Row {
    /// A row without numbers yet.
    #[must_use]
    pub fn new(symbol: Symbol) -> Self {
        Self {
            symbol,
            now: Snapshot::default(),
            earlier: [None, None],
            about: About::default(),
            notes: Vec::new(),
            doubts: Vec::new(),
            is_set_aside: false,
        }
    }

    /// A number at its last session, where it is defined; finite.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<f64> {
        self.now.get(field)
    }

    /// Sets a number; one that is not finite counts as undefined.
    pub fn set(&mut self, field: Field, value: Option<f64>) {
        self.now.set(field, value);
    }

    /// Whether the row has a score.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.now.is_scored()
    }

    /// Whether it has a score and is compared with the others.
    #[must_use]
    pub fn is_ranked(&self) -> bool {
        self.is_scored() && !self.is_set_aside
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

/// A year's closes for a small picture, on the basis of the last day's price.
#[must_use]
pub fn year(window: &Indicators<'_>) -> Vec<f64> {
    let closes = window.close();
    let year = &closes[closes.len().saturating_sub(window.calendar().year)..];
    let basis = window.price_basis().unwrap_or(1.0);
    let places = 0..YEAR_POINTS.min(year.len());
    // Evenly spread; the last close is always among them.
    let thinned = places.map(|i| match year.len() {
        n if n <= YEAR_POINTS => year[i],
        n => year[i * (n - 1) / (YEAR_POINTS - 1)],
    });
    thinned.map(|close| close * basis).collect()
}

/// What charts are drawn from, on the basis of the last day's price.
#[must_use]
pub fn history(bars: &Bars, window: &Indicators<'_>) -> History {
    let volumes = bars.volume().map(<[f64]>::to_vec);
    let basis = window.price_basis().unwrap_or(1.0);
    let closes = bars.adjusted().iter().map(|close| close * basis).collect();
    History { dates: bars.dates().to_vec(), closes, volumes }
}
