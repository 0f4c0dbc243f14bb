//! The shares of one ticker, and what lots of it come to together.

use std::sync::Arc;

/// More shares, or more money for one share, are a mistake.
pub(super) const MAX_AMOUNT: f64 = 1e15;

/// The shares of one ticker.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// How many; above 0.
    pub shares: f64,
    /// What one of them cost on average. `None`: not known for every lot.
    pub cost_basis: Option<f64>,
    /// The currency of the cost, or a hundredth of it: `GBX`. `None`: the file does not say.
    pub currency: Option<Arc<str>>,
    /// What one of them was worth when the file was written, in the unit of its costs.
    pub price: Option<f64>,
}

impl Holding {
    /// Two lots as one: what a share cost is the mean over all of them.
    pub(super) fn and(&self, other: &Self) -> Self {
        let shares = self.shares + other.shares;
        let cost_basis = match (self.cost_basis, other.cost_basis) {
            (Some(own), Some(others)) if self.currency == other.currency => {
                Some((own * self.shares + others * other.shares) / shares)
            }
            _ => None,
        };
        Self {
            shares,
            cost_basis,
            currency: self.currency.clone(),
            price: self.price.or(other.price),
        }
    }
}
