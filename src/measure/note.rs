//! What a reader should know about a row, beside its numbers.

/// Something a reader should know about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Fewer bars than the model needs.
    TooFewBars,
    /// The price pillar rests on six months: there is no year of bars.
    ShortHistory,
    /// The relative pillar is left out: no benchmark for these dates.
    NoBenchmark,
    /// The prices did not move: what is divided by their variance is undefined.
    NoVariance,
    /// The provider had no adjusted closes; plain ones were used.
    Unadjusted,
    /// The last bar is of a session still open.
    PartialBar,
    /// The bar of a session still open was left out.
    OpenSessionLeftOut,
    /// Fewer than half the days of the baseline had any volume.
    TooFewTrades,
    /// A price jumps as at a split it is not adjusted for: not ranked.
    SuspectSplit,
    /// A price jumps a hundredfold, as from pounds to pence: not ranked.
    SuspectUnit,
    /// A price jumps overnight to four times itself or more, or to a quarter: not ranked.
    SuspectJump,
    /// For ten sessions or more the same close and no trade: not ranked.
    Frozen,
    /// The source's own last price is far from the last close: not ranked.
    SuspectPrice,
    /// The holding's cost is of an unknown unit or another currency: no gain.
    UnclearCost,
    /// A dividend larger than any, or an adjustment without one.
    SuspectDividend,
    /// The bar of the last session is missing, though there was trade.
    LastSessionMissing,
    /// Bars of days are missing on which most tickers have one.
    MissingSessions,
    /// Only closes were fetched, and they sufficed to know that it is not among the best.
    ClosesOnly,
    /// The last bar is far older than most tickers': not ranked.
    Stale,
}

impl Note {
    /// As it is written in JSON and CSV.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFewBars => "too_few_bars",
            Self::ShortHistory => "short_history",
            Self::NoBenchmark => "no_benchmark",
            Self::NoVariance => "no_variance",
            Self::Unadjusted => "unadjusted",
            Self::PartialBar => "partial_bar",
            Self::OpenSessionLeftOut => "open_session_left_out",
            Self::TooFewTrades => "too_few_trades",
            Self::SuspectSplit => "suspect_split",
            Self::SuspectUnit => "suspect_unit",
            Self::SuspectJump => "suspect_jump",
            Self::Frozen => "frozen",
            Self::SuspectPrice => "suspect_price",
            Self::UnclearCost => "unclear_cost",
            Self::SuspectDividend => "suspect_dividend",
            Self::LastSessionMissing => "last_session_missing",
            Self::MissingSessions => "missing_sessions",
            Self::ClosesOnly => "closes_only",
            Self::Stale => "stale",
        }
    }

    /// Whether prices are doubtful, see [`super::doubt`].
    #[must_use]
    pub fn is_doubt(self) -> bool {
        use Note::{Frozen, SuspectJump, SuspectPrice, SuspectSplit, SuspectUnit};
        matches!(self, SuspectSplit | SuspectUnit | SuspectJump | Frozen | SuspectPrice)
    }
}
