//! What an evaluation found, with everything that has to be said with it, in every format and as a page.

mod facts;
mod figures;
mod formats;
mod json;
mod notes;
mod page;
mod svg;
mod table;

pub use facts::{EvaluationAsked, EvaluationReport, MembersUsed};
pub use formats::write_evaluation;
pub use page::write_evaluation_page;
