//! Fewer requests, and the same answer; and what a run will take, told before it begins.

use std::sync::Arc;
use std::time::Duration;

use crate::replay::{Options, Real, Server};
use crate::support::{Ran, screener, shared, unless_given};

fn top(url: &str, options: &[&str]) -> Ran {
    let words = ["top", "sp500", "--base-url", url, "--rate", "5000", "-f", "json"];
    let workers = unless_given(options, &[["-w", "16"]]);
    let ran = screener(&[&words[..], &workers, options].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    ran
}

fn stocks(ran: &Ran) -> Vec<serde_json::Value> {
    let mut stocks = ran.json()["top_stocks"].as_array().expect("rows").clone();
    // Of tickers that were judged on closes these are worked out on closes, as the footer says.
    for stock in &mut stocks {
        for key in ["percentile", "rs_rating", "rank_1w", "rank_1m", "rank_change_1w"] {
            stock.as_object_mut().expect("an object").remove(key);
        }
    }
    stocks
}

#[test]
fn the_same_rows_with_a_quarter_of_the_requests() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let url = server.url();
    let full = top(&url, &["-n", "20", "--no-prefilter"]);
    assert_eq!(server.stats().requests, 504);
    let few = top(&url, &["-n", "20", "--prefilter"]);
    assert_eq!(server.stats().requests - 504, 127, "26 of closes, 100 charts, the benchmark");
    assert_eq!(stocks(&few), stocks(&full));
    let json = few.json();
    assert_eq!((&json["total_analyzed"], &json["judged_on_closes"]), (&503.into(), &403.into()));
    assert!(few.stderr.contains("403 judged on closes only"), "{}", few.stderr);
    assert!(full.json().get("judged_on_closes").is_none());
    for workers in ["1", "64"] {
        let again = top(&url, &["-n", "20", "--prefilter", "-w", workers]);
        assert_eq!(stocks(&again), stocks(&few));
    }
}

/// On real prices, dividends and all, at ten dates through a crash.
#[test]
fn the_same_rows_on_real_prices() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let real = Some(Arc::new(Real::read(&path).expect("it is sound")));
    let server = Server::start(0, Options { real, ..Options::default() }).expect("a free port");
    let url = server.url();
    for (i, day) in [
        "2019-12-31",
        "2020-02-14",
        "2020-03-23",
        "2020-06-30",
        "2020-08-28",
        "2020-09-30",
        "2020-11-09",
        "2020-12-31",
        "2021-02-12",
        "2021-04-20",
    ]
    .into_iter()
    .enumerate()
    {
        let model = ["composite", "twelve-one", "high-52w", "continuity"][i % 4];
        let asked = ["-n", "20", "--as-of", day, "--model", model, "--benchmark", "AAPL"];
        let full = top(&url, &[&asked[..], &["--no-prefilter"]].concat());
        let few = top(&url, &[&asked[..], &["--prefilter"]].concat());
        assert_eq!(stocks(&few), stocks(&full), "{model} on {day}");
        // Near the turn of its sign continuity tells nothing by closes: everybody is fetched.
        let judged = few.json()["judged_on_closes"].as_u64();
        assert!(judged > Some(0) || model == "continuity", "{model} on {day}");
    }
}

/// A server whose spark does not work is asked for charts, as if the option were not there.
#[test]
fn without_spark_it_is_a_full_run() {
    use crate::replay;
    let server = Server::start(0, Options::default()).expect("a free port");
    let full = top(&server.url(), &["--no-prefilter", "-n", "5", "--benchmark", "none"]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        use std::io::{BufRead, BufReader, Write};
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
                let mut writer = stream;
                loop {
                    let mut head = String::new();
                    while !head.ends_with("\r\n\r\n") {
                        if reader.read_line(&mut head).unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    let path = head.split(' ').nth(1).unwrap_or_default();
                    let answer = if path.contains("/spark") {
                        b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>".to_vec()
                    } else {
                        replay::answer_to(path)
                    };
                    if writer.write_all(&answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    let ran = top(&url, &["-n", "5", "--benchmark", "none", "--prefilter"]);
    assert_eq!(stocks(&ran), stocks(&full));
    assert!(ran.json().get("judged_on_closes").is_none(), "{}", ran.stderr);
}

#[test]
fn what_it_does_not_go_with() {
    for (options, why) in [
        (&["--filter", "rsi_14 < 70"][..], "'--prefilter' cannot be used with '--filter"),
        (&["--model", "risk-adjusted"], "does not go with --model risk-adjusted"),
        (&["--provider", "sample"], "is for --provider yahoo"),
    ] {
        let words = [&["top", "sp500", "--prefilter"][..], options].concat();
        let ran = screener(&words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.unfolded().contains(why), "{}", ran.stderr);
    }
}

#[test]
fn a_dry_run_sends_nothing() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let url = server.url();
    let told = |words: &[&str]| {
        let ran = screener(&[words, &["--dry-run"]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
        ran.stdout.replace(url.trim_start_matches("http://"), "HOST")
    };
    let base = ["--base-url", url.as_str()];
    let lines = [
        told(&[&["top", "-n", "20", "sp500"][..], &base].concat()),
        told(&[&["top", "-n", "20", "sp500", "--no-prefilter"][..], &base].concat()),
        told(
            &[&["top", "-n", "20", "sp500", "--columns", "ticker,percentile"][..], &base].concat(),
        ),
        told(&[&["momentum", "sp500", "--rate", "100", "-w", "32"][..], &base].concat()),
        told(&[&["volume-screen", "-t", "AAPL"][..], &base].concat()),
        told(&[&["compare", "dow30"][..], &base].concat()),
    ];
    insta::assert_snapshot!(lines.concat().trim_end(), @"
    127 requests to HOST for 503 tickers and SPY, none cached; about 13 s at 10 requests per second
    504 requests to HOST for 503 tickers and SPY, none cached; about 51 s at 10 requests per second
    504 requests to HOST for 503 tickers and SPY, none cached; about 51 s at 10 requests per second
    504 requests to HOST for 503 tickers and SPY, none cached; about 5 s at 100 requests per second
    1 request to HOST for 1 ticker, none cached
    61 requests to HOST
    ");
    assert_eq!(server.stats().requests, 0);
}

/// A run that will take long says so before it begins, in the same words.
#[test]
fn a_long_run_is_announced() {
    let server =
        Server::start(0, Options { latency: Duration::from_millis(1), ..Options::default() })
            .expect("a free port");
    let url = server.url();
    let words = ["top", "sp500", "--no-prefilter", "--base-url", &url, "--max-time", "1s"];
    let ran = screener(&words);
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("504 requests to 127.0.0.1:"), "{}", ran.stderr);
    assert!(first.ends_with("; about 51 s at 10 requests per second"), "{}", ran.stderr);
    assert_eq!(ran.code, Some(5));
    let quick = screener(&["top", "dow30", "--base-url", &url, "--rate", "1000"]);
    assert!(quick.stderr.starts_with("ranked "), "{}", quick.stderr);
}
