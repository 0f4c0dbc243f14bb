//! The guide: how the program is used, one topic a file. `screener guide` shows the same text.
//!
//! It is prose and knows nothing of the program; what in it is generated is written by a test, which fails when it
//! drifts.

mod topics;

pub use topics::{TOPICS, Topic};

/// Defines a module for each topic, so that the crate's documentation holds the guide.
macro_rules! topics {
    ($($name:ident $file:literal),+) => {
        $(#[doc = include_str!(concat!($file, ".md"))] pub mod $name {})+
    };
}

topics!(
    lists "lists", models "models", columns "columns", filters "filters", volume "volume",
    portfolio "portfolio", watch "watch", evaluate "evaluate", providers "providers",
    cache "cache", many_machines "many-machines", files "files", scripting "scripting",
    settings "settings", options "options", exit_codes "exit-codes", survives "survives",
    measured "measured"
);
