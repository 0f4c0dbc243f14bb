//! What is asked of a vendor and what it answers, whoever the vendor is.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::bars::Bars;
use crate::fetch::{Fault, Request, Response};
use crate::universe::Symbol;

/// What is asked of a provider: a symbol's daily bars from `from` to `until`, both included.
#[derive(Clone, Debug)]
pub struct Query {
    /// The symbol.
    pub symbol: Symbol,
    /// First session wanted.
    pub from: NaiveDate,
    /// Last session wanted.
    pub until: NaiveDate,
    /// The past day the bars are wanted as of. `None`: the newest.
    pub as_of: Option<NaiveDate>,
    /// Whether the bar of a session still open is of use.
    pub include_partial: bool,
    /// The time of asking, which tells a session still open from a finished one.
    pub now: DateTime<Utc>,
}

/// One vendor's protocol.
pub trait Provider: Sync + Send {
    /// The name in the output and on the command line.
    fn name(&self) -> &'static str;

    /// Symbols that one request can carry.
    fn batch_size(&self) -> usize {
        1
    }

    /// Calendar days to ask for that hold this many sessions, on any exchange the vendor knows.
    fn days_of(&self, sessions: usize) -> Days {
        calendar_days(sessions)
    }

    /// The request that answers queries for the same days, at most [`Provider::batch_size`] of them; `page` is
    /// the [`Page::next`] of the answer before.
    fn request(&self, batch: &[Query], page: Option<&str>) -> Request;

    /// Reads an answer to [`Provider::request`], whatever its status. No bars in the window is an empty series,
    /// not a fault.
    ///
    /// # Errors
    /// A [`Fault`] of the whole batch; its kind says whether another attempt can help.
    fn read(&self, batch: &[Query], response: &Response) -> Result<Page, Fault>;
}

/// What one answer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// For each query of the batch its bars, or why there are none. `None`: the page does not mention it. A
    /// symbol that no page mentions is unknown to the vendor.
    pub answers: Vec<Option<Result<Bars, Fault>>>,
    /// The token of the next page, if there is one.
    pub next: Option<String>,
}

impl Page {
    /// The answer to a batch of one.
    #[must_use]
    pub fn of_one(bars: Bars) -> Self {
        Self { answers: vec![Some(Ok(bars))], next: None }
    }
}

/// Calendar days that hold this many sessions on any exchange: three for two sessions, as in the calendars with
/// the most holidays, and a fortnight for the longest run of them.
#[must_use]
pub fn calendar_days(sessions: usize) -> Days {
    Days::new(sessions as u64 * 3 / 2 + 14)
}
