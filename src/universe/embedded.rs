//! The ticker lists compiled into the program. Their texts are read like any list, by [`super::Universe`].

use std::collections::HashSet;
use std::sync::LazyLock;

use super::symbol::Symbol;
use crate::table;

/// Name and text of each list, one symbol a line with `#` comments.
pub const LISTS: [(&str, &str); 6] = [
    ("dow30", include_str!("../../tickers/dow30.txt")),
    ("nasdaq100", include_str!("../../tickers/nasdaq100.txt")),
    ("sp500", include_str!("../../tickers/sp500.txt")),
    ("sp400", include_str!("../../tickers/sp400.txt")),
    ("sp600", include_str!("../../tickers/sp600.txt")),
    ("sp1500", include_str!("../../tickers/sp1500.txt")),
];

/// What indices are called elsewhere, and the list here; empty where there is none.
const OTHER_NAMES: [(&str, &str); 17] = [
    ("spx", "sp500"),
    ("gspc", "sp500"),
    ("snp500", "sp500"),
    ("us500", "sp500"),
    ("s&p500", "sp500"),
    ("nasdaq", "nasdaq100"),
    ("ndx", "nasdaq100"),
    ("us100", "nasdaq100"),
    ("djia", "dow30"),
    ("dowjones", "dow30"),
    ("us30", "dow30"),
    ("midcap400", "sp400"),
    ("smallcap600", "sp600"),
    ("russell", ""),
    ("russell1000", ""),
    ("russell2000", ""),
    ("rut", ""),
];

static LISTED: LazyLock<HashSet<Symbol>> = LazyLock::new(|| {
    let lines = LISTS.iter().flat_map(|(_, text)| text.lines());
    lines.filter_map(|line| Symbol::parse(line).ok()).collect()
});

/// Whether a symbol is in an embedded list, however its class share is spelt: then it is no slip.
#[must_use]
pub fn is_listed(symbol: &Symbol) -> bool {
    LISTED.contains(symbol) || symbol.spellings().any(|spelling| LISTED.contains(&spelling))
}

/// The embedded list called `word`, with or without `.txt`.
pub(super) fn find(word: &str) -> Option<(&'static str, &'static str)> {
    let name = word.strip_suffix(".txt").unwrap_or(word);
    LISTS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// The list that is meant by an index's name that is none of a list's; empty where there is no such list. `None`: the
/// word is something else, perhaps a ticker.
pub(super) fn index(word: &str) -> Option<&'static str> {
    let plain = word.to_ascii_lowercase().replace(['-', '_', '^'], "");
    let of_other_name = OTHER_NAMES.iter().find(|(name, _)| *name == plain).map(|(_, list)| *list);
    let is_spelt_otherwise = plain.len() < word.len();
    let of_spelling = LISTS.iter().map(|(name, _)| *name).find(|name| *name == plain);
    // ^RUT is asked of a provider; RUT is not.
    if word.starts_with('^') {
        return None;
    }
    of_other_name.or(of_spelling.filter(|_| is_spelt_otherwise))
}

/// The embedded list whose name is much like this word.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    let stem = word.trim_end_matches(".txt").trim_end_matches(".csv").to_ascii_lowercase();
    table::nearest(&stem, LISTS.map(|(name, _)| name))
}

/// The names of all lists, as a sentence has them.
pub(super) fn names() -> String {
    LISTS.map(|(name, _)| name).join(", ")
}
