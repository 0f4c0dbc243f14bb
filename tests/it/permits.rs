//! Permits of a shared bucket on a clock that is a number: workers that never rest, a server that grants what its
//! rate allows, and a time in which it does not answer.

use std::ops::Range;
use std::time::Duration;

use screener::fetch::{Next, SharedPermits, Waiter};
use screener::shared::Grant;

/// From one reservation of the server's bucket to the next, in milliseconds.
const INTERVAL: u64 = 20;
/// The server lends what is due within this time.
const HORIZON: u64 = 150;
/// Requests per second without the server.
const FALLBACK: f64 = 2.0;
/// A server that lends nothing for this long counts as away.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// A bucket in a server, which grants one reservation an interval.
struct Server {
    next: u64,
    calls: usize,
}

impl Server {
    fn grant(&mut self, now: u64, wanted: usize) -> Grant {
        self.calls += 1;
        self.next = self.next.max(now);
        let mut reservations = Vec::new();
        while reservations.len() < wanted && self.next <= now + HORIZON {
            reservations.push(Duration::from_millis(self.next - now));
            self.next += INTERVAL;
        }
        let next = Duration::from_millis(self.next - now);
        Grant { reservations, next, pause: Duration::ZERO, speed: 1.0 }
    }
}

/// When requests are sent, in milliseconds, and how often the server is called.
fn simulate(workers: usize, length: u64, away: &Range<u64>) -> (Vec<u64>, usize) {
    let mut permits = SharedPermits::new(FALLBACK, MAX_WAIT);
    let mut server = Server { next: 0, calls: 0 };
    let mut waiters: Vec<Waiter> = (0..workers).map(|_| Waiter::default()).collect();
    let mut sent = Vec::new();
    for millisecond in 0..length {
        let now = Duration::from_millis(millisecond);
        let is_away = away.contains(&millisecond);
        for waiter in &mut waiters {
            match permits.poll(now, is_away, waiter).next {
                Next::Ready => {
                    permits.leave(waiter);
                    *waiter = Waiter::default();
                    sent.push(millisecond);
                }
                Next::Refill => {
                    let refill = permits.begin_refill(now);
                    let grant = (!is_away).then(|| server.grant(millisecond, refill.wanted));
                    permits.end_refill(now, &refill, grant.as_ref());
                }
                Next::Wait(wait) => assert!(!wait.is_zero(), "a worker polls without a pause"),
            }
        }
    }
    (sent, server.calls)
}

fn count(sent: &[u64], times: Range<u64>) -> u64 {
    sent.iter().filter(|time| times.contains(time)).count() as u64
}

#[test]
fn the_rate_is_kept_and_used_by_any_number_of_workers() {
    for workers in [1, 3, 16, 100] {
        let (sent, calls) = simulate(workers, 10_000, &(0..0));
        for start in (0..9_000).step_by(50) {
            let most = 1_000 / INTERVAL + 1;
            assert!(count(&sent, start..start + 1_000) <= most, "{workers} workers at {start}");
        }
        let used = count(&sent, 1_000..10_000);
        assert!(used >= 9_000 / INTERVAL * 95 / 100, "{workers} workers sent {used}");
        assert!(calls <= sent.len() + 2, "{calls} calls for {} requests", sent.len());
    }
}

#[test]
fn without_the_server_the_fallback_is_kept_and_the_server_is_used_again() {
    let away = 2_000..8_000;
    let (sent, _) = simulate(8, 12_000, &away);
    // What was lent before it went is used for a moment yet.
    let alone = count(&sent, 2_000 + HORIZON..8_000);
    assert!((11..=13).contains(&alone), "{alone} requests in 5.85 s at {FALLBACK} per second");
    let after = count(&sent, 9_000..12_000);
    assert!(after >= 3_000 / INTERVAL * 95 / 100, "{after} requests in 3 s after it is back");
}

/// One that answers "later" for ever is away, and used again when it lends.
#[test]
fn a_server_that_lends_nothing_is_away_within_max_wait() {
    for pause in [0, 500] {
        let mut permits = SharedPermits::new(FALLBACK, MAX_WAIT);
        let mut waiter = Waiter::default();
        let mut sent = Vec::new();
        for millisecond in 0..20_000_u64 {
            let now = Duration::from_millis(millisecond);
            match permits.poll(now, false, &mut waiter).next {
                Next::Ready => {
                    permits.leave(&waiter);
                    waiter = Waiter::default();
                    sent.push(millisecond);
                }
                Next::Refill => {
                    let refill = permits.begin_refill(now);
                    let lends = millisecond > 15_000;
                    let grant = Grant {
                        reservations: vec![Duration::ZERO; refill.wanted * usize::from(lends)],
                        next: Duration::from_secs(if lends { 0 } else { 1_000_000 }),
                        pause: Duration::from_millis(if lends { 0 } else { pause }),
                        speed: 1.0,
                    };
                    permits.end_refill(now, &refill, Some(&grant));
                }
                Next::Wait(_) => {}
            }
        }
        let max_wait = 3_000;
        assert_eq!(count(&sent, 0..max_wait), 0, "pause {pause}");
        assert!((1..=2).contains(&count(&sent, 0..max_wait + 1_000)), "pause {pause}: {sent:?}");
        let alone = count(&sent, max_wait..15_000);
        assert!((22..=25).contains(&alone), "pause {pause}: {alone} at {FALLBACK} per second");
        assert!(count(&sent, 17_000..20_000) > 1_000, "pause {pause}");
    }
}

#[test]
fn what_is_granted_to_a_worker_that_left_is_used_by_another() {
    let mut permits = SharedPermits::new(FALLBACK, MAX_WAIT);
    let (mut first, mut second) = (Waiter::default(), Waiter::default());
    let start = Duration::ZERO;
    assert_eq!(permits.poll(start, false, &mut first).next, Next::Refill);
    let refill = permits.begin_refill(start);
    assert_eq!(refill.wanted, 1);
    // One refill at a time: the second worker waits for it.
    assert!(matches!(permits.poll(start, false, &mut second).next, Next::Wait(_)));
    permits.leave(&first);
    let grant = Server { next: 0, calls: 0 }.grant(0, refill.wanted);
    permits.end_refill(start, &refill, Some(&grant));
    assert_eq!(permits.poll(start, false, &mut second).next, Next::Ready);
}
