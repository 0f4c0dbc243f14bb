//! Yahoo's v8 chart: one symbol a request, no key.
//!
//! Written from recorded answers and the reports of public clients. The format is unofficial, so everything may
//! be absent or null; what is there is used only where it can be checked (symbol, granularity, array lengths).

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use serde_json::Value;

use super::events::read_events;
use super::query::{Page, Provider, Query};
use super::spelling::{ShareKind, Spelling};
use super::wire::{
    JsonArray, LenientNumber, PATH_SEGMENT, local_date, local_dates, moment, not_json, short,
};
use crate::bars::{Bar, Bars, Events, Hours, LastPrice, PriceBasis, is_price};
use crate::fetch::{Fault, FaultKind, Request, Response};
use crate::universe::hong_kong;
use crate::universe::major_unit;

/// The last bar is revised for so long after the end of its session.
const REVISED_WITHIN: TimeDelta = TimeDelta::minutes(30);

/// The chart API.
#[derive(Clone, Copy, Debug)]
pub struct Yahoo;

impl Yahoo {
    /// Requests per second: its limits are unpublished, others report 50 to 250 in bursts.
    pub const RATE: f64 = 10.0;
    /// Where the public API is: either serves everything.
    pub const ORIGINS: [&str; 2] =
        ["https://query1.finance.yahoo.com", "https://query2.finance.yahoo.com"];

    /// Who is let in, by what public clients report: the host to ask (by its place among [`Yahoo::ORIGINS`]) and the
    /// User-Agent, in this order. A browser's whole name is refused, for the rest of a request belies it.
    pub const DOORS: [(usize, &str); 4] = [
        (0, "Mozilla/5.0"),
        (1, "Mozilla/5.0"),
        (0, concat!("Mozilla/5.0 (compatible; screener/", env!("CARGO_PKG_VERSION"), ")")),
        (1, concat!("screener/", env!("CARGO_PKG_VERSION"))),
    ];
    /// Blocks of an address last some three minutes or far longer, and asking again prolongs them.
    pub const BLOCK_PAUSE: Duration = Duration::from_secs(150);

    /// The symbol as Yahoo writes it: classes, preferreds, warrants and units stand behind `-` (`BRK.B` is `BRK-B`,
    /// `BAC^L` is `BAC-PL`, `ACHR.WS` is `ACHR-WT`), exchanges behind a dot (`BP.L`, `RCI-B.TO`).
    #[must_use]
    pub fn spelling(ticker: &str) -> String {
        if let Some(spelling) = of_china(ticker).or_else(|| of_new_york(ticker)) {
            return spelling;
        }
        let Some(Spelling { base, kind, exchange }) = Spelling::of(ticker) else {
            return ticker.into();
        };
        match kind {
            ShareKind::Class(class) => format!("{base}-{class}{exchange}"),
            ShareKind::Preferred(series) => format!("{base}-P{series}{exchange}"),
            ShareKind::Warrant => format!("{base}-WT{exchange}"),
            ShareKind::Unit(unit) => format!("{base}-{unit}{exchange}"),
        }
    }
}

/// A ticker of Hong Kong, whose numbers have four digits, or of mainland China, as others write it: `HK.00700`,
/// `700.HK`, `SH600036`, `600036.SH`.
fn of_china(ticker: &str) -> Option<String> {
    let (place, number) = match ticker.rsplit_once('.') {
        Some((number, place @ ("SH" | "HK"))) => (place, number),
        _ => ticker.split_at_checked(2)?,
    };
    let number = number.trim_start_matches('.');
    let is_code = number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit());
    match place {
        "HK" => hong_kong(number),
        "SH" if is_code => Some(format!("{number}.SS")),
        "SZ" if is_code => Some(format!("{number}.SZ")),
        _ => None,
    }
}

/// A ticker of the United States that says so, as Reuters and others do: `AAPL.O`, `JPM.N`, `AAPL.US`, `US.AAPL`.
fn of_new_york(ticker: &str) -> Option<String> {
    let name = ticker.strip_prefix("US.").or_else(|| {
        [".US", ".OQ", ".O", ".N"].iter().find_map(|ending| ticker.strip_suffix(ending))
    })?;
    let is_name = (1..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase());
    is_name.then(|| name.into())
}

impl Provider for Yahoo {
    fn name(&self) -> &'static str {
        "yahoo"
    }

    fn request(&self, batch: &[Query], _: Option<&str>) -> Request {
        let query = &batch[0];
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp();
        let spelling = Self::spelling(query.symbol.as_str());
        Request::to(format!(
            "/v8/finance/chart/{}?period1={}&period2={}&interval=1d&events=div%7Csplit&includePrePost=false",
            utf8_percent_encode(&spelling, PATH_SEGMENT),
            midnight(query.from),
            // A day more: west of Greenwich a session begins on the next day's UTC date.
            midnight(query.until + Days::new(2)),
        ))
    }

    fn read(&self, batch: &[Query], response: &Response) -> Result<Page, Fault> {
        read_chart(&batch[0], response).map(Page::of_one)
    }
}

fn read_chart(query: &Query, response: &Response) -> Result<Bars, Fault> {
    let fault = |kind, message: String| Fault::answered(kind, message, response);
    if response.status == 999 {
        return Err(fault(FaultKind::Throttled, "too many requests (HTTP 999)".into()));
    }
    if !response.body.trim_ascii_start().starts_with(b"{") {
        return Err(Fault::of_status(response).unwrap_or_else(|| not_json(response)));
    }
    let answer = serde_json::from_slice(&response.body).map_err(|error| {
        let message = format!("the answer is not a chart: {}", short(&error.to_string()));
        Fault::of_status(response).unwrap_or_else(|| fault(FaultKind::BadData, message))
    });
    let ChartAnswer { chart } = answer?;
    let chart = chart.unwrap_or_default();
    if let Some(error) = chart.error {
        return read_error(&error, response);
    }
    if let Some(fault) = Fault::of_status(response) {
        return Err(fault);
    }
    let Some(result) = chart.result.into_iter().flatten().next() else {
        return Err(fault(FaultKind::BadData, "the answer holds no chart".into()));
    };
    result
        .into_bars(&Yahoo::spelling(query.symbol.as_str()), query.now)
        .map_err(|message| fault(FaultKind::BadData, message))
}

/// What an error in an answer means; one of them means that there are no bars in those days.
fn read_error(error: &ChartError, response: &Response) -> Result<Bars, Fault> {
    match (response.status, error.code.as_str()) {
        (404, _) | (_, "Not Found") => {
            let message = "not found, it may be delisted";
            Err(Fault::answered(FaultKind::NotFound, message, response))
        }
        (_, "Bad Request") if error.description.starts_with("Data doesn't exist") => {
            Ok(Bars::new(Vec::new(), PriceBasis::Adjusted, false))
        }
        _ => Err(Fault::of_status(response).unwrap_or_else(|| {
            let said = short(&format!("{}: {}", error.code, error.description));
            let message = format!("the provider refuses this request: {said:?}");
            Fault::answered(FaultKind::Rejected, message, response)
        })),
    }
}

#[derive(Deserialize)]
struct ChartAnswer {
    chart: Option<Chart>,
}

#[derive(Deserialize, Default)]
struct Chart {
    result: Option<Vec<ChartResult>>,
    error: Option<ChartError>,
}

#[derive(Deserialize)]
struct ChartError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct ChartResult {
    meta: Meta,
    timestamp: Option<JsonArray<i64>>,
    /// Absent where the answer states none; of any shape, for nothing depends on it but doubts.
    events: Option<Value>,
    #[serde(default)]
    indicators: Indicators,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    symbol: String,
    currency: Option<String>,
    data_granularity: Option<String>,
    exchange_timezone_name: Option<String>,
    regular_market_time: Option<i64>,
    #[serde(default)]
    regular_market_price: Option<LenientNumber>,
    current_trading_period: Option<TradingPeriods>,
}

#[derive(Deserialize)]
struct TradingPeriods {
    regular: Option<TradingPeriod>,
}

#[derive(Deserialize)]
struct TradingPeriod {
    start: Option<i64>,
    end: i64,
}

#[derive(Deserialize, Default)]
struct Indicators {
    #[serde(default)]
    quote: Vec<QuoteColumns>,
    adjclose: Option<Vec<AdjClose>>,
}

#[derive(Deserialize, Default)]
struct QuoteColumns {
    open: Option<JsonArray<LenientNumber>>,
    high: Option<JsonArray<LenientNumber>>,
    low: Option<JsonArray<LenientNumber>>,
    close: Option<JsonArray<LenientNumber>>,
    volume: Option<JsonArray<LenientNumber>>,
}

#[derive(Deserialize)]
struct AdjClose {
    adjclose: Option<JsonArray<LenientNumber>>,
}

impl ChartResult {
    fn into_bars(self, spelling: &str, now: DateTime<Utc>) -> Result<Bars, String> {
        let Self { meta, timestamp, events, indicators } = self;
        if !meta.symbol.eq_ignore_ascii_case(spelling) {
            return Err(format!("the answer is about {:?}, not {spelling}", short(&meta.symbol)));
        }
        if let Some(other) = meta.data_granularity.as_deref().filter(|interval| *interval != "1d") {
            return Err(format!("the bars are not daily but {:?}", short(other)));
        }
        let stamps = timestamp.map(|column| column.0).unwrap_or_default();
        let quote = indicators.quote.into_iter().next().unwrap_or_default();
        let adjclose = indicators.adjclose.into_iter().flatten().next().and_then(|a| a.adjclose);
        let basis = if adjclose.is_some() { PriceBasis::Adjusted } else { PriceBasis::Unadjusted };
        let close = column("close", quote.close, stamps.len())?;
        let adjusted = match adjclose {
            Some(adjclose) => column("adjclose", Some(adjclose), stamps.len())?,
            None => close.clone(),
        };
        let open = column("open", quote.open, stamps.len())?;
        let high = column("high", quote.high, stamps.len())?;
        let low = column("low", quote.low, stamps.len())?;
        let volume = column("volume", quote.volume, stamps.len())?;

        let zone = meta.exchange_timezone_name.as_deref().and_then(|name| name.parse::<Tz>().ok());
        let zone = zone.unwrap_or(Tz::UTC);
        let currency = meta.currency.as_deref().and_then(major_unit);
        let (currency, unit) = currency.map_or((None, 1.0), |(name, unit)| (Some(name), unit));
        let mut rows = Vec::with_capacity(stamps.len());
        for (i, date) in local_dates(zone, &stamps).into_iter().enumerate() {
            let Some(date) = date else { continue };
            rows.push(Bar {
                date,
                open: open[i].0 * unit,
                high: high[i].0 * unit,
                low: low[i].0 * unit,
                close: close[i].0 * unit,
                adjusted: adjusted[i].0 * unit,
                volume: volume[i].0,
            });
        }
        let session = meta.current_trading_period.and_then(|periods| periods.regular);
        let hours =
            session.as_ref().and_then(|session| session.hours(zone, meta.regular_market_time));
        let today = now.with_timezone(&zone).date_naive();
        let open_session = session.as_ref().is_some_and(|session| {
            let final_from = session.end.saturating_add(REVISED_WITHIN.num_seconds());
            now.timestamp() < final_from && local_date(zone, session.end) == Some(today)
        });
        let partial = open_session && rows.iter().any(|bar| bar.date == today);
        // An answer states its dividends, be there none; of splits without any event it says nothing.
        let none = Events { splits: None, dividends: Some(Vec::new()) };
        let events = events.map_or(none, |events| read_events(&events, zone, unit));
        let last_price = meta.regular_market_price.map(|price| price.0 * unit);
        let last_price = last_price.filter(|price| is_price(*price)).and_then(|price| {
            let is_final = session.as_ref().is_some_and(|session| now.timestamp() >= session.end);
            Some(LastPrice { date: local_date(zone, meta.regular_market_time?)?, price, is_final })
        });
        Ok(Bars::new(rows, basis, partial)
            .with_events(events)
            .with_last_price(last_price)
            .with_currency(currency)
            .with_hours(hours))
    }
}

impl TradingPeriod {
    fn hours(&self, zone: Tz, last_trade: Option<i64>) -> Option<Hours> {
        Some(Hours {
            zone,
            start: moment(self.start?)?,
            end: moment(self.end)? + REVISED_WITHIN,
            last_trade: last_trade.and_then(moment),
        })
    }
}

/// A column of one value for each timestamp; one that is absent is undefined throughout.
fn column(
    name: &str,
    values: Option<JsonArray<LenientNumber>>,
    stamps: usize,
) -> Result<Vec<LenientNumber>, String> {
    match values {
        Some(JsonArray(values)) if values.len() != stamps => {
            Err(format!("{stamps} timestamps but {} values of {name}", values.len()))
        }
        Some(JsonArray(values)) => Ok(values),
        None => Ok(vec![LenientNumber(f64::NAN); stamps]),
    }
}
