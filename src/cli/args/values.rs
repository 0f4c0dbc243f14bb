//! How the values of options are read. Each error says how the value is written; clap names the option.

use std::time::Duration;

use chrono::{Datelike, NaiveDate};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::cli::args::shard::ShardChoice;
use crate::cli::args::watch::CommandWords;
use crate::fetch::Secret;
use crate::report::Format;
use crate::screen::models::Model;
use crate::shared::{BadRedisAddress, RedisAddress};
use crate::universe::BadShard;

/// How many failures are still a success.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cli) enum FailureLimit {
    Tickers(usize),
    Percent(f64),
}

pub(in crate::cli) fn model_parser() -> impl TypedValueParser<Value = Model> {
    PossibleValuesParser::new(
        Model::ALL.map(|model| PossibleValue::new(model.name()).help(model.meaning())),
    )
    .try_map(|name| {
        Model::ALL.into_iter().find(|model| model.name() == name).ok_or("no such model")
    })
}

pub(in crate::cli) fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| {
        Format::ALL.into_iter().find(|format| format.name() == name).ok_or("no such format")
    })
}

pub(in crate::cli) fn not_negative(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| "a number, at least 0".into())
}

pub(in crate::cli) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n >= 1).ok_or_else(|| "a whole number, at least 1".into())
}

/// One of several parts, or the one that is numbered in the environment.
pub(in crate::cli) fn part(text: &str) -> Result<ShardChoice, String> {
    match text {
        "auto" => Ok(ShardChoice::Auto),
        text => text.parse().map(ShardChoice::Named).map_err(|e: BadShard| e.to_string()),
    }
}

pub(in crate::cli) fn rate(text: &str) -> Result<f64, String> {
    let sensible = 0.01..=100_000.0;
    text.parse()
        .ok()
        .filter(|rate| sensible.contains(rate))
        .ok_or_else(|| "a number of requests a second, 0.01 to 100000".into())
}

pub(in crate::cli) fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| (1900..=9999).contains(&date.year()))
        .ok_or_else(|| "a date is written 2026-11-20".into())
}

pub(in crate::cli) fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0), ("", 1.0)];
    units
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?.parse::<f64>().ok()?, seconds)))
        .map(|(number, seconds)| number * seconds)
        .filter(|seconds| (0.0..=3_153_600_000.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| {
            "a duration is written 500ms, 30s, 5m, 2h or 1d; a bare number is seconds".into()
        })
}

pub(in crate::cli) fn positive_duration(text: &str) -> Result<Duration, String> {
    let length = duration(text)?;
    if length.is_zero() { Err("it has to be longer than nothing".into()) } else { Ok(length) }
}

pub(in crate::cli) fn base_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host)
            if host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
                && text.bytes().all(|b| b.is_ascii_graphic())
                && !text.contains(['?', '#', '@']) =>
        {
            Ok(text.into())
        }
        _ => Err("a base URL is written https://host or http://127.0.0.1:9801".into()),
    }
}

/// An address to post to; what it holds beyond the host is nobody's business.
pub(in crate::cli) fn hook_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host)
            if host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
                && text.bytes().all(|b| b.is_ascii_graphic()) =>
        {
            Ok(text.into())
        }
        _ => Err("an address is written https://host/path".into()),
    }
}

/// A command as words, split as a shell would.
pub(in crate::cli) fn words(text: &str) -> Result<CommandWords, String> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(CommandWords(words)),
        Some(_) => Err("there is no command in it".into()),
        None => Err("a quotation mark is not closed".into()),
    }
}

pub(in crate::cli) fn header_value(text: &str) -> Result<String, String> {
    let printable = !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if printable { Ok(text.into()) } else { Err("a header is printable ASCII".into()) }
}

/// Where a shared server is. What is wrong with it is not said by showing it: a password may be in it.
pub(in crate::cli) fn shared(text: &str) -> Result<RedisAddress, String> {
    text.parse().map_err(|bad: BadRedisAddress| bad.to_string())
}

/// A key as a header can carry it. What is wrong with it is not said by showing it.
pub(in crate::cli) fn secret(text: &str) -> Result<Secret, String> {
    let is_sound = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if is_sound { Ok(Secret::new(text)) } else { Err("a key is printable ASCII".into()) }
}

pub(in crate::cli) fn allowance(text: &str) -> Result<FailureLimit, String> {
    let percent = text.strip_suffix('%').map(|number| number.trim().parse::<f64>());
    match (percent, text.parse::<usize>()) {
        (Some(Ok(percent)), _) if (0.0..=100.0).contains(&percent) => {
            Ok(FailureLimit::Percent(percent))
        }
        (None, Ok(tickers)) => Ok(FailureLimit::Tickers(tickers)),
        _ => Err("a number of tickers such as 5, or a share such as 2%".into()),
    }
}
