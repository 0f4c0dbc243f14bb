//! How the values of options are read. Each error says how the value is written; clap names the option.

use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::{Datelike, Days, Months, NaiveDate, Utc, Weekday};
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

use crate::ask::columns::Column;
use crate::ask::presets::{PRESETS, Preset};
use crate::fetch::Secret;
use crate::models::Model;
use crate::shared::{BadRedisAddress, RedisAddress};
use crate::table::Format;
use crate::universe::{BadShard, Shard};

/// Units of durations and their seconds, the longer suffix first.
const UNITS: [(&str, f64); 6] =
    [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0), ("", 1.0)];
/// A century, in seconds.
const MAX_SECONDS: f64 = 3_153_600_000.0;

/// How many failures exit 0 allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FailureLimit {
    Tickers(usize),
    Percent(f64),
}

impl FailureLimit {
    /// Whether `failed` of `requested` is more than it allows.
    pub(crate) fn is_exceeded(self, failed: usize, requested: usize) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
        match self {
            Self::Tickers(most) => failed > most,
            Self::Percent(most) => failed as f64 * 100.0 > most * requested as f64,
        }
    }
}

/// Which shard is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShardChoice {
    /// This one.
    Numbered(Shard),
    /// The one that the job scheduler numbered in the environment.
    Auto,
}

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct CommandWords(pub(crate) Vec<String>);

/// A text in which columns are named: any is taken here, and shells complete the names.
#[derive(Clone)]
pub(crate) struct ColumnWords;

impl TypedValueParser for ColumnWords {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = Column::all().map(|column| PossibleValue::new(column.name().to_owned()));
        Some(Box::new(names))
    }
}

pub(crate) fn parse_preset() -> impl TypedValueParser<Value = &'static Preset> {
    let names = PRESETS.map(|preset| PossibleValue::new(preset.name).help(preset.meaning));
    PossibleValuesParser::new(names).try_map(|name| Preset::find(&name).ok_or("no such preset"))
}

pub(crate) fn parse_model() -> impl TypedValueParser<Value = Model> {
    let names = Model::ALL.map(|model| PossibleValue::new(model.name).help(model.meaning));
    PossibleValuesParser::new(names).try_map(|name| Model::find(&name).ok_or("no such model"))
}

/// Reads one of the formats that a command writes.
pub(crate) fn parse_format(formats: &[Format]) -> impl TypedValueParser<Value = Format> {
    let names: Vec<&'static str> = formats.iter().map(|format| format.name()).collect();
    PossibleValuesParser::new(names).try_map(|name| Format::find(&name).ok_or("no such format"))
}

pub(crate) fn parse_not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("a number, at least 0".into()),
    }
}

pub(crate) fn parse_at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n >= 1 => Ok(n),
        _ => Err("a whole number, at least 1".into()),
    }
}

/// Reads a shard, or the word for the one that is numbered in the environment.
pub(crate) fn parse_shard(text: &str) -> Result<ShardChoice, String> {
    match text {
        "auto" => Ok(ShardChoice::Auto),
        text => text.parse().map(ShardChoice::Numbered).map_err(|bad: BadShard| bad.to_string()),
    }
}

pub(crate) fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.01..=100_000.0).contains(&rate) => Ok(rate),
        _ => Err("a number of requests per second, 0.01 to 100000".into()),
    }
}

/// Reads a day: a date, `today`, `yesterday`, the last such weekday, or so long ago. Days begin in UTC.
pub(crate) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let today = Utc::now().date_naive();
    let word = text.trim().to_ascii_lowercase();
    let day = match word.as_str() {
        "today" => Some(today),
        "yesterday" => today.pred_opt(),
        _ => match (word.parse::<Weekday>(), word.strip_prefix('-')) {
            (Ok(weekday), _) => Some(last(weekday, today)),
            (_, Some(ago)) => before(ago, today),
            _ => None,
        },
    };
    match day {
        Some(day) => Ok(day),
        None => parse_date(text).map_err(|_| {
            "write a day as 2026-11-20, yesterday, friday, -5d, -2w, -3m or -1y".into()
        }),
    }
}

/// Reads two days and those between them.
pub(crate) fn parse_days(text: &str) -> Result<RangeInclusive<NaiveDate>, String> {
    let (first, last) = text.split_once("..").ok_or("write days as 2020-02-01..2020-06-30")?;
    let (first, last) = (parse_day(first)?, parse_day(last)?);
    if first <= last { Ok(first..=last) } else { Err("the first day is after the last".into()) }
}

/// The last day of that name, today among them.
fn last(weekday: Weekday, today: NaiveDate) -> NaiveDate {
    today - Days::new(today.weekday().days_since(weekday).into())
}

/// So many days, weeks, months or years before today.
fn before(ago: &str, today: NaiveDate) -> Option<NaiveDate> {
    let unit = ago.chars().last()?;
    let count: u32 = ago.strip_suffix(unit)?.parse().ok().filter(|count| *count <= 36_500)?;
    match unit {
        'd' => today.checked_sub_days(Days::new(count.into())),
        'w' => today.checked_sub_days(Days::new(7 * u64::from(count))),
        'm' => today.checked_sub_months(Months::new(count)),
        'y' => today.checked_sub_months(Months::new(12 * count)),
        _ => None,
    }
}

pub(crate) fn parse_date(text: &str) -> Result<NaiveDate, String> {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) if (1900..=9999).contains(&date.year()) => Ok(date),
        _ => Err("write dates as YYYY-MM-DD, for example 2026-11-20".into()),
    }
}

pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    for (unit, seconds) in UNITS {
        let number = text.strip_suffix(unit).and_then(|number| number.parse::<f64>().ok());
        let Some(number) = number else { continue };
        let length = number * seconds;
        if (0.0..=MAX_SECONDS).contains(&length) {
            return Ok(Duration::from_secs_f64(length));
        }
        break;
    }
    Err("write durations as 500ms, 30s, 5m, 2h or 1d; a bare number is seconds".into())
}

/// Units of bytes.
const SIZE_UNITS: [(&str, f64); 7] = [
    ("kib", 1024.0),
    ("mib", 1_048_576.0),
    ("gib", 1_073_741_824.0),
    ("kb", 1e3),
    ("mb", 1e6),
    ("gb", 1e9),
    ("tb", 1e12),
];

/// Reads a number of bytes: in powers of ten, or of two where the unit says so.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    for (unit, bytes) in SIZE_UNITS {
        let number = lower.strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
        if let Some(number) = number.filter(|number| (0.0..=1e6).contains(number)) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bounded"
            )]
            return Ok((number * bytes) as u64);
        }
    }
    Err("write sizes as 500MB or 2GiB".into())
}

pub(crate) fn parse_positive_duration(text: &str) -> Result<Duration, String> {
    let length = parse_duration(text)?;
    if length.is_zero() { Err("it must be longer than 0".into()) } else { Ok(length) }
}

pub(crate) fn parse_base_url(text: &str) -> Result<String, String> {
    if has_host(text) && !text.contains(['?', '#', '@']) {
        Ok(text.into())
    } else {
        Err("write a base URL as https://host or http://127.0.0.1:9801".into())
    }
}

/// Reads an address to post to. What stands behind the host is the user's business.
pub(crate) fn parse_webhook_url(text: &str) -> Result<String, String> {
    if has_host(text) {
        Ok(text.into())
    } else {
        Err("write an address as https://host/path".into())
    }
}

/// Whether a text is an HTTP address with a host, all in printable ASCII.
fn has_host(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let starts_well =
        host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['));
    starts_well && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Reads a command as words, split as a shell would.
pub(crate) fn parse_command(text: &str) -> Result<CommandWords, String> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(CommandWords(words)),
        Some(_) => Err("there is no command in it".into()),
        None => Err("a quotation mark is not closed".into()),
    }
}

pub(crate) fn parse_header_value(text: &str) -> Result<String, String> {
    let is_printable = !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if is_printable { Ok(text.into()) } else { Err("a header is printable ASCII".into()) }
}

/// Reads the address of a shared server. The error does not show it: a password may be in it.
pub(crate) fn parse_redis_address(text: &str) -> Result<RedisAddress, String> {
    text.parse().map_err(|bad: BadRedisAddress| bad.to_string())
}

/// Reads a key as a header can carry it. The error does not show it.
pub(crate) fn parse_secret(text: &str) -> Result<Secret, String> {
    let is_sound = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if is_sound { Ok(Secret::new(text)) } else { Err("a key is printable ASCII".into()) }
}

/// Bytes of the shortest key of shared entries: 128 bits, if it is random.
const MIN_SHARED_KEY: usize = 16;

pub(crate) fn parse_shared_key(text: &str) -> Result<Secret, String> {
    if text.len() < MIN_SHARED_KEY {
        return Err(format!(
            "a shared key has at least {MIN_SHARED_KEY} characters; `openssl rand -hex 32` makes one"
        ));
    }
    parse_secret(text)
}

pub(crate) fn parse_failure_limit(text: &str) -> Result<FailureLimit, String> {
    let limit = match text.strip_suffix('%') {
        Some(number) => match number.trim().parse() {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Some(FailureLimit::Percent(percent)),
            _ => None,
        },
        None => text.parse().ok().map(FailureLimit::Tickers),
    };
    limit.ok_or_else(|| "a number of tickers such as 5, or a percentage such as 2%".into())
}
