//! TOML's values as words of a command line, and back.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::Value;

/// The values of a key, as they would be typed.
pub(super) fn values(value: &Value, takes_many: bool) -> Option<Vec<String>> {
    match value {
        Value::Array(values) if takes_many && !values.is_empty() => {
            values.iter().map(plain).collect()
        }
        value => plain(value).map(|value| vec![value]),
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Datetime(time) => Some(time.to_string()),
        Value::Array(_) | Value::Table(_) => None,
    }
}

/// A value as TOML writes it.
pub(super) fn quoted(value: &str) -> String {
    let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if is_number || matches!(value, "true" | "false") { value.into() } else { format!("{value:?}") }
}

/// The text of a settings file; one that does not end is not read to its end.
pub(super) fn read_bounded(path: &Path) -> std::io::Result<String> {
    const MAX_BYTES: u64 = 1 << 20;
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}
