//! Finance: from bars to scored, ordered rows. Knows no network.
//!
//! [`Screen`] is what is asked for, as data. One symbol's numbers come from [`Screen::measure`] on a worker
//! thread; whatever compares symbols happens in [`Screen::rank`], once all are there.

pub mod columns;
pub mod criteria;
pub mod cross_section;
pub mod explain;
pub mod fields;
pub mod filter;
pub mod indicators;
pub mod models;
pub mod momentum;
pub mod note;
pub mod portfolio;
pub mod quality;
mod ranking;
pub mod ranks;
pub mod rating;
pub mod row;
pub mod series;
pub mod volume;

pub use criteria::Criteria;
pub use models::TooFewToCompare;
pub use ranking::{Ranking, Screen};
pub use ranks::Sort;
