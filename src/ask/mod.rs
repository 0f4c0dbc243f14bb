//! What a user asks of symbols: columns, conditions on them, an order, a limit, as data.
//!
//! [`Screen`] is the whole of it. One symbol's numbers come from [`Screen::measure`] on a worker thread; whatever
//! compares symbols happens in [`Screen::rank`], once all are there.

pub mod columns;
pub mod criteria;
pub mod expression;
pub mod filter;
pub mod join;
pub mod layouts;
pub mod market;
pub mod presets;
mod ranking;
mod screen;
pub mod sort;
pub mod undefined;
pub mod volume;

pub use criteria::Criteria;
pub use ranking::{RankError, Ranking, Ties};
pub use screen::Screen;
pub use sort::Sort;
