//! The story of a run: plan → gather → measure → rank → [`Report`](crate::report::Report).
//!
//! [`gather()`] fetches what a list of symbols needs and makes something of each one's bars; it is the only part
//! that runs on many threads, see `workers`. [`run`] gathers rows for a screen and ranks them.

mod blocks;
mod forecast;
mod gather;
mod plan;
mod prefilter;
mod screening;
mod speed_test;
mod workers;

pub use blocks::{HandedOn, HandingOnError, hand_on};
pub use forecast::Forecast;
pub use gather::{Gathered, PipelineError, forecast_of_bars, gather, separate};
pub use plan::{Event, Observer, Plan, Prefilter};
pub use screening::{GatheredRows, forecast, gather_rows, run};
pub use speed_test::SpeedTest;
pub use workers::WorkersError;
