//! What may be said of a mean: that it is different from zero only when both of its t-values pass the bar.

use super::summary::Estimate;

/// What may be said of a mean over dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There are too few dates that do not overlap, or the numbers do not vary.
    TooFewDates,
    /// At least one of the two t-values does not pass the bar.
    NotDifferent,
    /// Both pass it, and are positive.
    Above,
    /// Both pass it, and are negative.
    Below,
    /// Whatever they are: the prices are those of survivors.
    SurvivorsOnly,
}

impl Verdict {
    /// Of an estimate, with the |t| that is asked for.
    #[must_use]
    pub fn of(estimate: &Estimate, bar: f64) -> Self {
        match (estimate.t, estimate.disjoint_t) {
            (Some(t), Some(disjoint)) if t > bar && disjoint > bar => Self::Above,
            (Some(t), Some(disjoint)) if t < -bar && disjoint < -bar => Self::Below,
            (Some(_), Some(_)) => Self::NotDifferent,
            _ => Self::TooFewDates,
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooFewDates => "too few dates",
            Self::NotDifferent => "not different from zero",
            Self::Above => "above zero",
            Self::Below => "below zero",
            Self::SurvivorsOnly => "no verdict: survivors only",
        }
    }
}
