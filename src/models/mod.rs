//! Momentum models: from a snapshot's numbers to a raw value and a score of 0 to 10. One file each, with everything
//! that is known of the model; what compares symbols is in [`crate::compare`].
//!
//! A model is added by its file and its line in `list.rs`.

pub mod alphavelocity;
pub mod clenow;
pub mod component;
pub mod composite;
pub mod continuity;
pub mod entry;
pub mod high_52w;
mod list;
mod normal;
pub mod rating;
pub mod relative_strength;
pub mod risk_adjusted;
pub mod six_one;
pub mod twelve_one;

pub use entry::{Formula, Model, TooFewToCompare};
pub use normal::score_of_z;
