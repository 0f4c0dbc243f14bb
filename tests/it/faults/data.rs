//! Series that are complete, well-formed, and wrong.

use chrono::{Datelike, Days, NaiveDate, Utc, Weekday};
use serde_json::{Value, json};

use super::{Reply, Scripted, counts, http, momentum};
use crate::support::{Ran, screener};

/// Closes and volumes of one symbol, the newest last.
type Series = Vec<(Value, Value)>;

/// A chart of such closes on the last weekdays before `newest`.
fn chart_of(symbol: &str, series: &Series, newest: NaiveDate) -> String {
    let weekdays = (0..).map(|back| newest - Days::new(back)).filter(|day| is_weekday(*day));
    let mut days: Vec<i64> = weekdays
        .take(series.len())
        .map(|day| day.and_hms_opt(14, 30, 0).expect("a time").and_utc().timestamp())
        .collect();
    days.reverse();
    let column = |of: fn(&(Value, Value)) -> Value| series.iter().map(of).collect::<Vec<_>>();
    let (close, volume) = (column(|bar| bar.0.clone()), column(|bar| bar.1.clone()));
    json!({"chart": {"error": null, "result": [{
        "meta": {"symbol": symbol, "currency": "USD", "dataGranularity": "1d",
                 "exchangeTimezoneName": "America/New_York"},
        "timestamp": days,
        "indicators": {
            "quote": [{"open": close, "high": close, "low": close, "close": close,
                       "volume": volume}],
            "adjclose": [{"adjclose": close}],
        },
    }]}})
    .to_string()
}

/// A year and more of ordinary days.
fn ordinary() -> Series {
    (0..300_i32)
        .map(|i| {
            let wave = f64::from(i * 37 % 100) / 50.0;
            (json!(100.0 + f64::from(i) / 10.0 + wave), json!(1_000_000 + i * 7919 % 300_000))
        })
        .collect()
}

/// Ordinary days with some of them changed.
fn but(changes: impl IntoIterator<Item = (usize, Value, Value)>) -> Series {
    let mut series = ordinary();
    for (i, close, volume) in changes {
        series[i] = (close, volume);
    }
    series
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn yesterday() -> NaiveDate {
    Utc::now().date_naive() - Days::new(1)
}

/// A server with one series a symbol; the newest bar of `OLD…` is three weeks back.
fn serve(series: impl Fn(&str) -> Series + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |_, symbol| {
        let newest =
            if symbol.starts_with("OLD") { yesterday() - Days::new(21) } else { yesterday() };
        Reply::Send(http("200 OK", "", &chart_of(symbol, &series(symbol), newest)))
    })
}

fn row<'a>(json: &'a Value, ticker: &str) -> &'a Value {
    &json["results"][ticker]
}

#[test]
fn closes_null_nan_infinite_zero_negative() {
    let server = serve(|symbol| match symbol {
        "BAD" => but([
            (10, Value::Null, json!(5)),
            (20, json!("NaN"), json!(5)),
            (30, json!("Infinity"), json!(5)),
            (40, json!(0), json!(5)),
            (50, json!(-3.5), json!(5)),
            (299, Value::Null, json!(5_000_000)),
        ]),
        "NONE" => vec![(Value::Null, json!(1)); 300],
        _ => ordinary(),
    });
    let ran = momentum(&server, "BAD,NONE,A", &[]);
    let json = ran.json();
    assert_eq!(counts(&ran), (3, 0));
    assert_eq!(
        (&row(&json, "BAD")["bars"], &row(&json, "BAD")["bad_rows"]),
        (&294.into(), &6.into())
    );
    assert!(row(&json, "BAD")["overall_momentum_score"].is_number());
    assert_eq!(
        (&row(&json, "NONE")["bars"], &row(&json, "NONE")["bad_rows"]),
        (&0.into(), &300.into())
    );
    assert!(ran.stderr.contains("306 bad rows in 2 tickers (BAD, NONE)"), "{}", ran.stderr);
    no_nan(&ran);
}

/// Neither word may stand in JSON, and nothing that is not a number may stand for one.
fn no_nan(ran: &Ran) {
    let lower = ran.stdout.to_lowercase();
    assert!(!lower.contains("nan,") && !lower.contains("infinity") && !lower.contains(": inf"));
}

#[test]
fn short_one_row_empty_constant_and_without_volume() {
    let server = serve(|symbol| match symbol {
        "SHORT" => ordinary()[..100].to_vec(),
        "ONE" => ordinary()[..1].to_vec(),
        "EMPTY" => Vec::new(),
        "FLAT" => vec![(json!(7.5), json!(1000)); 300],
        "QUIET" => ordinary().into_iter().map(|(close, _)| (close, json!(0))).collect(),
        "NOVOL" => ordinary().into_iter().map(|(close, _)| (close, Value::Null)).collect(),
        _ => ordinary(),
    });
    let tickers = "SHORT,ONE,EMPTY,FLAT,QUIET,NOVOL,A";
    let ran = momentum(&server, tickers, &[]);
    let json = ran.json();
    assert_eq!((ran.code, counts(&ran)), (Some(0), (7, 0)));
    for ticker in ["SHORT", "ONE", "EMPTY"] {
        assert_eq!(row(&json, ticker)["rating"], "Insufficient Data", "{ticker}");
        assert!(row(&json, ticker)["overall_momentum_score"].is_null(), "{ticker}");
    }
    assert_eq!(row(&json, "FLAT")["notes"][0], "no_variance");
    for ticker in ["QUIET", "NOVOL"] {
        assert!(row(&json, ticker)["volume_ratio"].is_null(), "{ticker}: 0 / 0 is nothing");
        assert!(row(&json, ticker)["overall_momentum_score"].is_number(), "{ticker}");
    }
    no_nan(&ran);
    let words = ["volume-screen", "-t", tickers, "--base-url", &server.url, "--min-volume", "0"];
    let ran = screener(&[&words[..], &["--multiplier", "0", "-f", "json"]].concat());
    let json = ran.json();
    assert_eq!(json["total_screened"], 7);
    assert_eq!(json["insufficient_data"], json!(["ONE", "EMPTY", "QUIET", "NOVOL"]));
    no_nan(&ran);
}

#[test]
fn volume_beyond_i64_and_as_a_float() {
    let server = serve(|symbol| match symbol {
        "FLOAT" => but([(299, json!(130.5), json!(1.5e6))]),
        "HUGE" => but([(299, json!(130.5), json!(1e30))]),
        _ => but([(299, json!(130.5), json!(u64::MAX))]),
    });
    let words = ["volume-screen", "-t", "FLOAT,HUGE,U64", "--base-url", &server.url];
    let ran = screener(&[&words[..], &["--multiplier", "1", "-f", "json"]].concat());
    let json = ran.json();
    let volumes: Vec<f64> = json["stocks"]
        .as_array()
        .expect("hits")
        .iter()
        .map(|stock| stock["current_volume"].as_f64().expect("a number"))
        .collect();
    assert_eq!(volumes, [1e30, 18_446_744_073_709_551_616.0, 1.5e6], "{ran:#?}");
    no_nan(&ran);
}

#[test]
fn suspect_split_and_unit_jump_are_flagged() {
    let from_day_200 = |factor: f64| -> Series {
        let scaled = |(i, (close, volume)): (usize, (Value, Value))| {
            let factor = if i < 200 { 1.0 } else { factor };
            (json!(close.as_f64().expect("a number") * factor), volume)
        };
        ordinary().into_iter().enumerate().map(scaled).collect()
    };
    let server = serve(move |symbol| match symbol {
        "SPLIT" => from_day_200(0.1),
        "PENCE" => from_day_200(100.0),
        _ => ordinary(),
    });
    let ran = momentum(&server, "SPLIT,PENCE,A", &[]);
    let json = ran.json();
    let notes = |ticker| row(&json, ticker)["notes"].clone();
    assert_eq!(
        (notes("SPLIT"), notes("PENCE"), notes("A")),
        (json!(["suspect_split"]), json!(["suspect_unit"]), json!(["no_benchmark"]))
    );
    assert!(ran.stderr.contains("1 with a suspected split (SPLIT)"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 with a suspected change of unit (PENCE)"), "{}", ran.stderr);
}

/// A last bar more than five sessions older than the others': a row, but no rank, no score, no hit.
#[test]
fn stale_series_are_not_ranked() {
    let server = serve(|_| but([(299, json!(140.0), json!(9_000_000))]));
    let ran = momentum(&server, "OLD1,A,B,OLD2,C", &[]);
    let json = ran.json();
    assert_eq!(counts(&ran), (5, 0));
    for ticker in ["OLD1", "OLD2"] {
        assert_eq!(row(&json, ticker)["notes"], json!(["stale"]));
        assert!(row(&json, ticker)["overall_momentum_score"].is_null());
        assert!(row(&json, ticker)["return_1m"].is_number(), "what was computed is told");
    }
    let results = ran.stdout.split_once("\"results\"").expect("they are there").1;
    let place = |ticker: &str| results.find(&format!("\"{ticker}\": {{")).expect("it is there");
    assert!(place("OLD1") < place("A") && place("B") < place("OLD2"), "in the order given");
    assert!(ran.stderr.contains("2 stale (OLD1, OLD2)"), "{}", ran.stderr);
    for model in ["composite", "relative-strength", "clenow"] {
        let words = ["top", "-t", "OLD1,A,B,OLD2,C", "--base-url", &server.url, "--model", model];
        let ran = screener(&[&words[..], &["-f", "json", "--benchmark", "none"]].concat());
        assert_eq!(
            (&ran.json()["top_count"], &ran.json()["total_analyzed"]),
            (&3.into(), &5.into())
        );
    }
    let words = ["volume-screen", "-t", "OLD1,A,B", "--base-url", &server.url, "-f", "json"];
    assert_eq!(screener(&words).json()["hits"], 2);
}

#[test]
fn bars_of_the_future_are_left_out() {
    let server = Scripted::start(|_, symbol| {
        let mut chart = crate::yahoo::chart(symbol);
        chart["chart"]["result"][0]["timestamp"][2] = 4_000_000_000_i64.into();
        Reply::Send(http("200 OK", "", &chart.to_string()))
    });
    let json = momentum(&server, "A", &[]).json();
    assert_eq!((&json["as_of"], &json["results"]["A"]["bars"]), (&"2024-05-09".into(), &2.into()));
}

/// Tickers of any shape on standard input: each is asked for under its own path, or refused by name.
#[test]
fn tickers_of_any_shape() {
    let server = Scripted::start(|_, symbol| super::good(&symbol.replace("%26", "&")));
    let fine = "PRN\nCON\nNUL\nM&M\n";
    let words = ["momentum", "-", "--base-url", &server.url, "--benchmark", "none", "-f", "json"];
    let ran = crate::support::screener_reading(&words, fine.as_bytes());
    assert_eq!((ran.code, counts(&ran)), (Some(0), (4, 0)), "{ran:#?}");
    let long = "A".repeat(1 << 20);
    let before = server.requests();
    for bad in [&long, "A\0B", "../../x", "..\\x", "😀", "A\u{202e}B", "%2e%2e", "A?x=1"] {
        let ran = crate::support::screener_reading(&words, bad.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{bad:.40}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.len() < 400, "{:.500}", ran.stderr);
        assert!(!ran.stderr.contains('\u{202e}'), "{}", ran.stderr);
    }
    assert_eq!(server.requests(), before);
    assert_eq!(crate::support::screener_reading(&words, b"").code, Some(2), "an empty list");
}
