//! Which columns the tables show, the most important first, and which a row has in JSON and CSV.

use super::columns::Column;
use crate::measure::entry::Group;
use crate::measure::fields::{Field as F, of_group};

/// A momentum table, the most important first: columns are dropped from the end.
pub const MOMENTUM_TABLE: [Column; 14] = [
    Column::Ticker,
    Column::Value(F::CurrentPrice),
    Column::Value(F::OverallMomentumScore),
    Column::Value(F::Percentile),
    Column::Rating,
    Column::Value(F::Return1m),
    Column::Value(F::Return3m),
    Column::Value(F::Return6m),
    Column::Value(F::Return12m),
    Column::Value(F::RsRating),
    Column::Value(F::Rsi14),
    Column::Value(F::VolumeRatio),
    Column::Value(F::FromHigh52w),
    Column::Year,
];

/// A table of unusual volumes.
pub const VOLUME_TABLE: [Column; 11] = [
    Column::Rank,
    Column::Ticker,
    Column::Value(F::VolumeRatio),
    Column::Value(F::CurrentVolume),
    Column::Value(F::AverageVolume),
    Column::Value(F::PriceChangePercent),
    Column::Value(F::Price),
    Column::Value(F::VolumeZscore),
    Column::Value(F::MedianRatio),
    Column::Value(F::DollarVolume),
    Column::Notes,
];

/// A table of holdings.
pub const PORTFOLIO_TABLE: [Column; 15] = [
    Column::Ticker,
    Column::Value(F::Shares),
    Column::Value(F::CurrentPrice),
    Column::Value(F::MarketValue),
    Column::Value(F::WeightPercent),
    Column::Value(F::OverallMomentumScore),
    Column::Rating,
    Column::Value(F::Gain),
    Column::Value(F::GainPercent),
    Column::Value(F::PriceMomentum),
    Column::Value(F::TechnicalMomentum),
    Column::Value(F::RelativeMomentum),
    Column::Value(F::Volatility1y),
    Column::Currency,
    Column::Year,
];

/// A table of two portfolios.
pub const AGAINST_TABLE: [Column; 8] = [
    Column::Ticker,
    Column::Value(F::Shares),
    Column::Value(F::AgainstShares),
    Column::Value(F::CurrentPrice),
    Column::Value(F::WeightPercent),
    Column::Value(F::AgainstWeightPercent),
    Column::Value(F::WeightDifference),
    Column::Value(F::OverallMomentumScore),
];

/// The columns of a momentum report in JSON and CSV, after the rank where there is one.
#[must_use]
pub fn momentum_columns() -> Vec<Column> {
    let mut columns = vec![
        Column::Ticker,
        Column::Value(F::OverallMomentumScore),
        Column::Value(F::Percentile),
        Column::Rating,
        Column::Value(F::PriceMomentum),
        Column::Value(F::TechnicalMomentum),
        Column::Value(F::RelativeMomentum),
        Column::Value(F::CurrentPrice),
        Column::Currency,
        Column::AsOf,
        Column::Bars,
        Column::BadRows,
        Column::Sector,
        Column::SubIndustry,
        Column::Notes,
        Column::Value(F::Raw),
        Column::Value(F::Rank1w),
        Column::Value(F::Rank1m),
        Column::Value(F::RankChange1w),
    ];
    columns.extend(of_group(Group::Momentum).map(Column::Value));
    columns
}

/// The columns of a portfolio's report in JSON and CSV up to the gains, between which and the rest the other
/// portfolio's stand.
const HELD_COLUMNS: [Column; 9] = [
    Column::Ticker,
    Column::Value(F::Shares),
    Column::Value(F::CostBasis),
    Column::Value(F::CurrentPrice),
    Column::Currency,
    Column::Value(F::MarketValue),
    Column::Value(F::WeightPercent),
    Column::Value(F::Gain),
    Column::Value(F::GainPercent),
];
const AGAINST_COLUMNS: [Column; 3] = [
    Column::Value(F::AgainstShares),
    Column::Value(F::AgainstWeightPercent),
    Column::Value(F::WeightDifference),
];
const HELD_SCORE_COLUMNS: [Column; 17] = [
    Column::Value(F::OverallMomentumScore),
    Column::Value(F::Percentile),
    Column::Value(F::RsRating),
    Column::Rating,
    Column::Value(F::PriceMomentum),
    Column::Value(F::TechnicalMomentum),
    Column::Value(F::RelativeMomentum),
    Column::Value(F::Raw),
    Column::Value(F::Return1m),
    Column::Value(F::Return3m),
    Column::Value(F::Return12m),
    Column::Value(F::Volatility1y),
    Column::AsOf,
    Column::Bars,
    Column::Sector,
    Column::SubIndustry,
    Column::Notes,
];

/// The columns of a portfolio's report in JSON and CSV.
#[must_use]
pub fn portfolio_columns(has_other: bool) -> Vec<Column> {
    let others: &[Column] = if has_other { &AGAINST_COLUMNS } else { &[] };
    [&HELD_COLUMNS, others, &HELD_SCORE_COLUMNS].concat()
}
