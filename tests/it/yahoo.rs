//! Yahoo's charts: bodies written by hand to the known oddities, and recorded answers where they are at
//! hand.

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use screener::bars::{Bars, PriceBasis};
use screener::fetch::{Fault, FaultKind, Response};
use screener::provider::{Provider, Query, Yahoo};
use screener::universe::Symbol;
use serde_json::{Value, json};

use crate::support::shared;

fn query(ticker: &str, now: &str) -> Query {
    let now: DateTime<Utc> = now.parse().expect("a time");
    Query {
        symbol: Symbol::parse(ticker).expect("a ticker"),
        from: NaiveDate::from_ymd_opt(2023, 1, 1).expect("a date"),
        until: now.date_naive(),
        as_of: None,
        include_partial: false,
        now,
    }
}

fn read(ticker: &str, now: &str, status: u16, body: &str) -> Result<Bars, Fault> {
    let response =
        Response { status, body: body.into(), retry_after: None, exhausted: None, date: None };
    answer(&query(ticker, now), &response)
}

/// The bars of the one symbol asked for.
fn answer(query: &Query, response: &Response) -> Result<Bars, Fault> {
    let page = Yahoo.read(std::slice::from_ref(query), response)?;
    page.answers.into_iter().next().flatten().expect("a chart speaks of its symbol")
}

/// Three New York sessions, 8 to 10 May 2024, with a dividend in the adjusted closes.
pub(crate) fn chart(symbol: &str) -> Value {
    json!({"chart": {"error": null, "result": [{
        "meta": {
            "symbol": symbol, "currency": "USD", "dataGranularity": "1d",
            "exchangeTimezoneName": "America/New_York",
            "currentTradingPeriod": {"regular": {"start": 1_715_347_800, "end": 1_715_371_200}},
        },
        "timestamp": [1_715_175_000, 1_715_261_400, 1_715_347_800],
        "indicators": {
            "quote": [{
                "open": [10.0, 11.0, 12.0], "high": [10.5, 11.5, 12.5], "low": [9.5, 10.5, 11.5],
                "close": [10.2, 11.2, 12.2], "volume": [1000, 5_000_000_000_u64, 1200],
            }],
            "adjclose": [{"adjclose": [10.0, 11.0, 12.2]}],
        },
    }]}})
}

const AFTER: &str = "2024-05-11T12:00:00Z";

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 5, n).expect("a date")
}

/// The chart with one value replaced.
fn with(pointer: &str, value: Value) -> String {
    let mut chart = chart("X");
    *chart.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    chart.to_string()
}

const RESULT: &str = "/chart/result/0";

#[test]
fn a_chart_is_read() {
    let bars = read("X", AFTER, 200, &chart("X").to_string()).expect("it is sound");
    assert_eq!(bars.dates(), [day(8), day(9), day(10)]);
    assert_eq!(bars.close(), [10.2, 11.2, 12.2]);
    assert_eq!(bars.adjusted(), [10.0, 11.0, 12.2]);
    assert_eq!(bars.volume(), Some(&[1e3, 5e9, 1.2e3][..]));
    assert_eq!((bars.basis(), bars.is_partial()), (PriceBasis::Adjusted, false));
    assert!((bars.adjusted_high().expect("it has highs")[0] - 10.5 * 10.0 / 10.2).abs() < 1e-12);
}

#[test]
fn nulls_and_words_for_numbers_drop_their_row() {
    let close =
        with(&format!("{RESULT}/indicators/quote/0/close"), json!([10.2, null, "Infinity"]));
    assert_eq!(read("X", AFTER, 200, &close).expect("sound").dates(), [day(8)]);
    let adjclose =
        with(&format!("{RESULT}/indicators/adjclose/0/adjclose"), json!(["NaN", 11.0, null]));
    assert_eq!(read("X", AFTER, 200, &adjclose).expect("sound").dates(), [day(9)]);
    let volume = with(&format!("{RESULT}/indicators/quote/0/volume"), json!([null, 1.5, "12"]));
    assert_eq!(
        read("X", AFTER, 200, &volume).expect("sound").volume(),
        Some(&[0.0, 1.5, 12.0][..])
    );
}

#[test]
fn missing_parts_are_told_or_empty() {
    let no_adjclose = with(&format!("{RESULT}/indicators/adjclose"), Value::Null);
    let bars = read("X", AFTER, 200, &no_adjclose).expect("sound");
    assert_eq!((bars.basis(), bars.adjusted()), (PriceBasis::Unadjusted, bars.close()));

    let mut nothing = chart("X");
    let result = nothing.pointer_mut(RESULT).and_then(Value::as_object_mut).expect("there");
    result.remove("timestamp");
    result.insert("indicators".into(), json!({"quote": [{}]}));
    assert!(read("X", AFTER, 200, &nothing.to_string()).expect("no bars is no fault").is_empty());
}

#[test]
fn the_bar_of_an_open_session_is_partial() {
    let body = chart("X").to_string();
    let partial = |now| read("X", now, 200, &body).expect("sound").is_partial();
    assert!(partial("2024-05-10T19:59:59Z"), "a second before the close");
    assert!(partial("2024-05-10T20:29:59Z"), "it is revised for half an hour");
    assert!(!partial("2024-05-10T20:30:00Z"), "then it is not");
    assert!(!partial("2024-05-09T20:30:00Z"), "the period is not today's");
    assert!(!partial(AFTER));
}

#[test]
fn of_a_day_that_comes_twice_the_later_row_stays() {
    let twice =
        with(&format!("{RESULT}/timestamp"), json!([1_715_175_000, 1_715_347_800, 1_715_371_201]));
    let bars = read("X", AFTER, 200, &twice).expect("sound");
    assert_eq!((bars.dates(), bars.close()), (&[day(8), day(10)][..], &[10.2, 12.2][..]));
}

#[test]
fn dates_are_those_of_the_exchange() {
    // Tokyo opens at midnight UTC; instruments stamped at local midnight keep their date across a change
    // of the clocks, whatever today's offset is.
    let mut tokyo = chart("7203.T");
    tokyo["chart"]["result"][0]["meta"]["exchangeTimezoneName"] = json!("Asia/Tokyo");
    tokyo["chart"]["result"][0]["timestamp"] = json!([1_715_126_400, 1_715_212_800, 1_715_299_200]);
    let bars = read("7203.T", AFTER, 200, &tokyo.to_string()).expect("sound");
    assert_eq!(bars.dates(), [day(8), day(9), day(10)]);

    let mut london = chart("EURUSD=X");
    london["chart"]["result"][0]["meta"]["exchangeTimezoneName"] = json!("Europe/London");
    london["chart"]["result"][0]["meta"]["gmtoffset"] = json!(0);
    london["chart"]["result"][0]["timestamp"] =
        json!([1_715_122_800, 1_715_209_200, 1_715_295_600]);
    let bars = read("EURUSD=X", AFTER, 200, &london.to_string()).expect("sound");
    assert_eq!(bars.dates(), [day(8), day(9), day(10)]);
}

#[test]
fn pence_become_pounds() {
    for (currency, unit) in
        [("GBp", 0.01), ("ZAc", 0.01), ("ILA", 0.01), ("KWF", 0.001), ("GBP", 1.0)]
    {
        let body = with(&format!("{RESULT}/meta/currency"), json!(currency));
        let close = read("X", AFTER, 200, &body).expect("sound").close()[0];
        assert!((close - 10.2 * unit).abs() < 1e-12, "{currency}: {close}");
    }
}

#[test]
fn what_is_no_chart_says_what_it_is() {
    let error = |code: &str, text: &str| {
        json!({"chart": {"result": null, "error": {"code": code, "description": text}}}).to_string()
    };
    let html = "<!DOCTYPE html><title>Will be right back...</title>".to_owned();
    let cases = [
        (404, error("Not Found", "No data found, symbol may be delisted"), FaultKind::NotFound),
        (200, error("Not Found", "No data found, symbol may be delisted"), FaultKind::NotFound),
        (404, html.clone(), FaultKind::Rejected),
        (422, error("Unprocessable Entity", "Invalid interval"), FaultKind::Rejected),
        (400, error("Bad Request", "Invalid input"), FaultKind::Rejected),
        (
            401,
            r#"{"finance":{"result":null,"error":{"code":"Unauthorized"}}}"#.into(),
            FaultKind::Blocked,
        ),
        (403, String::new(), FaultKind::Blocked),
        (429, "Too Many Requests\r\n".into(), FaultKind::Throttled),
        (999, html.clone(), FaultKind::Throttled),
        (502, html.clone(), FaultKind::Server),
        (503, error("x", "y"), FaultKind::Server),
        (302, String::new(), FaultKind::Rejected),
        (200, html, FaultKind::BadData),
        (200, String::new(), FaultKind::BadData),
        (200, chart("X").to_string()[..300].into(), FaultKind::BadData),
        (200, "{}".into(), FaultKind::BadData),
        (200, r#"{"chart":null}"#.into(), FaultKind::BadData),
        (200, r#"{"chart":{"result":null,"error":null}}"#.into(), FaultKind::BadData),
        (200, r#"{"chart":{"result":[],"error":null}}"#.into(), FaultKind::BadData),
        (200, chart("Y").to_string(), FaultKind::BadData),
        (200, with(&format!("{RESULT}/meta/dataGranularity"), json!("3mo")), FaultKind::BadData),
        (200, with(&format!("{RESULT}/timestamp"), json!([1, 2])), FaultKind::BadData),
    ];
    for (status, body, kind) in cases {
        let fault = read("X", AFTER, status, &body).expect_err(&body);
        assert_eq!(fault.kind, kind, "{status} {body}");
        assert_eq!(fault.http_status, Some(status), "{body}");
        assert!(
            !fault.message.ends_with('.') && !fault.message.contains('\u{1b}'),
            "{}",
            fault.message
        );
    }
    let window = error("Bad Request", "Data doesn't exist for startDate = 1, endDate = 2");
    assert!(read("X", AFTER, 400, &window).expect("no fault").is_empty());
}

#[test]
fn symbols_are_spelt_as_yahoo_does() {
    let cases = [
        ("BRK.B", "BRK-B"),
        ("BRK/B", "BRK-B"),
        ("BF.B", "BF-B"),
        ("BRK-B", "BRK-B"),
        ("BP.L", "BP.L"),
        ("7203.T", "7203.T"),
        ("0700.HK", "0700.HK"),
        ("RY.TO", "RY.TO"),
        ("SHOP.V", "SHOP.V"),
        ("SAP.F", "SAP.F"),
        ("^GSPC", "^GSPC"),
        ("M&M.NS", "M&M.NS"),
    ];
    for (written, spelt) in cases {
        assert_eq!(Yahoo::spelling(written), spelt);
    }
    let url = |ticker| Yahoo.request(&[query(ticker, AFTER)], None).path;
    assert!(url("^GSPC").starts_with("/v8/finance/chart/%5EGSPC?period1=1672531200&period2="));
    assert!(url("EURUSD=X").contains("/chart/EURUSD%3DX?"));
    assert!(url("M&M.NS").contains("/chart/M%26M.NS?"));
    assert!(url("A/../B").contains("/chart/A%2F..%2FB?"));
}

/// What each recorded answer is: its bars, or the kind of its failure.
#[test]
fn recorded_answers() {
    let Some(index) = shared("data/yahoo/INDEX.tsv") else {
        return;
    };
    let index = std::fs::read_to_string(index).expect("it is text");
    let mut seen = 0;
    for line in index.lines().skip(1) {
        let field: Vec<&str> = line.split('\t').collect();
        let (file, status, content) = (field[0], field[1].parse().expect("a status"), field[4]);
        let body = shared(&format!("data/yahoo/{file}")).expect("it is listed");
        let body = std::fs::read_to_string(body).expect("it is text");
        let ticker = match file.split('_').nth(1) {
            Some("tsla-recent") => "TSLA",
            Some(ticker) if file.starts_with("chart_") => ticker,
            _ => "AAPL",
        };
        let outcome = read(ticker, "2026-11-20T00:00:00Z", status, &body);
        let expected = match file {
            "err_404_chart_not_found.json" => Err(FaultKind::NotFound),
            "err_401_invalid_crumb.json" | "err_401_unauthorized_feature.json" => {
                Err(FaultKind::Blocked)
            }
            "err_429_edge.txt" => Err(FaultKind::Throttled),
            "chart_AAPL_weekend_no_timestamp_1m.json" => Err(FaultKind::BadData), // minutes, not days
            "err_400_chart_no_data_in_window.json" => Ok(0),
            _ => Ok(content
                .split("rows=")
                .nth(1)
                .and_then(|rest| rest.split(' ').next()?.parse().ok())
                .expect("it says how many rows")),
        };
        assert_eq!(outcome.map(|bars| bars.len()).map_err(|fault| fault.kind), expected, "{file}");
        seen += 1;
    }
    assert!(seen >= 25, "{seen}");
}

#[test]
fn a_recorded_session_is_partial_until_it_closes() {
    let Some(file) = shared("data/yahoo/chart_AAPL_6mo_2025-08-26T1345Z.json") else {
        return;
    };
    let body = std::fs::read_to_string(file).expect("it is text");
    let open = read("AAPL", "2025-08-26T13:45:40Z", 200, &body).expect("sound");
    assert!(open.is_partial());
    let last_complete = open.window(NaiveDate::MAX, 300, false).dates().last().copied();
    assert_eq!(last_complete, NaiveDate::from_ymd_opt(2025, 8, 25));
    assert!(!read("AAPL", "2025-08-26T20:30:00Z", 200, &body).expect("sound").is_partial());
}

/// Real answers with bytes changed, cut out and doubled: read or refused, never a panic.
#[test]
fn damaged_recordings_are_read_or_refused() {
    let Some(folder) = shared("data/yahoo") else { return };
    let files = std::fs::read_dir(folder).expect("it is there").flatten();
    for file in files.filter(|file| file.path().extension().is_some_and(|ending| ending == "json"))
    {
        let sound = std::fs::read(file.path()).expect("it is there");
        let mut random = fastrand::Rng::with_seed(sound.len() as u64);
        for _ in 0..60 {
            let mut body = sound.clone();
            for _ in 0..random.usize(1..4) {
                let place = random.usize(..body.len());
                match random.u8(..3) {
                    0 => body[place] = random.u8(..),
                    1 => drop(body.drain(place..(place + random.usize(..40)).min(body.len()))),
                    _ => body.extend_from_within(place..),
                }
            }
            let _ = answer(
                &query("AAPL", AFTER),
                &Response { status: 200, body, retry_after: None, exhausted: None, date: None },
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300), status in 100_u16..1000) {
        let response = Response { status, body, retry_after: None, exhausted: None, date: None };
        let _ = answer(&query("X", AFTER), &response);
    }

    #[test]
    fn any_times_are_read_or_refused(
        stamps in prop::collection::vec(prop_oneof![any::<i64>(), -9_000_000_000_000..9_000_000_000_000_i64, 0..2_000_000_000_i64], 3),
        end in any::<i64>(),
        zone in prop_oneof!["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "UTC", "\\PC{0,9}"],
    ) {
        let mut body = chart("X");
        let result = &mut body["chart"]["result"][0];
        result["timestamp"] = json!(stamps);
        result["meta"]["currentTradingPeriod"]["regular"]["end"] = json!(end);
        result["meta"]["exchangeTimezoneName"] = json!(zone);
        prop_assert!(read("X", AFTER, 200, &body.to_string()).expect("sound").len() <= 3);
    }

    #[test]
    fn a_damaged_chart_is_read_or_refused(place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut body = chart("X").to_string().into_bytes();
        let place = place.index(body.len());
        body[place] = byte;
        let response = Response { status: 200, body: body.clone(), retry_after: None, exhausted: None, date: None };
        let _ = answer(&query("X", AFTER), &response);
        body.truncate(cut.index(body.len()));
        let response = Response { status: 200, body, retry_after: None, exhausted: None, date: None };
        let fault = answer(&query("X", AFTER), &response).expect_err("it is cut");
        prop_assert_eq!(fault.kind, FaultKind::BadData);
    }
}

/// The bars of one result of a chart, long after it was made.
pub(crate) fn read_chart(ticker: &str, result: &Value) -> Bars {
    let body = json!({"chart": {"error": null, "result": [result]}});
    read(ticker, "2030-01-01T12:00:00Z", 200, &body.to_string()).expect("a chart")
}
