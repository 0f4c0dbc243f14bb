//! Symbols at one session beside each other: who may be compared, scores, ranks, groups, the state of the market.
//!
//! It takes snapshots and rows; how they are filtered and shown is not known here.

pub mod breadth;
pub mod cross_section;
pub mod earlier;
pub mod eligible;
pub mod groups;
pub mod momentum;
pub mod ranks;
pub mod row;
