//! Does a score work? What came of following it on some prices, with the doubt that it deserves.
//!
//! It knows neither where prices come from nor how its answer is shown, and it never lets a score see a later price.

mod buckets;
mod doubts;
mod evaluation;
mod forward;
mod lookahead;
mod panel;
mod ranks;
mod score;
mod scores;
mod summary;
pub mod t_values;
mod verdict;
mod wanted;

pub use buckets::DateOutcome;
pub use evaluation::{Evaluation, Settings};
pub use lookahead::{LookAhead, check_lookahead};
pub use panel::{Member, Panel};
pub use score::{Score, SeriesScore, WindowScore};
pub use scores::{LeftOut, Rules};
pub use summary::{Curves, Estimate, Part, Summary};
pub use verdict::Verdict;
