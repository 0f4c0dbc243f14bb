//! When the next cycle begins: on the beat, however long the last one took.

use std::time::Duration;

/// Beats from 0 on, all the same time apart. Times are since the first.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    every: Duration,
}

impl Cadence {
    /// Beats `every` so long.
    ///
    /// # Panics
    /// When that is no time at all.
    #[must_use]
    pub fn new(every: Duration) -> Self {
        assert!(!every.is_zero(), "beats are some time apart");
        Self { every }
    }

    /// The first beat after that of a cycle that began at `begun` and ended at `now`, and how many were
    /// missed meanwhile: they are skipped, not made up for.
    #[must_use]
    pub fn after(&self, begun: Duration, now: Duration) -> (Duration, u64) {
        let number = |time: Duration| {
            u64::try_from(time.as_nanos() / self.every.as_nanos()).unwrap_or(u64::MAX)
        };
        let (last, current) = (number(begun), number(now));
        let is_on_time = now.as_nanos().is_multiple_of(self.every.as_nanos()) && current > last;
        let next = if is_on_time { current } else { current + 1 };
        let nanos = self.every.as_nanos().saturating_mul(next.into());
        let due = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        (due, next - last - 1)
    }
}
