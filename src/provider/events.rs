//! Splits and dividends as sources state them: the events of a chart, the ratio of a column.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use super::wire::local_date;
use crate::bars::{Dividend, Events, Split, is_price};

/// The splits and dividends of an answer; those that cannot be read are left out.
pub(super) fn read_events(events: &Value, zone: Tz, unit: f64) -> Events {
    let of_kind = |kind: &str| {
        let all = events.get(kind).and_then(Value::as_object);
        let mut dated: Vec<(NaiveDate, &Value)> = all
            .into_iter()
            .flat_map(|all| all.values())
            .filter_map(|event| Some((local_date(zone, event.get("date")?.as_i64()?)?, event)))
            .collect();
        dated.sort_by_key(|(date, _)| *date);
        dated
    };
    let mut splits = Vec::new();
    for (date, event) in of_kind("splits") {
        splits.extend(split_ratio(event).map(|ratio| Split { date, ratio }));
    }
    let mut dividends = Vec::new();
    for (date, event) in of_kind("dividends") {
        let amount = event.get("amount").and_then(number).filter(|amount| is_price(*amount));
        dividends.extend(amount.map(|amount| Dividend { date, amount: amount * unit }));
    }
    Events { splits: Some(splits), dividends: Some(dividends) }
}

/// New shares for an old one, from the numerator and the denominator or else from a text such as `4:1`.
fn split_ratio(event: &Value) -> Option<f64> {
    let parts =
        event.get("numerator").and_then(number).zip(event.get("denominator").and_then(number));
    let ratio = match parts {
        Some((new, old)) => new / old,
        None => split_ratio_of_text(event.get("splitRatio")?.as_str()?)?,
    };
    is_price(ratio).then_some(ratio)
}

/// A number that may stand in quotes.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// New shares for an old one, of a text such as `4:1`, `4/1` or `0.1`. `None`: it is none.
pub(super) fn split_ratio_of_text(text: &str) -> Option<f64> {
    let ratio = match text.split_once([':', '/']) {
        Some((new, old)) => new.trim().parse::<f64>().ok()? / old.trim().parse::<f64>().ok()?,
        None => text.trim().parse().ok()?,
    };
    is_price(ratio).then_some(ratio)
}
