//! The registry: every number a row can carry, described once, and how it is worked out.
//!
//! Reports, filters and sorting ask this list; none of them depends on its order. What a column shows besides
//! numbers is in [`super::columns`].

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of one lifetime is not an entry"
)]

use super::indicators as ind;
use super::models::alphavelocity;
use super::series::Indicators;

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
    /// Shares, or money, in large amounts.
    Amount,
}

/// What a field is about: reports list whole groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The model's result.
    Score,
    /// The price last traded, of momentum reports.
    Price,
    /// Momentum and trend.
    Momentum,
    /// The volume screen.
    Volume,
    /// What is held.
    Holding,
    /// What models need beside the others; in no report.
    Model,
}

/// When a field is worked out. The passes run in this order, so fields need no dependency graph.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// On a worker, from one symbol's own bars.
    Window(fn(&Indicators<'_>) -> Option<f64>),
    /// Beside the benchmark's closes on the same dates.
    Benchmark,
    /// Across the symbols that may be compared.
    Universe,
    /// By the ranking or the portfolio.
    Stage,
}

/// What is known of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldEntry {
    /// The field.
    pub field: Field,
    /// The name in data: JSON, CSV, filters.
    pub key: &'static str,
    /// How to read the number.
    pub unit: Unit,
    /// What it is about.
    pub group: Group,
    /// Bars it needs; 0 where bars do not decide.
    pub bars: usize,
    /// The name in tables.
    pub heading: &'static str,
    /// What it is, in one line.
    pub meaning: &'static str,
    /// How it is worked out. C, H, L: adjusted prices, V: volume, t: the last bar.
    pub formula: &'static str,
    /// Where the definition comes from; empty where it needs no source.
    pub source: &'static str,
    /// When it is worked out, and by what.
    pub pass: Pass,
}

macro_rules! fields {
    ($($field:ident: $key:literal $unit:ident $group:ident $bars:literal $heading:literal,
        $meaning:literal, $formula:literal, $source:literal, $pass:expr;)*) => {
        /// A number a row can carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field { $(#[doc = $meaning] $field,)* }

        /// Every field.
        pub const FIELDS: &[FieldEntry] = {
            use Pass::{Benchmark, Stage, Universe, Window};
            &[$(FieldEntry {
                field: Field::$field,
                key: $key,
                unit: Unit::$unit,
                group: Group::$group,
                bars: $bars,
                heading: $heading,
                meaning: $meaning,
                formula: $formula,
                source: $source,
                pass: $pass,
            },)*]
        };
    };
}

fields! {
    OverallMomentumScore: "overall_momentum_score" Score Score 0 "Score",
        "The model's score, 0 to 10", "see `screener models`", "", Universe;
    PriceMomentum: "price_momentum" Score Score 127 "Price",
        "Price pillar of the composite model", "10 Φ(z of 12-1 and 6-1 momentum)", "", Universe;
    TechnicalMomentum: "technical_momentum" Score Score 127 "Tech",
        "Technical pillar of the composite model", "10 Φ(z of clenow)", "", Universe;
    RelativeMomentum: "relative_momentum" Score Score 127 "Rel",
        "Relative pillar of the composite model", "10 Φ((return_3m − benchmark's) / 0.16)", "", Universe;
    CurrentPrice: "current_price" Price Price 1 "Last",
        "Last close, not adjusted for dividends", "C[t], unadjusted", "",
        Window(|x| ind::back(x.traded(), 0));
    Raw: "raw" Plain Score 0 "Raw",
        "The model's raw value, by which rows are ranked", "see `screener models`", "", Universe;
    Return1m: "return_1m" Fraction Momentum 22 "1m",
        "Return over 21 sessions", "C[t] / C[t−21] − 1", "", Window(|x| ind::change(x.close(), 21));
    Return3m: "return_3m" Fraction Momentum 64 "3m",
        "Return over 63 sessions", "C[t] / C[t−63] − 1", "", Window(|x| ind::change(x.close(), 63));
    Return6m: "return_6m" Fraction Momentum 127 "6m",
        "Return over 126 sessions", "C[t] / C[t−126] − 1", "", Window(|x| ind::change(x.close(), 126));
    Return12m: "return_12m" Fraction Momentum 253 "12m",
        "Return over 252 sessions", "C[t] / C[t−252] − 1", "", Window(|x| ind::change(x.close(), 252));
    Return12x1: "return_12_1" Fraction Momentum 253 "12-1",
        "Return from 252 to 21 sessions ago", "C[t−21] / C[t−252] − 1", "Jegadeesh and Titman 1993",
        Window(|x| ind::skipped_change(x.close(), 252, 21));
    Return6x1: "return_6_1" Fraction Momentum 127 "6-1",
        "Return from 126 to 21 sessions ago", "C[t−21] / C[t−126] − 1", "Jegadeesh and Titman 1993",
        Window(|x| ind::skipped_change(x.close(), 126, 21));
    Volatility1y: "volatility_1y" Fraction Momentum 253 "Volatility",
        "Annualised volatility of 252 daily log returns", "sd(ln C[i]/C[i−1]) √252", "",
        Window(|x| x.volatility());
    High52wRatio: "high_52w_ratio" Fraction Momentum 252 "vs high",
        "Last close against the highest of 252", "C[t] / max C of 252", "George and Hwang 2004",
        Window(|x| ind::high_52w_ratio(x.close()));
    Rsi14: "rsi_14" Percent Momentum 15 "RSI",
        "Relative strength index (Wilder)", "100 gain / (gain + loss), Wilder means of 14", "Wilder 1978",
        Window(|x| ind::rsi(x.close(), 14));
    Macd: "macd" Price Momentum 34 "MACD",
        "MACD line (12, 26)", "EMA12 − EMA26", "Appel 1979", Window(|x| Some(x.macd()?[0]));
    MacdSignal: "macd_signal" Price Momentum 34 "Signal",
        "MACD signal (9)", "EMA9 of macd", "Appel 1979", Window(|x| Some(x.macd()?[1]));
    MacdHist: "macd_hist" Price Momentum 34 "Histogram",
        "MACD histogram", "macd − macd_signal", "Appel 1979", Window(|x| Some(x.macd()?[2]));
    Atr14: "atr_14" Price Momentum 15 "ATR",
        "Average true range (Wilder)", "Wilder mean of 14 true ranges", "Wilder 1978", Window(|x| x.atr(14));
    Adx14: "adx_14" Percent Momentum 28 "ADX",
        "Average directional index (Wilder)", "Wilder mean of 14 directional indices", "Wilder 1978",
        Window(|x| x.adx(14));
    Mfi14: "mfi_14" Percent Momentum 15 "MFI",
        "Money flow index", "100 inflow / (inflow + outflow) of 14 changes", "Quong and Soudack 1989",
        Window(|x| x.mfi(14));
    Roc10: "roc_10" Percent Momentum 11 "ROC",
        "Rate of change over 10 sessions, percent", "100 (C[t] / C[t−10] − 1)", "",
        Window(|x| Some(100.0 * ind::change(x.close(), 10)?));
    BbUpper: "bb_upper" Price Momentum 20 "BB upper",
        "Upper Bollinger band (20, 2)", "sma_20 + 2 sd", "Bollinger 2001", Window(|x| Some(x.bollinger()?[0]));
    BbMiddle: "bb_middle" Price Momentum 20 "BB middle",
        "Middle Bollinger band (20)", "sma_20", "Bollinger 2001", Window(|x| Some(x.bollinger()?[1]));
    BbLower: "bb_lower" Price Momentum 20 "BB lower",
        "Lower Bollinger band (20, 2)", "sma_20 − 2 sd", "Bollinger 2001", Window(|x| Some(x.bollinger()?[2]));
    Sma20: "sma_20" Price Momentum 20 "SMA20",
        "Mean of the last 20 closes", "mean C of 20", "", Window(|x| ind::sma(x.close(), 20));
    Sma50: "sma_50" Price Momentum 50 "SMA50",
        "Mean of the last 50 closes", "mean C of 50", "", Window(|x| ind::sma(x.close(), 50));
    Sma200: "sma_200" Price Momentum 200 "SMA200",
        "Mean of the last 200 closes", "mean C of 200", "", Window(|x| ind::sma(x.close(), 200));
    Continuity: "continuity" Plain Momentum 253 "Continuity",
        "How steadily the year's move came, −1 to 1",
        "sign(return_12_1) (share of up days − share of down days)", "Da, Gurun, Warachka 2014",
        Window(|x| ind::continuity(x.close()));
    MomentumRatio12: "momentum_ratio_12" Plain Momentum 274 "MR12",
        "12-month return to a month ago, per unit of volatility", "(C[t−21] / C[t−273] − 1) / volatility_1y",
        "NSE Nifty200 Momentum 30", Window(|x| x.momentum_ratio(273));
    MomentumRatio6: "momentum_ratio_6" Plain Momentum 253 "MR6",
        "6-month return to a month ago, per unit of volatility", "(C[t−21] / C[t−147] − 1) / volatility_1y",
        "NSE Nifty200 Momentum 30", Window(|x| x.momentum_ratio(147));
    RelativeStrengthRaw: "relative_strength_raw" Plain Momentum 253 "RS raw",
        "Weighted ratios to the closes of 3, 6, 9 and 12 months ago",
        "0.4 C/C[t−63] + 0.2 C/C[t−126] + 0.2 C/C[t−189] + 0.2 C/C[t−252]", "community form of the IBD rating",
        Window(|x| ind::relative_strength(x.close()));
    Clenow: "clenow" Plain Momentum 90 "Clenow",
        "Annualised regression slope times R², 90 closes", "(e^(250 clenow_slope) − 1) clenow_r2",
        "Clenow 2015", Window(|x| x.regression().map(|line| ind::annualised(line.slope, line.r2)));
    ClenowSlope: "clenow_slope" Plain Momentum 90 "Slope",
        "Regression slope of the log close a session, 90 closes", "least squares of ln C on the session",
        "Clenow 2015", Window(|x| Some(x.regression()?.slope));
    ClenowR2: "clenow_r2" Plain Momentum 90 "R²",
        "R² of that regression", "squared correlation of ln C and the session", "Clenow 2015",
        Window(|x| Some(x.regression()?.r2));
    CompositeZ: "composite_z" Plain Momentum 127 "Composite z",
        "Raw value of the composite model", "see `screener models`", "", Universe;
    VolumeRatio: "volume_ratio" Plain Momentum 21 "RVol",
        "Last volume against the mean of the 20 before it", "V[t] / mean V of the 20 before", "",
        Window(|x| x.activity()?.ratio);
    AverageVolume20: "average_volume_20" Amount Momentum 21 "Volume 20",
        "Mean volume of the 20 bars before the last", "mean V of the 20 before", "",
        Window(|x| Some(x.activity()?.average));
    VolumeZscore: "volume_zscore" Plain Momentum 21 "Z",
        "Log volume against those of the 20 bars before, in standard deviations",
        "(ln V[t] − mean ln V) / sd ln V of the 20 before", "", Window(|x| x.activity()?.zscore);
    PriceChangePercent: "price_change_percent" Percent Momentum 2 "Change %",
        "Change of the last close, percent, not adjusted for dividends", "100 (C[t] / C[t−1] − 1), unadjusted",
        "", Window(|x| Some(100.0 * ind::change(x.traded(), 1)?));
    DollarVolume20: "dollar_volume_20" Amount Momentum 20 "Dollars 20",
        "Mean of close times volume, last 20 bars", "mean C V of 20, unadjusted", "",
        Window(|x| x.dollar_volume());
    RsRating: "rs_rating" Plain Momentum 253 "RS",
        "Rank among the tickers asked for by relative strength, 1 to 99", "1 + 98 (rank − 1) / (n − 1)",
        "community form of the IBD rating", Universe;
    CurrentVolume: "current_volume" Amount Volume 21 "Volume",
        "Volume of the last complete bar", "V[t]", "", Window(|x| Some(x.activity()?.current));
    AverageVolume: "average_volume" Amount Volume 21 "Average",
        "Mean volume of the baseline, the bars before the last", "mean V of the baseline", "",
        Window(|x| Some(x.activity()?.average));
    MedianVolume: "median_volume" Amount Volume 21 "Median",
        "Median volume of the baseline's trading days", "median V above 0 of the baseline", "",
        Window(|x| x.activity()?.median);
    MedianRatio: "median_ratio" Plain Volume 21 "vs median",
        "Last volume against the baseline's median", "V[t] / median_volume", "",
        Window(|x| x.activity().and_then(|a| Some(a.current / a.median?)));
    Price: "price" Price Volume 1 "Last",
        "Last close, not adjusted for dividends", "C[t], unadjusted", "", Window(|x| ind::back(x.traded(), 0));
    DollarVolume: "dollar_volume" Amount Volume 20 "Dollars",
        "Mean of close times volume over as many bars as the baseline has, the last included",
        "mean C V, unadjusted", "", Window(|x| x.dollar_volume());
    Shares: "shares" Amount Holding 0 "Shares", "Shares held", "", "", Stage;
    CostBasis: "cost_basis" Price Holding 0 "Cost", "What one share cost", "", "", Stage;
    MarketValue: "market_value" Price Holding 1 "Value",
        "Shares times the last close", "shares current_price", "", Stage;
    WeightPercent: "weight_percent" Percent Holding 1 "Weight %",
        "Share of the value of all holdings that have a price", "100 market_value / total", "", Stage;
    Gain: "gain" Price Holding 1 "Gain",
        "Market value less what was paid", "market_value − shares cost_basis", "", Stage;
    GainPercent: "gain_percent" Percent Holding 1 "Gain %",
        "Gain against what was paid", "100 gain / (shares cost_basis)", "", Stage;
    AgainstShares: "against_shares" Amount Holding 0 "Other's",
        "Shares held in the other portfolio", "", "", Stage;
    AgainstWeightPercent: "against_weight_percent" Percent Holding 1 "Other's %",
        "Weight in the other portfolio", "", "", Stage;
    WeightDifference: "weight_difference" Percent Holding 1 "Difference",
        "Weight less that in the other portfolio", "weight_percent − against_weight_percent", "", Stage;
    BenchmarkReturn3m: "benchmark_return_3m" Fraction Model 64 "Benchmark 3m",
        "The benchmark's return between the sessions of `return_3m`", "", "", Benchmark;
    AlphavelocityPrice: "alphavelocity_price" Plain Model 50 "AV price",
        "AlphaVelocity's price pillar, 0 to 100", "see `screener models`", "AlphaVelocity, April 2026",
        Window(|x| alphavelocity::price(x.close()));
    AlphavelocityTechnical: "alphavelocity_technical" Plain Model 50 "AV technical",
        "AlphaVelocity's technical pillar, 0 to 100", "see `screener models`", "AlphaVelocity, April 2026",
        Window(|x| alphavelocity::technical(x.close(), x.volume()));
    AlphavelocityMonth: "alphavelocity_month" Fraction Model 50 "AV month",
        "AlphaVelocity's return of a month", "C[t] / C[t−20] − 1", "AlphaVelocity, April 2026",
        Window(|x| alphavelocity::month(x.close()));
}

impl Field {
    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static FieldEntry {
        &FIELDS[self as usize] // the list and the names are made together
    }

    /// The name in data.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().key
    }

    /// How to read the number.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.entry().unit
    }

    /// The field of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        FIELDS.iter().find(|entry| entry.key == name).map(|entry| entry.field)
    }

    /// Works it out for one window. `None`: undefined, or not of one symbol's own bars.
    #[must_use]
    pub fn measure(self, window: &Indicators<'_>) -> Option<f64> {
        match self.entry().pass {
            Pass::Window(measure) => measure(window),
            Pass::Benchmark | Pass::Universe | Pass::Stage => None,
        }
    }

    /// Whether one symbol's own bars decide it.
    #[must_use]
    pub fn is_measured(self) -> bool {
        matches!(self.entry().pass, Pass::Window(_))
    }
}

/// The fields of a group, in the order of the registry.
pub fn of_group(group: Group) -> impl Iterator<Item = Field> {
    FIELDS.iter().filter(move |entry| entry.group == group).map(|entry| entry.field)
}
