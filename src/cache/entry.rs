//! What is kept of one ticker, and its bytes where it is kept under a key. It does not decide whether that is
//! still good.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::policy::Namespace;
use crate::bars::YEARS;
use crate::provider::Query;

/// The version of the bytes; others are misses.
const VERSION: u8 = 1;

/// Days before the time of fetching that a recent series goes back: what every screen needs on any exchange.
const RECENT_DAYS: Days = Days::new(500);

/// How far back a series goes. Both end with the newest session there was, so a past day is served by either that
/// covers it, and a ticker has at most two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// As far as screens of the newest session look: small, and so fast to read.
    Recent,
    /// Farther.
    Long,
}

impl Length {
    /// How it is written as part of the key.
    pub(super) fn interval(self) -> &'static str {
        match self {
            Self::Recent => "1d",
            Self::Long => "1d+",
        }
    }

    /// What is kept of an answer to a query.
    pub(super) fn of(query: &Query) -> Self {
        let is_long = query.as_of.is_some() || query.from < first_recent_day(query);
        if is_long { Self::Long } else { Self::Recent }
    }
}

/// The first day of a recent series that is fetched for a query.
pub(super) fn first_recent_day(query: &Query) -> NaiveDate {
    query.now.date_naive() - RECENT_DAYS
}

/// Entries that may answer one query.
pub(super) const MAX_LENGTHS: usize = 2;

/// The lengths of series that may answer a query, the smaller first.
pub(super) fn lengths(query: &Query) -> impl Iterator<Item = Length> + use<> {
    let count = if Length::of(query) == Length::Recent { 1 } else { MAX_LENGTHS };
    [Length::Recent, Length::Long].into_iter().take(count)
}

/// One row: a ticker's bars, or that it was unknown.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) namespace: Namespace,
    pub(super) symbol: String,
    pub(super) length: Length,
    pub(super) fetched_at: DateTime<Utc>,
    pub(super) valid_until: DateTime<Utc>,
    pub(super) since: NaiveDate,
    pub(super) data: Option<Vec<u8>>,
    pub(super) attempts: u32,
    pub(super) http_status: Option<u16>,
    pub(super) message: String,
}

impl Entry {
    /// An entry about a query that holds nothing yet.
    pub(super) fn new(namespace: &Namespace, query: &Query, length: Length) -> Self {
        Self {
            namespace: namespace.clone(),
            symbol: query.symbol.to_string(),
            length,
            fetched_at: query.now,
            valid_until: query.now,
            since: query.from,
            data: None,
            attempts: 0,
            http_status: None,
            message: String::new(),
        }
    }

    /// CRC-32 of everything the row says, its key included: a price, time or name that was damaged is a miss.
    pub(super) fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        let Namespace { provider, origin } = &self.namespace;
        let interval = self.length.interval();
        for text in [provider, origin.as_str(), &self.symbol, interval, &self.message] {
            hasher.update(text.as_bytes());
            hasher.update(&[0]);
        }
        let fetched = self.fetched_at.timestamp_millis();
        let valid = self.valid_until.timestamp_millis();
        let status = self.http_status.map_or(-1, i64::from);
        let since = i64::from(self.since.to_epoch_days());
        for number in [fetched, valid, since, i64::from(self.attempts), status] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(&[u8::from(self.data.is_some())]);
        hasher.update(self.data.as_deref().unwrap_or_default());
        hasher.finalize()
    }

    /// Everything but the key, as bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.checksum().to_le_bytes());
        bytes.extend(self.fetched_at.timestamp_millis().to_le_bytes());
        bytes.extend(self.valid_until.timestamp_millis().to_le_bytes());
        bytes.extend(self.since.to_epoch_days().to_le_bytes());
        bytes.extend(self.attempts.to_le_bytes());
        bytes.extend(self.http_status.map_or(-1, i32::from).to_le_bytes());
        bytes.extend(u32::try_from(self.message.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(self.message.as_bytes());
        if let Some(data) = &self.data {
            bytes.push(1);
            bytes.extend(data);
        }
        bytes
    }

    /// What [`Entry::to_bytes`] was made of, under the same key. `None`: the bytes are something else.
    pub(super) fn of_bytes(
        namespace: &Namespace,
        symbol: &str,
        length: Length,
        bytes: &[u8],
    ) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let (fetched_at, rest) = rest.split_first_chunk()?;
        let (valid_until, rest) = rest.split_first_chunk()?;
        let (since, rest) = rest.split_first_chunk()?;
        let (attempts, rest) = rest.split_first_chunk()?;
        let (http_status, rest) = rest.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        let (message, rest) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        let stored = Self {
            namespace: namespace.clone(),
            symbol: symbol.into(),
            length,
            fetched_at: time(i64::from_le_bytes(*fetched_at)),
            valid_until: time(i64::from_le_bytes(*valid_until)),
            since: NaiveDate::from_epoch_days(i32::from_le_bytes(*since))?,
            data: rest.split_first().map(|(_, data)| data.to_vec()),
            attempts: u32::from_le_bytes(*attempts),
            http_status: u16::try_from(i32::from_le_bytes(*http_status)).ok(),
            message: String::from_utf8(message.to_vec()).ok()?,
        };
        let is_sound = version == VERSION && stored.checksum() == u32::from_le_bytes(*checksum);
        is_sound.then_some(stored)
    }
}

/// A time that no program of ours has written counts as long gone: nothing is worked out from it.
pub(super) fn time(milliseconds: i64) -> DateTime<Utc> {
    let time = DateTime::from_timestamp_millis(milliseconds);
    time.filter(|time| YEARS.contains(&time.year())).unwrap_or(DateTime::UNIX_EPOCH)
}
