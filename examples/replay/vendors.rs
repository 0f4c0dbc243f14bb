//! What is asked of whom, and the answer in that vendor's words.

use std::fmt::Write;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::America::New_York;
use percent_encoding::percent_decode_str;

use super::prices::{Bar, Real, at, made_up};
use super::yahoo::{Trap, trap};

pub(super) const NOT_FOUND: &str = r#"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}"#;

/// A status line and a JSON body.
pub(super) type Reply = (&'static str, String);

/// Where the prices come from.
pub(super) struct Market<'a> {
    pub(super) real: Option<&'a Real>,
    /// At most so many bars a symbol, the newest.
    pub(super) most: Option<usize>,
    /// At most so many bars an answer, where a vendor has pages.
    pub(super) page: usize,
    /// Whether there are traps, and long ranges of closes are thinned out to weeks.
    pub(super) is_of_2026: bool,
}

/// The answer to a path, if it is a vendor's; `keys` are the headers of a key pair.
pub(super) fn answer(market: &Market<'_>, path: &str, has_keys: bool) -> Option<Reply> {
    let (name, query) = path.split_once('?').unwrap_or((path, ""));
    if let Some(symbol) = name.strip_prefix("/v8/finance/chart/") {
        return Some(chart(market, &decoded(symbol), query));
    }
    match name {
        "/v8/finance/spark" => Some(spark(market, query)),
        "/v2/stocks/bars" if has_keys => Some(alpaca(market, query)),
        "/v2/stocks/bars" => Some(("401 Unauthorized", r#"{"message":"unauthorized."}"#.into())),
        _ => None,
    }
}

impl Market<'_> {
    /// The bars of a symbol as Yahoo spells it; none where it is unknown.
    fn bars(&self, symbol: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Vec<Bar>> {
        let until = until.min(Utc::now());
        let mut bars = match self.real {
            Some(real) => real.bars(symbol, from, until)?,
            None if symbol.starts_with("NOPE") => return None,
            None => made_up(symbol, from, until),
        };
        bars.drain(..bars.len().saturating_sub(self.most.unwrap_or(usize::MAX)));
        Some(bars)
    }
}

fn chart(market: &Market<'_>, symbol: &str, query: &str) -> Reply {
    let time = |name| {
        let seconds = parameter(query, name)?.parse().ok()?;
        DateTime::from_timestamp(seconds, 0)
    };
    let (Some(from), Some(until)) = (time("period1"), time("period2")) else {
        let body = NOT_FOUND.replace("Not Found", "Unprocessable Entity");
        return ("422 Unprocessable Entity", body);
    };
    let Some(mut bars) = market.bars(symbol, from, until) else {
        return ("404 Not Found", NOT_FOUND.into());
    };
    let last = bars.last().map_or(Utc::now().date_naive() - Days::new(1), |bar| bar.day);
    let trap = if market.is_of_2026 {
        trap(symbol, &mut bars, |bar| at(bar.day, 9, 30))
    } else {
        Trap::default()
    };
    let price = trap.price.or(bars.last().map(|bar| bar.close));
    let price = price.map_or("null".into(), |price| format!("{price:.4}"));
    bars.truncate(bars.len() - trap.missing.min(bars.len()));
    let events = if trap.events.is_empty() {
        String::new()
    } else {
        format!(r#""events":{{{}}},"#, trap.events)
    };
    let stamps = if trap.has_midnights { midnights(&bars) } else { stamps(&bars) };
    let body = format!(
        concat!(
            r#"{{"chart":{{"result":[{{"meta":{{"currency":"USD","symbol":"{symbol}","#,
            r#""exchangeName":"NMS","instrumentType":"EQUITY","regularMarketTime":{close},"regularMarketPrice":{price},"#,
            r#""exchangeTimezoneName":"America/New_York","currentTradingPeriod":{{"regular":"#,
            r#"{{"timezone":"EST","start":{open},"end":{close},"gmtoffset":-18000}}}},"#,
            r#""dataGranularity":"1d","range":""}},"timestamp":[{stamps}],{events}"indicators":"#,
            r#"{{"quote":[{{"open":[{o}],"high":[{h}],"low":[{l}],"close":[{c}],"volume":[{v}]}}],"#,
            r#""adjclose":[{{"adjclose":[{a}]}}]}}}}],"error":null}}}}"#
        ),
        symbol = symbol,
        open = at(last, 9, 30),
        close = at(last, 16, 0),
        price = price,
        events = events,
        stamps = stamps,
        o = column(&bars, |bar| bar.open, 4),
        h = column(&bars, |bar| bar.high, 4),
        l = column(&bars, |bar| bar.low, 4),
        c = column(&bars, |bar| bar.close, 4),
        v = column(&bars, |bar| bar.volume, 0),
        a = column(&bars, |bar| bar.adjusted, 6),
    );
    ("200 OK", body)
}

fn spark(market: &Market<'_>, query: &str) -> Reply {
    let symbols = symbols(query);
    if symbols.len() > 20 {
        let what = "Number of symbols needs to be less than or equal to 20";
        let body = format!(
            r#"{{"spark":{{"result":null,"error":{{"code":"Bad Request","description":"{what}"}}}}}}"#
        );
        return ("400 Bad Request", body);
    }
    let years = match parameter(query, "range").as_deref() {
        Some("2y") => 2,
        Some("5y") => 5,
        _ => 10,
    };
    let from = Utc::now() - Days::new(365 * years);
    let mut body = String::new();
    for symbol in symbols {
        if let Some(mut bars) = market.bars(&symbol, from, Utc::now()) {
            if market.is_of_2026 && years > 5 {
                bars = bars.into_iter().step_by(5).collect();
            }
            let comma = if body.is_empty() { "" } else { "," };
            let (stamps, closes) = (stamps(&bars), column(&bars, |bar| bar.close, 4));
            let _ = write!(
                body,
                r#"{comma}"{symbol}":{{"symbol":"{symbol}","timestamp":[{stamps}],"close":[{closes}]}}"#
            );
        }
    }
    if body.is_empty() {
        return ("404 Not Found", r#"{"spark":{"result":null,"error":null}}"#.into());
    }
    ("200 OK", format!("{{{body}}}"))
}

/// Everything adjusted for splits and dividends; sorted by symbol, then time, and cut into pages.
fn alpaca(market: &Market<'_>, query: &str) -> Reply {
    let day = |name| parameter(query, name)?.get(..10)?.parse::<NaiveDate>().ok();
    let (Some(start), Some(end)) = (day("start"), day("end")) else {
        return ("400 Bad Request", r#"{"message":"start and end are needed"}"#.into());
    };
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let until = parameter(query, "end").and_then(|end| end.parse::<DateTime<Utc>>().ok());
    let until = until.unwrap_or_else(|| midnight(end + Days::new(1)));
    let limit = parameter(query, "limit").and_then(|limit| limit.parse().ok()).unwrap_or(1000);
    let skip = parameter(query, "page_token").and_then(|token| token.parse().ok()).unwrap_or(0);
    let mut symbols = symbols(query);
    symbols.sort();
    if let Some(bad) = symbols.iter().find(|symbol| symbol.contains(['^', '=', '-', '/'])) {
        return ("400 Bad Request", format!(r#"{{"message":"invalid symbol: {bad}"}}"#));
    }
    let all = symbols.iter().flat_map(|symbol| {
        let bars = market.bars(&symbol.replace('.', "-"), midnight(start), until);
        bars.unwrap_or_default().into_iter().map(move |bar| (symbol, bar))
    });
    let page = market.page.min(limit);
    let mut shown: Vec<(&String, Bar)> = all.skip(skip).take(page + 1).collect();
    let goes_on = shown.len() > page;
    let next = if goes_on { format!("\"{}\"", skip + page) } else { "null".into() };
    shown.truncate(page);
    let mut body = String::new();
    for group in shown.chunk_by(|a, b| a.0 == b.0) {
        let comma = if body.is_empty() { "" } else { "," };
        let rows: Vec<String> = group.iter().map(|(_, bar)| alpaca_bar(bar)).collect();
        let _ = write!(body, "{comma}\"{}\":[{}]", group[0].0, rows.join(","));
    }
    ("200 OK", format!(r#"{{"bars":{{{body}}},"next_page_token":{next}}}"#))
}

/// One bar, from the same rounded numbers as a chart's.
fn alpaca_bar(bar: &Bar) -> String {
    let rounded = |value: f64, decimals: usize| -> f64 {
        format!("{value:.decimals$}").parse().unwrap_or(value)
    };
    let adjusted = rounded(bar.adjusted, 6);
    let basis = adjusted / rounded(bar.close, 4);
    let midnight = bar.day.and_time(NaiveTime::MIN).and_local_timezone(New_York).earliest();
    format!(
        r#"{{"t":"{}","o":{},"h":{},"l":{},"c":{adjusted},"v":{:.0},"n":1,"vw":{adjusted}}}"#,
        midnight.map(|time| time.to_utc()).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ"),
        rounded(bar.open, 4) * basis,
        rounded(bar.high, 4) * basis,
        rounded(bar.low, 4) * basis,
        bar.volume,
    )
}

fn column(bars: &[Bar], value: impl Fn(&Bar) -> f64, decimals: usize) -> String {
    let mut text = String::with_capacity(bars.len() * 9);
    for bar in bars {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = write!(text, "{comma}{:.decimals$}", value(bar));
    }
    text
}

fn stamps(bars: &[Bar]) -> String {
    let stamps: Vec<String> = bars.iter().map(|bar| at(bar.day, 9, 30).to_string()).collect();
    stamps.join(",")
}

/// Each day's midnight in a zone an hour to the east: 23:00 of the day before in New York.
fn midnights(bars: &[Bar]) -> String {
    let stamps = bars.iter().map(|bar| at(bar.day - Days::new(1), 23, 0).to_string());
    stamps.collect::<Vec<_>>().join(",")
}

fn parameter(query: &str, wanted: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| decoded(value))
}

fn symbols(query: &str) -> Vec<String> {
    let list = parameter(query, "symbols").unwrap_or_default();
    list.split(',').filter(|symbol| !symbol.is_empty()).map(String::from).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
