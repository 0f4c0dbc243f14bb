//! The registry: every number a row can carry, described once, and how it is worked out.
//!
//! Reports, filters and sorting ask this list; none of them depends on its order. What a column shows besides
//! numbers is in [`crate::ask::columns`].

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of one lifetime is not an entry"
)]

use super::alphavelocity;
use super::entry::{FieldEntry, Group, Pass, fields};
use super::indicators as ind;
use super::ranges;
use super::series::Indicators;
use crate::table::Unit;

fields! {
    OverallMomentumScore: "overall_momentum_score" Score Score 0 "Score",
        "The model's score, 0 to 10", "see `screener models`", "", Universe;
    Percentile: "percentile" Index Score 0 "Pct",
        "Rank of the raw value among the tickers compared, 100 the best", "100 (rank − 1) / (n − 1), equals share the mean rank",
        "", Universe;
    PriceMomentum: "price_momentum" Score Score 127 "P score",
        "Price pillar of the composite model", "10 Φ(z of 12-1 and 6-1 momentum)", "", Universe;
    TechnicalMomentum: "technical_momentum" Score Score 127 "T score",
        "Technical pillar of the composite model", "10 Φ(z of clenow)", "", Universe;
    RelativeMomentum: "relative_momentum" Score Score 127 "R score",
        "Relative pillar of the composite model", "10 Φ((return_3m − benchmark's) / 0.16)", "", Universe;
    CurrentPrice: "current_price" Traded Price 1 "Last",
        "Last close, not adjusted for dividends", "C[t], unadjusted", "",
        Window(|x| ind::back(x.traded(), 0));
    Raw: "raw" Plain Score 0 "Raw",
        "The model's raw value, by which rows are ranked", "see `screener models`", "", Universe;
    Rank1w: "rank_1w" Count Score 6 "# 1w",
        "Rank by the same model five sessions earlier", "rank of raw on the bars up to t−5", "", Universe;
    Rank1m: "rank_1m" Count Score 22 "# 1m",
        "Rank by the same model 21 sessions earlier", "rank of raw on the bars up to t−21", "", Universe;
    RankChange1w: "rank_change_1w" Count Score 6 "# ±1w",
        "Ranks gained in five sessions", "rank_1w − rank by the model", "", Universe;
    Return1m: "return_1m" Fraction Momentum 22 "1m",
        "Return over 21 sessions", "C[t] / C[t−21] − 1", "", Window(|x| ind::change(x.close(), x.calendar().month));
    Return3m: "return_3m" Fraction Momentum 64 "3m",
        "Return over 63 sessions", "C[t] / C[t−63] − 1", "", Window(|x| ind::change(x.close(), x.calendar().quarter));
    Return6m: "return_6m" Fraction Momentum 127 "6m",
        "Return over 126 sessions", "C[t] / C[t−126] − 1", "", Window(|x| ind::change(x.close(), x.calendar().half));
    Return12m: "return_12m" Fraction Momentum 253 "12m",
        "Return over 252 sessions", "C[t] / C[t−252] − 1", "", Window(|x| ind::change(x.close(), x.calendar().year));
    Return12x1: "return_12_1" Fraction Momentum 253 "12-1",
        "Return from 252 to 21 sessions ago", "C[t−21] / C[t−252] − 1", "Jegadeesh and Titman 1993",
        Window(|x| ind::skipped_change(x.close(), x.calendar().year, x.calendar().month));
    Return6x1: "return_6_1" Fraction Momentum 127 "6-1",
        "Return from 126 to 21 sessions ago", "C[t−21] / C[t−126] − 1", "Jegadeesh and Titman 1993",
        Window(|x| ind::skipped_change(x.close(), x.calendar().half, x.calendar().month));
    Volatility1y: "volatility_1y" Fraction Momentum 253 "Volatility",
        "Annualised volatility of 252 daily log returns", "sd(ln C[i]/C[i−1]) √252", "",
        Window(|x| x.volatility());
    High52wRatio: "high_52w_ratio" Fraction Momentum 252 "vs high",
        "Last close against the highest of 252", "C[t] / max C of 252", "George and Hwang 2004",
        Window(|x| ind::high_52w_ratio(x.close(), x.calendar().year));
    High52w: "high_52w" Price Momentum 252 "52w high",
        "Highest price of 252 sessions", "max H of 252", "", Window(|x| ranges::highest(x.high()?, x.calendar().year));
    Low52w: "low_52w" Price Momentum 252 "52w low",
        "Lowest price of 252 sessions", "min L of 252", "", Window(|x| ranges::lowest(x.low()?, x.calendar().year));
    FromHigh52w: "from_high_52w" Fraction Momentum 252 "High",
        "Last close against the highest price of 252 sessions", "C[t] / high_52w − 1", "",
        Window(|x| Some(x.last()? / ranges::highest(x.high()?, x.calendar().year)? - 1.0));
    FromLow52w: "from_low_52w" Fraction Momentum 252 "Low",
        "Last close against the lowest price of 252 sessions", "C[t] / low_52w − 1", "",
        Window(|x| Some(x.last()? / ranges::lowest(x.low()?, x.calendar().year)? - 1.0));
    SessionsSinceHigh: "sessions_since_high" Count Momentum 252 "Since high",
        "Sessions since the highest close of 252; 0 is today", "t − argmax C of 252", "",
        Window(|x| ranges::since_highest(x.close(), x.calendar().year));
    SessionsSinceLow: "sessions_since_low" Count Momentum 252 "Since low",
        "Sessions since the lowest close of 252; 0 is today", "t − argmin C of 252", "",
        Window(|x| ranges::since_lowest(x.close(), x.calendar().year));
    SessionsSinceRsHigh: "sessions_since_rs_high" Count Momentum 252 "Since RS high",
        "Sessions since the relative-strength line was highest in 252; 0 is today",
        "t − argmax C/B of 252, B: the benchmark's adjusted close", "", Benchmark;
    Rsi14: "rsi_14" Index Momentum 15 "RSI",
        "Relative strength index (Wilder)", "100 gain / (gain + loss), Wilder means of 14", "Wilder 1978",
        Window(|x| ind::rsi(x.close(), 14));
    Macd: "macd" Price Momentum 34 "MACD",
        "MACD line (12, 26)", "EMA12 − EMA26", "Appel 1979", Window(|x| Some(x.macd()?[0]));
    MacdSignal: "macd_signal" Price Momentum 34 "Signal",
        "MACD signal (9)", "EMA9 of macd", "Appel 1979", Window(|x| Some(x.macd()?[1]));
    MacdHist: "macd_hist" Price Momentum 34 "Histogram",
        "MACD histogram", "macd − macd_signal", "Appel 1979", Window(|x| Some(x.macd()?[2]));
    Atr14: "atr_14" Price Momentum 15 "ATR",
        "Average true range (Wilder)", "Wilder mean of 14 true ranges", "Wilder 1978", Window(|x| x.atr());
    AtrPercent: "atr_percent" Fraction Momentum 15 "ATR %",
        "Average true range as a share of the close", "atr_14 / C[t]", "", Window(|x| Some(x.atr()? / x.last()?));
    AtrMultiple50: "atr_multiple_50" Plain Momentum 50 "ATRs to SMA50",
        "Distance from the mean of 50 closes, in average true ranges", "(C[t] − sma_50) / atr_14", "",
        Window(|x| Some((x.last()? - ind::sma(x.close(), 50)?) / x.atr()?));
    Adr20: "adr_20" Fraction Momentum 20 "ADR",
        "Average daily range", "mean H/L of 20 − 1", "", Window(|x| ranges::average_range(x.high()?, x.low()?, 20));
    Gap: "gap" Fraction Momentum 2 "Gap",
        "Open against the close before", "O[t] / C[t−1] − 1", "", Window(|x| ranges::gap(x.open()?, x.close()));
    MaxGap90: "max_gap_90" Fraction Momentum 91 "Max gap",
        "Largest gap of 90 sessions, up or down, without its sign", "max |O[i] / C[i−1] − 1| of 90", "Clenow 2015",
        Window(|x| ranges::largest_gap(x.open()?, x.close(), 90));
    MaxMove90: "max_move_90" Fraction Momentum 91 "Max move",
        "Largest daily return of 90 sessions, up or down, without its sign", "max |C[i] / C[i−1] − 1| of 90",
        "Clenow 2015", Window(|x| ranges::largest_gap(x.close(), x.close(), 90));
    Adx14: "adx_14" Index Momentum 28 "ADX",
        "Average directional index (Wilder)", "Wilder mean of 14 directional indices", "Wilder 1978",
        Window(|x| x.adx(14));
    Mfi14: "mfi_14" Index Momentum 15 "MFI",
        "Money flow index", "100 inflow / (inflow + outflow) of 14 changes", "Quong and Soudack 1989",
        Window(|x| x.mfi(14));
    Roc10: "roc_10" Percent Momentum 11 "ROC",
        "Rate of change over 10 sessions, in percent", "100 (C[t] / C[t−10] − 1)", "",
        Window(|x| Some(100.0 * ind::change(x.close(), 10)?));
    BbUpper: "bb_upper" Price Momentum 20 "BB upper",
        "Upper Bollinger band (20, 2)", "sma_20 + 2 sd", "Bollinger 2001", Window(|x| Some(x.bollinger()?[0]));
    BbMiddle: "bb_middle" Price Momentum 20 "BB middle",
        "Middle Bollinger band (20)", "sma_20", "Bollinger 2001", Window(|x| Some(x.bollinger()?[1]));
    BbLower: "bb_lower" Price Momentum 20 "BB lower",
        "Lower Bollinger band (20, 2)", "sma_20 − 2 sd", "Bollinger 2001", Window(|x| Some(x.bollinger()?[2]));
    Sma10: "sma_10" Price Momentum 10 "SMA10",
        "Mean of the last 10 closes", "mean C of 10", "", Window(|x| ind::sma(x.close(), 10));
    Sma20: "sma_20" Price Momentum 20 "SMA20",
        "Mean of the last 20 closes", "mean C of 20", "", Window(|x| ind::sma(x.close(), 20));
    Sma50: "sma_50" Price Momentum 50 "SMA50",
        "Mean of the last 50 closes", "mean C of 50", "", Window(|x| ind::sma(x.close(), 50));
    Sma100: "sma_100" Price Momentum 100 "SMA100",
        "Mean of the last 100 closes", "mean C of 100", "", Window(|x| ind::sma(x.close(), 100));
    Sma150: "sma_150" Price Momentum 150 "SMA150",
        "Mean of the last 150 closes", "mean C of 150", "", Window(|x| ind::sma(x.close(), 150));
    Sma200: "sma_200" Price Momentum 200 "SMA200",
        "Mean of the last 200 closes", "mean C of 200", "", Window(|x| ind::sma(x.close(), 200));
    Sma200Change22: "sma_200_change_22" Fraction Momentum 222 "SMA200 1m",
        "Change of the mean of 200 closes over 22 sessions", "sma_200[t] / sma_200[t−22] − 1", "Minervini 2013",
        Window(|x| ranges::sma_change(x.close(), 200, 22));
    Ema21: "ema_21" Price Momentum 21 "EMA21",
        "Exponential mean of closes, 21 sessions", "α = 2/22, seeded with the mean of the window's first 21", "",
        Window(|x| ind::ema(x.close(), 21).last().copied());
    Continuity: "continuity" Plain Momentum 253 "Continuity",
        "How steadily the year's move came, −1 to 1",
        "sign(return_12_1) (share of up days − share of down days)", "Da, Gurun, Warachka 2014",
        Window(|x| ind::continuity(x.close(), x.calendar().year, x.calendar().month));
    MomentumRatio12: "momentum_ratio_12" Plain Momentum 274 "MR12",
        "12-month return to a month ago, per unit of volatility", "(C[t−21] / C[t−273] − 1) / volatility_1y",
        "NSE Nifty200 Momentum 30", Window(|x| x.momentum_ratio(x.calendar().year));
    MomentumRatio6: "momentum_ratio_6" Plain Momentum 253 "MR6",
        "6-month return to a month ago, per unit of volatility", "(C[t−21] / C[t−147] − 1) / volatility_1y",
        "NSE Nifty200 Momentum 30", Window(|x| x.momentum_ratio(x.calendar().half));
    RelativeStrengthRaw: "relative_strength_raw" Plain Momentum 253 "RS raw",
        "Weighted ratios to the closes of 3, 6, 9 and 12 months ago",
        "0.4 C/C[t−63] + 0.2 C/C[t−126] + 0.2 C/C[t−189] + 0.2 C/C[t−252]", "community form of the IBD rating",
        Window(|x| x.relative_strength());
    Clenow: "clenow" Plain Momentum 90 "Clenow",
        "Annualised regression slope times R², 90 closes", "(e^(250 clenow_slope) − 1) clenow_r2",
        "Clenow 2015", Window(|x| x.regression().map(|line| ind::annualised(line.slope, line.r2, x.calendar().growth_year)));
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
    AverageVolume20: "average_volume_20" Shares Momentum 21 "Volume 20",
        "Mean volume of the 20 bars before the last", "mean V of the 20 before", "",
        Window(|x| Some(x.activity()?.average));
    VolumeZscore: "volume_zscore" Plain Momentum 21 "Z",
        "Log volume against those of the 20 bars before, in standard deviations",
        "(ln V[t] − mean ln V) / sd ln V of the 20 before", "", Window(|x| x.activity()?.zscore);
    PriceChangePercent: "price_change_percent" Percent Momentum 2 "Change",
        "Change of the last close, in percent, not adjusted for dividends", "100 (C[t] / C[t−1] − 1), unadjusted",
        "", Window(|x| Some(100.0 * ind::change(x.traded(), 1)?));
    DollarVolume20: "dollar_volume_20" Money Momentum 20 "Dollars 20",
        "Mean of close times volume, last 20 bars", "mean C V of 20, unadjusted", "",
        Window(|x| x.dollar_volume());
    UpDownVolume50: "up_down_volume_50" Plain Momentum 51 "Up/down vol",
        "Volume of days that closed up against that of days that closed down, 50 changes",
        "Σ V where C[i] > C[i−1] / Σ V where C[i] < C[i−1]", "", Window(|x| ranges::up_down_volume(x.close(), x.volume()?, 50));
    RsRating: "rs_rating" Index Momentum 253 "RS",
        "Rank by relative strength among the tickers compared, 1 to 99",
        "1 + 98 (rank − 1) / (n − 1) of relative_strength_raw",
        "community form of the IBD rating", Universe;
    CurrentVolume: "current_volume" Count Volume 21 "Volume",
        "Volume of the last complete bar", "V[t]", "", Window(|x| Some(x.activity()?.current));
    AverageVolume: "average_volume" Shares Volume 21 "Average",
        "Mean volume of the baseline, the bars before the last", "mean V of the baseline", "",
        Window(|x| Some(x.activity()?.average));
    MedianVolume: "median_volume" Shares Volume 21 "Median",
        "Median volume of the baseline's trading days", "median V above 0 of the baseline", "",
        Window(|x| x.activity()?.median);
    MedianRatio: "median_ratio" Plain Volume 21 "vs median",
        "Last volume against the baseline's median", "V[t] / median_volume", "",
        Window(|x| x.activity().and_then(|a| Some(a.current / a.median?)));
    Price: "price" Traded Volume 1 "Last",
        "Last close, not adjusted for dividends", "C[t], unadjusted", "", Window(|x| ind::back(x.traded(), 0));
    DollarVolume: "dollar_volume" Money Volume 20 "Dollars",
        "Mean of close times volume over as many bars as the baseline has, the last included",
        "mean C V, unadjusted", "", Window(|x| x.dollar_volume());
    Shares: "shares" Shares Holding 0 "Shares", "Shares held", "", "", Stage;
    CostBasis: "cost_basis" Traded Holding 0 "Cost", "What one share cost", "", "", Stage;
    MarketValue: "market_value" Traded Holding 1 "Value",
        "Shares times the last close", "shares current_price", "", Stage;
    WeightPercent: "weight_percent" Percent Holding 1 "Weight",
        "Share of the value of all holdings that have a price", "100 market_value / total", "", Stage;
    Gain: "gain" Traded Holding 1 "Gain",
        "Market value less what was paid", "market_value − shares cost_basis", "", Stage;
    GainPercent: "gain_percent" Percent Holding 1 "Gained",
        "Gain against what was paid", "100 gain / (shares cost_basis)", "", Stage;
    AgainstShares: "against_shares" Shares Holding 0 "Other's",
        "Shares held in the other portfolio", "", "", Stage;
    AgainstWeightPercent: "against_weight_percent" Percent Holding 1 "Other's weight",
        "Weight in the other portfolio", "", "", Stage;
    WeightDifference: "weight_difference" Percent Holding 1 "Difference",
        "Weight less that in the other portfolio", "weight_percent − against_weight_percent", "", Stage;
    BenchmarkReturn3m: "benchmark_return_3m" Fraction Model 64 "Benchmark 3m",
        "The benchmark's return between the sessions of `return_3m`", "", "", Benchmark;
    RsRating1w: "rs_rating_1w" Index Model 258 "RS 1w",
        "The rating by relative strength five sessions earlier", "rs_rating on the bars up to t−5", "", Universe;
    AlphavelocityPrice: "alphavelocity_price" Plain Model 50 "AV price",
        "AlphaVelocity's price pillar, 0 to 100", "see `screener models`", "AlphaVelocity, April 2026",
        Window(|x| alphavelocity::price(x.close()));
    AlphavelocityTechnical: "alphavelocity_technical" Plain Model 50 "AV technical",
        "AlphaVelocity's technical pillar, 0 to 100", "see `screener models`", "AlphaVelocity, April 2026",
        Window(|x| alphavelocity::technical(x.close(), x.volume()));
    AlphavelocityMonth: "alphavelocity_month" Fraction Model 21 "AV month",
        "AlphaVelocity's return of a month", "C[t] / C[t−20] − 1", "AlphaVelocity, April 2026",
        Window(|x| alphavelocity::month(x.close()));
    AlphavelocityBenchmark: "alphavelocity_benchmark" Fraction Model 21 "AV benchmark",
        "The benchmark's return of a month, as AlphaVelocity takes it", "B[t] / B[t−20] − 1", "AlphaVelocity, April 2026",
        Benchmark;
}

impl Field {
    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static FieldEntry {
        &FIELDS[self as usize].1 // the list and the names are made together
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

    /// Whether it is a change, whose sign says whether there was a gain or a loss.
    #[must_use]
    pub fn is_change(self) -> bool {
        use Field as F;
        matches!(
            self,
            F::Return1m
                | F::Return3m
                | F::Return6m
                | F::Return12m
                | F::Return12x1
                | F::Return6x1
                | F::FromHigh52w
                | F::FromLow52w
                | F::Gap
                | F::MaxGap90
                | F::MaxMove90
                | F::Roc10
                | F::Sma200Change22
                | F::PriceChangePercent
                | F::Gain
                | F::GainPercent
                | F::WeightDifference
        )
    }

    /// The field of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        all().find(|field| field.name() == name)
    }

    /// Works it out for one window. `None`: undefined, or not of one symbol's own bars. Prices are on the basis of
    /// the window's last day: its last adjusted close is what was traded.
    #[must_use]
    pub fn measure(self, window: &Indicators<'_>) -> Option<f64> {
        let Pass::Window(measure) = self.entry().pass else { return None };
        let value = measure(window)?;
        // Every price is homogeneous in the closes, so it is enough to turn the last one into what was traded.
        if self.unit() == Unit::Price { Some(value * window.price_basis()?) } else { Some(value) }
    }

    /// Whether one symbol's own bars decide it.
    #[must_use]
    pub fn is_measured(self) -> bool {
        matches!(self.entry().pass, Pass::Window(_))
    }
}

/// Every field, in the order of the registry.
pub fn all() -> impl Iterator<Item = Field> {
    FIELDS.iter().map(|(field, _)| *field)
}

/// The fields of a group, in the order of the registry.
pub fn of_group(group: Group) -> impl Iterator<Item = Field> {
    all().filter(move |field| field.entry().group == group)
}
