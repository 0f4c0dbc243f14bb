//! A bug in this program is told in one sentence, and not at all where it is caught and becomes a failure.

use std::io::{self, Write};
use std::panic;

use crate::guard;

/// From now on panics are told so.
pub(crate) fn tell_in_a_sentence() {
    panic::set_hook(Box::new(|info| {
        if guard::is_held() {
            tracing::debug!("caught: {info}");
            return;
        }
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line()));
        let place = place.unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: a bug in this program{place}; please report it");
    }));
}
