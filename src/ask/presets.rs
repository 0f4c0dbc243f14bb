//! Screens that people ask for by name: a filter, and perhaps an order, columns and a model, all as a user would
//! type them.

use crate::models::{Model, clenow};

/// A screen by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it looks for, and whose it is.
    pub meaning: &'static str,
    /// The condition.
    pub filter: &'static str,
    /// The order. `None`: the model's.
    pub sort: Option<&'static str>,
    /// The columns of a table.
    pub columns: &'static str,
    /// The model that ranks. `None`: the one that is chosen otherwise.
    pub model: Option<Model>,
}

/// Every preset.
pub const PRESETS: [Preset; 5] = [
    Preset {
        name: "trend-template",
        meaning: "Minervini's trend template: rising averages in order, near the high, strong against the others",
        filter: "current_price > sma_50 and sma_50 > sma_150 and sma_150 > sma_200 and \
                 sma_200_change_22 > 0 and from_low_52w >= 30% and from_high_52w >= -25% and rs_rating >= 70",
        sort: Some("rs_rating"),
        columns: "ticker,current_price,rs_rating,from_high_52w,from_low_52w,sma_50,sma_150,sma_200,return_3m,adr_20",
        model: None,
    },
    Preset {
        name: "clenow",
        meaning: "Clenow's Stocks on the Move: a steady rise above the 100-day average, no gap of 15 %",
        filter: "current_price > sma_100 and max_gap_90 < 15%",
        sort: None,
        columns: "rank,ticker,current_price,clenow,percentile,sma_100,max_gap_90,atr_14,return_3m",
        model: Some(clenow::MODEL),
    },
    Preset {
        name: "new-highs",
        meaning: "closes that are the highest of 252 sessions",
        filter: "sessions_since_high = 0",
        sort: None,
        columns: "rank,ticker,current_price,score,percentile,return_1m,return_3m,rs_rating,volume_ratio,adr_20",
        model: None,
    },
    Preset {
        name: "rs-leaders",
        meaning: "the relative-strength line is at a high of 252 sessions, and the price is not yet; needs a benchmark",
        filter: "sessions_since_rs_high = 0 and sessions_since_high > 0",
        sort: Some("rs_rating"),
        columns: "ticker,current_price,rs_rating,sessions_since_high,from_high_52w,return_1m,return_3m,volume_ratio",
        model: None,
    },
    Preset {
        name: "liquid",
        meaning: "at least 5 a share and 5 million traded a day",
        filter: "current_price >= 5 and dollar_volume_20 >= 5m",
        sort: None,
        columns: "rank,ticker,current_price,score,percentile,return_3m,return_12m,rs_rating,dollar_volume_20,adr_20",
        model: None,
    },
];

impl Preset {
    /// The preset of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }
}
