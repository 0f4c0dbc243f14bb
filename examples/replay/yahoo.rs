//! Yahoo as it was in 2026, by the reports of public clients: whom it lets in, how it blocks an address, a day on which
//! it knows nothing, and bodies with a trap in them.

use std::time::{Duration, Instant};

use super::prices::Bar;

/// How it behaves.
#[derive(Clone, Debug)]
pub(crate) struct Temper {
    /// Requests that an address may send before it is blocked.
    pub(crate) budget: Option<u64>,
    /// How long a block lasts, a tenth longer for each request meanwhile.
    pub(crate) block: Duration,
    /// After so many requests, so many are answered with 404.
    pub(crate) epidemic: Option<(u64, u64)>,
    /// Whether nobody is let in.
    pub(crate) shut: bool,
}

impl Default for Temper {
    fn default() -> Self {
        Self { budget: None, block: Duration::from_mins(3), epidemic: None, shut: false }
    }
}

/// What it remembers of its visitors.
#[derive(Debug, Default)]
pub(super) struct Visits {
    /// Requests that were let in.
    total: u64,
    /// Those since the last block.
    since_block: u64,
    blocked_until: Option<Instant>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Answer,
    TooMany,
    NotFound,
}

impl Visits {
    pub(super) fn judge(&mut self, temper: &Temper, user_agent: &str, now: Instant) -> Verdict {
        if temper.shut || !is_let_in(user_agent) {
            return Verdict::TooMany;
        }
        if let Some(until) = self.blocked_until {
            if now < until {
                self.blocked_until = Some(until + temper.block / 10);
                return Verdict::TooMany;
            }
            self.blocked_until = None;
            self.since_block = 0;
        }
        if temper.budget.is_some_and(|budget| self.since_block >= budget) {
            self.blocked_until = Some(now + temper.block);
            return Verdict::TooMany;
        }
        self.since_block += 1;
        self.total += 1;
        match temper.epidemic {
            Some((after, length)) if self.total > after && self.total <= after + length => {
                Verdict::NotFound
            }
            _ => Verdict::Answer,
        }
    }
}

/// Short names and honest ones; neither a browser's whole name nor the usual libraries'.
fn is_let_in(user_agent: &str) -> bool {
    let is_whole = ["chrome/", "firefox/", "safari/"].iter().any(|name| user_agent.contains(name));
    let is_library =
        ["curl", "python", "java", "ureq"].iter().any(|name| user_agent.starts_with(name));
    !user_agent.is_empty() && !is_whole && !is_library
}

/// What is wrong with a chart.
#[derive(Default)]
pub(super) struct Trap {
    /// The events that it states, as JSON. Empty: it states none.
    pub(super) events: String,
    /// The last price, where it is not the last close.
    pub(super) price: Option<f64>,
    /// Sessions at the end that are left out of the bars.
    pub(super) missing: usize,
    /// Whether stamps are midnights of a zone to the east.
    pub(super) has_midnights: bool,
}

/// Springs the trap of a reserved symbol on its bars.
pub(super) fn trap(symbol: &str, bars: &mut [Bar], stamp: impl Fn(&Bar) -> i64) -> Trap {
    let n = bars.len();
    let Some(kind) = symbol.strip_prefix("TRAP-").filter(|_| n > 30) else {
        return Trap::default();
    };
    let scale = |bars: &mut [Bar], factor: f64| {
        for bar in bars {
            for price in
                [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close, &mut bar.adjusted]
            {
                *price *= factor;
            }
        }
    };
    let mut trap = Trap::default();
    match kind {
        "FROZEN" => {
            let still = bars[n - 15].clone();
            for bar in &mut bars[n - 14..] {
                *bar = Bar { day: bar.day, volume: 0.0, ..still.clone() };
            }
        }
        "REVSPLIT" => {
            scale(&mut bars[n - 20..], 190.0);
            trap.events = format!(
                r#""splits":{{"1":{{"date":{},"numerator":1,"denominator":190,"splitRatio":"1:190"}}}}"#,
                stamp(&bars[n - 20])
            );
        }
        "UNIT" => trap.price = Some(bars[n - 1].close * 100.0),
        "PRICE" => trap.price = Some(bars[n - 1].close * 1.6),
        "DIVIDEND" => {
            trap.events = format!(
                r#""dividends":{{"1":{{"date":{},"amount":{}}}}}"#,
                stamp(&bars[n - 20]),
                0.5 * bars[n - 21].close
            );
        }
        "MISSING" => trap.missing = 1,
        "MIDNIGHT" => trap.has_midnights = true,
        _ => {}
    }
    trap
}
