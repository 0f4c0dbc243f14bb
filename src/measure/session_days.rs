//! On which of the days up to its last bar a series has a bar: a word of bits, so that many rows' days can be laid over
//! each other.

use std::num::ParseIntError;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Days that are looked at: four months.
const DAYS: u32 = u128::BITS;

/// Bit k says that there is a bar k days before the last one. In a file the bits are a hexadecimal number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionDays(u128);

impl SessionDays {
    /// Those of a series' dates.
    #[must_use]
    pub fn of(dates: &[NaiveDate]) -> Self {
        let Some(last) = dates.last() else { return Self::default() };
        let mut bits = 0;
        for date in dates.iter().rev() {
            let Ok(days) = u32::try_from(last.num_days_from_ce() - date.num_days_from_ce()) else {
                continue;
            };
            if days >= DAYS {
                break;
            }
            bits |= 1 << days;
        }
        Self(bits)
    }

    /// The same, counted back from another day than the series' last one; days after it are left out.
    fn seen_from(self, last: NaiveDate, day: NaiveDate) -> u128 {
        let days = i64::from(day.num_days_from_ce()) - i64::from(last.num_days_from_ce());
        let by = u32::try_from(days.unsigned_abs()).unwrap_or(DAYS);
        if days >= 0 { self.0.checked_shl(by) } else { self.0.checked_shr(by) }.unwrap_or(0)
    }
}

impl From<SessionDays> for String {
    fn from(days: SessionDays) -> Self {
        format!("{:x}", days.0)
    }
}

impl TryFrom<String> for SessionDays {
    type Error = ParseIntError;

    fn try_from(text: String) -> Result<Self, ParseIntError> {
        u128::from_str_radix(&text, 16).map(Self)
    }
}

/// The days of many series, counted back from one day.
pub struct Calendars {
    day: NaiveDate,
    /// How many series have a bar, and how many could have, each so many days back.
    have: [u32; DAYS as usize],
    could: [u32; DAYS as usize],
}

impl Calendars {
    /// Of series, each with the date of its last bar.
    #[must_use]
    pub fn of(day: NaiveDate, all: impl Iterator<Item = (NaiveDate, SessionDays)>) -> Self {
        let mut calendars = Self { day, have: [0; DAYS as usize], could: [0; DAYS as usize] };
        for (last, days) in all {
            let bits = days.seen_from(last, day);
            for back in 0..DAYS {
                let is_within = bits >> back != 0 && bits << (DAYS - 1 - back) != 0;
                calendars.could[back as usize] += u32::from(is_within);
                calendars.have[back as usize] += u32::from(bits >> back & 1 == 1);
            }
        }
        calendars
    }

    /// How many days after another, up to the one counted from, any series has a bar.
    #[must_use]
    pub fn sessions_after(&self, date: NaiveDate) -> usize {
        let days = usize::try_from((self.day - date).num_days()).unwrap_or(0);
        self.have[..days.min(DAYS as usize)].iter().filter(|have| **have > 0).count()
    }

    /// How many days a series lacks, between its first bar and its last, on which most that could have a bar have one.
    #[must_use]
    pub fn missing_in(&self, last: NaiveDate, days: SessionDays) -> usize {
        let bits = days.seen_from(last, self.day);
        let mut missing = 0;
        for (back, (have, could)) in (0..DAYS).zip(self.have.iter().zip(&self.could)) {
            let is_within = bits >> back != 0 && bits << (DAYS - 1 - back) != 0;
            let is_missing = is_within && bits >> back & 1 == 0 && 2 * have > *could;
            missing += usize::from(is_missing);
        }
        missing
    }
}
