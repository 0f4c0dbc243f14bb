//! What the numbers of a file show of it, whatever its columns are called: several series under one ticker, prices in
//! billionths, a decimal mark; what they do not show is asked for.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::support::{Ran, screener, weekdays};

/// A file of a folder, and what the program makes of it.
fn read(name: &str, text: &str, more: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, text).expect("written");
    let path = file.to_string_lossy();
    let words = ["momentum", "--provider", "files", "--data", &path, "-f", "json"];
    screener(&[&words[..], more].concat())
}

fn price(ran: &Ran, ticker: &str) -> Value {
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    ran.json()["results"][ticker]["current_price"].clone()
}

/// Three hundred sessions, each written by a function of its number and its day.
fn sessions(header: &str, line: impl Fn(u32, &str) -> String) -> String {
    let mut text = format!("{header}\n");
    for (number, day) in (0..300).zip(weekdays()) {
        let _ = write!(text, "{}", line(number, &day.to_string()));
    }
    text
}

#[test]
fn several_prices_of_a_ticker_and_day_are_asked_about() {
    let both = sessions("symbol,series,date,close", |number, day| {
        let close = 100 + number % 7;
        format!("AAA,EQ,{day},{close}\nAAA,N2,{day},{}\n", 10 * close)
    });
    let ran = read("p.csv", &both, &[]);
    let said = ran.unfolded();
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(said.contains("two closes of AAA on 2020-01-01, 100 and 1000"), "{said}");
    assert!(said.contains("--symbol-column") && said.contains("series"), "{said}");
    // A row twice is a row, and one slip of a vendor is no second series.
    let twice = sessions("symbol,date,close", |number, day| {
        let slip = if number == 40 { 3 } else { 1 };
        format!("AAA,{day},{}\nAAA,{day},{}\n", 100 + number % 7, slip * (100 + number % 7))
    });
    assert_eq!(price(&read("p.csv", &twice, &[]), "AAA"), 105.0);
    // Times within a day are its bars, and the last one counts.
    let hours = sessions("symbol,date,close", |number, day| {
        let close = 100 + number % 7;
        format!("AAA,{day} 10:00:00,{}\nAAA,{day} 16:00:00,{close}\n", close + 9)
    });
    assert_eq!(price(&read("p.csv", &hours, &[]), "AAA"), 105.0);
}

#[test]
fn billionths_are_divided_and_that_is_told() {
    let raw = sessions("symbol,date,close", |number, day| {
        format!("AAA,{day},{}\n", 100_250_000_000_u64 + u64::from(number % 7) * 1_000_000_000)
    });
    let ran = read("p.csv", &raw, &[]);
    assert_eq!(price(&ran, "AAA"), 105.25);
    assert!(ran.unfolded().contains("taken for billionths"), "{}", ran.stderr);
}

/// Any number of a file shows its mark: here its volumes and changes do, and its prices do not.
#[test]
fn a_mark_is_seen_in_all_cells() {
    let points = sessions("Date;Close;Vol.;Change %", |number, day| {
        format!("{day};1.{:03};2,99M;0,50%\n", 400 + number % 7)
    });
    assert_eq!(price(&read("AAA.csv", &points, &[]), "AAA"), 1405.0);
    let unclear =
        sessions("Date;Close", |number, day| format!("{day};1.{:03}\n", 400 + number % 7));
    let ran = read("AAA.csv", &unclear, &[]);
    assert!(ran.code == Some(2) && ran.unfolded().contains("--decimal"), "{ran:#?}");
    assert_eq!(price(&read("AAA.csv", &unclear, &["--decimal", "point"]), "AAA"), 1.405);
    // Who parts columns by commas writes points.
    let commas = unclear.replace(';', ",");
    assert_eq!(price(&read("AAA.csv", &commas, &[]), "AAA"), 1.405);
}

#[test]
fn dates_of_browsers_and_of_taiwan() {
    let folder = tempfile::tempdir().expect("a folder");
    for (line, day) in [
        ("Fri Nov 20 2020 00:00:00 GMT-0500 (Eastern Standard Time)", "2020-11-20"),
        ("109/11/20", "2020-11-20"),
        ("Friday, November 20, 2020", "2020-11-20"),
    ] {
        let file = folder.path().join("AAA.csv");
        let text = format!("Date;Close\n{line};12.5\n");
        fs::write(&file, text).expect("written");
        let path = file.to_string_lossy();
        let words = ["momentum", "--provider", "files", "--data", &path, "-f", "json"];
        let ran = screener(&words);
        assert_eq!(ran.json()["results"]["AAA"]["as_of"], day, "{line}: {ran:#?}");
    }
}

#[test]
fn a_time_of_day_beside_a_date_is_none() {
    let text = sessions("<TICKER>,<PER>,<DTYYYYMMDD>,<TIME>,<CLOSE>", |number, day| {
        format!("AAA,D,{},000000,{}\n", day.replace('-', ""), 100 + number % 7)
    });
    let ran = read("all.txt", &text, &[]);
    assert_eq!(ran.json()["results"]["AAA"]["bars"], 300, "{ran:#?}");
}

#[test]
fn names_of_columns_begin_with_a_ticker() {
    let text = sessions("\"\",\"BRK.B.Open\",\"BRK.B.Close\",\"BRK.B.Volume\"", |number, day| {
        format!("\"{day}\",1,{},5000\n", 100 + number % 7)
    });
    let ran = read("prices.csv", &text, &[]);
    assert_eq!(ran.json()["results"].as_object().map(serde_json::Map::len), Some(1), "{ran:#?}");
    assert_eq!(price(&ran, "BRK.B"), 105.0);
    let both = sessions("Date,AAA.Close,BBB.Close", |number, day| {
        format!("{day},{},{}\n", 100 + number % 7, 200 + number % 7)
    });
    let ran = read("prices.csv", &both, &[]);
    assert_eq!(price(&ran, "AAA"), 105.0);
    assert_eq!(price(&ran, "BBB"), 205.0);
}
