//! Tickers among words, as people paste them: blanks or commas between them, quotes and brackets around them,
//! cashtags, exchanges before them.

use super::exchanges::{Listing, is_exchange, listing};
use super::symbol::Symbol;
use crate::table::said;

/// Endings that Reuters gives New York's tickers, and that others give all of the United States.
const US_ENDINGS: [&str; 4] = [".US", ".OQ", ".O", ".N"];

/// The words of a line without its comment: `#` begins one at the start of a line or after a blank.
pub(super) fn words(line: &str) -> Vec<String> {
    let line = match line.find(" #").or_else(|| line.find("\t#")) {
        Some(comment) => &line[..comment],
        None if line.starts_with('#') && !line.starts_with("###") => "",
        None => line,
    };
    let mut words = Vec::new();
    for word in line.split([',', ';', '\t']) {
        let word = unquoted(word);
        if word.is_empty() || word.starts_with("###") {
            continue; // nothing, or the name of a section
        }
        let parts: Vec<&str> = word.split_whitespace().map(unquoted).collect();
        match parts.as_slice() {
            // A share class behind a blank.
            [name, class] if class.len() == 1 && is_written_as_ticker(name) => {
                words.push(format!("{name}.{class}"));
            }
            // Bloomberg's way.
            [name, "US", yellow] if yellow.eq_ignore_ascii_case("equity") => {
                words.push((*name).into());
            }
            [_, _, ..] if parts.iter().all(|part| is_written_as_ticker(part)) => {
                words.extend(parts.iter().map(|part| (*part).to_owned()));
            }
            _ => words.push(word.into()),
        }
    }
    words
}

/// A word as the ticker it is meant to be: `$AAPL`, `NASDAQ:AAPL`, `AAPL:xnas`, `US.AAPL` and `AAPL.O` are AAPL,
/// `LSE:VOD` is `VOD.L`, `00700` and `HK.00700` are `0700.HK`.
pub(super) fn ticker(word: &str) -> String {
    let word = unquoted(said(word.trim()));
    let word = match word.strip_prefix('$') {
        Some(tag) if tag.starts_with(|c: char| c.is_ascii_alphabetic()) => tag,
        _ => word,
    };
    if let Some((one, other)) = word.split_once(':') {
        let (exchange, name) = if is_exchange(one) { (one, other) } else { (other, one) };
        return match listing(exchange, name, None) {
            Listing::Known(ticker) => ticker,
            Listing::UnknownExchange | Listing::OtherCurrency => word.into(),
        };
    }
    let upper = word.to_ascii_uppercase();
    if let Some(ticker) = of_china(&upper).or_else(|| of_new_york(&upper)) {
        return ticker;
    }
    word.into()
}

/// A ticker of Hong Kong or mainland China by its number: `HK.00700`, `00700`, `SH600036`, `600036.SH`.
fn of_china(word: &str) -> Option<String> {
    if word.len() == 5 && word.starts_with('0') && is_number(word) {
        return Some(format!("{:0>4}.HK", word.trim_start_matches('0')));
    }
    let (place, number) = match word.rsplit_once('.') {
        Some((number, place @ ("SH" | "HK"))) => (place, number),
        _ => word.split_at_checked(2)?,
    };
    let number = number.trim_start_matches('.');
    match place {
        "HK" if is_number(number) => Some(format!("{:0>4}.HK", number.trim_start_matches('0'))),
        "SH" if is_number(number) && number.len() == 6 => Some(format!("{number}.SS")),
        "SZ" if is_number(number) && number.len() == 6 => Some(format!("{number}.SZ")),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A ticker of the United States that says so: `AAPL.US`, `US.AAPL`, `AAPL.O`.
fn of_new_york(word: &str) -> Option<String> {
    let name = match word.strip_prefix("US.") {
        Some(name) => name,
        None => US_ENDINGS.iter().find_map(|ending| word.strip_suffix(ending))?,
    };
    let is_name = (1..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase());
    is_name.then(|| name.into())
}

/// Whether a word is written as tickers are: in capitals, with a letter, short.
pub(super) fn is_written_as_ticker(word: &str) -> bool {
    let plain = ticker(word);
    plain.len() <= 10
        && !plain.bytes().any(|b| b.is_ascii_lowercase())
        && plain.bytes().any(|b| b.is_ascii_uppercase())
        && Symbol::parse(&plain).is_ok()
}

/// Whether most of the filled cells of a column are tickers: four of five, none of several words.
pub(super) fn holds_tickers<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut filled, mut tickers) = (0, 0);
    for cell in cells.filter(|cell| !cell.trim().is_empty()) {
        let name = ticker(cell);
        filled += 1;
        tickers += usize::from(!cell.trim().contains(' ') && Symbol::parse(&name).is_ok());
    }
    5 * tickers >= 4 * filled
}

fn unquoted(word: &str) -> &str {
    word.trim().trim_matches(|c: char| c.is_whitespace() || "\"'[]()`".contains(c))
}
