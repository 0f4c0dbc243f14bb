//! What may have been meant by a command or an option that does not exist: the words that other tools use.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::universe::{LISTS, Symbol};

/// Commands of other names.
const COMMANDS: [(&str, &str); 12] = [
    ("scan", "screener top LIST ranks a list"),
    ("screen", "screener top LIST ranks a list"),
    ("rank", "screener top LIST ranks a list"),
    ("best", "screener top LIST ranks a list"),
    ("score", "screener momentum LIST scores a list in the order given"),
    ("volume", "screener volume-screen LIST looks for unusual volume"),
    ("diff", "screener portfolio A --against B sets two portfolios side by side"),
    ("list", "screener lists shows the embedded lists"),
    ("sectors", "screener groups LIST ranks sectors and sub-industries"),
    ("fields", "screener columns lists what a report can show"),
    ("benchmark", "screener compare LIST measures whether concurrency pays"),
    ("version", "screener --version prints it"),
];

/// Options of other names.
const OPTIONS: [(&str, &str); 17] = [
    ("--top", "-n N shows the best N"),
    ("--limit", "-n N shows the best N"),
    ("--number", "-n N shows the best N"),
    ("--csv", "-f csv, or -o FILE.csv"),
    ("--json", "-f json, or -o FILE.json"),
    ("--html-file", "--html FILE writes a page"),
    ("--ticker", "-t AAPL,MSFT names tickers"),
    ("--symbol", "-t AAPL,MSFT names tickers"),
    ("--symbols", "-t AAPL,MSFT names tickers"),
    ("--date", "--as-of DAY is the last session to use"),
    ("--asof", "--as-of DAY is the last session to use"),
    ("--out", "-o FILE writes the report to a file"),
    ("--where", "--filter CONDITION shows only rows that pass"),
    ("--order-by", "--sort COLUMN orders rows"),
    ("--fields", "--columns A,B,… chooses columns"),
    ("--threads", "--workers N is the number of requests under way at once"),
    ("--concurrency", "--workers N is the number of requests under way at once"),
];

/// The way out of a command line that clap does not know. `None`: its own words say enough.
pub(super) fn hint(error: &clap::Error) -> Option<String> {
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => of_command(word(ContextKind::InvalidSubcommand)?),
        ErrorKind::UnknownArgument => {
            let option = word(ContextKind::InvalidArg)?;
            let option = option.split('=').next().unwrap_or(option);
            find(&OPTIONS, option)
        }
        _ => None,
    }
}

fn of_command(word: &str) -> Option<String> {
    if let Some(hint) = find(&COMMANDS, word) {
        return Some(hint);
    }
    let is_list = LISTS.iter().any(|(name, _)| name.eq_ignore_ascii_case(word));
    let ending = Path::new(word).extension().unwrap_or_default();
    if is_list || ending == "txt" || ending == "csv" {
        return Some(format!("screener top {word} ranks a list"));
    }
    let is_ticker = word.bytes().all(|b| !b.is_ascii_lowercase()) && Symbol::parse(word).is_ok();
    is_ticker.then(|| format!("screener momentum {word} scores a ticker"))
}

fn find(known: &[(&str, &str)], word: &str) -> Option<String> {
    let found = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    found.map(|(_, hint)| (*hint).to_owned())
}
