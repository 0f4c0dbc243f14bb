//! Alpaca's daily bars: 32 symbols a request, for a free key. US stocks only.
//!
//! Prices and volumes come adjusted for splits and dividends, all of them on one basis. Written from the
//! recorded answers of the vendor's own client and its documentation.

use std::collections::HashMap;

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc,
};
use chrono_tz::America::New_York;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::query::{Page, Provider, Query};
use super::spelling::{ShareKind, Spelling};
use super::wire::{LenientNumber, PATH_SEGMENT, not_json, short};
use crate::bars::{Bar, Bars, Hours, PriceBasis};
use crate::fetch::{Fault, FaultKind, Request, Response, Secret};

/// The most bars of an answer, over all its symbols: 32 symbols of 300 sessions and a few fit.
const MAX_BARS_PER_PAGE: u32 = 10_000;
/// What the free plan does not give: the latest quarter of an hour, and a minute for clocks that differ.
const TOO_RECENT: TimeDelta = TimeDelta::minutes(16);

/// A session's bar is final when this much time has passed since its end: as late as it is known, and a
/// quarter of an hour for the closing auction.
const FINAL_AFTER: TimeDelta = TimeDelta::minutes(31);

/// The market data API, with a key pair.
#[derive(Clone, Debug)]
pub struct Alpaca {
    key: Secret,
    secret: Secret,
}

impl Alpaca {
    /// Where the public API is.
    pub const ORIGIN: &str = "https://data.alpaca.markets";
    /// Requests per second that the free plan's 200 a minute allow, less a few for a burst.
    pub const RATE: f64 = 3.0;

    /// Asks with this key pair.
    #[must_use]
    pub fn new(key: Secret, secret: Secret) -> Self {
        Self { key, secret }
    }

    /// The key's public half, which identifies the account.
    #[must_use]
    pub fn key(&self) -> &Secret {
        &self.key
    }

    /// The symbol as Alpaca writes it: classes, preferreds, warrants and units stand behind a dot (`BRK-B` is `BRK.B`,
    /// `BAC-PL` is `BAC.PRL`, `ACHR-WT` is `ACHR.WS`).
    #[must_use]
    pub fn spelling(ticker: &str) -> String {
        let Some(Spelling { base, kind, exchange }) = Spelling::of(ticker) else {
            return ticker.into();
        };
        match kind {
            ShareKind::Class(class) => format!("{base}.{class}{exchange}"),
            ShareKind::Preferred(series) => format!("{base}.PR{series}{exchange}"),
            ShareKind::Warrant => format!("{base}.WS{exchange}"),
            ShareKind::Unit(unit) => format!("{base}.{unit}{exchange}"),
        }
    }
}

impl Provider for Alpaca {
    fn name(&self) -> &'static str {
        "alpaca"
    }

    fn batch_size(&self) -> usize {
        32
    }

    /// New York has some 252 sessions a year. For the 300 of a momentum screen it is the days whose bars of
    /// 32 symbols are sure to fit on one page: 302 to 311 sessions.
    fn days_of(&self, sessions: usize) -> Days {
        let days = (sessions as u64 * 365).div_ceil(252) + 8;
        Days::new(if sessions <= 300 { days.min(446) } else { days })
    }

    fn request(&self, batch: &[Query], page: Option<&str>) -> Request {
        let mut symbols = Vec::with_capacity(batch.len());
        for query in batch {
            let spelling = Self::spelling(query.symbol.as_str());
            symbols.push(utf8_percent_encode(&spelling, PATH_SEGMENT).to_string());
        }
        let symbols = symbols.join(",");
        let query = &batch[0];
        let latest = query.now - TOO_RECENT;
        let end = if query.until < latest.date_naive() {
            query.until.to_string()
        } else {
            latest.to_rfc3339_opts(SecondsFormat::Secs, true)
        };
        let mut path = format!(
            "/v2/stocks/bars?symbols={symbols}&timeframe=1Day&start={}&end={end}&limit={MAX_BARS_PER_PAGE}&adjustment=all&feed=sip&sort=asc",
            query.from
        );
        if let Some(page) = page {
            path += &format!("&page_token={}", utf8_percent_encode(page, PATH_SEGMENT));
        }
        let headers = vec![
            ("APCA-API-KEY-ID", self.key.clone()),
            ("APCA-API-SECRET-KEY", self.secret.clone()),
        ];
        Request { path, headers }
    }

    fn read(&self, batch: &[Query], response: &Response) -> Result<Page, Fault> {
        if let Some(fault) = Fault::of_status(response) {
            let Ok(refusal) = serde_json::from_slice::<Refusal>(&response.body) else {
                return Err(fault);
            };
            let message = format!("{}: {:?}", fault.message, short(&refusal.message));
            return Err(Fault { message, ..fault });
        }
        if !response.body.trim_ascii_start().starts_with(b"{") {
            return Err(not_json(response));
        }
        let answer: BarsAnswer = serde_json::from_slice(&response.body).map_err(|e| {
            let message = format!("the answer holds no bars: {}", short(&e.to_string()));
            Fault::answered(FaultKind::BadData, message, response)
        })?;
        let bars = answer.bars.unwrap_or_default();
        let answers = batch.iter().map(|query| {
            let rows = bars.get(&Self::spelling(query.symbol.as_str()))?;
            Some(Ok(into_bars(rows, query.now)))
        });
        Ok(Page { answers: answers.collect(), next: answer.next_page_token })
    }
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

#[derive(Deserialize)]
struct BarsAnswer {
    /// May be null, but has to be there.
    #[serde(deserialize_with = "Option::deserialize")]
    bars: Option<HashMap<String, Vec<BarRow>>>,
    next_page_token: Option<String>,
}

/// A bar: it stands under the midnight of its day in New York.
#[derive(Deserialize)]
struct BarRow {
    t: String,
    o: LenientNumber,
    h: LenientNumber,
    l: LenientNumber,
    c: LenientNumber,
    v: LenientNumber,
}

fn into_bars(rows: &[BarRow], now: DateTime<Utc>) -> Bars {
    let mut bars = Vec::with_capacity(rows.len());
    for row in rows {
        let Ok(midnight) = DateTime::parse_from_rfc3339(&row.t) else { continue };
        bars.push(Bar {
            date: midnight.with_timezone(&New_York).date_naive(),
            open: row.o.0,
            high: row.h.0,
            low: row.l.0,
            close: row.c.0,
            adjusted: row.c.0,
            volume: row.v.0,
        });
    }
    let dateless = rows.len() - bars.len();
    let today = now.with_timezone(&New_York).date_naive();
    let open = session(today).filter(|(_, end)| now < *end + FINAL_AFTER);
    let partial = open.is_some() && bars.iter().any(|bar| bar.date == today);
    Bars::new(bars, PriceBasis::Adjusted, partial)
        .with_bad_rows(dateless)
        .with_hours(hours(today))
        .with_currency(Some("USD".into()))
}

/// New York's session of a day; half days and holidays are not known here.
fn session(day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let at = |hour, minute| {
        let time = NaiveTime::from_hms_opt(hour, minute, 0)?;
        Some(New_York.from_local_datetime(&day.and_time(time)).single()?.to_utc())
    };
    Some((at(9, 30)?, at(16, 0)?))
}

/// Today's session, on a weekend Friday's, to the time when its bar is final.
fn hours(today: NaiveDate) -> Option<Hours> {
    let weekend = today.weekday().num_days_from_monday().saturating_sub(4);
    let (start, end) = session(today - Days::new(weekend.into()))?;
    Some(Hours { zone: New_York, start, end: end + FINAL_AFTER, last_trade: None })
}
