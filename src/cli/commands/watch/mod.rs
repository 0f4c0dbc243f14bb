//! `watch`: a screen run at intervals, its results stored and its signals reported.

mod args;
mod cycles;
mod failures;
mod printer;
mod receivers;
mod rehearsal;
mod setup;
mod watched;

pub(super) use args::WatchArgs;
pub(super) use setup::watch;
