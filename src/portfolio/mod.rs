//! What is held, beside its prices: worth, cost, weights and totals.

pub mod exchange_rates;
#[expect(clippy::module_inception, reason = "the portfolio is what this module is about")]
pub mod portfolio;
pub mod totals;
pub mod valuation;
