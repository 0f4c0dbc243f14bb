//! Each model's formula in words and constants, so that a score can be worked out again from its row.

use super::model::Model;

/// How a model's score is made.
#[derive(Clone, Copy, Debug)]
pub struct Formula {
    /// The raw value, by which rows are ranked.
    pub raw: &'static [&'static str],
    /// From the raw value to 0 to 10.
    pub score: &'static [&'static str],
    /// Where it comes from; empty where it is our own.
    pub source: &'static str,
}

impl Model {
    /// How its score is made.
    #[must_use]
    pub fn formula(self) -> Formula {
        match self {
            Self::Composite => Formula {
                raw: &[
                    "composite_z = (0.50 price + 0.35 technical + 0.15 relative) / weights there are",
                    "price = ½ (return_12_1 − 0.10) / 0.40 + ½ (return_6_1 − 0.04) / 0.27;",
                    "  with fewer than 253 bars (return_6_1 − 0.04) / 0.27",
                    "technical = (clamp(clenow, −1, 3) − 0.12) / 0.45",
                    "relative = (return_3m − return_3m of the benchmark) / 0.16; without a",
                    "  benchmark of the median of 20 tickers or more, else left out",
                ],
                score: &["10 Φ(raw); each pillar 10 Φ(its value)"],
                source: "",
            },
            Self::TwelveOne => Formula {
                raw: &["return_12_1 = C[t−21] / C[t−252] − 1"],
                score: &["10 Φ((raw − 0.10) / 0.40)"],
                source: "Jegadeesh and Titman 1993",
            },
            Self::SixOne => Formula {
                raw: &["return_6_1 = C[t−21] / C[t−126] − 1"],
                score: &["10 Φ((raw − 0.04) / 0.27)"],
                source: "Jegadeesh and Titman 1993",
            },
            Self::RiskAdjusted => Formula {
                raw: &[
                    "½ z(momentum_ratio_12) + ½ z(momentum_ratio_6), each z over the tickers that",
                    "  have both (10 at least), with the population's deviation, clipped to ±3",
                    "momentum_ratio_12 = (C[t−21] / C[t−273] − 1) / volatility_1y",
                    "momentum_ratio_6 = (C[t−21] / C[t−147] − 1) / volatility_1y",
                ],
                score: &["10 Φ(raw)"],
                source: "NSE Nifty200 Momentum 30",
            },
            Self::Clenow => Formula {
                raw: &[
                    "clenow = (e^(250 clenow_slope) − 1) clenow_r2, the regression of ln C on the",
                    "  session over 90 closes",
                ],
                score: &["10 Φ((clamp(raw, −1, 3) − 0.12) / 0.45)"],
                source: "Clenow, Stocks on the Move, 2015",
            },
            Self::High52w => Formula {
                raw: &["high_52w_ratio = C[t] / the highest C of 252"],
                score: &["10 raw"],
                source: "George and Hwang 2004",
            },
            Self::RelativeStrength => Formula {
                raw: &[
                    "relative_strength_raw = 0.4 C/C[t−63] + 0.2 C/C[t−126] + 0.2 C/C[t−189]",
                    "  + 0.2 C/C[t−252]",
                ],
                score: &[
                    "rs_rating / 10; rs_rating = 1 + 98 (rank − 1) / (n − 1) among the tickers",
                    "  compared, equals share the mean rank",
                ],
                source: "the community form of the IBD rating",
            },
            Self::Continuity => Formula {
                raw: &[
                    "continuity, or where return_12_1 ≤ 0: −½ − ½ continuity",
                    "continuity = sign(return_12_1) (share of days up − share of days down) of the",
                    "  231 changes from t−252 to t−21",
                ],
                score: &["5 + 5 raw"],
                source: "Da, Gurun and Warachka 2014",
            },
            Self::AlphaVelocity => Formula {
                raw: &[
                    "0.50 price + 0.35 technical + 0.15 relative, each 0 to 100; C[−n] is the n-th",
                    "  close from the end, r1, r3, r6, r12 = C[−1] / C[−21], C[−63], C[−126], C[−249] − 1",
                    "price (0 with fewer than 249 bars) = min(100, direction + magnitude + acceleration)",
                    "direction = 7 [C > SMA20] + 6 [C > SMA50] + 7 [C > SMA200]",
                    "magnitude = clamp(20 + 80 (0.4 r1 + 0.3 r3 + 0.2 r6 + 0.1 r12), 0, 40)",
                    "acceleration = clamp(20 + 30 (0.7 (((1+r1)^12 − 1) − ((1+r3)^4 − 1))",
                    "  + 0.3 · 25 (SMA20 / SMA20 ten bars ago − 1)), 0, 40)",
                    "technical = 0.4 RSI part + 0.3 volume part + 0.3 rate-of-change part, 0 to 100",
                    "RSI part (simple means of 14): 50 to 70 is 100, 30 to 50 is 2.5 (RSI − 30),",
                    "  70 to 85 is 100 − 2 (RSI − 70), else 0",
                    "volume part = min(100, 50 V / mean V of 30); rate-of-change part =",
                    "  clamp(1000 (C[−1] / C[−10] − 1) + 50, 0, 100)",
                    "relative, of d = r1 − the benchmark's: d > 0.05 is 100, d > 0 is 50 + 1000 d,",
                    "  else max(0, 50 + 500 d); without a benchmark 50",
                ],
                score: &["raw / 10"],
                source: "AlphaVelocity, April 2026",
            },
        }
    }
}
