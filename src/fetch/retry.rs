//! How long to wait before the same request is sent again.

use std::time::Duration;

/// The ceiling of the first backoff, doubled for each further one.
const BACKOFF_BASE: Duration = Duration::from_millis(250);
/// The highest ceiling.
const BACKOFF_CAP: Duration = Duration::from_secs(20);

/// Capped exponential backoff with full jitter: `random` (0 to 1) of min(20 s, 250 ms · 2^(failures − 1)).
///
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
#[must_use]
pub fn backoff(failures: u32, random: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let ceiling = BACKOFF_BASE.saturating_mul(doubled).min(BACKOFF_CAP);
    ceiling.mul_f64(random.clamp(0.0, 1.0))
}
