//! What knows the terminal.

pub(super) mod destination;
pub(super) mod interrupts;
pub(super) mod messages;
pub(super) mod progress;
