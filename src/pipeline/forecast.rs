//! What a run will take, before anything is sent: requests, how many of the tickers need none, how long at the
//! rate that is kept.

use std::fmt;

use crate::fetch::RateLimit;
use crate::universe::{PastList, Symbol};

/// The cost of a run that has not begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Tickers asked for.
    pub tickers: usize,
    /// Symbols that are fetched with them and counted nowhere: the benchmark, what they are compared with.
    pub beside: Vec<Symbol>,
    /// Of all these, how many need no request.
    pub at_hand: usize,
    /// Requests to send, without retries and without what a prefilter may add.
    pub requests: usize,
    /// The server. `None`: the bars are loaded already.
    pub host: Option<String>,
    /// How fast requests are sent.
    pub rate_limit: Option<RateLimit>,
    /// Embedded lists that are taken as they were on a past day.
    pub past_lists: Vec<PastList>,
}

impl Forecast {
    /// The same for scripts.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "tickers": self.tickers,
            "also_fetched": self.beside,
            "available": self.at_hand,
            "requests": self.requests,
            "host": self.host,
            "seconds": self.seconds(),
            "members": self.past_lists,
        })
    }

    /// Seconds that the rate alone makes it last.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let Some(limit) = self.rate_limit else { return 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let requests = self.requests as f64;
        (requests - f64::from(limit.burst)).max(0.0) / limit.rate
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tickers, at_hand, requests, .. } = self;
        write!(f, "{requests} request{}", plural_ending(*requests))?;
        if let Some(host) = self.host.as_deref().filter(|_| *requests > 0) {
            write!(f, " to {}", host.split("://").last().unwrap_or(host))?;
        }
        write!(f, " for {tickers} ticker{}", plural_ending(*tickers))?;
        match self.beside.as_slice() {
            [] => {}
            [one] => write!(f, " and {one}")?,
            many => write!(f, " and {} to compare with", many.len())?,
        }
        match (&self.host, at_hand) {
            (None, _) => write!(f, ", {at_hand} of them loaded")?,
            (Some(_), 0) => write!(f, ", none cached")?,
            (Some(_), _) => write!(f, ", {at_hand} of them cached")?,
        }
        if let Some(limit) = self.rate_limit.filter(|_| self.seconds() > 0.0) {
            write!(
                f,
                "; about {:.0} s at {} requests per second",
                self.seconds().ceil(),
                limit.rate
            )?;
        }
        for past in &self.past_lists {
            write!(f, "\n{past}")?;
        }
        Ok(())
    }
}

fn plural_ending(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}
