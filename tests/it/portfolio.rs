//! Holdings: what is read of them, what they come to, and how they are shown.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ran, command, screener, screener_reading};

const HOLDINGS: &str = "ticker,shares,cost_basis\nAAPL,100,150\nNVDA,50,200\nNOPE1,10,\n";

/// Runs `portfolio` in a folder with these files.
fn portfolio(files: &[(&str, &str)], words: &[&str]) -> (TempDir, Ran) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("it is written");
    }
    let ran = run(folder.path(), words);
    (folder, ran)
}

fn run(folder: &Path, words: &[&str]) -> Ran {
    let words = [&["portfolio", "--provider", "sample"], words].concat();
    Ran::of(command(&words).current_dir(folder).output())
}

fn near(value: &Value, expected: f64) -> bool {
    value.as_f64().is_some_and(|value| (value - expected).abs() < 0.005)
}

/// The closes of 21 September 2023, as any newspaper had them: 173.93 and 410.17 dollars.
#[test]
fn holdings_are_valued_and_what_has_no_price_is_told() {
    let (_folder, ran) = portfolio(&[("h.csv", HOLDINGS)], &["h.csv", "-f", "json"]);
    let json = ran.json();
    assert!(near(&json["total_value"], 100.0 * 173.93 + 50.0 * 410.17), "{ran:#?}");
    assert!(near(&json["total_cost"], 100.0 * 150.0 + 50.0 * 200.0));
    assert!(near(&json["total_gain"], 37_901.5 - 25_000.0));
    assert_eq!(json["unpriced"], serde_json::json!(["NOPE1"]));
    assert_eq!(json["errors"]["NOPE1"]["kind"], "not_found");
    let holdings = json["holdings"].as_array().expect("holdings");
    assert_eq!(holdings.len(), 3);
    let weights: f64 = holdings.iter().filter_map(|held| held["weight_percent"].as_f64()).sum();
    assert!((weights - 100.0).abs() < 1e-9, "{weights}");
    let score = |i: usize| holdings[i]["overall_momentum_score"].as_f64().expect("a score");
    let value = |i: usize| holdings[i]["market_value"].as_f64().expect("a value");
    assert!(near(&json["average_score"], f64::midpoint(score(0), score(1))));
    let weighted = (score(0) * value(0) + score(1) * value(1)) / (value(0) + value(1));
    assert!(near(&json["weighted_average_score"], weighted));
    assert_eq!(holdings[2]["shares"], 10.0);
    assert_eq!(holdings[2]["market_value"], Value::Null);
    let plain = screener(&["momentum", "-t", "NVDA", "--provider", "sample", "-f", "json"]);
    assert_eq!(
        plain.json()["results"]["NVDA"]["overall_momentum_score"],
        holdings[0]["overall_momentum_score"],
        "as any other screen scores it"
    );
}

#[test]
fn a_table_of_holdings() {
    let (_folder, ran) = portfolio(&[("h.csv", HOLDINGS)], &["h.csv"]);
    insta::assert_snapshot!("portfolio_table", ran.told());
}

#[test]
fn worst_first_and_set_beside_another() {
    let files = [("h.csv", HOLDINGS), ("other.csv", "symbol,quantity\nAAPL,1\nMETA,1\n")];
    let (folder, ran) = portfolio(&files, &["h.csv", "--worst-first", "-f", "ndjson", "-q"]);
    let tickers: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("NDJSON")["ticker"].clone())
        .collect();
    assert_eq!(tickers, ["AAPL", "NVDA", "NOPE1"]);
    let ran = run(folder.path(), &["h.csv", "--against", "other.csv"]);
    insta::assert_snapshot!("portfolio_against", ran.told());
    let json = run(folder.path(), &["h.csv", "--against", "other.csv", "-f", "json"]).json();
    assert!(json["against"]["total_value"].as_f64() < json["total_value"].as_f64());
    assert_eq!(json["total_requested"], 4);
}

#[test]
fn every_format_lists_what_has_no_price() {
    let (folder, _) = portfolio(&[("h.csv", HOLDINGS)], &["h.csv"]);
    for format in ["csv", "markdown", "table", "json", "ndjson"] {
        let ran = run(folder.path(), &["h.csv", "-f", format, "-q"]);
        assert!(ran.stdout.contains("NOPE1"), "{format}: {ran:#?}");
    }
    let ran = run(folder.path(), &["h.csv", "-o", "h.parquet", "--html", "h.html"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let page = std::fs::read_to_string(folder.path().join("h.html")).expect("a page");
    assert!(page.contains("NOPE1") && page.contains("Total value: 37,901.50"));
    assert!(folder.path().join("h.parquet").metadata().expect("a file").len() > 1000);
}

/// Words, standard input and lots of one ticker, whose costs are averaged.
#[test]
fn lots_are_added_up() {
    let lots = "Symbol,Quantity,Cost Basis\naapl,\"1,000\",$100.00\nAAPL,3000,200\n";
    let words = ["portfolio", "AAPL=1000", "-", "--provider", "sample", "-f", "json"];
    let json = screener_reading(&words, lots.as_bytes()).json();
    assert_eq!(json["holdings"][0]["shares"], 5000.0);
    assert_eq!(json["holdings"][0]["cost_basis"], Value::Null, "one lot's is not known");
    let words = ["portfolio", "-", "--provider", "sample", "-f", "json"];
    let json = screener_reading(&words, lots.as_bytes()).json();
    assert_eq!(json["holdings"][0]["cost_basis"], 175.0);
}

#[test]
fn bad_holdings_are_named() {
    let files = [
        (
            "bad.csv",
            "ticker,shares\nAAPL,ten\nNVDA,0\nB@D,1\nMETA,\"1,00\"\nNFLX,-3\nGOOG,\"1.234,50\"\nAMZN,1e300\n",
        ),
        ("none.csv", "ticker,price\nAAPL,3\n"),
        ("empty.csv", "ticker,shares\n"),
    ];
    let (folder, _) = portfolio(&files, &["bad.csv"]);
    let said = |words: &[&str]| {
        let ran = run(folder.path(), words);
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        ran.stderr
    };
    let all = [
        said(&["bad.csv"]),
        said(&["none.csv"]),
        said(&["empty.csv"]),
        said(&["missing.csv"]),
        said(&["AAPL=x"]),
        said(&["AAPL=1", "-t", "NVDA"]),
        said(&[]),
    ];
    insta::assert_snapshot!("bad_holdings", all.join("\n"));
}
