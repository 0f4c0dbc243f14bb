//! Each model's ranking of 504 real names at two dates, worked out again from the raw file by other means
//! than the library's: sums over polars columns and plain loops.

use std::collections::BTreeMap;
use std::fs::File;

use polars::prelude::{DataType, ParquetReader, SerReader, SortMultipleOptions};

use crate::golden::agree;
use crate::support::{screener, shared};

/// Adjusted closes and volumes of each symbol up to a day, the last 300.
type Series = BTreeMap<String, (Vec<f64>, Vec<f64>)>;

fn series(day: &str) -> Option<Series> {
    let file = File::open(shared("data/prices/sp500_2018_2021.parquet")?).expect("it opens");
    let frame = ParquetReader::new(file)
        .finish()
        .expect("it is Parquet")
        .sort(["ticker", "date"], SortMultipleOptions::new())
        .expect("it sorts");
    let text =
        |name: &str| frame.column(name).expect("there").cast(&DataType::String).expect("text");
    let number =
        |name: &str| frame.column(name).expect("there").cast(&DataType::Float64).expect("numbers");
    let (names, dates) = (text("ticker"), text("date"));
    let (adjusted, volume, split) = (number("adj_close"), number("volume"), number("split"));
    let mut all = Series::new();
    let rows = names.str().expect("text").iter().zip(dates.str().expect("text").iter());
    let rows = rows
        .zip(adjusted.f64().expect("numbers").iter().zip(volume.f64().expect("numbers").iter()))
        .zip(split.f64().expect("numbers").iter());
    for (((name, date), (close, volume)), split) in rows {
        if date.is_some_and(|date| date <= day) {
            let (closes, volumes) = all.entry(name.expect("a name").into()).or_default();
            // Volumes before a split, in shares of after it.
            for volume in volumes.iter_mut() {
                *volume *= split.expect("a ratio");
            }
            closes.push(close.expect("a price"));
            volumes.push(volume.expect("a volume"));
        }
    }
    for (closes, volumes) in all.values_mut() {
        closes.drain(..closes.len().saturating_sub(300));
        volumes.drain(..volumes.len().saturating_sub(300));
    }
    Some(all)
}

/// The close `k` sessions ago, or NaN.
fn ago(c: &[f64], k: usize) -> f64 {
    if k < c.len() { c[c.len() - 1 - k] } else { f64::NAN }
}

fn average(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / f64::from(u32::try_from(x.len()).expect("few"))
}

fn last(c: &[f64], n: usize) -> &[f64] {
    &c[c.len().saturating_sub(n)..]
}

/// Slope times R² from the five sums of a least-squares line.
fn clenow(c: &[f64]) -> f64 {
    if c.len() < 90 {
        return f64::NAN;
    }
    let (mut x1, mut y1, mut xy, mut x2, mut y2) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y) in (0_u32..90).map(f64::from).zip(last(c, 90).iter().map(|c| c.ln())) {
        x1 += x;
        y1 += y;
        xy += x * y;
        x2 += x * x;
        y2 += y * y;
    }
    let n = 90.0;
    let (sxy, sxx, syy) = (n * xy - x1 * y1, n * x2 - x1 * x1, n * y2 - y1 * y1);
    let slope = sxy / sxx;
    ((250.0 * slope).exp() - 1.0) * (sxy * sxy / (sxx * syy))
}

fn sigma(c: &[f64]) -> f64 {
    if c.len() < 253 {
        return f64::NAN;
    }
    let logs: Vec<f64> = last(c, 253).iter().map(|c| c.ln()).collect();
    let returns: Vec<f64> = (1..logs.len()).map(|i| logs[i] - logs[i - 1]).collect();
    let squares = returns.iter().map(|r| r * r).sum::<f64>();
    let mean = average(&returns);
    ((squares - 252.0 * mean * mean) / 251.0 * 252.0).sqrt()
}

fn ratios(c: &[f64]) -> (f64, f64) {
    let per_risk = |k| (ago(c, 21) / ago(c, k) - 1.0) / sigma(c);
    (per_risk(273), per_risk(147))
}

fn continuity(c: &[f64]) -> f64 {
    let (mut up, mut down) = (0.0, 0.0);
    for k in 21..252 {
        let change = ago(c, k) - ago(c, k + 1);
        up += f64::from(u8::from(change > 0.0));
        down += f64::from(u8::from(change < 0.0));
    }
    let sign = if ago(c, 21) > ago(c, 252) { 1.0 } else { -1.0 };
    let steady = sign * (up / 231.0 - down / 231.0);
    match () {
        () if ago(c, 252).is_nan() => f64::NAN,
        () if sign < 0.0 => -(1.0 + steady) / 2.0, // a steady loser is the last
        () => steady,
    }
}

fn strength(c: &[f64]) -> f64 {
    let to = |k| ago(c, 0) / ago(c, k);
    0.2 * (2.0 * to(63) + to(126) + to(189) + to(252))
}

fn alphavelocity(c: &[f64], v: &[f64]) -> f64 {
    if c.len() < 50 {
        return f64::NAN;
    }
    let py = |n: usize| c[c.len() - n]; // Python's C[-n]
    let mean = |n: usize| average(last(c, n));
    let [r1, r3, r6, r12] =
        [21, 63, 126, 249].map(|n| if n <= c.len() { py(1) / py(n) - 1.0 } else { f64::NAN });
    let price = if c.len() < 249 {
        0.0
    } else {
        let above = |n: usize, points: f64| if py(1) > mean(n) { points } else { 0.0 };
        let blend = 0.4 * r1 + 0.3 * r3 + 0.2 * r6 + 0.1 * r12;
        let faster = (1.0 + r1).powf(12.0) - (1.0 + r3).powf(4.0);
        let slope = 25.0 * (mean(20) / average(&c[c.len() - 30..c.len() - 10]) - 1.0);
        let parts = above(20, 7.0) + above(50, 6.0) + above(200, 7.0);
        (parts
            + (20.0 + 80.0 * blend).clamp(0.0, 40.0)
            + (20.0 + 21.0 * faster + 9.0 * slope).clamp(0.0, 40.0))
        .min(100.0)
    };
    let moves: Vec<f64> = last(c, 15).windows(2).map(|p| p[1] - p[0]).collect();
    let gain: f64 = moves.iter().filter(|m| **m > 0.0).sum();
    let loss: f64 = -moves.iter().filter(|m| **m < 0.0).sum::<f64>();
    let rsi = 100.0 - 100.0 / (1.0 + gain / loss);
    let rsi = if (50.0..=70.0).contains(&rsi) {
        100.0
    } else if (30.0..50.0).contains(&rsi) {
        (rsi - 30.0) * 2.5
    } else if rsi > 70.0 && rsi <= 85.0 {
        240.0 - 2.0 * rsi
    } else {
        0.0
    };
    let usual = average(last(v, 30));
    let volume = if usual == 0.0 { 50.0 } else { (50.0 * v[v.len() - 1] / usual).min(100.0) };
    let change = (1000.0 * (py(1) / py(10) - 1.0) + 50.0).clamp(0.0, 100.0);
    0.5 * price + 0.35 * (0.4 * rsi + 0.3 * volume + 0.3 * change).clamp(0.0, 100.0) + 0.15 * 50.0
}

fn composite(c: &[f64], median: f64) -> f64 {
    let (year, half) = (ago(c, 21) / ago(c, 252) - 1.0, ago(c, 21) / ago(c, 126) - 1.0);
    let half = (half - 0.04) / 0.27;
    let price = if year.is_nan() { half } else { 0.5 * (year - 0.10) / 0.40 + 0.5 * half };
    let technical = (clenow(c).clamp(-1.0, 3.0) - 0.12) / 0.45;
    let relative = (ago(c, 0) / ago(c, 63) - 1.0 - median) / 0.16;
    0.5 * price + 0.35 * technical + 0.15 * relative
}

/// z-scores clipped at 3, population deviation.
fn clipped(values: &[f64]) -> Vec<f64> {
    let mean = average(values);
    let spread =
        average(&values.iter().map(|v| (v - mean) * (v - mean)).collect::<Vec<_>>()).sqrt();
    values.iter().map(|v| ((v - mean) / spread).clamp(-3.0, 3.0)).collect()
}

/// A model's raw values by symbol, NaN where undefined.
fn expected(model: &str, all: &Series) -> BTreeMap<String, f64> {
    if model == "risk-adjusted" {
        let known: Vec<(&String, (f64, f64))> = all
            .iter()
            .map(|(n, (c, _))| (n, ratios(c)))
            .filter(|(_, (a, b))| !(a + b).is_nan())
            .collect();
        let long = clipped(&known.iter().map(|(_, r)| r.0).collect::<Vec<_>>());
        let short = clipped(&known.iter().map(|(_, r)| r.1).collect::<Vec<_>>());
        return known
            .iter()
            .enumerate()
            .map(|(i, (n, _))| ((*n).clone(), 0.5 * (long[i] + short[i])))
            .collect();
    }
    let mut quarters: Vec<f64> = all
        .values()
        .filter(|(c, _)| c.len() >= 127)
        .map(|(c, _)| ago(c, 0) / ago(c, 63) - 1.0)
        .collect();
    quarters.sort_by(f64::total_cmp);
    let n = quarters.len();
    let median = 0.5 * (quarters[(n - 1) / 2] + quarters[n / 2]);
    let raw = |c: &[f64], v: &[f64]| match model {
        "composite" => composite(c, median),
        "twelve-one" => ago(c, 21) / ago(c, 252) - 1.0,
        "six-one" => ago(c, 21) / ago(c, 126) - 1.0,
        "clenow" => clenow(c),
        "high-52w" if c.len() < 252 => f64::NAN,
        "high-52w" => {
            last(c, 252).iter().fold(f64::INFINITY, |low, high| low.min(ago(c, 0) / high))
        }
        "relative-strength" => strength(c),
        "continuity" => continuity(c),
        "alphavelocity" => alphavelocity(c, v),
        other => panic!("{other} is not worked out here"),
    };
    all.iter().map(|(name, (c, v))| (name.clone(), raw(c, v))).collect()
}

#[test]
fn every_models_ranking_of_real_prices() {
    let models = [
        "composite",
        "twelve-one",
        "six-one",
        "risk-adjusted",
        "clenow",
        "high-52w",
        "relative-strength",
        "continuity",
        "alphavelocity",
    ];
    for day in ["2020-03-23", "2021-04-21"] {
        let Some(all) = series(day) else { return };
        let path = shared("data/prices/sp500_2018_2021.parquet").expect("it was there");
        for model in models {
            let path = path.to_string_lossy();
            let words = ["top", "-n", "999", "--model", model, "--as-of", day, "-f", "json", "-q"];
            let ran = screener(&[&words[..], &["--provider", "files", "--data", &path]].concat());
            let json = ran.json();
            let ours: Vec<(&str, f64)> = json["top_stocks"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|row| {
                    (row["ticker"].as_str().expect("text"), row["raw"].as_f64().expect("a number"))
                })
                .collect();
            let mut theirs: Vec<(String, f64)> =
                expected(model, &all).into_iter().filter(|(_, raw)| !raw.is_nan()).collect();
            assert!(theirs.len() > 480, "{model} {day}: {}", theirs.len());
            let known: BTreeMap<&str, f64> = theirs.iter().map(|(n, v)| (n.as_str(), *v)).collect();
            assert_eq!(ours.len(), theirs.len(), "{model} {day}");
            for (name, raw) in &ours {
                let other = known[name];
                assert!(
                    agree(*raw, other) || (raw - other).abs() < 1e-12,
                    "{model} {day} {name}: {raw}, not {other}"
                );
            }
            // The same order; values that differ by rounding only may stand either way.
            theirs.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            for (place, (name, raw)) in ours.iter().enumerate() {
                let (other, value) = &theirs[place];
                assert!(
                    name == other || agree(*raw, *value),
                    "{model} {day}: {name} at {place}, not {other}"
                );
            }
        }
    }
}
