//! What one ticker costs, piece by piece: `cargo bench`.

#[path = "../replay/mod.rs"]
#[expect(dead_code, reason = "only its answers are used")]
mod replay;

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};
use divan::{Bencher, black_box};
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::bars::Bars;
use screener::cache::blob;
use screener::compare::momentum::Momentum;
use screener::compare::row::Row;
use screener::fetch::{Response, TokenBucket};
use screener::models::composite;
use screener::provider::{Provider, Query, Yahoo};
use screener::universe::Symbol;

fn main() {
    divan::main();
}

fn query() -> Query {
    let until = NaiveDate::from_ymd_opt(2025, 11, 21).expect("a date");
    Query {
        symbol: Symbol::parse("AAPL").expect("a symbol"),
        from: until - Days::new(464),
        until,
        as_of: None,
        include_partial: false,
        now: DateTime::<Utc>::from_timestamp(1_763_800_000, 0).expect("a time"),
    }
}

/// The replay server's answer about AAPL, without the HTTP head.
fn answer(query: &Query) -> Response {
    let request = Yahoo.request(std::slice::from_ref(query), None);
    let message = replay::answer_to(&request.path);
    let head = message.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    Response {
        status: 200,
        body: message[head + 4..].to_vec(),
        retry_after: None,
        exhausted: None,
        date: None,
    }
}

fn bars() -> Bars {
    let query = query();
    let page = Yahoo.read(std::slice::from_ref(&query), &answer(&query)).expect("a chart");
    page.answers.into_iter().flatten().next().expect("one answer").expect("bars")
}

fn screen() -> Screen {
    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    Screen { limit: Some(20), ..Screen::new(Criteria::Top(momentum)) }
}

#[divan::bench]
fn read_a_chart(bencher: Bencher<'_, '_>) {
    let query = query();
    let answer = answer(&query);
    bencher.bench(|| Yahoo.read(std::slice::from_ref(&query), black_box(&answer)));
}

#[divan::bench]
fn measure_a_ticker(bencher: Bencher<'_, '_>) {
    let (screen, bars, query) = (screen(), bars(), query());
    bencher.bench(|| screen.measure(&query.symbol, black_box(&bars)));
}

#[divan::bench]
fn keep_a_series(bencher: Bencher<'_, '_>) {
    let bars = bars();
    bencher.bench(|| blob::encode(black_box(&bars)));
}

#[divan::bench]
fn take_a_kept_series(bencher: Bencher<'_, '_>) {
    let bytes = blob::encode(&bars());
    bencher.bench(|| blob::decode(black_box(&bytes)));
}

#[divan::bench(args = [503, 10_000])]
fn score_and_rank(bencher: Bencher<'_, '_>, tickers: usize) {
    let (screen, bars) = (screen(), bars());
    let rows: Vec<Row> = (0..tickers)
        .map(|i| screen.measure(&Symbol::parse(&format!("Q{i:05}")).expect("a symbol"), &bars))
        .collect();
    bencher.with_inputs(|| rows.clone()).bench_values(|rows| screen.rank(rows, None));
}

#[divan::bench]
fn reserve_a_turn(bencher: Bencher<'_, '_>) {
    let mut schedule = TokenBucket::new(10.0, 10);
    let mut now = Duration::ZERO;
    bencher.bench_local(|| {
        now += Duration::from_millis(100);
        let turn = schedule.reserve(now);
        schedule.answered(now, now);
        schedule.due(turn)
    });
}
