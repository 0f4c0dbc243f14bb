//! How many connections the system allows at once: each is an open file to it.

/// Files that a run opens besides: the cache, outputs, looking up names.
const OTHERS: u64 = 21;

/// As many workers as may have a connection each, at most `wanted`. The second number is the system's limit, where it is
/// what allows no more.
#[cfg(unix)]
pub(crate) fn allowed_workers(wanted: u16) -> (u16, Option<u64>) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let open = std::fs::read_dir("/dev/fd").map_or(3, |open| open.count() as u64);
    let others = OTHERS + open;
    let needed = u64::from(wanted) + others;
    let Some(current) = current.filter(|current| *current < needed) else { return (wanted, None) };
    // What a process may raise by itself is a default, no decision of anybody.
    let raised = maximum.map_or(needed, |maximum| maximum.min(needed)).max(current);
    let is_raised = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).is_ok();
    let limit = if is_raised { raised } else { current };
    let allowed = u16::try_from(limit.saturating_sub(others)).unwrap_or(wanted).clamp(1, wanted);
    (allowed, (allowed < wanted).then_some(limit))
}

/// As many as wanted.
#[cfg(not(unix))]
pub(crate) fn allowed_workers(wanted: u16) -> (u16, Option<u64>) {
    (wanted, None)
}
