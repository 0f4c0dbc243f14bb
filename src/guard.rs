//! Foreign code that may panic, as the parsers of some formats do over damaged bytes: what it would have brought is
//! missing, and nothing else comes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Guards that are held at present, on any thread: a panic may happen on another one than waits for it.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// Whether panics are caught at present, and so are nothing to speak of.
#[must_use]
pub fn is_held() -> bool {
    HELD.load(Ordering::Relaxed) > 0
}

/// What some work brings. `None`: it panicked.
pub fn unless_it_panics<T>(work: impl FnOnce() -> T) -> Option<T> {
    HELD.fetch_add(1, Ordering::Relaxed);
    let brought = catch_unwind(AssertUnwindSafe(work)).ok();
    HELD.fetch_sub(1, Ordering::Relaxed);
    brought
}
