//! The ticker that a file's name, or its folder's, tells.

use std::path::Path;

use crate::universe::listed_at;

/// The ticker that a file is named after: `AAPL (1).csv`, `daily_adjusted_MSFT.csv`, `NVDA-1d.csv`,
/// `aapl.us.txt`, `GOOG Historical Data.csv`.
pub(super) fn ticker_of(path: &Path) -> String {
    // Only of partitions within partitions: a folder further up is not about this file.
    let mut partitions = path.ancestors().skip(1).map_while(partition);
    let is_of_ticker = |(key, _): &(String, String)| {
        ["symbol", "ticker", "sym", "code"].iter().any(|known| key.eq_ignore_ascii_case(known))
    };
    if let Some((_, ticker)) = partitions.find(is_of_ticker) {
        return ticker;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut stem = name.as_str();
    for ending in [".gz", ".zst"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    for ending in [".csv", ".txt", ".tsv", ".parquet", ".pq"] {
        stem = strip_ending(stem, ending);
    }
    let stem = stem.trim();
    let stem = stem.split_once(" (").map_or(stem, |(first, _)| first);
    let stem = stem.split_once(", ").map_or(stem, |(first, _)| first);
    let mut stem = stem;
    for ending in [
        " Historical Data",
        " Historical Prices",
        "-historical-data",
        "-historical-prices",
        "_historical",
        "_daily",
        "-1d",
        "_1d",
        "_d",
    ] {
        stem = strip_ending(stem, ending);
    }
    for start in ["daily_adjusted_", "daily_"] {
        let has_start = stem.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
        stem = if has_start { &stem[start.len()..] } else { stem };
    }
    of_parts(strip_ending(stem, "_us"))
}

/// Markets without an ending of their own, as charts are named after them.
const OTHER_MARKETS: [&str; 12] = [
    "BINANCE",
    "BITSTAMP",
    "BYBIT",
    "COINBASE",
    "CRYPTO",
    "CRYPTOCAP",
    "FX",
    "INDEX",
    "KRAKEN",
    "OANDA",
    "OKX",
    "TVC",
];

/// The ticker of a name whose words are parted by `_`: `NASDAQ_AAPL`, `NSE_SBIN`, `BF_B`, `AAPL_data`. Of another such
/// name it is the name with blanks, which is no ticker.
fn of_parts(name: &str) -> String {
    let Some((first, rest)) = name.split_once('_') else { return name.into() };
    if OTHER_MARKETS.contains(&first) {
        return rest.into();
    }
    let is_listed = !rest.bytes().any(|b| b.is_ascii_lowercase());
    if let Some(listed) = listed_at(first, rest).filter(|_| is_listed) {
        return listed;
    }
    let class = rest.strip_suffix(".us").unwrap_or(rest);
    if class.len() == 1 && class.bytes().all(|b| b.is_ascii_alphabetic()) {
        return format!("{first}.{class}");
    }
    let parts: Vec<&str> = name.split('_').collect();
    let (capitals, others): (Vec<&str>, Vec<&str>) =
        parts.into_iter().partition(|part| is_in_capitals(part));
    match capitals.as_slice() {
        [ticker] if others.iter().all(|part| is_word(part)) => (*ticker).into(),
        _ => name.replace('_', " "),
    }
}

fn is_in_capitals(part: &str) -> bool {
    !CURRENCIES.contains(&part)
        && part.len() <= 6
        && part.starts_with(|c: char| c.is_ascii_uppercase())
        && part == part.to_uppercase()
}

/// Currencies that prices are named after.
const CURRENCIES: [&str; 8] = ["AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "JPY", "USD"];
/// Words for bars that are not of days.
const INTERVALS: [&str; 6] = ["hourly", "intraday", "minute", "monthly", "quarterly", "weekly"];

/// Whether a part of a name is a word or a number beside the ticker, `data`, `2023`, and of no other bars than daily
/// ones, as `1h` and `weekly` are.
fn is_word(part: &str) -> bool {
    let is_interval = INTERVALS.contains(&part)
        || (part.starts_with(|c: char| c.is_ascii_digit())
            && part.ends_with(|c: char| c.is_ascii_lowercase())
            && part != "1d");
    !is_interval
        && !part.is_empty()
        && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Key and value of a folder such as `symbol=AAPL`. `None`: it is no partition.
fn partition(folder: &Path) -> Option<(String, String)> {
    let name = folder.file_name()?.to_string_lossy();
    let (key, value) = name.split_once('=')?;
    Some((key.to_owned(), value.to_owned()))
}

fn strip_ending<'a>(text: &'a str, ending: &str) -> &'a str {
    let cut = text.len().saturating_sub(ending.len());
    match text.get(cut..) {
        Some(own) if own.eq_ignore_ascii_case(ending) && cut > 0 => &text[..cut],
        _ => text,
    }
}
