//! Filters, orders and columns: what is understood, where a mistake is, and what undefined values do.

use insta::assert_snapshot;
use proptest::prelude::*;
use screener::ask::columns::Column;
use screener::ask::filter::Filter;
use screener::compare::row::Row;
use screener::measure::fields::Field as F;
use screener::universe::Symbol;

use crate::support::screener;

/// A row with RSI 60, a 6-month return of 20 %, a Strong Buy in Energy, and no 12-month return.
fn row() -> Row {
    let mut row = Row::new(Symbol::parse("XOM").expect("a ticker"));
    row.now.bars = 200;
    row.now.as_of = "2024-05-10".parse().ok();
    row.about.sector = Some("Energy".into());
    row.set(F::Rsi14, Some(60.0));
    row.set(F::Return6m, Some(0.2));
    row.set(F::OverallMomentumScore, Some(8.5));
    row.set(F::CurrentPrice, Some(101.0));
    row.set(F::Sma200, Some(100.0));
    row
}

fn matches(filter: &str) -> bool {
    Filter::parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}")).matches(&row())
}

#[test]
fn conditions_people_write() {
    for yes in [
        "rsi_14 < 70",
        "rsi_14 < 70 and return_6m > 0.1",
        "RSI_14<=60 AND score>=8.5",
        "not rsi_14 > 70",
        "not (rsi_14 > 70 or return_6m < 0)",
        "rsi_14 > 70 or return_6m > 0.1 and bars = 200",
        "sector = 'energy'",
        "sector == \"Energy\" and rating != 'Sell'",
        "rating = 'Strong Buy'",
        "ticker = 'XOM'",
        "current_price > sma_200",
        "0.1 < return_6m",
        "as_of >= '2024-05-10'",
        "return_6m > -1e-3",
        "  ( ( rsi_14 != 0 ) )  ",
        "current_price > 0.9 * sma_200 and rsi_14 between 40 and 70",
        "rsi_14 not between 70 and 80",
        "return_6m > 5% && (rsi_14 + 10) / 2 = 35",
        "rsi_14 in (1, 60, 3) and sector not in ('Utilities', 'Materials')",
        "return_12m is null and return_6m is not null",
        "-return_6m < 0",
        "current_price * 1k > 100k and current_price < 1.2b",
        "abs(-return_6m) = return_6m and round(rsi_14 / 7, 2) = 8.57 and min(rsi_14, 3) = 3",
        "not rsi_14 > 70 and not not rsi_14 = 60",
        "rsi_14 = 30 * 2 and 1 + 2 * 3 = 7 + 0 * rsi_14",
        "RSI = 60 and Last > 100",
    ] {
        assert!(matches(yes), "{yes}");
    }
    for no in ["rsi_14 >= 70", "return_6m > 0.1 and not sector = 'Energy'", "as_of > '2024-05-10'"]
    {
        assert!(!matches(no), "{no}");
    }
}

#[test]
fn what_is_undefined_never_matches() {
    for undefined in [
        "return_12m > 0",
        "not return_12m > 0",
        "return_12m != 1",
        "return_12m > 0 or not return_12m > 0",
        "return_12m < 1 and rsi_14 = 60",
    ] {
        assert!(!matches(undefined), "{undefined}");
    }
    assert!(matches("return_12m > 0 or rsi_14 = 60"), "the other half is enough");
    assert!(
        matches("not (return_12m > 0 and rsi_14 > 70)"),
        "false whatever the undefined half is"
    );
}

#[test]
fn mistakes_are_pointed_at() {
    let mut all = String::new();
    for text in [
        "",
        "rsi_14",
        "rsi_14 <",
        "rsi14 < 70",
        "rsi_14 < 70 return_6m > 0",
        "(rsi_14 < 70",
        "rsi_14 < 'high'",
        "sector > 3",
        "rsi_14 ~ 3",
        "and rsi_14 < 3",
        "sector = 'Ener",
        "notes = 'x'",
        "rsi_14 < 1.2.3",
        "sector = Energy",
        "sector = 'Tech'",
        "rating = 'buy it'",
        "1 < 2",
        "rsi_14 between 40",
        "rsi_14 in ()",
        "rsi_14 is 3",
        "rs_line_high > 1",
        "min(rsi_14) > 1",
        "rsi_14 < 12x",
        "é < 3",
    ] {
        let ran = screener(&["top", "--provider", "sample", "--filter", text]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{text}");
        all += &format!("{}\n", ran.stderr);
    }
    assert_snapshot!(all);
}

#[test]
fn filters_orders_and_columns_in_whole_commands() {
    let told =
        |words: &[&str]| screener(&[&["top", "--provider", "sample"], words].concat()).told();
    assert_snapshot!(
        "filtered",
        told(&["--filter", "rsi_14 < 40", "--columns", "rank,ticker,score,rsi_14,rating"])
    );
    assert_snapshot!(
        "sorted",
        told(&["--sort", "rsi_14:asc", "-n", "3", "--columns", "ticker,rsi_14", "-f", "csv"])
    );
    assert_snapshot!(
        "by_sector",
        told(&["--by", "sector", "-n", "1", "--columns", "rank,ticker,sector"])
    );
    for (words, message) in [
        (
            ["--columns", "ticker,scor"],
            "error: --columns: there is no column \"scor\"\nhint: did you mean score",
        ),
        (["--sort", "rsi_14:up"], "error: --sort: \"up\" is not a direction"),
        (["--sort", "notes"], "error: --sort: rows cannot be sorted by notes"),
        (
            ["--sort", "zzz"],
            "error: --sort: there is no column \"zzz\"\nhint: screener columns lists them all",
        ),
    ] {
        let ran = screener(&[&["top", "--provider", "sample"][..], &words].concat());
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.starts_with(message), "{}", ran.stderr);
    }
    for words in [
        &["--filter", "rs_rating > 0"][..],
        &["--sort", "percentile"],
        &["--columns", "ticker,score"],
    ] {
        let ran = screener(&[&["volume-screen", "--provider", "sample"], words].concat());
        assert_eq!(ran.code, Some(2), "a column that is never filled would match nothing");
        assert!(ran.stderr.contains("this screen has no column"), "{}", ran.stderr);
    }
    let ran =
        screener(&["momentum", "--provider", "sample", "--filter", "score > 9", "-f", "json"]);
    let json = ran.json();
    assert_eq!(
        (&json["total_requested"], &json["successful"], &json["filtered_out"]),
        (&6.into(), &6.into(), &4.into())
    );
    assert_eq!(json["results"].as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn a_sector_of_the_users_own_list_wins() {
    let words = ["momentum", "-", "--provider", "sample", "-f", "json"];
    let ran = crate::support::screener_reading(
        &words,
        b"ticker,sector\nAAPL,\x1bFruit\nMETA,\nNVDA,Chips\n",
    );
    let json = ran.json();
    assert_eq!(json["results"]["AAPL"]["sector"], "Fruit");
    assert_eq!(json["results"]["META"]["sector"], "Communication Services", "the embedded one");
}

#[test]
fn every_column_is_found_by_its_name() {
    for column in Column::all() {
        assert_eq!(Column::find(column.name()), Some(column));
    }
    assert_eq!(Column::find("SCORE"), Some(Column::Value(F::OverallMomentumScore)));
    assert_eq!(Column::nearest("rsi14"), Some("rsi_14".into()));
    assert_eq!(Column::nearest("qqq"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_filter_or_a_mistake(text in "\\PC{0,60}") {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn any_words_are_a_filter_or_a_mistake(words in prop::collection::vec(
        prop::sample::select(vec!["rsi_14", "sector", "<", ">=", "=", "!=", "and", "or", "not", "(", ")", "1", "-2.5", "'x'", "zz"]), 0..12)
    ) {
        if let Ok(filter) = Filter::parse(&words.join(" ")) {
            let _ = filter.matches(&row());
        }
    }
}
