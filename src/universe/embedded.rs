//! The ticker lists compiled into the program. Their texts are read like any list, by [`super::Universe`].

/// Name and text of each list, one symbol a line with `#` comments.
pub const LISTS: [(&str, &str); 6] = [
    ("dow30", include_str!("../../tickers/dow30.txt")),
    ("nasdaq100", include_str!("../../tickers/nasdaq100.txt")),
    ("sp500", include_str!("../../tickers/sp500.txt")),
    ("sp400", include_str!("../../tickers/sp400.txt")),
    ("sp600", include_str!("../../tickers/sp600.txt")),
    ("sp1500", include_str!("../../tickers/sp1500.txt")),
];

/// Names less like a word than this are not suggested for it.
const MIN_LIKENESS: f64 = 0.85;

/// The embedded list called `word`, with or without `.txt`.
pub(super) fn find(word: &str) -> Option<(&'static str, &'static str)> {
    let name = word.strip_suffix(".txt").unwrap_or(word);
    LISTS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// The embedded list whose name is much like this word.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    let stem = word.trim_end_matches(".txt").trim_end_matches(".csv").to_ascii_lowercase();
    let mut best = None;
    let mut best_likeness = MIN_LIKENESS;
    for (name, _) in LISTS {
        let likeness = strsim::jaro_winkler(name, &stem);
        if likeness > best_likeness {
            best = Some(name);
            best_likeness = likeness;
        }
    }
    best
}

/// The names of all lists, as a sentence has them.
pub(super) fn names() -> String {
    LISTS.map(|(name, _)| name).join(", ")
}
