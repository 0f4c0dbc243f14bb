//! When the next cycle begins: cycles start at fixed times; if one overruns, the missed start is skipped.

use std::time::Duration;

/// Start times from 0 on, all the same time apart. Times are since the first.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    every: Duration,
}

/// When the next cycle starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStart {
    /// The time of the start.
    pub at: Duration,
    /// Starts that were missed meanwhile.
    pub missed: u64,
}

impl Cadence {
    /// Starts that are `every` apart.
    ///
    /// # Panics
    /// When that is no time at all.
    #[must_use]
    pub fn new(every: Duration) -> Self {
        assert!(!every.is_zero(), "starts are some time apart");
        Self { every }
    }

    /// The first start after a cycle that began at `begun` and ended at `now`.
    #[must_use]
    pub fn after(&self, begun: Duration, now: Duration) -> NextStart {
        let last = self.number_at(begun);
        let current = self.number_at(now);
        let is_on_time = now.as_nanos().is_multiple_of(self.every.as_nanos()) && current > last;
        let next = if is_on_time { current } else { current + 1 };
        let nanos = self.every.as_nanos().saturating_mul(next.into());
        let at = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        NextStart { at, missed: next - last - 1 }
    }

    /// The number of the latest start at a time.
    fn number_at(&self, time: Duration) -> u64 {
        u64::try_from(time.as_nanos() / self.every.as_nanos()).unwrap_or(u64::MAX)
    }
}
