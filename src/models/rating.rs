//! A score in words.

/// The score in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    /// At least 8.
    StrongBuy,
    /// At least 6.5.
    Buy,
    /// At least 5.
    Hold,
    /// At least 3.5.
    WeakHold,
    /// Below.
    Sell,
    /// No score.
    InsufficientData,
}

impl Rating {
    /// Every rating, the best first.
    pub const ALL: [Self; 6] = [
        Self::StrongBuy,
        Self::Buy,
        Self::Hold,
        Self::WeakHold,
        Self::Sell,
        Self::InsufficientData,
    ];

    /// The rating of an unrounded score from 0 to 10.
    #[must_use]
    pub fn of(score: Option<f64>) -> Self {
        match score {
            None => Self::InsufficientData,
            Some(score) if score >= 8.0 => Self::StrongBuy,
            Some(score) if score >= 6.5 => Self::Buy,
            Some(score) if score >= 5.0 => Self::Hold,
            Some(score) if score >= 3.5 => Self::WeakHold,
            Some(_) => Self::Sell,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StrongBuy => "Strong Buy",
            Self::Buy => "Buy",
            Self::Hold => "Hold",
            Self::WeakHold => "Weak Hold",
            Self::Sell => "Sell",
            Self::InsufficientData => "Insufficient Data",
        }
    }
}
