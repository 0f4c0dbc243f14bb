//! Momentum models: from a row's numbers to a raw value and a score of 0 to 10. One file each, pure functions of
//! numbers; what compares symbols is in [`super::cross_section`].

pub mod alphavelocity;
pub mod clenow;
pub mod composite;
pub mod continuity;
mod formula;
pub mod high_52w;
mod model;
mod normal;
pub mod relative_strength;
pub mod risk_adjusted;
pub mod six_one;
pub mod twelve_one;

pub use formula::Formula;
pub use model::{Model, TooFewToCompare};
pub use normal::score_of_z;
