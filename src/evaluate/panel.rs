//! Many symbols' bars on one calendar: every date on which one of them has a bar.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};

use crate::bars::Bars;
use crate::universe::Symbol;

/// A symbol and its bars.
#[derive(Clone, Debug)]
pub struct Member {
    /// The symbol.
    pub symbol: Symbol,
    /// Its bars.
    pub bars: Bars,
    /// Where each bar's date is in the calendar.
    sessions: Vec<u32>,
}

/// Many symbols' bars on one calendar.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The sessions, in order.
    pub calendar: Vec<NaiveDate>,
    /// The symbols, in the order given.
    pub members: Vec<Member>,
}

impl Panel {
    /// The bars of symbols; those without any are left out.
    #[must_use]
    pub fn new(series: impl IntoIterator<Item = (Symbol, Bars)>) -> Self {
        let series: Vec<(Symbol, Bars)> =
            series.into_iter().filter(|(_, bars)| !bars.is_empty()).collect();
        let calendar = calendar(series.iter().map(|(_, bars)| bars.dates()));
        let first = calendar.first().map_or(0, NaiveDate::num_days_from_ce);
        let days = calendar.last().map_or(0, |last| days_between(first, *last) + 1);
        let mut place_of_day = vec![0; days];
        for (place, date) in (0..).zip(&calendar) {
            place_of_day[days_between(first, *date)] = place;
        }
        let mut members = Vec::with_capacity(series.len());
        for (symbol, bars) in series {
            let days = bars.dates().iter().map(|date| days_between(first, *date));
            let sessions = days.map(|day| place_of_day[day]).collect();
            members.push(Member { symbol, bars, sessions });
        }
        Self { calendar, members }
    }

    /// The same, as it was known at the close of a session: later bars are cut off.
    #[must_use]
    pub fn cut_at(&self, session: usize) -> Self {
        let members = self.members.iter().map(|member| member.cut_at(session)).collect();
        Self { calendar: self.calendar[..=session].to_vec(), members }
    }
}

impl Member {
    /// The same without bars after a session.
    fn cut_at(&self, session: usize) -> Self {
        let bars = self.bars.cut(0..self.bars_to(session));
        let sessions = self.sessions[..bars.len()].to_vec();
        Self { symbol: self.symbol.clone(), bars, sessions }
    }

    /// How many of its bars are of a session or earlier.
    #[must_use]
    pub fn bars_to(&self, session: usize) -> usize {
        let Some(first) = self.sessions.first().map(|first| *first as usize) else { return 0 };
        let Some(place) = session.checked_sub(first) else { return 0 };
        // Most series have a bar at every session.
        if self.sessions.get(place).is_some_and(|own| *own as usize == session) {
            return place + 1;
        }
        self.sessions.partition_point(|own| *own as usize <= session)
    }

    /// The session of a bar.
    #[must_use]
    pub fn session(&self, bar: usize) -> usize {
        self.sessions[bar] as usize
    }

    /// The session of the last bar.
    #[must_use]
    pub fn last_session(&self) -> Option<usize> {
        self.sessions.last().map(|last| *last as usize)
    }

    /// The adjusted closes of some bars.
    #[must_use]
    pub fn closes(&self, bars: Range<usize>) -> &[f64] {
        &self.bars.adjusted()[bars]
    }
}

/// Every date of any series, in order.
fn calendar<'a>(all: impl Iterator<Item = &'a [NaiveDate]> + Clone) -> Vec<NaiveDate> {
    let firsts = all.clone().filter_map(<[_]>::first).min();
    let lasts = all.clone().filter_map(<[_]>::last).max();
    let (Some(first), Some(last)) = (firsts, lasts) else { return Vec::new() };
    let first_day = first.num_days_from_ce();
    let mut is_session = vec![false; days_between(first_day, *last) + 1];
    for date in all.flatten() {
        is_session[days_between(first_day, *date)] = true;
    }
    first.iter_days().zip(is_session).filter_map(|(day, is)| is.then_some(day)).collect()
}

/// Days from one, by its number, to another that is not before it.
fn days_between(first: i32, date: NaiveDate) -> usize {
    usize::try_from(date.num_days_from_ce() - first).unwrap_or_default()
}
