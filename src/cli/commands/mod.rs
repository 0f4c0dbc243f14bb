//! The commands.

pub(super) mod cache;
pub(super) mod compare;
pub(super) mod config;
pub(super) mod explain;
pub(super) mod history;
pub(super) mod merge;
pub(super) mod run;
pub(super) mod watch;
