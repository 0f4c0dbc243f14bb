//! The volume screen: golden values, its conditions at their edges, and real days counted another way.

use std::collections::BTreeMap;
use std::fs::File;

use chrono::{Days, NaiveDate};
use polars::prelude::{DataType, ParquetReader, SerReader};
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::ask::volume::{Baseline, Direction, Volume};
use screener::bars::{Bar, Bars, PriceBasis};
use screener::compare::row::Row;
use screener::measure::fields::Field as F;
use screener::measure::note::Note;
use screener::provider::calendar_days;
use screener::provider::sample;
use screener::universe::Symbol;

use crate::golden::{agree, golden};
use crate::support::{screener, shared};

fn screen(volume: Volume) -> Screen {
    Screen::new(Criteria::Volume(volume))
}

fn symbol(text: &str) -> Symbol {
    Symbol::parse(text).expect("a ticker")
}

/// Bars of these volumes, one a day, at a price that rises by 1.
fn bars(volumes: &[f64]) -> Bars {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
    let rows = (0_u32..).zip(volumes).map(|(i, &volume)| {
        let close = 100.0 + f64::from(i);
        let date = first + Days::new(i.into());
        Bar { date, open: close, high: close, low: close, close, adjusted: close, volume }
    });
    Bars::new(rows.collect(), PriceBasis::Adjusted, false)
}

fn row(volume: &Volume, volumes: &[f64]) -> Row {
    screen(volume.clone()).measure(&symbol("X"), &bars(volumes))
}

#[test]
fn golden_values() {
    let local = sample().expect("the sample is sound");
    let names = [
        ("volume_ratio", F::VolumeRatio),
        ("volume_zscore", F::VolumeZscore),
        ("average_volume_20", F::AverageVolume),
        ("price_change_percent", F::PriceChangePercent),
        ("dollar_volume_20", F::DollarVolume),
    ];
    let screen = screen(Volume::default());
    for ((day, name), values) in golden() {
        let symbol = symbol(&name);
        let bars = local.get(&symbol).expect("there").into_owned().window(
            day,
            screen.criteria.sessions(),
            false,
        );
        let row = screen.measure(&symbol, &bars);
        for (golden, field) in names {
            let ours = row.get(field).unwrap_or_else(|| panic!("{name} {day} has no {golden}"));
            assert!(agree(ours, values[golden]), "{name} {day} {golden}: {ours}");
        }
    }
}

#[test]
fn both_conditions_are_inclusive_and_the_last_bar_is_not_in_its_baseline() {
    let volume = Volume { min_volume: 2e6, ..Volume::default() };
    let with_last = |last: f64| row(&volume, &[vec![1e6; 20], vec![last]].concat());
    assert!(volume.is_hit(&with_last(2e6)));
    assert_eq!(with_last(2e6).get(F::VolumeRatio), Some(2.0), "1.905 with itself in the mean");
    assert!(!volume.is_hit(&with_last(2e6 - 1.0)));
    assert!(volume.is_hit(&row(&volume, &[vec![5e6], vec![1e6; 20], vec![2e6]].concat())));
}

#[test]
fn other_conditions() {
    let volumes = [vec![1e6; 20], vec![3e6]].concat();
    let hits = |volume: Volume| volume.is_hit(&row(&volume, &volumes));
    let usual = Volume::default;
    assert!(hits(usual()));
    assert!(hits(Volume { direction: Direction::Up, ..usual() }));
    assert!(!hits(Volume { direction: Direction::Down, ..usual() }));
    for (price, least, most) in [(119.0, true, true), (120.0, true, true), (121.0, false, true)] {
        assert_eq!(hits(Volume { min_price: Some(price), ..usual() }), least, "{price}");
        assert_eq!(
            hits(Volume { max_price: Some(price), ..usual() }),
            most && price >= 120.0,
            "{price}"
        );
    }
    let dollars = row(&usual(), &volumes).get(F::DollarVolume).expect("it is defined");
    assert!(hits(Volume { min_dollar_volume: Some(dollars), ..usual() }));
    assert!(!hits(Volume { min_dollar_volume: Some(dollars * 1.001), ..usual() }));
}

#[test]
fn a_median_baseline_is_not_moved_by_one_great_day() {
    let volumes = [vec![1e6; 19], vec![1e8], vec![3e6]].concat();
    let mean = Volume::default();
    let median = Volume { baseline: Baseline::Median, ..Volume::default() };
    assert!(!mean.is_hit(&row(&mean, &volumes)));
    assert!(median.is_hit(&row(&median, &volumes)));
    assert_eq!(row(&median, &volumes).get(F::MedianRatio), Some(3.0));
}

#[test]
fn days_without_volume_count_in_the_mean_and_too_many_of_them_are_too_few_trades() {
    let volume = Volume::default();
    let with_zeros =
        |zeros: usize| row(&volume, &[vec![0.0; zeros], vec![2e6; 20 - zeros], vec![4e6]].concat());
    let half = with_zeros(10);
    assert_eq!((half.get(F::AverageVolume), half.get(F::MedianRatio)), (Some(1e6), Some(2.0)));
    assert!(volume.is_hit(&half) && half.notes.is_empty());
    let fewer = with_zeros(11);
    assert_eq!(fewer.notes, [Note::TooFewTrades]);
    assert!(fewer.is_insufficient() && !volume.is_hit(&fewer));
    let none = with_zeros(20);
    assert_eq!((none.get(F::VolumeRatio), none.get(F::AverageVolume)), (None, Some(0.0)));
    let short = row(&volume, &[1e6; 20]);
    assert_eq!(short.notes, [Note::TooFewBars]);
    assert!(!volume.is_hit(&short));
}

/// The script this replaces fetched 21 calendar days and asked for 20 bars: it could never report a stock.
#[test]
fn enough_sessions_are_asked_for_across_the_longest_holidays() {
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
    let closures = [
        (day(2020, 1, 24), day(2020, 2, 2)), // Shanghai, Spring Festival, prolonged
        (day(2020, 10, 1), day(2020, 10, 8)), // Shanghai, Golden Week
        (day(2019, 4, 27), day(2019, 5, 6)), // Tokyo, the change of emperors
        (day(2001, 9, 11), day(2001, 9, 16)), // New York
        (day(2019, 12, 24), day(2019, 12, 26)),
        (day(2020, 1, 1), day(2020, 1, 1)),
    ];
    let is_session = |d: &NaiveDate| {
        use chrono::Datelike;
        d.weekday().number_from_monday() < 6 && !closures.iter().any(|(a, b)| (a..=b).contains(&d))
    };
    for lookback in [1, 5, 20, 60, 250] {
        let sessions = lookback + 1;
        for first in [day(2001, 9, 1), day(2019, 4, 1), day(2020, 1, 1), day(2020, 9, 25)] {
            for until in first.iter_days().take(60) {
                let from = until - calendar_days(sessions);
                let held = from.iter_days().take_while(|d| *d <= until).filter(is_session).count();
                assert!(held >= sessions, "{held} sessions for {sessions} until {until}");
            }
        }
    }
    assert!(calendar_days(300) >= Days::new(440));
}

/// The S&P 500 file by symbol: dates, closes, adjusted closes, volumes, splits.
type Prices = BTreeMap<String, Vec<(NaiveDate, f64, f64, f64, f64)>>;

fn prices() -> Option<Prices> {
    let file = File::open(shared("data/prices/sp500_2018_2021.parquet")?).expect("it opens");
    let frame = ParquetReader::new(file).finish().expect("it is Parquet");
    let numbers = |name: &str| {
        let column =
            frame.column(name).expect("it is there").cast(&DataType::Float64).expect("a number");
        column.f64().expect("numbers").iter().map(|v| v.unwrap_or(f64::NAN)).collect::<Vec<_>>()
    };
    let days = frame.column("date").expect("it is there").cast(&DataType::Date).expect("a date");
    let days = days.cast(&DataType::Int32).expect("days");
    let (close, adjusted, volume) = (numbers("close"), numbers("adj_close"), numbers("volume"));
    let split = numbers("split");
    let symbols = frame.column("ticker").expect("it is there").str().expect("text").clone();
    let mut prices = Prices::new();
    for (i, (symbol, day)) in symbols.iter().zip(days.i32().expect("days").iter()).enumerate() {
        let date = NaiveDate::from_epoch_days(day.expect("a day")).expect("a date");
        let row = (date, close[i], adjusted[i], volume[i], split[i]);
        prices.entry(symbol.expect("a symbol").into()).or_default().push(row);
    }
    Some(prices)
}

#[test]
fn hits_of_real_days_counted_another_way() {
    let Some(prices) = prices() else { return };
    let volume = Volume::default();
    let screen = screen(volume.clone());
    let mut total = 0;
    for day in ["2018-12-21", "2020-02-28", "2020-08-31", "2021-01-29"] {
        let day: NaiveDate = day.parse().expect("a date");
        let (mut expected, mut rows, mut split) = (Vec::new(), Vec::new(), Vec::new());
        for (name, series) in &prices {
            // By hand: the last 21 sound rows on or before the day.
            let mut past: Vec<_> =
                series.iter().filter(|r| r.0 <= day && r.1 > 0.0 && r.2 > 0.0).collect();
            past.sort_by_key(|r| r.0);
            let past = &past[past.len().saturating_sub(21)..];
            if past.iter().skip(1).any(|r| r.4.max(1.0 / r.4) > 1.3) {
                split.push(name.clone());
            }
            if let [before @ .., last] = past
                && before.len() == 20
            {
                let mean =
                    before.iter().map(|r| if r.3 > 0.0 { r.3 } else { 0.0 }).sum::<f64>() / 20.0;
                if last.3 >= 1e6 && last.3 >= 2.0 * mean {
                    expected.push(name.clone());
                }
            }
            let bars = series.iter().map(|&(date, close, adjusted, volume, _)| Bar {
                date,
                open: close,
                high: close,
                low: close,
                close,
                adjusted,
                volume,
            });
            let bars = Bars::new(bars.collect(), PriceBasis::Adjusted, false);
            let ticker = symbol(&name.replace([' ', '_'], "-"));
            rows.push(
                screen.measure(&ticker, &bars.window(day, screen.criteria.sessions(), false)),
            );
        }
        let conclusion = screen.rank(rows, None).expect("they rank");
        let hits: Vec<&Row> = conclusion.shown.iter().map(|(_, row)| row).collect();
        assert_eq!(hits.len(), conclusion.matched);
        let mut names: Vec<String> = hits.iter().map(|row| row.symbol.to_string()).collect();
        assert!(hits.windows(2).all(|w| w[0].get(F::VolumeRatio) >= w[1].get(F::VolumeRatio)));
        // These volumes are not adjusted for splits: on 2020-08-31 Apple split 4:1 and Tesla 5:1.
        let noted = |row: &&Row| row.is_doubtful();
        let rows = hits.iter().copied().chain(&conclusion.rest);
        let suspects = rows.filter(noted).map(|row| row.symbol.to_string());
        let suspects: Vec<String> = suspects.collect();
        expected.retain(|name| !suspects.contains(name));
        names.sort();
        expected.sort();
        assert_eq!(names, expected, "{day}");
        total += names.len();
        assert!(split.iter().all(|name| suspects.contains(name)), "{split:?} but {suspects:?}");
        assert!(suspects.len() <= split.len() + 5, "{split:?} but {suspects:?}");
        if day.to_string() == "2020-08-31" {
            assert!(split.contains(&"AAPL".to_owned()) && split.contains(&"TSLA".to_owned()));
        }
    }
    assert!(total > 20, "{total}");
}

#[test]
fn the_whole_command() {
    let words = ["volume-screen", "--provider", "sample", "--min-volume", "0", "--multiplier", "1"];
    insta::assert_snapshot!(screener(&words).told());
    let ran =
        screener(&[&words[..], &["-f", "json", "-n", "2", "-t", "AMZN,META,NFLX,NOPE1"]].concat());
    let json = ran.json();
    assert_eq!((&json["total_screened"], &json["hits"]), (&3.into(), &3.into()));
    assert_eq!(
        json["stocks"].as_array().map(Vec::len),
        Some(2),
        "-n cuts what is shown, not what is counted"
    );
    assert_eq!(json["parameters"]["lookback"], 20);
    assert_eq!(json["errors"]["NOPE1"]["kind"], "not_found");
    let keys: Vec<&str> = vec![
        "ticker",
        "current_volume",
        "average_volume",
        "volume_ratio",
        "volume_zscore",
        "median_ratio",
        "price",
        "price_change_percent",
        "dollar_volume",
        "as_of",
    ];
    for key in keys {
        assert!(!json["stocks"][0][key].is_null(), "{key}");
    }
    let early = [
        "volume-screen",
        "-t",
        "AAPL",
        "--provider",
        "sample",
        "--as-of",
        "2013-01-15",
        "-f",
        "json",
    ];
    let ran = screener(&early);
    assert_eq!(
        (ran.code, &ran.json()["insufficient_data"]),
        (Some(0), &serde_json::json!(["AAPL"]))
    );
    assert!(
        ran.stderr.contains("0 hits among 1 of 1 · 1 with too few bars (AAPL)"),
        "{}",
        ran.stderr
    );
    let ran = screener(&["volume-screen", "sp500", "--min-price", "9", "--max-price", "3"]);
    assert_eq!(ran.code, Some(2));
}

/// Momentum columns of a symbol's own bars can be shown, filtered and sorted by, and change nothing else.
#[test]
fn momentum_beside_volume() {
    let words = [
        "volume-screen",
        "--provider",
        "sample",
        "--multiplier",
        "0.5",
        "--min-volume",
        "0",
        "-f",
        "json",
        "-q",
    ];
    let plain = screener(&words).json();
    let both = screener(
        &[&words[..], &["--filter", "high_52w_ratio > 0.85 and volume_ratio > 0.5"]].concat(),
    )
    .json();
    let top = screener(&["top", "--provider", "sample", "-f", "json", "-q"]).json();
    let of = |report: &serde_json::Value, rows: &str, name: &str| -> Vec<(String, f64)> {
        let rows = report[rows].as_array().expect("rows");
        rows.iter()
            .map(|row| {
                (
                    row["ticker"].as_str().expect("a ticker").to_owned(),
                    row[name].as_f64().expect(name),
                )
            })
            .collect()
    };
    let near: Vec<String> = of(&top, "top_stocks", "high_52w_ratio")
        .into_iter()
        .filter(|(_, ratio)| *ratio > 0.85)
        .map(|(ticker, _)| ticker)
        .collect();
    let expected: Vec<(String, f64)> = of(&plain, "stocks", "volume_ratio")
        .into_iter()
        .filter(|(ticker, _)| near.contains(ticker))
        .collect();
    assert!(!expected.is_empty() && expected.len() < of(&plain, "stocks", "volume_ratio").len());
    assert_eq!(of(&both, "stocks", "volume_ratio"), expected);
    let table = screener(&[
        "volume-screen",
        "--provider",
        "sample",
        "--multiplier",
        "0.5",
        "--columns",
        "ticker,volume_ratio,return_12m",
        "-q",
    ]);
    assert!(table.code == Some(0) && table.stdout.contains('%'), "{table:#?}");
    let early = screener(&["top", "--provider", "sample", "--as-of", "2001-01-01"]);
    assert!(early.code == Some(2) && early.stderr.contains("the data begin on 201"), "{early:#?}");
}
