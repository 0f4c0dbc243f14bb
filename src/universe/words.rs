//! Tickers among words, as people paste them: blanks or commas between them, quotes and brackets around them,
//! cashtags, exchanges before them.

use super::exchanges::{Listing, is_exchange, listing};
use super::symbol::Symbol;
use crate::table::said;

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

/// A word as the ticker it is meant to be: `$AAPL`, `NASDAQ:AAPL` and `AAPL:xnas` are AAPL, `LSE:VOD` is `VOD.L`.
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
    word.into()
}

/// Whether a word is written as tickers are: in capitals, with a letter, short.
pub(super) fn is_written_as_ticker(word: &str) -> bool {
    let plain = ticker(word);
    plain.len() <= 10
        && !plain.bytes().any(|b| b.is_ascii_lowercase())
        && plain.bytes().any(|b| b.is_ascii_uppercase())
        && Symbol::parse(&plain).is_ok()
}

/// The column of tickers among those whose names propose it, by what they hold: a column of stocks may hold companies'
/// names. It is the first, unless hardly any of its filled cells are tickers and four of five of another's are.
pub(super) fn column_of_tickers<'a, C: Iterator<Item = &'a str>>(
    first: usize,
    mut proposed: impl Iterator<Item = usize>,
    cells_of: impl Fn(usize) -> C,
) -> usize {
    let (tickers, filled) = count_tickers(cells_of(first));
    if 3 * tickers >= filled {
        return first;
    }
    let other = proposed.find(|place| {
        let (tickers, filled) = count_tickers(cells_of(*place));
        5 * tickers >= 4 * filled
    });
    other.unwrap_or(first)
}

/// How many cells are written as tickers, and how many are filled.
fn count_tickers<'a>(cells: impl Iterator<Item = &'a str>) -> (usize, usize) {
    let (mut tickers, mut filled) = (0, 0);
    for cell in cells.filter(|cell| !cell.trim().is_empty()) {
        filled += 1;
        let is_number = cell.bytes().any(|b| b.is_ascii_digit()) && Symbol::parse(cell).is_ok();
        tickers += usize::from(is_written_as_ticker(cell) || is_number);
    }
    (tickers, filled)
}

fn unquoted(word: &str) -> &str {
    word.trim().trim_matches(|c: char| c.is_whitespace() || "\"'[]()`".contains(c))
}
