//! What needs the benchmark's closes beside a symbol's own: the relative-strength line.
//!
//! A symbol may be measured before the benchmark's bars are there; its row keeps a year of closes until they are.

use chrono::NaiveDate;

use super::calendar::Calendar;
use super::ranges::since_highest;
use crate::bars::Bars;

/// A year of a symbol's sessions, kept until the benchmark's are there.
#[derive(Clone, Debug, PartialEq)]
pub struct YearOfCloses {
    dates: Vec<NaiveDate>,
    closes: Vec<f64>,
}

impl YearOfCloses {
    /// The last year of bars. `None`: there is no whole year.
    #[must_use]
    pub fn of(bars: &Bars) -> Option<Self> {
        let from = bars.len().checked_sub(Calendar::of(bars.dates()).year)?;
        Some(Self {
            dates: bars.dates()[from..].to_vec(),
            closes: bars.adjusted()[from..].to_vec(),
        })
    }

    /// Sessions since the symbol's close was the highest against the benchmark's of the same day, or the last one
    /// before it. `None`: the benchmark's bars begin later.
    #[must_use]
    pub fn sessions_since_rs_high(&self, benchmark: &Bars) -> Option<f64> {
        let (dates, closes) = (benchmark.dates(), benchmark.adjusted());
        let mut next = 0; // both go forward in time
        let mut line = Vec::with_capacity(self.closes.len());
        for (date, close) in self.dates.iter().zip(&self.closes) {
            next += dates[next..].iter().take_while(|day| *day <= date).count();
            line.push(close / closes[next.checked_sub(1)?]);
        }
        since_highest(&line, line.len())
    }
}
