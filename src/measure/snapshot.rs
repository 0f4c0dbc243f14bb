//! A symbol at the close of one session: its numbers, and how much they rest on.
//!
//! [`Snapshot::of`] is the only way from a series to them, for the newest session, an earlier rank and an evaluation
//! alike, so that all of them give the same score. What is compared across symbols is set in it later.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::fields::Field;
use super::numbers::FieldNumbers;
use super::series::Indicators;

/// A symbol at the close of one session. A number that is undefined is absent: never 0, never infinite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Date of the last bar used. `None`: there is none.
    pub as_of: Option<NaiveDate>,
    /// The first session of the 3-month return: a benchmark is compared from there to `as_of`.
    pub three_months_ago: Option<NaiveDate>,
    /// Bars used.
    pub bars: usize,
    /// How many bars a month or a year of it has.
    #[serde(rename = "is_every_day")]
    pub calendar: Calendar,
    /// What was measured of it, and what was found by comparing it.
    pub numbers: FieldNumbers,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            as_of: None,
            three_months_ago: None,
            bars: 0,
            calendar: Calendar::SESSIONS,
            numbers: FieldNumbers::default(),
        }
    }
}

impl Snapshot {
    /// What a window ends with: the last bar, and these fields of it.
    #[must_use]
    pub fn of(window: &Indicators<'_>, fields: impl IntoIterator<Item = Field>) -> Self {
        let dates = window.dates();
        let calendar = window.calendar();
        let quarter = dates.len().checked_sub(calendar.quarter + 1);
        let mut snapshot = Self {
            as_of: dates.last().copied(),
            three_months_ago: quarter.map(|place| dates[place]),
            bars: dates.len(),
            calendar,
            numbers: FieldNumbers::default(),
        };
        snapshot.measure(window, fields);
        snapshot
    }

    /// Works out more fields of the same session.
    pub fn measure(&mut self, window: &Indicators<'_>, fields: impl IntoIterator<Item = Field>) {
        for field in fields {
            self.set(field, field.measure(window));
        }
    }

    /// A number, where it is defined; finite.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<f64> {
        self.numbers.get(field)
    }

    /// Sets a number; one that is not finite counts as undefined.
    pub fn set(&mut self, field: Field, value: Option<f64>) {
        self.numbers.set(field, value);
    }

    /// Whether a model gave it a score.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.get(Field::OverallMomentumScore).is_some()
    }
}
