//! The volume screen: the last complete bar's volume against the bars before it.
//!
//! The last bar is not part of its own baseline: inside a 20-bar mean a true doubling reads 1.905. Both
//! conditions are inclusive and compared before anything is rounded.

use super::fields::Field as F;
use super::indicators as ind;
use super::quality;
use super::row::{Note, Row};
use crate::bars::Bars;

/// The usual baseline, in sessions.
pub const LOOKBACK: usize = 20;

/// What counts as unusual volume.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Volume {
    /// Least volume of the last bar, in shares.
    pub min_volume: f64,
    /// Least ratio of the last volume to the baseline.
    pub multiplier: f64,
    /// Sessions of the baseline, those before the last bar.
    pub lookback: usize,
    /// What the multiplier is compared with.
    pub baseline: Baseline,
    /// Which way the price must have gone.
    pub direction: Direction,
    /// Least last close, in the currency's major unit.
    pub min_price: Option<f64>,
    /// Greatest last close.
    pub max_price: Option<f64>,
    /// Least mean of close × volume over the last `lookback` bars.
    pub min_dollar_volume: Option<f64>,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            min_volume: 1e6,
            multiplier: 2.0,
            lookback: LOOKBACK,
            baseline: Baseline::Mean,
            direction: Direction::Any,
            min_price: None,
            max_price: None,
            min_dollar_volume: None,
        }
    }
}

/// What the last volume is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// The mean of the baseline's volumes.
    Mean,
    /// Their median; days without volume are left out.
    Median,
}

/// Which way the last close went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Above the close before.
    Up,
    /// Below it.
    Down,
    /// Either, or not at all.
    Any,
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
    /// Of a series of volumes, oldest first; `None` for fewer than `lookback + 1` of them.
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

/// Mean of close × volume over the last `n` bars, the last included, closes not adjusted for dividends.
#[must_use]
pub fn dollar_volume(bars: &Bars, n: usize) -> Option<f64> {
    let traded: Vec<f64> = bars.close().iter().zip(bars.volume()).map(|(c, v)| c * v).collect();
    ind::sma(&traded, n)
}

impl Volume {
    /// Computes one symbol's numbers; without enough bars or trading days only its price.
    pub(super) fn measure(&self, row: &mut Row, bars: &Bars) {
        row.set(F::Price, ind::back(bars.close(), 0));
        row.set(F::PriceChangePercent, ind::change(bars.close(), 1).map(|change| 100.0 * change));
        if quality::has_split_jump(bars.close()) || quality::has_half_adjusted_split(bars) {
            row.notes.push(Note::SuspectSplit);
        }
        let Some(activity) = Activity::of(bars.volume(), self.lookback) else {
            return row.notes.push(Note::TooFewBars);
        };
        row.set(F::CurrentVolume, Some(activity.current));
        row.set(F::AverageVolume, Some(activity.average));
        row.set(F::DollarVolume, dollar_volume(bars, self.lookback));
        if !activity.is_traded {
            return row.notes.push(Note::TooFewTrades);
        }
        row.set(F::VolumeRatio, activity.ratio);
        row.set(F::VolumeZscore, activity.zscore);
        row.set(F::MedianVolume, activity.median);
        row.set(F::MedianRatio, activity.median.map(|median| activity.current / median));
    }

    /// Whether a measured row passes.
    #[must_use]
    pub fn is_hit(&self, row: &Row) -> bool {
        let usual = match self.baseline {
            Baseline::Mean => row.get(F::AverageVolume),
            Baseline::Median => row.get(F::MedianVolume),
        };
        let change = row.get(F::PriceChangePercent).unwrap_or(0.0);
        let right_way = match self.direction {
            Direction::Up => change > 0.0,
            Direction::Down => change < 0.0,
            Direction::Any => true,
        };
        let at_least = |field, least: Option<f64>| {
            least.is_none_or(|least| row.get(field).is_some_and(|value| value >= least))
        };
        let price = row.get(F::Price);
        row.get(F::VolumeRatio).is_some()
            && at_least(F::CurrentVolume, Some(self.min_volume))
            && at_least(F::CurrentVolume, usual.map(|usual| self.multiplier * usual))
            && at_least(F::Price, self.min_price)
            && self.max_price.is_none_or(|most| price.is_some_and(|price| price <= most))
            && at_least(F::DollarVolume, self.min_dollar_volume)
            && right_way
    }
}
