//! Yahoo's spark: the closes of 20 symbols a request, to find out whose charts are worth fetching.
//!
//! Closes are adjusted for splits and not for dividends, and there is nothing but closes. Written from
//! recorded answers, as the chart; both known shapes are read.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::America::New_York;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::query::{Page, Provider, Query};
use super::wire::{JsonArray, LenientNumber, PATH_SEGMENT, local_dates, not_json, short};
use super::yahoo::Yahoo;
use crate::bars::{Bar, Bars, PriceBasis};
use crate::fetch::{Fault, FaultKind, Request, Response};

/// Days between two sessions, as the median of a series that is daily.
const MAX_MEDIAN_GAP: i64 = 4;
/// The ranges that keep daily closes, and the days they go back.
const RANGES: [(&str, u64); 3] = [("2y", 725), ("5y", 1820), ("10y", 3645)];

/// The spark API.
#[derive(Clone, Copy, Debug)]
pub struct Spark;

impl Spark {
    /// Whether closes can be had that go back so far.
    #[must_use]
    pub fn covers(query: &Query) -> bool {
        range(query).is_some()
    }
}

/// The shortest range that goes back far enough; ranges end today.
fn range(query: &Query) -> Option<&'static str> {
    let today = query.now.date_naive();
    for (name, days) in RANGES {
        if today - Days::new(days) <= query.from {
            return Some(name);
        }
    }
    None
}

impl Provider for Spark {
    fn name(&self) -> &'static str {
        "yahoo"
    }

    fn batch_size(&self) -> usize {
        20
    }

    fn request(&self, batch: &[Query], _: Option<&str>) -> Request {
        let mut symbols = Vec::with_capacity(batch.len());
        for query in batch {
            let spelling = Yahoo::spelling(query.symbol.as_str());
            symbols.push(utf8_percent_encode(&spelling, PATH_SEGMENT).to_string());
        }
        let symbols = symbols.join(",");
        let range = batch.first().and_then(range).unwrap_or("10y");
        Request::to(format!("/v8/finance/spark?symbols={symbols}&range={range}&interval=1d"))
    }

    fn read(&self, batch: &[Query], response: &Response) -> Result<Page, Fault> {
        let unknown = response.status == 404 && response.body.trim_ascii_start().starts_with(b"{");
        if unknown {
            return Ok(Page { answers: vec![None; batch.len()], next: None });
        }
        if let Some(fault) = Fault::of_status(response) {
            return Err(fault);
        }
        let bad = |what: &str| Fault::answered(FaultKind::BadData, what.to_owned(), response);
        if !response.body.trim_ascii_start().starts_with(b"{") {
            return Err(not_json(response));
        }
        let series = series(&response.body).map_err(|e| bad(&short(&e.to_string())))?;
        let answers = batch.iter().map(|query| {
            let spelling = Yahoo::spelling(query.symbol.as_str());
            // The days of another exchange are unknown here, so the answer for its symbols is ignored.
            if spelling.contains(['.', '=', '^']) {
                return None;
            }
            let bars = series.get(spelling.as_str())?.bars(query.now);
            let bars = bars.ok_or_else(|| bad("the answer's closes and times are not as many"));
            Some(bars.and_then(|bars| {
                let is_daily = is_daily(bars.dates());
                if is_daily { Ok(bars) } else { Err(bad("the answer's closes are not daily")) }
            }))
        });
        Ok(Page { answers: answers.collect(), next: None })
    }
}

/// Whether days are those of sessions: some ranges are thinned out to weeks.
fn is_daily(days: &[NaiveDate]) -> bool {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return true };
    let is_weekday = |day: &NaiveDate| day.weekday().number_from_monday() < 6;
    let expected = first.iter_days().take_while(|day| day <= last).filter(is_weekday).count();
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect();
    gaps.sort_unstable();
    let median = gaps.get(gaps.len() / 2).copied().unwrap_or(1);
    median <= MAX_MEDIAN_GAP && days.len() * 3 >= expected * 2
}

/// The closes of every symbol in an answer, in either shape.
fn series(body: &[u8]) -> serde_json::Result<HashMap<String, CloseSeries>> {
    let mut all = HashMap::new();
    let Ok(Wrapper { spark: wrapped }) = serde_json::from_slice(body) else {
        let members: HashMap<String, Option<CloseSeries>> = serde_json::from_slice(body)?;
        for (symbol, series) in members {
            if let Some(series) = series {
                all.insert(symbol, series);
            }
        }
        return Ok(all);
    };
    for result in wrapped.result.into_iter().flatten() {
        if let Some(response) = result.response.into_iter().next() {
            let close = response.indicators.quote.into_iter().next().and_then(|quote| quote.close);
            all.insert(result.symbol, CloseSeries { timestamp: response.timestamp, close });
        }
    }
    Ok(all)
}

#[derive(Deserialize)]
struct CloseSeries {
    timestamp: Option<JsonArray<i64>>,
    close: Option<JsonArray<LenientNumber>>,
}

#[derive(Deserialize)]
struct Wrapper {
    spark: Wrapped,
}

#[derive(Deserialize)]
struct Wrapped {
    result: Option<Vec<WrappedSeries>>,
}

#[derive(Deserialize)]
struct WrappedSeries {
    symbol: String,
    #[serde(default)]
    response: Vec<WrappedResponse>,
}

#[derive(Deserialize)]
struct WrappedResponse {
    timestamp: Option<JsonArray<i64>>,
    #[serde(default)]
    indicators: WrappedIndicators,
}

#[derive(Default, Deserialize)]
struct WrappedIndicators {
    #[serde(default)]
    quote: Vec<WrappedQuote>,
}

#[derive(Deserialize)]
struct WrappedQuote {
    close: Option<JsonArray<LenientNumber>>,
}

impl CloseSeries {
    /// The closes as bars without range or volume. `None`: there are not as many times as closes. The answer
    /// does not name the zone: New York's dates are right for every session that begins on its own UTC day.
    fn bars(&self, now: DateTime<Utc>) -> Option<Bars> {
        let stamps = self.timestamp.as_ref().map_or(&[][..], |column| &column.0);
        let closes = self.close.as_ref().map_or(&[][..], |column| &column.0);
        if stamps.len() != closes.len() {
            return None;
        }
        let mut rows = Vec::with_capacity(closes.len());
        for (date, close) in local_dates(New_York, stamps).into_iter().zip(closes) {
            if let Some(date) = date {
                rows.push(Bar::of_close(date, close.0));
            }
        }
        let here = now.with_timezone(&New_York);
        let is_over = NaiveTime::from_hms_opt(16, 30, 0).is_some_and(|close| here.time() >= close);
        let partial = !is_over && rows.iter().any(|bar| bar.date == here.date_naive());
        Some(Bars::new(rows, PriceBasis::Unadjusted, partial))
    }
}
