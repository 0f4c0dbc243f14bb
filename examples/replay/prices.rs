//! Prices to serve: synthetic ones, deterministic, different for every symbol, and the same for a day whatever window it
//! is asked in.
//!
//! They are made up and resemble no company's: a trend, two waves and some noise, all drawn from the
//! symbol's name. Or real ones of a file.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::path::Path;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::America::New_York;
use screener::bars::Bars;
use screener::provider::{FilesOptions, Yahoo, files};

/// The bars of every weekday whose session lies within `from` and `until`.
pub(super) fn made_up(symbol: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Bar> {
    let walk = Walk::of(symbol);
    from.date_naive()
        .iter_days()
        .take_while(|day| *day <= until.date_naive())
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(*day))
        .filter(|day| at(*day, 9, 30) >= from.timestamp() && at(*day, 16, 30) <= until.timestamp())
        .map(|day| walk.bar(day))
        .collect()
}

/// New York's holidays that have a rule, moved from weekends to nowhere.
fn is_holiday(day: NaiveDate) -> bool {
    let week = day.day0() / 7; // the how manieth of its weekday in the month, from 0
    match (day.month(), day.weekday()) {
        (1 | 2, Weekday::Mon) => week == 2,
        (5, Weekday::Mon) => day.day() > 24,
        (9, Weekday::Mon) => week == 0,
        (11, Weekday::Thu) => week == 3,
        (month, _) => matches!((month, day.day()), (1, 1) | (6, 19) | (7, 4) | (12, 25)),
    }
}

/// Seconds since the epoch of a time of day in New York.
pub(super) fn at(day: NaiveDate, hour: u32, minute: u32) -> i64 {
    let local = day.and_hms_opt(hour, minute, 0).unwrap_or_default();
    New_York.from_local_datetime(&local).earliest().map_or(0, |time| time.timestamp())
}

/// A session; prices are adjusted for splits.
#[derive(Clone)]
pub(super) struct Bar {
    pub(super) day: NaiveDate,
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
    /// For dividends, too.
    pub(super) adjusted: f64,
    pub(super) volume: f64,
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
            day,
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

/// The prices of a file, as a vendor would give them.
pub(crate) struct Real(BTreeMap<String, Vec<Bar>>);

impl Real {
    /// Reads what `--provider files` reads.
    ///
    /// # Errors
    /// A sentence on what is wrong with the file.
    #[allow(dead_code, reason = "for the server's own program, and some tests")]
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let today = Utc::now().date_naive();
        let local = files(path, None, Days::new(20_000), today, &FilesOptions::default())
            .map_err(|e| e.to_string())?;
        let symbols = local.symbols().filter_map(|symbol| {
            let bars = local.get(symbol)?;
            Some((Yahoo::spelling(symbol.as_str()), split_adjusted(&bars)))
        });
        Ok(Self(symbols.collect()))
    }

    pub(super) fn bars(
        &self,
        symbol: &str,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<Vec<Bar>> {
        let within = |bar: &&Bar| {
            at(bar.day, 9, 30) >= from.timestamp() && at(bar.day, 16, 30) <= until.timestamp()
        };
        Some(self.0.get(symbol)?.iter().filter(within).cloned().collect())
    }
}

/// Vendors adjust everything for splits, files only the adjusted closes: where these and the plain ones part
/// by more than a dividend, there was a split.
fn split_adjusted(bars: &Bars) -> Vec<Bar> {
    let mut factor = 1.0;
    let mut later: Option<f64> = None;
    let mut rows: Vec<Bar> = Vec::new();
    for bar in bars.rows().collect::<Vec<_>>().into_iter().rev() {
        let ratio = bar.adjusted / bar.close;
        if let Some(later) = later
            && !(0.77..1.3).contains(&(ratio / later))
        {
            factor *= ratio / later;
        }
        later = Some(ratio);
        rows.push(Bar {
            day: bar.date,
            open: bar.close * factor,
            high: bar.high * factor,
            low: bar.low * factor,
            close: bar.close * factor,
            adjusted: bar.adjusted,
            volume: bar.volume / factor,
        });
    }
    rows.reverse();
    rows
}
