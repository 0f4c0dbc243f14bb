//! How a run goes about it, and what it reports while it runs. What is asked is the screen's business.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::forecast::Forecast;
use crate::bars::Bars;
use crate::fetch::Fault;
use crate::measure::calendar::Calendar;
use crate::measure::calendar::SESSIONS;
use crate::provider::Query;
use crate::source::Source;
use crate::universe::Symbol;

/// The fewest symbols whose bars are fetched first.
const MIN_FIRST_BLOCK: usize = 60;
/// As many times n, if that is more.
const FIRST_BLOCK_FACTOR: usize = 5;
/// Symbols whose closes one request carries.
pub(super) const CLOSES_PER_REQUEST: usize = 20;

/// How a run goes about it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Requests under way at once.
    pub workers: usize,
    /// The last session to use. `None`: the newest there is.
    pub as_of: Option<NaiveDate>,
    /// The time of asking.
    pub now: DateTime<Utc>,
    /// Sessions that are used at most.
    pub sessions: usize,
    /// The first day that is used, however many sessions that makes. `None`: only the number of sessions counts.
    pub from: Option<NaiveDate>,
    /// Whether the bar of a session still open is used.
    pub include_partial: bool,
    /// Whether a run is of no use without the benchmark's prices.
    pub needs_benchmark: bool,
    /// Whether closes alone may decide whose bars are not worth fetching; only rankings use it.
    pub prefilter: Option<Prefilter>,
}

impl Plan {
    /// A plan for the newest bars at `now`, as many as momentum needs, with everything fetched.
    #[must_use]
    pub fn new(workers: usize, now: DateTime<Utc>) -> Self {
        let sessions = SESSIONS;
        Self {
            workers,
            as_of: None,
            now,
            sessions,
            from: None,
            include_partial: false,
            needs_benchmark: false,
            prefilter: None,
        }
    }

    /// What to ask for a symbol.
    #[must_use]
    pub fn query(&self, symbol: &Symbol, source: &Source) -> Query {
        // What is kept should serve the other screens, too.
        let is_kept = source.is_kept();
        let sessions = if is_kept { self.sessions.max(SESSIONS) } else { self.sessions };
        let until = self.until();
        Query {
            symbol: symbol.clone(),
            from: self.from.unwrap_or_else(|| until - source.days_of(sessions)),
            // What is kept to the newest session serves other past days, too.
            until: if is_kept { self.newest_day() } else { until },
            as_of: self.as_of,
            include_partial: self.include_partial,
            now: self.now,
        }
    }

    /// The bars that are used of those that came: more where every day has one.
    #[must_use]
    pub fn window(&self, bars: Bars) -> Bars {
        let until = self.until();
        if let Some(from) = self.from {
            let bars = bars.window(until, usize::MAX, self.include_partial);
            let sessions = bars.len() - bars.dates().partition_point(|day| *day < from);
            return bars.window(until, sessions, self.include_partial);
        }
        let sessions = if self.sessions == SESSIONS {
            Calendar::of(&bars.dates()[..bars.dates().partition_point(|day| *day <= until)]).window
        } else {
            self.sessions
        };
        bars.window(until, sessions, self.include_partial)
    }

    /// The last day that is used.
    #[must_use]
    pub fn until(&self) -> NaiveDate {
        self.as_of.unwrap_or_else(|| self.newest_day())
    }

    /// East of Greenwich the newest session may already be tomorrow's.
    fn newest_day(&self) -> NaiveDate {
        self.now.date_naive() + Days::new(1)
    }
}

/// How the prefilter is used: for the best `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefilter {
    /// How many are wanted in the end.
    pub n: usize,
    /// Whether it was asked for, and is not only taken where it pays.
    pub is_asked_for: bool,
}

impl Prefilter {
    /// Missing symbols above which it is used though nobody asked for it.
    const MIN_MISSING: usize = 150;

    /// Symbols whose bars are fetched first.
    #[must_use]
    pub fn first_block(self) -> usize {
        (FIRST_BLOCK_FACTOR * self.n).max(MIN_FIRST_BLOCK)
    }

    /// Requests for `missing` symbols. `None`: fetching all of their bars takes fewer, or not many more.
    #[must_use]
    pub fn requests(self, missing: usize) -> Option<usize> {
        if !self.is_asked_for && missing <= Self::MIN_MISSING {
            return None;
        }
        let requests = missing.div_ceil(CLOSES_PER_REQUEST) + self.first_block();
        (requests < missing).then_some(requests)
    }
}

/// What happens during a run that makes a `T` of each symbol's bars.
#[derive(Debug)]
pub enum Event<'a, T> {
    /// This many tickers will be fetched.
    Planned(usize),
    /// What that will take.
    Forecast(&'a Forecast),
    /// One of them is done; one that is not fetched, because the run was stopped, never is.
    Done {
        /// The symbol.
        symbol: &'a Symbol,
        /// What was made of its bars, before symbols are compared; or why there are none.
        outcome: Result<&'a T, &'a Fault>,
    },
}

/// Watches a run; called from many threads.
pub trait Observer<T>: Sync {
    /// Something happened.
    fn on(&self, event: Event<'_, T>);
}

impl<T, F: Fn(Event<'_, T>) + Sync> Observer<T> for F {
    fn on(&self, event: Event<'_, T>) {
        self(event);
    }
}
