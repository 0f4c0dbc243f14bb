//! The window of days that rows are taken from, and the session that the data are of.

use chrono::NaiveDate;

/// Days by which series that go on may end apart.
const MAX_LAG_DAYS: i64 = 10;
/// Among many series, a session that fewer than one in so many have is a slip.
const MIN_SHARE: usize = 20;

/// The days that rows may be of.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayRange {
    /// The first that can matter.
    pub(super) from: NaiveDate,
    /// The last that is wanted.
    pub(super) last: NaiveDate,
    /// After this day there are no sessions yet.
    pub(super) today: NaiveDate,
}

/// The session that data are of, of the last days of their series: the newest that half of the series have which end
/// about then, or later. A wrong year or one series that goes on alone decides nothing.
pub(super) fn session(mut lasts: Vec<NaiveDate>) -> Option<NaiveDate> {
    lasts.sort_unstable();
    lasts.reverse();
    let all = lasts.len();
    let is_usual = |day: &&NaiveDate| {
        let have = lasts.iter().take_while(|last| *last >= *day).count();
        let alive =
            lasts.iter().take_while(|last| (**day - **last).num_days() <= MAX_LAG_DAYS).count();
        let is_alone = all > 1 && alive < 2;
        2 * have >= alive && !is_alone && (all < MIN_SHARE || have * MIN_SHARE >= all)
    };
    lasts.iter().find(is_usual).or(lasts.first()).copied()
}
