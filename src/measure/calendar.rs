//! How many bars a month or a year of a series has: exchanges have 252 sessions a year, coins a bar every day.

use std::ops::Deref;

use chrono::{Datelike, NaiveDate, Weekday};

/// Sessions that are asked for and used at most.
pub const SESSIONS: usize = 300;
/// Bars that show whether a series has weekends: four weeks.
const RECENT_BARS: usize = 28;
/// Of ten bars one at least is a Saturday, and one a Sunday, where every day has one; some exchanges are open on one
/// of the two, and a slip is a slip.
const MIN_SHARE: usize = 10;

/// Whether a day is a Saturday or a Sunday.
pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The months and years of a series. In a file it is whether there is a bar every day.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "bool", into = "bool")]
pub struct Calendar(&'static Lengths);

/// How long they are, in bars.
#[derive(Debug, PartialEq)]
pub struct Lengths {
    /// A week.
    pub week: usize,
    /// A month.
    pub month: usize,
    /// Three months.
    pub quarter: usize,
    /// Six months.
    pub half: usize,
    /// Nine months.
    pub three_quarters: usize,
    /// Twelve months.
    pub year: usize,
    /// Bars a year by which growth is annualised.
    pub growth_year: f64,
    /// Bars that are used at most.
    pub window: usize,
}

impl Deref for Calendar {
    type Target = Lengths;

    fn deref(&self) -> &Lengths {
        self.0
    }
}

impl From<bool> for Calendar {
    fn from(is_every_day: bool) -> Self {
        if is_every_day { Self::EVERY_DAY } else { Self::SESSIONS }
    }
}

impl From<Calendar> for bool {
    fn from(calendar: Calendar) -> Self {
        calendar == Calendar::EVERY_DAY
    }
}

impl Calendar {
    /// Of an exchange: 21, 63, 126 and 252 sessions.
    pub const SESSIONS: Self = Self(&Lengths {
        week: 5,
        month: 21,
        quarter: 63,
        half: 126,
        three_quarters: 189,
        year: 252,
        growth_year: 250.0, // as Clenow's formula has it
        window: SESSIONS,
    });
    /// Of what has a bar every day: 30, 91, 182 and 365 days.
    pub const EVERY_DAY: Self = Self(&Lengths {
        week: 7,
        month: 30,
        quarter: 91,
        half: 182,
        three_quarters: 274,
        year: 365,
        growth_year: 365.0,
        window: 435,
    });

    /// That of a series, by its newest bars.
    #[must_use]
    pub fn of(dates: &[NaiveDate]) -> Self {
        let recent = &dates[dates.len().saturating_sub(RECENT_BARS)..];
        let has_weekends = !recent.is_empty()
            && [Weekday::Sat, Weekday::Sun].into_iter().all(|weekend| {
                let days = recent.iter().filter(|date| date.weekday() == weekend);
                days.count() * MIN_SHARE >= recent.len()
            });
        if has_weekends { Self::EVERY_DAY } else { Self::SESSIONS }
    }

    /// What a number of sessions that a model needs is here: 253 of an exchange are 366.
    #[must_use]
    pub fn bars(self, sessions: usize) -> usize {
        let Lengths { month, half, year, .. } = *Self::SESSIONS;
        match sessions {
            n if n == year + month + 1 => self.year + self.month + 1,
            n if n == year + 1 => self.year + 1,
            n if n == year => self.year,
            n if n == half + 1 => self.half + 1,
            n => n,
        }
    }
}
