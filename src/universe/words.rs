//! Tickers among words, as people paste them: blanks or commas between them, quotes and brackets around them,
//! cashtags, exchanges before them.

use super::symbol::Symbol;
use crate::table::said;

/// Exchanges whose tickers need no ending, as `TradingView` names them.
const US_EXCHANGES: [&str; 9] =
    ["NASDAQ", "NYSE", "AMEX", "ARCA", "NYSEARCA", "BATS", "CBOE", "OTC", "NYSEMKT"];
/// Other exchanges, and the ending of their tickers.
const ENDINGS: [(&str, &str); 24] = [
    ("LSE", ".L"),
    ("LON", ".L"),
    ("TSX", ".TO"),
    ("TSXV", ".V"),
    ("HKEX", ".HK"),
    ("HKG", ".HK"),
    ("XETR", ".DE"),
    ("ETR", ".DE"),
    ("FWB", ".F"),
    ("ASX", ".AX"),
    ("TSE", ".T"),
    ("NSE", ".NS"),
    ("BSE", ".BO"),
    ("SIX", ".SW"),
    ("SWX", ".SW"),
    ("MIL", ".MI"),
    ("BME", ".MC"),
    ("OMXSTO", ".ST"),
    ("OMXCOP", ".CO"),
    ("OMXHEX", ".HE"),
    ("OSL", ".OL"),
    ("KRX", ".KS"),
    ("SSE", ".SS"),
    ("SZSE", ".SZ"),
];

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

/// A word as the ticker it is meant to be: `$AAPL` and `NASDAQ:AAPL` are AAPL, `LSE:VOD` is `VOD.L`.
pub(super) fn ticker(word: &str) -> String {
    let word = unquoted(said(word.trim()));
    let word = match word.strip_prefix('$') {
        Some(tag) if tag.starts_with(|c: char| c.is_ascii_alphabetic()) => tag,
        _ => word,
    };
    let Some((exchange, name)) = word.split_once(':') else { return word.into() };
    let exchange = exchange.to_ascii_uppercase();
    if US_EXCHANGES.contains(&exchange.as_str()) {
        return name.into();
    }
    match ENDINGS.iter().find(|(known, _)| *known == exchange) {
        Some((_, ".HK")) => format!("{name:0>4}.HK"),
        Some((_, ending)) => format!("{name}{ending}"),
        None => word.into(),
    }
}

/// Whether a word is written as tickers are: in capitals, with a letter, short.
pub(super) fn is_written_as_ticker(word: &str) -> bool {
    let plain = ticker(word);
    plain.len() <= 10
        && !plain.bytes().any(|b| b.is_ascii_lowercase())
        && plain.bytes().any(|b| b.is_ascii_uppercase())
        && Symbol::parse(&plain).is_ok()
}

fn unquoted(word: &str) -> &str {
    word.trim().trim_matches(|c: char| c.is_whitespace() || "\"'[]()`".contains(c))
}
