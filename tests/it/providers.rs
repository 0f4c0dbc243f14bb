//! What every vendor's file has to keep to, and what is peculiar to Alpaca's.

use std::fs;
use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta, Utc};
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::bars::Bars;
use screener::compare::momentum::Momentum;
use screener::compare::row::Row;
use screener::failure::FailureKind;
use screener::fetch::{
    Client, ClientConfig, Endpoint, FaultKind, RateLimit, Request, Response, Secret,
};
use screener::models::composite;
use screener::pipeline::{self, Event, Plan};
use screener::provider::{Alpaca, Page, Provider, Query, Spark, Yahoo};
use screener::source::{Outcome, Remote, Source};
use screener::universe::{Symbol, Universe};

use crate::replay::{Options, Server};
use crate::support::{Ran, command, screener, shared};

fn source(url: &str, provider: Box<dyn Provider>) -> Source {
    let config = ClientConfig {
        endpoints: vec![Endpoint { origin: url.into(), user_agent: "test".into() }],
        rate_limit: RateLimit { rate: 1000.0, burst: 100 },
        timeout: Duration::from_secs(5),
        retries: 3,
        max_wait: Duration::from_secs(10),
        max_time: None,
        connections: 4,
        quota: None,
        unstated: None,
        direct: false,
    };
    Source::Remote(Remote::new(Arc::new(Client::new(&config)), provider, None))
}

fn alpaca() -> Box<dyn Provider> {
    Box::new(Alpaca::new(Secret::new("key"), Secret::new("hunter2")))
}

fn symbol(ticker: &str) -> Symbol {
    Symbol::parse(ticker).expect("a ticker")
}

fn query(ticker: &str) -> Query {
    let now = Utc::now();
    Query {
        symbol: symbol(ticker),
        from: (now - TimeDelta::days(436)).date_naive(),
        until: now.date_naive() + chrono::Days::new(1),
        as_of: None,
        include_partial: false,
        now,
    }
}

fn queries(tickers: &[&str]) -> Vec<Query> {
    tickers.iter().map(|ticker| query(ticker)).collect()
}

/// Every outcome as words: bars, or the kind of failure.
fn told(outcomes: &[Outcome]) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Ok(bars) if bars.len() > 200 => "bars".into(),
        Ok(bars) => format!("{} bars", bars.len()),
        Err(fault) => format!("{:?}", fault.kind),
    };
    outcomes.iter().map(word).collect()
}

fn providers() -> Vec<(&'static str, Box<dyn Provider>)> {
    vec![("chart", Box::new(Yahoo)), ("spark", Box::new(Spark)), ("alpaca", alpaca())]
}

#[test]
fn one_outcome_for_each_symbol_in_the_order_asked() {
    let server = Server::start(0, Options::default()).expect("a free port");
    for (name, provider) in providers() {
        let size = provider.batch_size();
        let source = source(&server.url(), provider);
        let tickers = ["ZTS", "NOPE1", "AAPL", "BRK.B", "NOPE2", "MMM"];
        let asked: Vec<&str> = tickers.into_iter().cycle().take(size.min(6)).collect();
        let together = source.fetch(&queries(&asked));
        assert_eq!(together.len(), asked.len(), "{name}");
        for (ticker, outcome) in asked.iter().zip(&together) {
            let alone = source.fetch(&queries(&[ticker]));
            assert_eq!(alone.len(), 1, "{name}");
            match (outcome, &alone[0]) {
                (Ok(one), Ok(other)) => assert_eq!(one.close(), other.close(), "{name}: {ticker}"),
                (one, other) => assert_eq!(told(from_ref(one)), told(from_ref(other))),
            }
            let is_unknown = ticker.starts_with("NOPE");
            assert_eq!(told(&alone)[0], if is_unknown { "NotFound" } else { "bars" }, "{name}");
        }
    }
}

#[test]
fn every_spelling_of_a_class_share_is_understood() {
    let server = Server::start(0, Options::default()).expect("a free port");
    for (name, provider) in providers() {
        let source = source(&server.url(), provider);
        let closes: Vec<Vec<f64>> = ["BRK.B", "BRK-B", "BRK/B"]
            .iter()
            .map(|ticker| source.fetch(&queries(&[ticker])).remove(0))
            .map(|outcome| outcome.unwrap_or_else(|e| panic!("{name}: {e}")).close().to_vec())
            .collect();
        assert!(closes.iter().all(|other| *other == closes[0]), "{name}");
    }
}

#[test]
fn faults_are_of_the_whole_batch_and_retried() {
    for (name, provider) in providers() {
        let options = Options { fail_every: Some(2), ..Options::default() };
        let server = Server::start(0, options).expect("a free port");
        let source = source(&server.url(), provider);
        for _ in 0..4 {
            let asked = queries(&["AAPL", "MSFT"][..source.batch_size().min(2)]);
            assert!(told(&source.fetch(&asked)).iter().all(|word| word == "bars"), "{name}");
        }
        assert!(server.stats().requests > 4, "{name}: some had to be repeated");
    }
    for (status, kind) in [
        (500, FaultKind::Server),
        (429, FaultKind::Throttled),
        (401, FaultKind::Blocked),
        (403, FaultKind::Blocked),
    ] {
        for (name, provider) in providers() {
            for body in ["", "<html>", "{}", r#"{"message":"no"}"#] {
                let response = Response {
                    status,
                    body: body.into(),
                    retry_after: None,
                    exhausted: None,
                    date: None,
                };
                let fault = provider.read(&queries(&["A"]), &response).expect_err(name);
                assert_eq!((fault.kind, fault.http_status), (kind, Some(status)), "{name}: {body}");
            }
        }
    }
    for (name, provider) in providers() {
        for body in
            ["", "<html>consent</html>", "{\"bars\": {\"A\": [{\"t\": 1", "[]", "{\"A\": 7}"]
        {
            let response = Response {
                status: 200,
                body: body.into(),
                retry_after: None,
                exhausted: None,
                date: None,
            };
            let read = provider.read(&queries(&["A"]), &response);
            let is_data = read.is_ok_and(|page| page.answers.iter().flatten().any(Result::is_ok));
            assert!(!is_data, "{name}: {body}");
        }
    }
}

/// A series may go on over the border of a page, and a page may end anywhere.
#[test]
fn pages_are_followed_and_joined() {
    let whole = Server::start(0, Options::default()).expect("a free port");
    let tickers = ["MSFT", "AAPL", "NOPE1", "GOOG"];
    let expected = source(&whole.url(), alpaca()).fetch(&queries(&tickers));
    for page in [7, 250, 311, 1000] {
        let options = Options { page: Some(page), ..Options::default() };
        let paged = Server::start(0, options).expect("a free port");
        let got = source(&paged.url(), alpaca()).fetch(&queries(&tickers));
        assert!(paged.stats().requests >= 900 / page as u64, "{:?}", paged.stats());
        let closes = |outcomes: &[Outcome]| -> Vec<Option<Bars>> {
            outcomes.iter().map(|outcome| outcome.as_ref().ok().cloned()).collect()
        };
        assert_eq!(closes(&got), closes(&expected), "{page} bars a page");
    }
}

/// A symbol that makes the vendor refuse the batch costs the others nothing but requests.
#[test]
fn one_bad_symbol_does_not_cost_the_others() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let tickers = ["AAPL", "^GSPC", "MSFT", "EURUSD=X", "GOOG", "AMZN"];
    let outcomes = source(&server.url(), alpaca()).fetch(&queries(&tickers));
    assert_eq!(told(&outcomes), ["bars", "Rejected", "bars", "Rejected", "bars", "bars"]);
    let fault = outcomes[1].as_ref().expect_err("it is refused");
    assert!(fault.message.contains("invalid symbol: ^GSPC"), "{}", fault.message);
}

#[test]
fn a_panic_over_one_ticker_is_its_failure() {
    struct Panics;
    impl Provider for Panics {
        fn name(&self) -> &'static str {
            "panics"
        }

        fn request(&self, batch: &[Query], page: Option<&str>) -> Request {
            Yahoo.request(batch, page)
        }

        fn read(
            &self,
            batch: &[Query],
            response: &Response,
        ) -> Result<Page, screener::fetch::Fault> {
            assert!(batch[0].symbol.as_str() != "MSFT", "a mistake of ours");
            Yahoo.read(batch, response)
        }
    }
    let server = Server::start(0, Options::default()).expect("a free port");
    let mut universe = Universe::default();
    for ticker in ["AAPL", "MSFT", "GOOG"] {
        universe.add(symbol(ticker));
    }
    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    let screen = Screen::new(Criteria::Momentum(momentum));
    let plan = Plan::new(2, Utc::now());
    let source = source(&server.url(), Box::new(Panics));
    let report = pipeline::run(&screen, &universe, &source, &plan, &|_: Event<'_, Row>| {});
    let report = report.expect("the others go on");
    assert_eq!((report.successful(), report.requested()), (2, 3));
    assert_eq!(report.failures[0].reason.kind(), FailureKind::Fault(FaultKind::Internal));
}

// --- Alpaca

#[test]
fn alpacas_recorded_answers() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let cases = [
        ("1", vec![("AAPL", 2, "2022-02-01")], true),
        ("3", vec![("AAPL", 1, "2022-03-09"), ("TSLA", 1, "2022-03-09")], false),
        ("4", vec![], false),
        ("8", vec![], false),
    ];
    for (file, wanted, goes_on) in cases {
        let Some(path) = shared(&format!("data/vendors/alpaca_bars_{file}.json")) else { return };
        let body = fs::read(path).expect("it is there");
        let response =
            Response { status: 200, body, retry_after: None, exhausted: None, date: None };
        let asked = queries(&["AAPL", "TSLA", "NONE"]);
        let page = alpaca().read(&asked, &response).expect("it is sound");
        assert_eq!(page.next.is_some(), goes_on, "{file}");
        let found: Vec<(&str, usize, NaiveDate)> = asked
            .iter()
            .zip(&page.answers)
            .filter_map(|(query, answer)| {
                let bars = answer.as_ref()?.as_ref().ok()?;
                Some((query.symbol.as_str(), bars.len(), bars.dates()[0]))
            })
            .collect();
        let wanted: Vec<_> = wanted.into_iter().map(|(s, n, d)| (s, n, day(d))).collect();
        assert_eq!(found, wanted, "{file}");
    }
}

#[test]
fn alpacas_request() {
    let mut asked = queries(&["BRK-B", "AAPL"]);
    let now = "2026-11-20T19:30:00Z".parse().expect("a time");
    for query in &mut asked {
        query.now = now;
        query.from = "2025-09-10".parse().expect("a date");
        query.until = "2026-11-21".parse().expect("a date");
    }
    let request = alpaca().request(&asked, Some("QUFQTHw="));
    insta::assert_snapshot!(request.path, @"/v2/stocks/bars?symbols=BRK.B,AAPL&timeframe=1Day&start=2025-09-10&end=2026-11-20T19:14:00Z&limit=10000&adjustment=all&feed=sip&sort=asc&page_token=QUFQTHw%3D");
    assert!(!format!("{request:?}").contains("hunter2"), "{request:?}");
    // The afternoon's bar is of a session still open.
    let body = r#"{"bars":{"AAPL":[{"t":"2026-11-19T05:00:00Z","o":1,"h":1,"l":1,"c":1,"v":1},
        {"t":"2026-11-20T05:00:00Z","o":1,"h":1,"l":1,"c":2,"v":1}]},"next_page_token":null}"#;
    let response =
        Response { status: 200, body: body.into(), retry_after: None, exhausted: None, date: None };
    let page = alpaca().read(&asked, &response).expect("it is sound");
    let Some(Ok(bars)) = &page.answers[1] else { panic!("{page:?}") };
    assert!(bars.is_partial() && page.answers[0].is_none());
}

fn with_keys(words: &[&str]) -> Ran {
    let keys = [("APCA_API_KEY_ID", "AKID"), ("APCA_API_SECRET_KEY", "hunter2")];
    Ran::of(command(words).envs(keys).output())
}

#[test]
fn alpaca_in_the_fewest_requests_and_with_the_same_scores() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let url = server.url();
    let words = ["top", "-n", "20", "sp500", "--base-url", &url, "--rate", "1000", "-f", "json"];
    let batched = with_keys(&[&words[..], &["--provider", "alpaca", "-vvv"]].concat());
    assert_eq!((batched.code, server.stats().requests), (Some(0), 16), "{}", batched.stderr);
    assert!(!batched.stderr.contains("hunter2") && !batched.stderr.contains("AKID"));
    let charts = screener(&words);
    let scores = |ran: &Ran| -> Vec<String> {
        let json = ran.json();
        let rows = json["top_stocks"].as_array().expect("rows").iter();
        let keys = ["ticker", "overall_momentum_score", "raw", "rsi_14", "return_12m"];
        rows.map(|row| keys.map(|key| row[key].to_string()).join(" ")).collect()
    };
    assert_eq!(scores(&batched), scores(&charts));
}

#[test]
fn alpacas_keys_are_needed_and_kept() {
    let words = ["top", "dow30", "--provider", "alpaca"];
    let ran = screener(&words);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.starts_with("error: --provider alpaca needs a key: APCA_API_KEY_ID is not set")
    );
    let ran = with_keys(&[&words[..], &["--base-url", "http://data.example.org"]].concat());
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("unencrypted") && !ran.stderr.contains("hunter2"),
        "{}",
        ran.stderr
    );
}

/// The last request of a quota: the next one waits for the reset, and nobody was refused.
#[test]
fn alpacas_quota_steers_the_limiter() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("one comes");
        for left in ["1", "0", "199"] {
            let _ = stream.read(&mut [0; 4096]);
            let body = r#"{"bars":{},"next_page_token":null}"#;
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\nX-Ratelimit-Remaining: \
                 {left}\r\nX-Ratelimit-Reset: 1445412482\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    let source = source(&url, alpaca());
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = std::time::Instant::now();
        assert_eq!(told(&source.fetch(&queries(&["A"]))), ["NotFound"]);
        times.push(start.elapsed().as_secs_f64());
    }
    assert!(times[0] < 0.5 && times[1] < 0.5 && (1.9..4.0).contains(&times[2]), "{times:?}");
}
