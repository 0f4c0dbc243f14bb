//! What a run cost, for monitoring: a line for a person, an object for a script.

use std::fmt;

use serde::Serialize;

use super::report::Report;

/// The figures of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// Requests sent, retries included.
    pub requests: usize,
    /// Of these, how many were sent again.
    pub retries: usize,
    /// Answers that asked to slow down.
    pub throttled: usize,
    /// Bytes of the answers' bodies, decompressed.
    pub bytes: u64,
    /// Look-ups the cache answered. `None`: there is no cache.
    pub cache_hits: Option<usize>,
    /// Median time of a request.
    pub latency_p50_seconds: Option<f64>,
    /// 95th percentile of it.
    pub latency_p95_seconds: Option<f64>,
    /// The most memory the process ever had. `None`: the system does not say.
    pub peak_memory_bytes: Option<u64>,
    /// Tickers asked for, by the wall time.
    pub tickers_per_second: f64,
}

impl Stats {
    /// Of a report, at the time of asking.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let cost = report.cost;
        #[expect(clippy::cast_precision_loss, reason = "a count of tickers")]
        let tickers = report.requested() as f64;
        Self {
            requests: cost.counts.requests,
            retries: cost.counts.retries,
            throttled: cost.counts.throttled,
            bytes: cost.counts.bytes,
            cache_hits: cost.counts.cached,
            latency_p50_seconds: cost.latency.map(|(median, _)| median.as_secs_f64()),
            latency_p95_seconds: cost.latency.map(|(_, high)| high.as_secs_f64()),
            peak_memory_bytes: peak_memory(),
            tickers_per_second: tickers / cost.elapsed.as_secs_f64().max(1e-9),
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "stats: {} requests, {} retries, {} throttled, {:.1} MB",
            self.requests,
            self.retries,
            self.throttled,
            megabytes(self.bytes)
        )?;
        if let Some(hits) = self.cache_hits {
            write!(f, ", {hits} cache hits")?;
        }
        if let (Some(median), Some(high)) = (self.latency_p50_seconds, self.latency_p95_seconds) {
            write!(f, ", latency {:.0} ms p50, {:.0} ms p95", 1e3 * median, 1e3 * high)?;
        }
        if let Some(memory) = self.peak_memory_bytes {
            write!(f, ", {:.0} MB peak memory", megabytes(memory))?;
        }
        write!(f, ", {:.0} tickers/s", self.tickers_per_second)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The high-water mark of the resident memory.
fn peak_memory() -> Option<u64> {
    memory("VmHWM:")
}

/// Bytes of memory that are resident now. `None`: the system does not say.
#[must_use]
pub fn resident_memory() -> Option<u64> {
    memory("VmRSS:")
}

fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
