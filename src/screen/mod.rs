//! Finance: from bars to scored, ordered rows. Knows no network.
//!
//! [`Screen`] is what is asked for, as data. One symbol's numbers come from [`Screen::measure`] on a worker
//! thread; whatever compares symbols happens in [`Screen::rank`], once all are there.

pub mod benchmark;
pub mod breadth;
pub mod calendar;
pub mod columns;
pub mod criteria;
pub mod cross_section;
pub mod doubt;
pub mod earlier;
pub mod entry;
pub mod exchange_rates;
pub mod explain;
pub mod expression;
pub mod fields;
pub mod filter;
pub mod groups;
pub mod indicators;
pub mod join;
pub mod layouts;
pub mod market;
pub mod models;
pub mod momentum;
pub mod note;
pub mod portfolio;
pub mod presets;
pub mod quality;
pub mod ranges;
mod ranking;
pub mod ranks;
pub mod rating;
pub mod row;
#[expect(clippy::module_inception, reason = "the screen is what this module is about")]
mod screen;
pub mod series;
pub mod session_days;
pub mod totals;
pub mod undefined;
pub mod valuation;
pub mod volume;
pub mod wanted;

pub use criteria::Criteria;
pub use models::TooFewToCompare;
pub use ranking::{RankError, Ranking, Ties};
pub use ranks::Sort;
pub use screen::Screen;
