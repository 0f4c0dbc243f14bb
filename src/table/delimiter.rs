//! What parts the columns of a text, as its first lines show it.

/// Lines by which a delimiter is found.
const MAX_LINES: usize = 40;
/// What parts columns, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What parts the columns of a text: the character that most of its first lines have equally often.
#[must_use]
pub fn delimiter(text: &str) -> u8 {
    let named = text.lines().next().and_then(|line| line.trim().strip_prefix("sep="));
    if let Some([delimiter]) = named.map(str::as_bytes) {
        return *delimiter;
    }
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).take(MAX_LINES).collect();
    let mut best = (0, b',');
    for delimiter in DELIMITERS {
        let counts: Vec<usize> = lines.iter().map(|line| count(line, delimiter)).collect();
        for n in counts.iter().filter(|n| **n > 0) {
            let equal = counts.iter().filter(|count| *count == n).count();
            let score = equal * 100 + (*n).min(99);
            if score > best.0 {
                best = (score, delimiter);
            }
        }
    }
    best.1
}

/// How often a line has a character outside of quotes.
fn count(line: &str, delimiter: u8) -> usize {
    let mut is_quoted = false;
    let mut n = 0;
    for byte in line.bytes() {
        is_quoted ^= byte == b'"';
        n += usize::from(byte == delimiter && !is_quoted);
    }
    n
}

/// The line on which a record of a text begins, from 1, as an editor counts: a reader of CSV gives the place from which
/// it looked, before lines without anything and comments.
#[must_use]
pub fn line_of(record: &csv::StringRecord, text: &str, has_comments: bool) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let skipped = text.get(start..).unwrap_or_default().split_inclusive('\n');
    let skipped = skipped
        .take_while(|line| line.trim().is_empty() || (has_comments && line.starts_with('#')));
    position.line() + skipped.count() as u64
}
