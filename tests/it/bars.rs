//! The waist: what a series is after it was checked.

use chrono::NaiveDate;
use proptest::prelude::*;
use screener::bars::{Bar, Bars, PriceBasis};

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 5, n).expect("a date")
}

fn bar(date: NaiveDate, close: f64) -> Bar {
    Bar { date, open: close, high: close, low: close, close, adjusted: close, volume: 10.0 }
}

#[test]
fn rows_without_a_price_are_dropped_and_the_later_of_two_stays() {
    let rows = vec![
        bar(day(3), 3.0),
        bar(day(1), 1.0),
        bar(day(2), f64::NAN),
        bar(day(3), 3.5),
        bar(day(4), 0.0),
        bar(day(5), f64::INFINITY),
        Bar { adjusted: -1.0, ..bar(day(6), 6.0) },
        Bar { volume: f64::NAN, high: 0.0, ..bar(day(7), 7.0) },
    ];
    let bars = Bars::new(rows, PriceBasis::Adjusted, false);
    assert_eq!(bars.dates(), [day(1), day(3), day(7)]);
    assert_eq!(bars.close(), [1.0, 3.5, 7.0]);
    assert_eq!(bars.volume(), Some(&[10.0, 10.0, 0.0][..]));
    assert!(bars.adjusted_high().expect("it has highs")[2].is_nan());
}

#[test]
fn a_window_leaves_out_the_open_session_unless_asked_for() {
    let rows = || (1..=5).map(|n| bar(day(n), f64::from(n))).collect::<Vec<_>>();
    let bars = |partial| Bars::new(rows(), PriceBasis::Adjusted, partial);
    assert_eq!(bars(true).window(NaiveDate::MAX, 2, false).dates(), [day(3), day(4)]);
    assert_eq!(bars(true).window(NaiveDate::MAX, 2, true).dates(), [day(4), day(5)]);
    assert!(bars(true).window(NaiveDate::MAX, 2, true).is_partial());
    assert_eq!(bars(false).window(NaiveDate::MAX, 2, false).dates(), [day(4), day(5)]);
    let earlier = bars(true).window(day(3), 9, true);
    assert_eq!(earlier.dates(), [day(1), day(2), day(3)]);
    assert!(!earlier.is_partial());
    assert!(bars(false).window(day(1).pred_opt().expect("a date"), 9, false).is_empty());
}

#[test]
fn a_dropped_last_row_is_no_open_session() {
    let rows = vec![bar(day(1), 1.0), bar(day(2), f64::NAN)];
    assert!(!Bars::new(rows, PriceBasis::Adjusted, true).is_partial());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_become_a_sound_series(rows in prop::collection::vec((1_u32..31, any::<f64>(), any::<f64>()), 0..60)) {
        let rows = rows.iter().map(|(n, close, volume)| Bar { volume: *volume, ..bar(day(*n), *close) });
        let bars = Bars::new(rows.collect(), PriceBasis::Adjusted, false);
        prop_assert!(bars.dates().windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(bars.close().iter().chain(bars.adjusted()).all(|p| p.is_finite() && *p > 0.0));
        prop_assert!(bars.volume().into_iter().flatten().all(|v| v.is_finite() && *v >= 0.0));
        prop_assert_eq!(bars.len(), bars.close().len());
    }
}
