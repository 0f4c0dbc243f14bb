//! The window of days that rows are taken from.

use chrono::NaiveDate;

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
