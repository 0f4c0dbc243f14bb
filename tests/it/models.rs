//! Models and indicators beyond the golden dates: the relative pillar, the edges of definition, and what
//! holds for any prices.

use chrono::NaiveDate;
use proptest::prelude::*;
use screener::ask::Criteria;
use screener::ask::Ranking;
use screener::ask::Screen;
use screener::ask::Sort;
use screener::bars::{Bar, Bars, PriceBasis};
use screener::compare::momentum::{BenchmarkUsed, Momentum};
use screener::compare::row::Row;
use screener::measure::fields::{self, Field as F};
use screener::measure::indicators;
use screener::measure::note::Note;
use screener::models::rating::Rating;
use screener::models::{
    Model, alphavelocity, clenow, composite, relative_strength, risk_adjusted, score_of_z, six_one,
    twelve_one,
};
use screener::universe::Symbol;

use crate::golden::{agree, golden};
use crate::support::weekdays;

fn symbol(text: &str) -> Symbol {
    Symbol::parse(text).expect("a ticker")
}

/// Daily bars with these closes.
pub(crate) fn bars(closes: &[f64]) -> Bars {
    traded(closes, &vec![1e6; closes.len()])
}

/// Daily bars with these closes and volumes.
fn traded(closes: &[f64], volumes: &[f64]) -> Bars {
    let rows = weekdays().zip(closes.iter().zip(volumes)).map(|(date, (&close, &volume))| Bar {
        date,
        open: close * 1.01,
        high: close * 1.01,
        low: close * 0.99,
        close,
        adjusted: close,
        volume,
    });
    Bars::new(rows.collect(), PriceBasis::Adjusted, false)
}

fn screen(model: Model) -> Screen {
    let criteria = Criteria::Momentum(Momentum { model, benchmark: None });
    Screen::new(criteria)
}

fn measure(symbol: &Symbol, bars: &Bars) -> Row {
    screen(composite::MODEL).measure(symbol, bars)
}

fn scored(closes: &[f64], model: Model) -> Row {
    let row = measure(&symbol("X"), &bars(closes));
    screen(model).rank(vec![row], None).expect("it ranks").shown.remove(0).1
}

fn rising(n: usize) -> Vec<f64> {
    (0..n).map(|i| 100.0 * 1.001_f64.powi(i32::try_from(i).expect("few"))).collect()
}

#[test]
fn the_relative_pillar_measures_against_the_benchmark() {
    let local = screener::provider::sample().expect("the sample is sound");
    let day = NaiveDate::from_ymd_opt(2020, 3, 23).expect("a date");
    let window =
        |name: &str| local.get(&symbol(name)).expect("there").into_owned().window(day, 300, false);
    let momentum = Momentum { model: composite::MODEL, benchmark: Some(symbol("META")) };
    let screen = Screen { criteria: Criteria::Momentum(momentum), ..screen(composite::MODEL) };
    let row = measure(&symbol("AAPL"), &window("AAPL"));
    let Ranking { shown, benchmark, .. } =
        screen.rank(vec![row], Some(&window("META"))).expect("it ranks");
    assert_eq!(benchmark, BenchmarkUsed::Symbol(symbol("META")));

    // By hand from the golden numbers.
    let golden = golden();
    let (own, other) = (&golden[&(day, "AAPL".into())], &golden[&(day, "META".into())]);
    let price = 0.5 * (own["return_12_1"] - 0.10) / 0.40 + 0.5 * (own["return_6_1"] - 0.04) / 0.27;
    let technical = (own["clenow"] - 0.12) / 0.45;
    let relative = (own["return_3m"] - other["return_3m"]) / 0.16;
    let z = 0.50 * price + 0.35 * technical + 0.15 * relative;
    let ours = shown[0].1.get(F::CompositeZ).expect("a score");
    assert!(agree(ours, z), "{ours}, not {z}");
    assert!(shown[0].1.notes.is_empty(), "{:?}", shown[0].1.notes);
}

#[test]
fn twenty_names_are_their_own_benchmark() {
    let universe = |n: u32| -> Vec<Row> {
        (0..n)
            .map(|i| {
                let growth = 1.0 + 0.0001 * f64::from(i);
                let closes: Vec<f64> = (0..130).map(|t| 50.0 * growth.powi(t)).collect();
                measure(&symbol(&format!("S{i}")), &bars(&closes))
            })
            .collect()
    };
    let Ranking { benchmark, .. } =
        screen(composite::MODEL).rank(universe(19), None).expect("it ranks");
    assert_eq!(benchmark, BenchmarkUsed::Nothing);
    let Ranking { shown, benchmark, .. } =
        screen(composite::MODEL).rank(universe(21), None).expect("it ranks");
    assert_eq!(benchmark, BenchmarkUsed::UniverseMedian);
    let middle = shown[10].1.get(F::RelativeMomentum).expect("defined");
    assert!(agree(middle, 5.0), "the median name stands at the median: {middle}");
}

#[test]
fn bars_decide_what_is_defined() {
    let cases = [
        (126, composite::MODEL, false, vec![Note::TooFewBars]),
        (127, composite::MODEL, true, vec![Note::ShortHistory, Note::NoBenchmark]),
        (252, composite::MODEL, true, vec![Note::ShortHistory, Note::NoBenchmark]),
        (253, composite::MODEL, true, vec![Note::NoBenchmark]),
        (252, twelve_one::MODEL, false, vec![Note::TooFewBars]),
        (253, twelve_one::MODEL, true, vec![]),
        (126, six_one::MODEL, false, vec![Note::TooFewBars]),
        (127, six_one::MODEL, true, vec![]),
        (89, clenow::MODEL, false, vec![Note::TooFewBars]),
        (90, clenow::MODEL, true, vec![]),
        (0, composite::MODEL, false, vec![Note::TooFewBars]),
    ];
    for (n, model, defined, notes) in cases {
        let row = scored(&rising(n), model);
        assert_eq!(row.get(F::OverallMomentumScore).is_some(), defined, "{n} bars, {model:?}");
        assert_eq!(row.notes, notes, "{n} bars, {model:?}");
        assert_eq!(row.rating() == Rating::InsufficientData, !defined);
    }
}

#[test]
fn a_flat_series_has_a_score_and_says_what_it_lacks() {
    let row = scored(&[50.0; 300], composite::MODEL);
    assert_eq!(row.get(F::Clenow), Some(0.0));
    assert!(row.get(F::OverallMomentumScore).is_some());
    for field in [F::MomentumRatio12, F::Rsi14] {
        assert_eq!(row.get(field), None, "{}", field.name());
    }
    assert!(row.notes.contains(&Note::NoVariance));
    let still = vec![50.0; 300];
    assert_eq!(indicators::adx(&still, &still, &still, 14), None);
    assert_eq!(indicators::mfi(&still, &still, &still, &still, 14), None);
}

#[test]
fn ratings_begin_at_their_bounds() {
    let cases = [
        (8.0, Rating::StrongBuy),
        (7.999_999, Rating::Buy),
        (6.5, Rating::Buy),
        (5.0, Rating::Hold),
        (3.5, Rating::WeakHold),
        (3.499_999, Rating::Sell),
    ];
    for (score, rating) in cases {
        assert_eq!(Rating::of(Some(score)), rating);
    }
}

#[test]
fn scores_are_the_normal_distribution() {
    // Abramowitz and Stegun, table 26.1.
    for (z, p) in [
        (0.0, 0.5),
        (1.0, 0.841_344_746_068_543),
        (-2.0, 0.022_750_131_948_179),
        (3.0, 0.998_650_101_968_370),
    ] {
        assert!((score_of_z(z) - 10.0 * p).abs() < 1e-13, "{z}");
    }
}

#[test]
fn ties_are_broken_by_symbol_and_the_unscored_come_last() {
    let names = ["D", "B", "SHORT", "C", "A"];
    let rows = names
        .map(|name| measure(&symbol(name), &bars(&rising(if name == "SHORT" { 5 } else { 260 }))));
    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    let screen = Screen { criteria: Criteria::Top(momentum), ..screen(composite::MODEL) };
    let Ranking { shown, rest, matched, .. } = screen.rank(rows.into(), None).expect("it ranks");
    assert_eq!(matched, 4);
    let order: Vec<&str> = shown.iter().map(|(_, row)| row.symbol.as_str()).collect();
    assert_eq!(order, ["A", "B", "C", "D"]);
    assert_eq!(rest[0].symbol.as_str(), "SHORT");
}

/// Name, closes, volumes; raw value to a decimal, rating, price pillar where it is known.
type Case = (&'static str, Vec<f64>, Vec<f64>, f64, Rating, Option<f64>);

/// The reference values of the AlphaVelocity engine itself, to the decimals it prints.
#[test]
fn alphavelocity_as_its_engine_has_it() {
    let real = |n: usize| (0_u32..).take(n).map(f64::from);
    let sine = |n: usize| {
        real(n).map(|i| 100.0 * (1.0 + 0.001 * i) + 2.0 * (i / 5.0).sin()).collect::<Vec<f64>>()
    };
    let power = |base: f64| real(260).map(|i| 100.0 * base.powf(i)).collect::<Vec<f64>>();
    let volumes = |n: usize| real(n).map(|i| 1e6 + 1e5 * (i % 7.0)).collect::<Vec<f64>>();
    let benchmark: Vec<f64> = real(260).map(|i| 400.0 * (1.0 + 0.0005 * i)).collect();
    let momentum = Momentum { model: alphavelocity::MODEL, benchmark: Some(symbol("SPY")) };
    let screen = Screen::new(Criteria::Momentum(momentum));
    let score = |closes: &[f64], volumes: &[f64]| {
        let row = screen.measure(&symbol("X"), &traded(closes, volumes));
        let ranking = screen.rank(vec![row], Some(&bars(&benchmark)));
        ranking.expect("it ranks").shown.remove(0).1
    };
    let cases: [Case; 8] = [
        ("sine 260", sine(260), volumes(260), 63.6, Rating::Hold, Some(77.8)),
        ("sine 249", sine(249), volumes(249), 50.1, Rating::Hold, Some(56.9)),
        ("sine 248", sine(248), volumes(248), 16.5, Rating::Sell, Some(0.0)),
        ("sine 50", sine(50), volumes(50), 20.1, Rating::Sell, None),
        ("flat", vec![50.0; 260], volumes(260), 36.1, Rating::WeakHold, Some(40.0)),
        ("rising", power(1.003), volumes(260), 70.1, Rating::Buy, Some(85.8)),
        ("falling", power(0.997), volumes(260), 18.2, Rating::Sell, None),
        ("no volume", sine(260), vec![0.0; 260], 64.9, Rating::Hold, None),
    ];
    for (name, closes, volumes, raw, rating, price) in cases {
        let row = score(&closes, &volumes);
        let decimal = |value: Option<f64>| (value.expect("defined") * 10.0).round() / 10.0;
        assert!((decimal(row.get(F::Raw)) - raw).abs() < 1e-9, "{name}: {:?}", row.get(F::Raw));
        assert_eq!(row.rating(), rating, "{name}");
        if let Some(price) = price {
            assert!(
                (decimal(row.get(F::PriceMomentum).map(|p| 10.0 * p)) - price).abs() < 1e-9,
                "{name}"
            );
        }
    }
    let row = score(&sine(260), &volumes(260));
    let technical = 10.0 * row.get(F::TechnicalMomentum).expect("defined");
    assert!(agree(technical, 34.789_339_588_973_59), "{technical}");
    assert!((row.get(F::RelativeMomentum).expect("defined") - 8.39).abs() < 0.005);
    assert_eq!(score(&sine(49), &volumes(49)).rating(), Rating::InsufficientData);
}

#[test]
fn models_that_compare_need_something_to_compare() {
    let universe = |n: usize| -> Vec<Row> {
        (0_u32..)
            .take(n)
            .map(|i| {
                let wave = |t: u32| 1.0 + 0.01 * f64::from((t * (i + 3)) % 7);
                let closes: Vec<f64> =
                    (0..300).map(|t| 50.0 * wave(t) * (1.0 + 0.0001 * f64::from(i * t))).collect();
                measure(&symbol(&format!("S{i}")), &bars(&closes))
            })
            .collect()
    };
    assert!(screen(risk_adjusted::MODEL).rank(universe(9), None).is_err());
    let scored = screen(risk_adjusted::MODEL).rank(universe(10), None).expect("enough");
    assert_eq!(scored.matched, 10);
    let alone = screen(relative_strength::MODEL).rank(universe(1), None).expect("it is a row");
    assert_eq!(alone.shown[0].1.get(F::RsRating), None, "there is nobody to be stronger than");
    let mut tied = universe(3);
    tied.iter_mut()
        .zip([1.0, 2.0, 2.0])
        .for_each(|(row, raw)| row.set(F::RelativeStrengthRaw, Some(raw)));
    let rated = screen(relative_strength::MODEL).rank(tied, None).expect("rows").shown;
    let ratings: Vec<Option<f64>> = rated.iter().map(|(_, row)| row.get(F::RsRating)).collect();
    assert_eq!(ratings, [Some(1.0), Some(74.5), Some(74.5)]);
    let ran =
        crate::support::screener(&["top", "--provider", "sample", "--model", "risk-adjusted"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.unfolded().contains("error: the risk-adjusted model compares tickers and needs 10 with 274 bars each, but there are 6"), "{}", ran.stderr);
}

fn prices() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-0.2..0.2_f64, 0..320).prop_map(|moves| {
        moves
            .iter()
            .scan(100.0_f64, |price, change| {
                *price = (*price * (1.0 + change)).clamp(1e-3, 1e9);
                Some(*price)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn every_number_is_finite_and_in_its_range(closes in prices()) {
        let row = scored(&closes, composite::MODEL);
        for field in fields::all() {
            prop_assert!(row.get(field).is_none_or(f64::is_finite), "{}", field.name());
        }
        for field in [F::Rsi14, F::Adx14, F::Mfi14] {
            prop_assert!(row.get(field).is_none_or(|v| (-1e-9..=100.0 + 1e-9).contains(&v)), "{}", field.name());
        }
        for field in [F::OverallMomentumScore, F::PriceMomentum, F::TechnicalMomentum] {
            prop_assert!(row.get(field).is_none_or(|v| (0.0..=10.0).contains(&v)), "{}", field.name());
        }
    }

    #[test]
    fn the_unit_of_the_price_does_not_matter(closes in prices(), unit in 0.01..100.0_f64) {
        let scaled: Vec<f64> = closes.iter().map(|close| close * unit).collect();
        let (row, other) = (scored(&closes, composite::MODEL), scored(&scaled, composite::MODEL));
        for field in [F::Return1m, F::Return12x1, F::Rsi14, F::Volatility1y, F::High52wRatio, F::CompositeZ] {
            match (row.get(field), other.get(field)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() <= 1e-6 * (1.0 + a.abs()), "{}: {a} {b}", field.name()),
                (a, b) => prop_assert_eq!(a, b, "{}", field.name()),
            }
        }
    }

    #[test]
    fn the_order_of_the_list_does_not_matter(raws in prop::collection::vec(0_u8..6, 1..40), turn in 0_usize..40) {
        let rows: Vec<Row> = (0..).zip(&raws).map(|(i, raw)| {
            let mut row = Row::new(symbol(&format!("S{i:02}")));
            row.set(F::Raw, (*raw > 0).then(|| f64::from(*raw)));
            row
        }).collect();
        let mut turned = rows.clone();
        turned.rotate_left(turn % raws.len());
        let order = |mut rows: Vec<Row>| {
            Sort::by(F::Raw).apply(&mut rows);
            rows.iter().map(|row| row.symbol.clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(order(rows), order(turned));
    }
}
