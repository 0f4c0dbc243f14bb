//! The volume screen: the last complete bar's volume against the bars before it.
//!
//! Both conditions are inclusive and compared before anything is rounded.

use super::columns::Column;
use crate::bars::Bars;
use crate::compare::row::Row;
use crate::measure::doubt;
use crate::measure::fields::Field as F;
use crate::measure::note::Note;
use crate::measure::series::{BASELINE, Indicators, Series};
use crate::measure::snapshot::Snapshot;

/// Numbers that need a price only.
const PRICE_FIELDS: [F; 2] = [F::Price, F::PriceChangePercent];
/// Numbers that need the baseline's bars.
const BASELINE_FIELDS: [F; 3] = [F::CurrentVolume, F::AverageVolume, F::DollarVolume];
/// Numbers that need a baseline in which there was trade.
const COMPARED_FIELDS: [F; 4] = [F::VolumeRatio, F::VolumeZscore, F::MedianVolume, F::MedianRatio];

/// The columns of a volume report in JSON and CSV.
pub const COLUMNS: [Column; 16] = [
    Column::Ticker,
    Column::Value(F::CurrentVolume),
    Column::Value(F::AverageVolume),
    Column::Value(F::VolumeRatio),
    Column::Value(F::VolumeZscore),
    Column::Value(F::MedianRatio),
    Column::Value(F::Price),
    Column::Currency,
    Column::Value(F::PriceChangePercent),
    Column::Value(F::DollarVolume),
    Column::AsOf,
    Column::Bars,
    Column::BadRows,
    Column::Sector,
    Column::SubIndustry,
    Column::Notes,
];

/// What counts as unusual volume.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Volume {
    /// Minimum volume of the last bar, in shares.
    pub min_volume: f64,
    /// Minimum ratio of the last volume to the baseline.
    pub multiplier: f64,
    /// Sessions of the baseline, those before the last bar.
    pub lookback: usize,
    /// What the multiplier is compared with.
    pub baseline: Baseline,
    /// Which way the price must have gone.
    pub direction: Direction,
    /// Minimum last close, in the currency's major unit.
    pub min_price: Option<f64>,
    /// Maximum last close.
    pub max_price: Option<f64>,
    /// Minimum mean of close × volume over the last `lookback` bars.
    pub min_dollar_volume: Option<f64>,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            min_volume: 1e6,
            multiplier: 2.0,
            lookback: BASELINE,
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

impl Volume {
    /// The fields that [`Volume::measure`] sets.
    pub fn measured_fields() -> impl Iterator<Item = F> {
        PRICE_FIELDS.into_iter().chain(BASELINE_FIELDS).chain(COMPARED_FIELDS)
    }

    /// Works out one symbol's numbers; without enough bars or trading days only its price.
    pub fn measure(&self, row: &mut Row, bars: &Bars, series: &Series<'_>) {
        let window = Indicators::with_baseline(series, bars.len(), self.lookback);
        row.now = Snapshot::of(&window, PRICE_FIELDS);
        if let Some(doubt) = doubt::doubts_of_plain_prices(bars) {
            row.doubt(doubt);
        }
        let Some(activity) = window.activity() else {
            let is_long = bars.len() > self.lookback;
            row.notes.push(if is_long { Note::TooFewTrades } else { Note::TooFewBars });
            return;
        };
        row.now.measure(&window, BASELINE_FIELDS);
        if activity.is_traded {
            row.now.measure(&window, COMPARED_FIELDS);
        } else {
            row.notes.push(Note::TooFewTrades);
        }
    }

    /// Whether a measured row passes.
    #[must_use]
    pub fn is_hit(&self, row: &Row) -> bool {
        let baseline = match self.baseline {
            Baseline::Mean => row.get(F::AverageVolume),
            Baseline::Median => row.get(F::MedianVolume),
        };
        let usual = baseline.map(|usual| self.multiplier * usual);
        row.get(F::VolumeRatio).is_some()
            && is_at_least(row, F::CurrentVolume, Some(self.min_volume))
            && is_at_least(row, F::CurrentVolume, usual)
            && is_at_least(row, F::Price, self.min_price)
            && is_at_most(row, F::Price, self.max_price)
            && is_at_least(row, F::DollarVolume, self.min_dollar_volume)
            && self.is_right_direction(row)
    }

    fn is_right_direction(&self, row: &Row) -> bool {
        let change = row.get(F::PriceChangePercent).unwrap_or(0.0);
        match self.direction {
            Direction::Up => change > 0.0,
            Direction::Down => change < 0.0,
            Direction::Any => true,
        }
    }
}

/// Whether a number is not below `limit`. `None`: any number will do.
fn is_at_least(row: &Row, field: F, limit: Option<f64>) -> bool {
    limit.is_none_or(|limit| row.get(field).is_some_and(|value| value >= limit))
}

/// Whether a number is not above `limit`. `None`: any number will do.
fn is_at_most(row: &Row, field: F, limit: Option<f64>) -> bool {
    limit.is_none_or(|limit| row.get(field).is_some_and(|value| value <= limit))
}
