//! The rate limit, the backoff and `Retry-After`, on a clock that is a number.

use std::time::Duration;

use proptest::prelude::*;
use screener::fetch::{TokenBucket, backoff, retry_after};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// When each of `n` turns asked for at once is due.
fn dues(schedule: &mut TokenBucket, now: Duration, n: usize) -> Vec<Duration> {
    let turns: Vec<_> = (0..n).map(|_| schedule.reserve(now)).collect();
    turns.into_iter().map(|turn| schedule.due(turn)).collect()
}

#[test]
fn a_burst_then_the_beat() {
    let mut schedule = TokenBucket::new(10.0, 3);
    assert_eq!(dues(&mut schedule, ms(0), 6), [ms(0), ms(0), ms(0), ms(100), ms(200), ms(300)]);
}

#[test]
fn a_rest_earns_a_burst_and_no_more() {
    let mut schedule = TokenBucket::new(10.0, 3);
    dues(&mut schedule, ms(0), 3);
    assert_eq!(
        dues(&mut schedule, ms(60_000), 4),
        [ms(60_000), ms(60_000), ms(60_000), ms(60_100)]
    );
}

#[test]
fn a_pause_moves_all_who_wait_and_keeps_their_distance() {
    let mut schedule = TokenBucket::new(10.0, 1);
    let turns: Vec<_> = (0..4).map(|_| schedule.reserve(ms(0))).collect();
    schedule.pause(ms(50), ms(1000));
    let due: Vec<_> = turns.iter().map(|turn| schedule.due(*turn)).collect();
    assert_eq!(due, [ms(1050), ms(1100), ms(1200), ms(1300)]);
    // A shorter pause within a longer one changes nothing, a longer one extends it.
    schedule.pause(ms(60), ms(100));
    assert_eq!(schedule.due(turns[3]), ms(1300));
    schedule.pause(ms(60), ms(1490));
    assert_eq!(schedule.due(turns[3]), ms(1800));
}

#[test]
fn a_pause_saves_up_no_burst() {
    let mut schedule = TokenBucket::new(10.0, 5);
    dues(&mut schedule, ms(0), 5);
    schedule.pause(ms(0), ms(10_000));
    assert_eq!(dues(&mut schedule, ms(10_000), 2), [ms(10_100), ms(10_200)]);
}

#[test]
fn pauses_double_with_each_volley_and_start_anew_after_a_good_answer() {
    let mut schedule = TokenBucket::new(10.0, 1);
    let s = Duration::from_secs;
    let mut now = s(0);
    let mut pauses = Vec::new();
    for _ in 0..7 {
        let sent = now;
        let first = schedule.throttled(now + ms(10), sent, None);
        let second = schedule.throttled(now + ms(20), sent, None); // of the same volley
        assert!(first.is_first && !second.is_first && second.pause.is_zero());
        schedule.answered(now + ms(25), sent); // a straggler that got through tells nothing
        let turn = schedule.reserve(now + ms(30));
        now = schedule.due(turn);
        pauses.push(first.pause.as_secs());
        assert!(now >= sent + ms(10) + first.pause);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    schedule.answered(now, now);
    schedule.throttled(now, now, None);
    let wait = schedule.due(schedule.clone().reserve(now)).abs_diff(now);
    assert!((s(1)..s(3) + ms(1)).contains(&wait), "{wait:?}");
}

/// The rate as a share of the configured one after volleys of `throttled` among `good` answers, each volley
/// after `before` good ones and answered with `Retry-After: 1`.
fn speed_after(volleys: usize, before: usize, throttled: usize, good: usize) -> f64 {
    let mut schedule = TokenBucket::new(100.0, 10);
    let mut now = Duration::ZERO;
    for _ in 0..volleys {
        for _ in 0..before {
            let turn = schedule.reserve(now);
            now = schedule.due(turn);
            schedule.answered(now, now);
        }
        let sent = now;
        for _ in 0..throttled {
            schedule.throttled(now + ms(10), sent, Some(Duration::from_secs(1)));
        }
        for _ in 0..good {
            schedule.answered(now + ms(20), sent);
        }
    }
    schedule.speed()
}

#[test]
fn a_volley_slows_down_unless_it_is_not_about_the_rate() {
    let near = |speed: f64, wanted: f64| (speed / wanted - 1.0).abs() < 0.05;
    assert!(near(speed_after(1, 40, 10, 0), 0.7));
    assert!(near(speed_after(3, 40, 10, 0), 0.343), "{}", speed_after(3, 40, 10, 0));
    assert!(near(speed_after(9, 10, 1, 9), 1.0), "most of each got through");
    assert!(
        speed_after(1, 10_000, 3, 0) > 0.99,
        "once in a hundred seconds costs less than going slower"
    );
    assert!(speed_after(99, 0, 5, 0) >= 0.005, "the floor is 0.5/s");
}

#[test]
fn the_rate_is_won_back_little_by_little() {
    let mut schedule = TokenBucket::new(100.0, 1);
    schedule.throttled(ms(0), ms(0), None);
    let mut now = ms(1000);
    let mut speeds = Vec::new();
    while now < Duration::from_secs(80) {
        now += ms(100);
        schedule.answered(now, now);
        speeds.push(schedule.speed());
    }
    assert!(speeds.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] - pair[0] < 0.001));
    assert!((speeds[199] - 0.8).abs() < 0.001, "a tenth in 20 s: {}", speeds[199]);
    assert!((speeds.last().expect("some") - 1.0).abs() < f64::EPSILON, "and no more");
}

#[test]
fn what_the_server_asks_goes_before_our_own_pause() {
    let mut schedule = TokenBucket::new(10.0, 1);
    schedule.throttled(ms(0), ms(0), Some(ms(200)));
    assert_eq!(schedule.due(schedule.clone().reserve(ms(0))), ms(200));
    // «At once» is no answer to too many requests.
    let mut schedule = TokenBucket::new(10.0, 1);
    schedule.throttled(ms(0), ms(0), Some(ms(0)));
    assert_eq!(schedule.due(schedule.clone().reserve(ms(0))), ms(1000));
}

#[test]
fn pauses_without_end_do_not_overflow() {
    let mut schedule = TokenBucket::new(10.0, 5);
    schedule.pause(ms(7), Duration::MAX);
    let turn = schedule.reserve(ms(8));
    assert!(schedule.due(turn) > Duration::from_secs(1 << 40));
}

#[test]
fn backoff_doubles_to_its_cap_with_full_jitter() {
    let ceilings: Vec<_> = [1, 2, 3, 7, 8, u32::MAX].map(|failures| backoff(failures, 1.0)).into();
    assert_eq!(ceilings, [ms(250), ms(500), ms(1000), ms(16_000), ms(20_000), ms(20_000)]);
    assert_eq!(backoff(3, 0.0), ms(0));
    assert_eq!(backoff(3, 0.5), ms(500));
}

#[test]
fn retry_after_in_all_its_forms() {
    let date = Some("Wed, 21 Oct 2015 07:28:00 GMT");
    let cases = [
        ("2", None, Some(Duration::from_secs(2))),
        (" 0 ", None, Some(ms(0))),
        ("Wed, 21 Oct 2015 07:28:30 GMT", date, Some(Duration::from_secs(30))),
        ("Wed, 21 Oct 2015 07:27:00 GMT", date, Some(ms(0))),
        ("99999999999999999999999", None, Some(Duration::from_secs(u64::MAX))),
        ("-5", None, None),
        ("1.5", None, None),
        ("", None, None),
        ("soon", None, None),
    ];
    for (value, date, wait) in cases {
        assert_eq!(retry_after(value, date), wait, "{value:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// However requests and pauses come: in any second at most rate + burst turns, in the order asked for,
    /// never before they were asked for and never within a pause.
    #[test]
    fn the_limit_limits(
        rate in 1.0..200.0_f64,
        burst in 1_u32..20,
        steps in prop::collection::vec((0_u64..300, 1_usize..30, 0_u64..2000), 1..40),
    ) {
        let mut schedule = TokenBucket::new(rate, burst);
        let mut now = Duration::ZERO;
        let mut turns = Vec::new();
        for (wait, asked, pause) in steps {
            now += ms(wait);
            turns.extend((0..asked).map(|_| (now, schedule.reserve(now))));
            // What is due by now has been sent and is no longer moved by pauses.
            if pause > 1500 {
                turns.retain(|(_, turn)| schedule.due(*turn) > now);
                schedule.pause(now, ms(pause));
                prop_assert!(turns.iter().all(|(_, turn)| schedule.due(*turn) >= now + ms(pause)));
            }
        }
        let due: Vec<Duration> = turns.iter().map(|(_, turn)| schedule.due(*turn)).collect();
        prop_assert!(due.windows(2).all(|pair| pair[0] <= pair[1]));
        prop_assert!(turns.iter().zip(&due).all(|((asked, _), due)| asked <= due));
        for (i, start) in due.iter().enumerate() {
            let in_second = due[i..].iter().take_while(|d| **d < *start + ms(1000)).count();
            let most = rate + f64::from(burst) + 1.0;
            prop_assert!(f64::from(u32::try_from(in_second).expect("few")) <= most, "{in_second} > {most}");
        }
    }

    #[test]
    fn retry_after_never_panics(
        value in "(\\PC*|[A-Z][a-z]{2}, [0-9]{1,3} (Jan|Feb|Dec) -?[0-9]{1,7} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{4}))",
        date in "(\\PC*|(Sun|Mon), [0-9]{2} (Jan|Dec) [0-9]{1,6} 00:00:00 GMT)",
    ) {
        let _ = retry_after(&value, Some(&date));
    }
}
