//! Words of a sentence: the first few of many names, the name that was meant.

/// Names less like a word than this are not suggested for it.
const MIN_LIKENESS: f64 = 0.8;

/// The first `shown` of some names, and how many more there are: `A, B and 3 more`.
#[must_use]
pub fn named<T: ToString>(names: &[T], shown: usize) -> String {
    let first: Vec<String> = names.iter().take(shown).map(ToString::to_string).collect();
    match names.len().saturating_sub(shown) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// The known name most like a word, if any is much like it; of equals the first.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let mut best = None;
    let mut best_likeness = MIN_LIKENESS;
    for name in known {
        let likeness = strsim::jaro_winkler(&name.to_lowercase(), &word);
        if likeness > best_likeness {
            best_likeness = likeness;
            best = Some(name);
        }
    }
    best
}
