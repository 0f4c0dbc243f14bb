//! The columns of a report: every number a row can carry, named once for JSON, CSV and tables alike.
//!
//! Names of numbers are those of the golden file the tests compare with. What a column shows is read from a
//! [`Row`]; how it is shown is for the report.

use chrono::NaiveDate;

use super::row::{Note, Row};

/// How a number is to be read, and so shown to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 10.
    Score,
    /// A price, or a difference of prices, in the currency's major unit.
    Price,
    /// A fraction: 0.05 is 5 %.
    Fraction,
    /// Already in percent or 0 to 100.
    Percent,
    /// A plain number.
    Plain,
    /// Shares or money, large.
    Amount,
}

macro_rules! fields {
    ($($variant:ident $name:literal $unit:ident $meaning:literal,)*) => {
        /// A number a row can carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field { $(#[doc = $meaning] $variant,)* }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The column's name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What kind of number it is.
            #[must_use]
            pub fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit,)* }
            }
        }
    };
}

fields! {
    OverallMomentumScore "overall_momentum_score" Score "The model's score, 0 to 10",
    PriceMomentum "price_momentum" Score "Price pillar of the composite model",
    TechnicalMomentum "technical_momentum" Score "Technical pillar of the composite model",
    RelativeMomentum "relative_momentum" Score "Relative pillar of the composite model",
    CurrentPrice "current_price" Price "Last close, not adjusted for dividends",
    Raw "raw" Plain "The model's raw value, by which rows are ranked",
    Return1m "return_1m" Fraction "Return over 21 sessions",
    Return3m "return_3m" Fraction "Return over 63 sessions",
    Return6m "return_6m" Fraction "Return over 126 sessions",
    Return12m "return_12m" Fraction "Return over 252 sessions",
    Return12x1 "return_12_1" Fraction "Return from 252 to 21 sessions ago",
    Return6x1 "return_6_1" Fraction "Return from 126 to 21 sessions ago",
    Volatility1y "volatility_1y" Fraction "Annualised volatility of 252 daily log returns",
    High52wRatio "high_52w_ratio" Fraction "Last close against the highest of 252",
    Rsi14 "rsi_14" Percent "Relative strength index (Wilder)",
    Macd "macd" Price "MACD line (12, 26)",
    MacdSignal "macd_signal" Price "MACD signal (9)",
    MacdHist "macd_hist" Price "MACD histogram",
    Atr14 "atr_14" Price "Average true range (Wilder)",
    Adx14 "adx_14" Percent "Average directional index (Wilder)",
    Mfi14 "mfi_14" Percent "Money flow index",
    Roc10 "roc_10" Percent "Rate of change over 10 sessions, percent",
    BbUpper "bb_upper" Price "Upper Bollinger band (20, 2)",
    BbMiddle "bb_middle" Price "Middle Bollinger band (20)",
    BbLower "bb_lower" Price "Lower Bollinger band (20, 2)",
    Sma20 "sma_20" Price "Mean of the last 20 closes",
    Sma50 "sma_50" Price "Mean of the last 50 closes",
    Sma200 "sma_200" Price "Mean of the last 200 closes",
    Continuity "continuity" Plain "How steadily the year's move came, −1 to 1",
    MomentumRatio12 "momentum_ratio_12" Plain "12-month return to a month ago, per unit of volatility",
    MomentumRatio6 "momentum_ratio_6" Plain "6-month return to a month ago, per unit of volatility",
    RelativeStrengthRaw "relative_strength_raw" Plain "Weighted ratios to the closes of 3, 6, 9 and 12 months ago",
    Clenow "clenow" Plain "Annualised regression slope times R², 90 closes",
    ClenowSlope "clenow_slope" Plain "Regression slope of the log close a session, 90 closes",
    ClenowR2 "clenow_r2" Plain "R² of that regression",
    CompositeZ "composite_z" Plain "Raw value of the composite model",
    VolumeRatio "volume_ratio" Plain "Last volume against the mean of the 20 before it",
    AverageVolume20 "average_volume_20" Amount "Mean volume of the 20 bars before the last",
    VolumeZscore "volume_zscore" Plain "Log volume against those of the 20 bars before, in standard deviations",
    PriceChangePercent "price_change_percent" Percent "Change of the last close, percent, not adjusted for dividends",
    DollarVolume20 "dollar_volume_20" Amount "Mean of close times volume, last 20 bars",
    RsRating "rs_rating" Plain "Rank among the tickers asked for by relative strength, 1 to 99",
    CurrentVolume "current_volume" Amount "Volume of the last complete bar",
    AverageVolume "average_volume" Amount "Mean volume of the baseline, the bars before the last",
    MedianVolume "median_volume" Amount "Median volume of the baseline's trading days",
    MedianRatio "median_ratio" Plain "Last volume against the baseline's median",
    Price "price" Price "Last close, not adjusted for dividends",
    Shares "shares" Amount "Shares held",
    CostBasis "cost_basis" Price "What one of them cost",
    MarketValue "market_value" Price "Shares times the last close",
    WeightPercent "weight_percent" Percent "Share of the value of all holdings that have a price",
    Gain "gain" Price "Market value less what was paid",
    GainPercent "gain_percent" Percent "Gain against what was paid",
    AgainstShares "against_shares" Amount "Shares held in the other portfolio",
    AgainstWeightPercent "against_weight_percent" Percent "Weight in the other portfolio",
    WeightDifference "weight_difference" Percent "Weight less that in the other portfolio",
    DollarVolume "dollar_volume" Amount "Mean of close times volume over as many bars as the baseline has, the last included",
}

/// One column of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Place in the ranking, from 1.
    Rank,
    /// The ticker as the user wrote it.
    Ticker,
    /// The score in words.
    Rating,
    /// Date of the last bar used.
    AsOf,
    /// Bars used.
    Bars,
    /// What a reader should know about the row.
    Notes,
    /// The sector, where it is known.
    Sector,
    /// Rows of the source that were dropped or out of order.
    BadRows,
    /// The year's closes as a small picture.
    Year,
    /// A number.
    Value(Field),
}

/// What stands in one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Undefined.
    Null,
    /// Words.
    Text(&'a str),
    /// A count.
    Count(usize),
    /// A session.
    Date(NaiveDate),
    /// Notes, perhaps none.
    Notes(&'a [Note]),
    /// Closes, oldest first.
    Series(&'a [f64]),
    /// A finite number.
    Number(f64, Unit),
}

impl Column {
    /// The column's name in JSON and CSV.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Ticker => "ticker",
            Self::Rating => "rating",
            Self::AsOf => "as_of",
            Self::Bars => "bars",
            Self::Notes => "notes",
            Self::Sector => "sector",
            Self::BadRows => "bad_rows",
            Self::Year => "year",
            Self::Value(field) => field.name(),
        }
    }

    /// Every column.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [
            Self::Rank,
            Self::Ticker,
            Self::Rating,
            Self::Sector,
            Self::AsOf,
            Self::Bars,
            Self::BadRows,
            Self::Notes,
            Self::Year,
        ];
        plain.into_iter().chain(Field::ALL.iter().copied().map(Self::Value))
    }

    /// The column of that name; `score` is short for the overall score.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name == "score" {
            return Some(Self::Value(Field::OverallMomentumScore));
        }
        Self::all().find(|column| column.name() == name)
    }

    /// The name most like `name`, if any is much like it.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        let likeness = |other: &str| strsim::jaro_winkler(&name, other);
        let names = Self::all().map(Self::name).chain(["score"]);
        let best = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(best) > 0.8).then_some(best)
    }

    /// Whether it holds words (a date among them), not numbers.
    #[must_use]
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Value(_) | Self::Rank | Self::Bars | Self::BadRows)
    }

    /// The number it shows, if it shows one.
    #[must_use]
    pub fn field(self) -> Option<Field> {
        match self {
            Self::Value(field) => Some(field),
            _ => None,
        }
    }

    /// What a row holds in this column; `rank` is its place.
    #[must_use]
    pub fn of(self, row: &Row, rank: usize) -> Cell<'_> {
        match self {
            Self::Rank => Cell::Count(rank),
            Self::Ticker => Cell::Text(row.symbol.as_str()),
            Self::Rating => Cell::Text(row.rating().name()),
            Self::AsOf => row.as_of.map_or(Cell::Null, Cell::Date),
            Self::Bars => Cell::Count(row.bars),
            Self::Notes => Cell::Notes(&row.notes),
            Self::Sector => row.sector.as_deref().map_or(Cell::Null, Cell::Text),
            Self::BadRows => Cell::Count(row.bad_rows),
            Self::Year => Cell::Series(&row.year),
            Self::Value(field) => {
                row.get(field).map_or(Cell::Null, |value| Cell::Number(value, field.unit()))
            }
        }
    }
}

/// The columns of a momentum report in JSON and CSV, after the rank where there is one.
#[must_use]
pub fn momentum() -> Vec<Column> {
    use Field as F;
    let mut columns = vec![
        Column::Ticker,
        Column::Value(F::OverallMomentumScore),
        Column::Rating,
        Column::Value(F::PriceMomentum),
        Column::Value(F::TechnicalMomentum),
        Column::Value(F::RelativeMomentum),
        Column::Value(F::CurrentPrice),
        Column::AsOf,
        Column::Bars,
        Column::BadRows,
        Column::Sector,
        Column::Notes,
        Column::Value(F::Raw),
    ];
    let rest = Field::ALL.iter().skip_while(|field| **field != F::Return1m);
    columns
        .extend(rest.take_while(|field| **field != F::CurrentVolume).copied().map(Column::Value));
    columns
}

/// The columns of a volume report in JSON and CSV.
#[must_use]
pub fn volume() -> Vec<Column> {
    use Field as F;
    vec![
        Column::Ticker,
        Column::Value(F::CurrentVolume),
        Column::Value(F::AverageVolume),
        Column::Value(F::VolumeRatio),
        Column::Value(F::VolumeZscore),
        Column::Value(F::MedianRatio),
        Column::Value(F::Price),
        Column::Value(F::PriceChangePercent),
        Column::Value(F::DollarVolume),
        Column::AsOf,
        Column::Bars,
        Column::BadRows,
        Column::Sector,
        Column::Notes,
    ]
}
