//! Synthetic prices: deterministic, different for every symbol, and the same for a day whatever window it
//! is asked in.
//!
//! They are made up and resemble no company's: a trend, two waves and some noise, all drawn from the
//! symbol's name.

use std::f64::consts::TAU;
use std::fmt::Write;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::America::New_York;

/// A chart answer with the bars of every weekday whose session lies within `from` and `until`; at most the
/// newest `most` of them.
pub(super) fn chart(
    symbol: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    most: Option<usize>,
) -> String {
    let mut days: Vec<NaiveDate> = from
        .date_naive()
        .iter_days()
        .take_while(|day| *day <= until.date_naive())
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
        .filter(|day| at(*day, 9, 30) >= from.timestamp() && at(*day, 16, 0) <= until.timestamp())
        .collect();
    days.drain(..days.len().saturating_sub(most.unwrap_or(usize::MAX)));
    let walk = Walk::of(symbol);
    let bars: Vec<Bar> = days.iter().map(|day| walk.bar(*day)).collect();
    let last = days.last().copied().unwrap_or(until.date_naive() - Days::new(1));

    let column = |value: &dyn Fn(&Bar) -> f64, decimals: usize| {
        let mut text = String::with_capacity(bars.len() * 9);
        for bar in &bars {
            let comma = if text.is_empty() { "" } else { "," };
            let _ = write!(text, "{comma}{:.decimals$}", value(bar));
        }
        text
    };
    let stamps: Vec<String> = days.iter().map(|day| at(*day, 9, 30).to_string()).collect();
    format!(
        concat!(
            r#"{{"chart":{{"result":[{{"meta":{{"currency":"USD","symbol":"{symbol}","#,
            r#""exchangeName":"NMS","instrumentType":"EQUITY","regularMarketTime":{close},"#,
            r#""exchangeTimezoneName":"America/New_York","currentTradingPeriod":{{"regular":"#,
            r#"{{"timezone":"EST","start":{open},"end":{close},"gmtoffset":-18000}}}},"#,
            r#""dataGranularity":"1d","range":""}},"timestamp":[{stamps}],"indicators":"#,
            r#"{{"quote":[{{"open":[{o}],"high":[{h}],"low":[{l}],"close":[{c}],"volume":[{v}]}}],"#,
            r#""adjclose":[{{"adjclose":[{a}]}}]}}}}],"error":null}}}}"#
        ),
        symbol = symbol,
        open = at(last, 9, 30),
        close = at(last, 16, 0),
        stamps = stamps.join(","),
        o = column(&|bar| bar.open, 4),
        h = column(&|bar| bar.high, 4),
        l = column(&|bar| bar.low, 4),
        c = column(&|bar| bar.close, 4),
        v = column(&|bar| bar.volume, 0),
        a = column(&|bar| bar.adjusted, 6),
    )
}

/// Seconds since the epoch of a time of day in New York.
fn at(day: NaiveDate, hour: u32, minute: u32) -> i64 {
    let local = day.and_hms_opt(hour, minute, 0).unwrap_or_default();
    New_York.from_local_datetime(&local).earliest().map_or(0, |time| time.timestamp())
}

struct Bar {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
    adjusted: f64,
    volume: f64,
}

struct Walk {
    seed: u64,
    level: f64,
    trend: f64,
    waves: [(f64, f64, f64); 2],
    dividend: f64,
    shares: f64,
}

impl Walk {
    fn of(symbol: &str) -> Self {
        let seed = symbol.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3) // FNV-1a
        });
        let draw = |n: u64, low: f64, high: f64| low + (high - low) * uniform(seed ^ n);
        Self {
            seed,
            level: draw(1, 2.5, 6.0),
            trend: draw(2, -0.25, 0.45) / 365.0,
            waves: [
                (draw(3, 0.02, 0.20), draw(4, 90.0, 260.0), draw(5, 0.0, TAU)),
                (draw(6, 0.01, 0.06), draw(7, 11.0, 45.0), draw(8, 0.0, TAU)),
            ],
            dividend: draw(9, 0.0, 0.04) / 365.0,
            shares: draw(10, 5e5, 5e7),
        }
    }

    fn bar(&self, day: NaiveDate) -> Bar {
        let days = f64::from(day.num_days_from_ce() - 738_000);
        let noise = |n: u64| {
            uniform(self.seed ^ (u64::from(day.num_days_from_ce().unsigned_abs()) << 8) ^ n) - 0.5
        };
        let waves: f64 = self
            .waves
            .iter()
            .map(|(height, length, phase)| height * (days / length + phase).sin())
            .sum();
        let close = (self.level + self.trend * days + waves + 0.03 * noise(1)).exp();
        let open = close * (1.0 + 0.02 * noise(2));
        Bar {
            open,
            high: open.max(close) * (1.0 + 0.01 * (noise(3) + 0.5)),
            low: open.min(close) * (1.0 - 0.01 * (noise(4) + 0.5)),
            close,
            adjusted: close * (self.dividend * (days - 3000.0)).exp(),
            volume: self.shares * (1.0 + noise(5)) * if noise(6) > 0.48 { 3.0 } else { 1.0 },
        }
    }
}

/// A number from 0 to 1 that depends on nothing but `n` (the `SplitMix64` finaliser).
#[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
fn uniform(n: u64) -> f64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}
