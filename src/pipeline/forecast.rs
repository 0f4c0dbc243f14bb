//! What a run will take, before anything is sent: requests, how many of the tickers are at hand, how long at
//! the rate that is kept.

use std::fmt;

use crate::fetch::RateLimit;
use crate::universe::Symbol;

/// The cost of a run that has not begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Tickers asked for.
    pub tickers: usize,
    /// What is fetched beside them.
    pub benchmark: Option<Symbol>,
    /// Of all these, how many need no request.
    pub at_hand: usize,
    /// Requests to send, retries and a prefilter's widening apart.
    pub requests: usize,
    /// Who is asked, if anybody is.
    pub host: Option<String>,
    /// How fast.
    pub rate_limit: Option<RateLimit>,
}

impl Forecast {
    /// Seconds that the rate alone makes it last.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let requests = self.requests as f64;
        self.rate_limit.map_or(0.0, |rate_limit| {
            (requests - f64::from(rate_limit.burst)).max(0.0) / rate_limit.rate
        })
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let Self { tickers, at_hand, requests, .. } = self;
        write!(f, "{requests} request{}", plural(*requests))?;
        if let Some(host) = self.host.as_deref().filter(|_| *requests > 0) {
            write!(f, " to {}", host.split("://").last().unwrap_or(host))?;
        }
        write!(f, " for {tickers} ticker{}", plural(*tickers))?;
        if let Some(benchmark) = &self.benchmark {
            write!(f, " and {benchmark}")?;
        }
        write!(f, ", {at_hand} of them at hand")?;
        if let Some(rate_limit) = self.rate_limit.filter(|_| self.seconds() > 0.0) {
            write!(
                f,
                "; at {} requests a second about {:.0} s",
                rate_limit.rate,
                self.seconds().ceil()
            )?;
        }
        Ok(())
    }
}
