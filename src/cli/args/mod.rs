//! Groups of options that two or more commands share, and how values of options are read. They are only declared
//! here; `settings` decides what they mean.

pub(crate) mod evaluate;
pub(crate) mod fetch;
pub(crate) mod list_run;
pub(crate) mod model;
pub(crate) mod output;
pub(crate) mod screen;
pub(crate) mod shard;
pub(crate) mod store;
pub(crate) mod tickers;
pub(crate) mod values;
pub(crate) mod view;
pub(crate) mod volume;
