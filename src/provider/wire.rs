//! What several vendors' answers are made of: columns of numbers that may be null, times that are sessions.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::bars::YEARS;
use crate::fetch::{Fault, FaultKind, Response};

/// Room for the sessions that are usually asked for; a longer array grows.
const USUAL_SESSIONS: usize = 320;

pub(super) const PATH_SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A 200 that is not JSON: nothing at all, a consent page, a maintenance page.
pub(super) fn not_json(response: &Response) -> Fault {
    let what = if response.body.is_empty() { "is empty" } else { "is a web page, not data" };
    Fault::answered(FaultKind::BadData, format!("the answer {what}"), response)
}

/// The date at the exchange. The zone is used, not the answer's `gmtoffset`: that is today's offset, which
/// is wrong across a change of the clocks.
pub(super) fn local_date(zone: Tz, stamp: i64) -> Option<NaiveDate> {
    let time = moment(stamp)?.with_timezone(&zone).naive_local();
    // A day's midnight in another zone, east of here: no session begins at these hours.
    let is_midnight_elsewhere =
        matches!((time.hour(), time.minute(), time.second()), (22 | 23, 0, 0));
    if is_midnight_elsewhere { time.date().succ_opt() } else { Some(time.date()) }
}

/// A time from seconds since 1970; beyond the years of bars a stamp is damaged, and nothing is worked out from it.
pub(super) fn moment(stamp: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(stamp, 0).filter(|time| YEARS.contains(&time.year()))
}

/// [`local_date`] of each stamp. Tickers of one exchange have the same stamps, and finding the offsets of
/// three hundred takes a twelfth of a cold run: the thread's latest answer is kept.
pub(super) fn local_dates(zone: Tz, stamps: &[i64]) -> Vec<Option<NaiveDate>> {
    #[derive(Default)]
    struct Latest {
        zone: Tz,
        stamps: Vec<i64>,
        dates: Vec<Option<NaiveDate>>,
    }
    thread_local! {
        static LATEST: RefCell<Latest> = RefCell::default();
    }
    LATEST.with_borrow_mut(|latest| {
        if latest.zone != zone || latest.stamps != stamps {
            let dates = stamps.iter().map(|stamp| local_date(zone, *stamp)).collect();
            *latest = Latest { zone, stamps: stamps.to_vec(), dates };
        }
        latest.dates.clone()
    })
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

/// An array, with room for a usual one from the beginning.
#[derive(Debug, Default)]
pub(super) struct JsonArray<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JsonArray<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
            type Value = JsonArray<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<JsonArray<T>, A::Error> {
                let mut column = Vec::with_capacity(USUAL_SESSIONS);
                while let Some(value) = values.next_element()? {
                    column.push(value);
                }
                Ok(JsonArray(column))
            }
        }
        deserializer.deserialize_seq(Values(PhantomData))
    }
}

/// A number that may be null or come as a string: `null`, `"NaN"`, `"Infinity"` are NaN.
#[derive(Clone, Copy)]
pub(super) struct LenientNumber(pub(super) f64);

impl<'de> Deserialize<'de> for LenientNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyNumber;
        impl Visitor<'_> for AnyNumber {
            type Value = LenientNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, null, or a number in quotes")
            }

            fn visit_f64<E>(self, value: f64) -> Result<LenientNumber, E> {
                Ok(LenientNumber(value))
            }

            #[expect(clippy::cast_precision_loss, reason = "volumes stay far below 2^53")]
            fn visit_u64<E>(self, value: u64) -> Result<LenientNumber, E> {
                Ok(LenientNumber(value as f64))
            }

            #[expect(clippy::cast_precision_loss, reason = "volumes stay far below 2^53")]
            fn visit_i64<E>(self, value: i64) -> Result<LenientNumber, E> {
                Ok(LenientNumber(value as f64))
            }

            fn visit_str<E>(self, text: &str) -> Result<LenientNumber, E> {
                let value = text.parse().ok().filter(|value: &f64| value.is_finite());
                Ok(LenientNumber(value.unwrap_or(f64::NAN)))
            }

            fn visit_unit<E>(self) -> Result<LenientNumber, E> {
                Ok(LenientNumber(f64::NAN))
            }
        }
        deserializer.deserialize_any(AnyNumber)
    }
}
