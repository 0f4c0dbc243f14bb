//! Holdings in several currencies: never added up, brought to one where that is asked; and all of them together.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ran, command};

/// Closes of 300 days, another walk for each seed.
fn walk(seed: u32, start: f64) -> Vec<f64> {
    let mut state = seed;
    let mut price = start;
    let mut closes = Vec::new();
    for _ in 0..300 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        price *= 1.0 + (f64::from(state >> 16) / 65_536.0 - 0.5) / 25.0;
        closes.push(price);
    }
    closes
}

/// A London share in pence, one in dollars, one in yen, and two rates.
fn prices() -> Vec<(&'static str, &'static str, Vec<f64>)> {
    vec![
        ("BARC.L", "GBp", walk(1, 200.0)),
        ("AAPL", "USD", walk(2, 150.0)),
        ("7203.T", "JPY", walk(3, 2000.0)),
        ("GBPUSD=X", "USD", walk(4, 1.25)),
        ("JPYUSD=X", "USD", walk(5, 0.007)),
    ]
}

fn folder(holdings: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let first = NaiveDate::from_ymd_opt(2023, 1, 2).expect("a day");
    let mut text = String::from("symbol,date,close,adj_close,volume,currency\n");
    for (symbol, currency, closes) in prices() {
        for (day, close) in (0..).zip(closes) {
            let date = first + Days::new(day / 5 * 7 + day % 5);
            writeln!(text, "{symbol},{date},{close},{close},1000,{currency}").expect("it is");
        }
    }
    std::fs::write(folder.path().join("p.csv"), text).expect("it is written");
    std::fs::write(folder.path().join("h.csv"), holdings).expect("it is written");
    folder
}

fn portfolio(folder: &TempDir, words: &[&str]) -> Ran {
    let always = ["portfolio", "h.csv", "--provider", "files", "--data", "p.csv"];
    Ran::of(command(&[&always, words].concat()).current_dir(folder.path()).output())
}

fn last(symbol: &str) -> f64 {
    let all = prices();
    let (.., closes) = all.iter().find(|(own, ..)| *own == symbol).expect("it is there");
    closes[closes.len() - 1]
}

fn near(value: &Value, expected: f64) -> bool {
    value.as_f64().is_some_and(|value| (value / expected - 1.0).abs() < 1e-9)
}

fn holding<'a>(json: &'a Value, ticker: &str) -> &'a Value {
    let holdings = json["holdings"].as_array().expect("holdings");
    holdings.iter().find(|row| row["ticker"] == ticker).expect("it is held")
}

const HOLDINGS: &str = "ticker,shares,cost_basis\nBARC.L,1000,210\nAAPL,10,90\n7203.T,100,1000\n";

#[test]
fn amounts_of_several_currencies_are_not_added_up() {
    let folder = folder(HOLDINGS);
    let json = portfolio(&folder, &["-f", "json"]).json();
    assert_eq!(json["total_value"], Value::Null);
    assert_eq!(json["currency"], Value::Null);
    let by_currency = json["by_currency"].as_array().expect("sums");
    let currencies: Vec<&Value> = by_currency.iter().map(|sum| &sum["currency"]).collect();
    assert_eq!(currencies, ["GBP", "JPY", "USD"]);
    assert!(near(&by_currency[0]["total_value"], 1000.0 * last("BARC.L") / 100.0));
    assert!(near(&by_currency[1]["total_gain"], 100.0 * (last("7203.T") - 1000.0)));
    assert!(near(&holding(&json, "BARC.L")["current_price"], last("BARC.L") / 100.0));
    assert_eq!(holding(&json, "AAPL")["weight_percent"], Value::Null);
    let table = portfolio(&folder, &[]);
    assert!(table.stdout.contains("--currency USD brings them to one"), "{table:#?}");
}

#[test]
fn they_are_brought_to_one_at_the_rates_of_the_day() {
    let folder = folder(HOLDINGS);
    let json = portfolio(&folder, &["-f", "json", "--currency", "usd"]).json();
    let pounds = 1000.0 * last("BARC.L") / 100.0 * last("GBPUSD=X");
    let yen = 100.0 * last("7203.T") * last("JPYUSD=X");
    let dollars = 10.0 * last("AAPL");
    assert_eq!(json["currency"], "USD");
    assert!(near(&json["total_value"], pounds + yen + dollars));
    assert!(near(&holding(&json, "7203.T")["market_value"], yen));
    assert!(near(&json["exchange_rates"]["GBPUSD"]["rate"], last("GBPUSD=X")));
    assert_eq!(json["total_requested"], 3, "rates are counted nowhere");
    let none = portfolio(&folder, &["-f", "json", "--currency", "EUR"]).json();
    assert_eq!(none["unconverted"].as_array().map(Vec::len), Some(3), "there is no such rate");
    assert_eq!(none["successful"], 3);
}

/// 210 pence against 2.10 pounds is no loss of 99 %: by a column of currencies or of prices it is known, else asked.
#[test]
fn costs_in_pence_are_never_a_loss_of_99_percent() {
    let pence = last("BARC.L");
    let gain = 100.0 * (pence / 210.0 - 1.0);
    let unclear = portfolio(&folder(HOLDINGS), &["-f", "json"]).json();
    let barclays = holding(&unclear, "BARC.L");
    assert_eq!(barclays["gain_percent"], Value::Null);
    assert!(barclays["notes"].to_string().contains("unclear_cost"), "{barclays}");
    assert_eq!(unclear["unclear_costs"], serde_json::json!(["BARC.L"]));
    let tables = [
        "ticker,shares,avg cost,currency\nBARC.L,1000,210,GBX\n".to_owned(),
        "ticker,shares,avg cost,currency\nBARC.L,1000,2.10,GBP\n".to_owned(),
        format!("ticker,shares,avg cost,last price\nBARC.L,1000,210,{pence}\n"),
        format!("ticker,shares,avg cost,last price\nBARC.L,1000,2.10,{}\n", pence / 100.0),
        "ticker,shares,cost_basis\nBARC.L,1000,2.10\n".to_owned(),
    ];
    for table in tables {
        let json = portfolio(&folder(&table), &["-f", "json"]).json();
        assert!(near(&holding(&json, "BARC.L")["gain_percent"], gain), "{table}: {json}");
    }
    let other = "ticker,shares,avg cost,currency\n7203.T,100,8,USD\n";
    let json = portfolio(&folder(other), &["-f", "json"]).json();
    assert_eq!(holding(&json, "7203.T")["gain"], Value::Null, "dollars against yen");
    let json = portfolio(&folder(other), &["-f", "json", "--currency", "USD"]).json();
    let gain = 100.0 * last("7203.T") * last("JPYUSD=X") - 800.0;
    assert!(near(&holding(&json, "7203.T")["gain"], gain));
}

/// The square root of w'Σw, with the covariance matrix written out.
#[test]
fn the_volatility_of_all_is_that_of_their_covariance() {
    let folder = folder("ticker,shares\nAAPL,10\nGBPUSD=X,2000\n");
    let json = portfolio(&folder, &["-f", "json"]).json();
    let all = prices();
    let returns = |symbol: &str| -> Vec<f64> {
        let (.., closes) = all.iter().find(|(own, ..)| *own == symbol).expect("it is there");
        closes[300 - 253..].windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect()
    };
    let series = [returns("AAPL"), returns("GBPUSD=X")];
    let values = [10.0 * last("AAPL"), 2000.0 * last("GBPUSD=X")];
    let total: f64 = values.iter().sum();
    let mean = |x: &[f64]| x.iter().sum::<f64>() / 252.0;
    let mut variance = 0.0;
    for (i, a) in series.iter().enumerate() {
        for (j, b) in series.iter().enumerate() {
            let (mean_a, mean_b) = (mean(a), mean(b));
            let products = a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b));
            variance += values[i] * values[j] / total / total * products.sum::<f64>() / 251.0;
        }
    }
    assert!(near(&json["portfolio_volatility_1y"], (variance * 252.0).sqrt()), "{json}");
    assert_eq!(json["volatility_sessions"], 252);
    let weighted = json["weighted_volatility_1y"].as_f64();
    assert!(json["portfolio_volatility_1y"].as_f64() < weighted, "they do not move together");
}
