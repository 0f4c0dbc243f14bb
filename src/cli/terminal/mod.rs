//! The terminal: messages, the progress bar, where reports are written, signals.

pub(crate) mod destination;
pub(crate) mod interrupts;
pub(crate) mod logging;
pub(crate) mod messages;
pub(crate) mod panics;
pub(crate) mod progress;
