//! What is kept of one ticker, and its bytes where it is kept under a key. It does not decide whether that is
//! still good.

use chrono::{DateTime, NaiveDate, Utc};

use super::policy::Namespace;
use crate::provider::Query;

/// The version of the bytes; others are misses.
const VERSION: u8 = 1;

/// One row: a ticker's bars, or that it was unknown.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) namespace: Namespace,
    pub(super) symbol: String,
    pub(super) as_of: Option<NaiveDate>,
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
    pub(super) fn new(namespace: &Namespace, query: &Query) -> Self {
        Self {
            namespace: namespace.clone(),
            symbol: query.symbol.to_string(),
            as_of: query.as_of,
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
        let interval = interval(self.as_of);
        for text in [provider, origin.as_str(), &self.symbol, &interval, &self.message] {
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
        as_of: Option<NaiveDate>,
        bytes: &[u8],
    ) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let (fetched_at, rest) = rest.split_first_chunk()?;
        let (valid_until, rest) = rest.split_first_chunk()?;
        let (since, rest) = rest.split_first_chunk()?;
        let (attempts, rest) = rest.split_first_chunk()?;
        let (http_status, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (message, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let stored = Self {
            namespace: namespace.clone(),
            symbol: symbol.into(),
            as_of,
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

/// Entries that may answer one query.
pub(super) const MAX_INTERVALS: usize = 2;

/// The days as of which an entry may answer a query: `None` is the newest series.
pub(super) fn intervals(query: &Query) -> impl Iterator<Item = Option<NaiveDate>> {
    [None, query.as_of].into_iter().take(1 + usize::from(query.as_of.is_some()))
}

/// How an interval is written: the newest series, or the one as of a past day.
pub(super) fn interval(as_of: Option<NaiveDate>) -> String {
    as_of.map_or_else(|| "1d".into(), |day| format!("1d@{day}"))
}

/// A time beyond the calendar counts as long gone.
pub(super) fn time(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or(DateTime::UNIX_EPOCH)
}
