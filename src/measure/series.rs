//! One symbol's bars as the registry of fields asks for them: windows of a series, with what several numbers
//! share worked out once.
//!
//! [`Indicators::at`] is the only way to a window, for the newest session and for an earlier one alike. Caches
//! hold values of single bars and of one window, never running sums: those depend on where the history begins
//! and turn ties.

use std::cell::OnceCell;

use chrono::NaiveDate;

use super::calendar::{Calendar, Lengths, is_weekend};
use super::indicators as ind;
use crate::bars::Bars;

/// The usual baseline of volumes, in sessions.
pub const BASELINE: usize = 20;

/// Closes in the regression of Clenow's model.
pub const REGRESSION_CLOSES: usize = 90;

/// One symbol's bars, and what can be worked out bar by bar.
pub struct Series<'a> {
    bars: &'a Bars,
    open: OnceCell<Option<Vec<f64>>>,
    high: OnceCell<Option<Vec<f64>>>,
    low: OnceCell<Option<Vec<f64>>>,
    logs: OnceCell<Vec<f64>>,
    has_weekends: OnceCell<bool>,
}

impl<'a> Series<'a> {
    /// A series over bars.
    #[must_use]
    pub fn new(bars: &'a Bars) -> Self {
        Self {
            bars,
            open: OnceCell::new(),
            high: OnceCell::new(),
            low: OnceCell::new(),
            logs: OnceCell::new(),
            has_weekends: OnceCell::new(),
        }
    }

    /// The calendar of the bars before the one at `to`.
    fn calendar(&self, to: usize) -> Calendar {
        let dates = self.bars.dates();
        let has_weekends = self.has_weekends.get_or_init(|| dates.iter().copied().any(is_weekend));
        if *has_weekends { Calendar::of(&dates[..to]) } else { Calendar::SESSIONS }
    }

    /// Number of bars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bars.len()
    }

    /// Whether there is no bar.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }
}

/// Slope and R² of the regression through the last closes' logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regression {
    /// Slope a session.
    pub slope: f64,
    /// R².
    pub r2: f64,
}

/// The last volume against a baseline of the bars before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The last volume, in shares.
    pub current: f64,
    /// Mean of the baseline, days without volume included.
    pub average: f64,
    /// `current / average`; undefined where the average is 0.
    pub ratio: Option<f64>,
    /// ln `current` against mean and sample standard deviation of ln baseline.
    pub zscore: Option<f64>,
    /// Median of the baseline, days without volume left out.
    pub median: Option<f64>,
    /// Whether half the baseline's days or more had any volume.
    pub is_traded: bool,
}

impl Activity {
    /// Of a series of volumes, oldest first. `None`: fewer than `lookback + 1` of them.
    ///
    /// The last bar is not part of its own baseline: inside a 20-bar mean a true doubling reads 1.905.
    #[must_use]
    pub fn of(volume: &[f64], lookback: usize) -> Option<Self> {
        let (&current, before) = volume.split_last()?;
        let baseline = ind::tail(before, lookback)?;
        let traded: Vec<f64> = baseline.iter().copied().filter(|v| *v > 0.0).collect();
        let average = ind::mean(baseline)?;
        let is_traded = traded.len() * 2 >= baseline.len();
        Some(Self {
            current,
            average,
            ratio: (average > 0.0).then(|| current / average),
            zscore: if is_traded { ind::log_zscore(current, &traded) } else { None },
            median: ind::median(&traded),
            is_traded,
        })
    }
}

/// The window of a series that ends with one session, and what several of its numbers share.
pub struct Indicators<'a> {
    series: &'a Series<'a>,
    from: usize,
    to: usize,
    baseline: usize,
    calendar: Calendar,
    activity: OnceCell<Option<Activity>>,
    regression: OnceCell<Option<Regression>>,
    volatility: OnceCell<Option<f64>>,
    macd: OnceCell<Option<[f64; 3]>>,
    bollinger: OnceCell<Option<[f64; 3]>>,
    atr: OnceCell<Option<f64>>,
}

impl<'a> Indicators<'a> {
    /// The window that ends before the bar at `to`: at most [`Calendar::window`] bars, with the usual baseline of
    /// volumes.
    #[must_use]
    pub fn at(series: &'a Series<'a>, to: usize) -> Self {
        Self::with_baseline(series, to, BASELINE)
    }

    /// The same with a baseline of `baseline` sessions, which the window is made long enough for.
    #[must_use]
    pub fn with_baseline(series: &'a Series<'a>, to: usize, baseline: usize) -> Self {
        let to = to.min(series.len());
        let calendar = series.calendar(to);
        Self {
            series,
            from: to.saturating_sub(calendar.window.max(baseline + 1)),
            to,
            baseline,
            calendar,
            activity: OnceCell::new(),
            regression: OnceCell::new(),
            volatility: OnceCell::new(),
            macd: OnceCell::new(),
            bollinger: OnceCell::new(),
            atr: OnceCell::new(),
        }
    }

    /// How many bars a month or a year of it has.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The sessions of its bars.
    #[must_use]
    pub fn dates(&self) -> &[NaiveDate] {
        &self.series.bars.dates()[self.from..self.to]
    }

    /// Adjusted closes: what holding a share earned.
    #[must_use]
    pub fn close(&self) -> &[f64] {
        &self.series.bars.adjusted()[self.from..self.to]
    }

    /// Plain closes: what a share cost.
    #[must_use]
    pub fn traded(&self) -> &[f64] {
        &self.series.bars.close()[self.from..self.to]
    }

    /// Shares traded. `None`: the source has no volumes.
    #[must_use]
    pub fn volume(&self) -> Option<&[f64]> {
        Some(&self.series.bars.volume()?[self.from..self.to])
    }

    /// The last adjusted close.
    #[must_use]
    pub fn last(&self) -> Option<f64> {
        self.close().last().copied()
    }

    /// What an adjusted price is multiplied with to be on the basis of the last day.
    #[must_use]
    pub fn price_basis(&self) -> Option<f64> {
        Some(self.traded().last()? / self.last()?)
    }

    /// Natural logarithms of the adjusted closes.
    #[must_use]
    pub fn logs(&self) -> &[f64] {
        let logs = self
            .series
            .logs
            .get_or_init(|| self.series.bars.adjusted().iter().map(|close| close.ln()).collect());
        &logs[self.from..self.to]
    }

    /// Adjusted opens. `None`: the source has none.
    #[must_use]
    pub fn open(&self) -> Option<&[f64]> {
        let open = self.series.open.get_or_init(|| self.series.bars.adjusted_open());
        Some(&open.as_deref()?[self.from..self.to])
    }

    /// Adjusted highs. `None`: the source has no range.
    #[must_use]
    pub fn high(&self) -> Option<&[f64]> {
        let high = self.series.high.get_or_init(|| self.series.bars.adjusted_high());
        Some(&high.as_deref()?[self.from..self.to])
    }

    /// Adjusted lows. `None`: the source has no range.
    #[must_use]
    pub fn low(&self) -> Option<&[f64]> {
        let low = self.series.low.get_or_init(|| self.series.bars.adjusted_low());
        Some(&low.as_deref()?[self.from..self.to])
    }

    /// Average true range of Wilder over 14 ranges.
    #[must_use]
    pub fn atr(&self) -> Option<f64> {
        *self.atr.get_or_init(|| ind::atr(self.high()?, self.low()?, self.close(), 14))
    }

    /// Average directional index of Wilder.
    #[must_use]
    pub fn adx(&self, n: usize) -> Option<f64> {
        ind::adx(self.high()?, self.low()?, self.close(), n)
    }

    /// Money flow index.
    #[must_use]
    pub fn mfi(&self, n: usize) -> Option<f64> {
        ind::mfi(self.high()?, self.low()?, self.close(), self.volume()?, n)
    }

    /// MACD line, signal and histogram.
    #[must_use]
    pub fn macd(&self) -> Option<[f64; 3]> {
        *self.macd.get_or_init(|| ind::macd(self.close()))
    }

    /// Upper, middle and lower Bollinger band.
    #[must_use]
    pub fn bollinger(&self) -> Option<[f64; 3]> {
        *self.bollinger.get_or_init(|| ind::bollinger(self.close(), 20, 2.0))
    }

    /// Annualised volatility of a year.
    #[must_use]
    pub fn volatility(&self) -> Option<f64> {
        *self.volatility.get_or_init(|| ind::volatility_1y(self.logs(), self.calendar.year))
    }

    /// The return of `bars` bars that ended a month ago, per unit of volatility.
    #[must_use]
    pub fn momentum_ratio(&self, bars: usize) -> Option<f64> {
        let month = self.calendar.month;
        Some(ind::skipped_change(self.close(), bars + month, month)? / self.volatility()?)
    }

    /// Weighted ratios to the closes of 3, 6, 9 and 12 months ago.
    #[must_use]
    pub fn relative_strength(&self) -> Option<f64> {
        let Lengths { quarter, half, three_quarters, year, .. } = *self.calendar;
        ind::relative_strength(self.close(), [quarter, half, three_quarters, year])
    }

    /// The regression of Clenow's model.
    #[must_use]
    pub fn regression(&self) -> Option<Regression> {
        *self.regression.get_or_init(|| {
            let (slope, r2) = ind::regression(self.logs(), REGRESSION_CLOSES)?;
            Some(Regression { slope, r2 })
        })
    }

    /// The last volume against the baseline.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        *self.activity.get_or_init(|| Activity::of(self.volume()?, self.baseline))
    }

    /// Mean of close times volume over as many bars as the baseline has, the last included.
    #[must_use]
    pub fn dollar_volume(&self) -> Option<f64> {
        let closes = ind::tail(self.traded(), self.baseline)?;
        let volumes = ind::tail(self.volume()?, self.baseline)?;
        let mut traded = Vec::with_capacity(self.baseline);
        for (close, volume) in closes.iter().zip(volumes) {
            traded.push(close * volume);
        }
        ind::mean(&traded)
    }
}
