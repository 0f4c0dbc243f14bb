//! A statement of many tables in one file: the first cell of a row names its section, the second says whether it is a
//! header or data.

use std::borrow::Cow;

use super::holdings_columns::{OPEN_POSITIONS, plain};

/// What the second cell of a statement's rows says.
const KINDS: [&str; 5] = ["header", "data", "total", "subtotal", "notes"];

/// Of a statement the section of open positions, without its sums; the other lines are empty, so that each keeps its
/// number; and the names of the other sections. Another text as it is.
pub(super) fn open_positions(text: &str) -> (Cow<'_, str>, Vec<&str>) {
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    let (rows, of_kind) = filled.fold((0, 0), |(rows, of_kind), line| {
        (rows + 1, of_kind + usize::from(KINDS.contains(&kind(line).as_str())))
    });
    if rows == 0 || 10 * of_kind < 9 * rows {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut section = String::with_capacity(text.len());
    let mut others: Vec<&str> = Vec::new();
    for line in text.lines() {
        let name = line.split(',').next().unwrap_or_default().trim();
        if !OPEN_POSITIONS.contains(&plain(name).as_str()) {
            if !name.is_empty() && others.last() != Some(&name) {
                others.push(name);
            }
        } else if matches!(kind(line).as_str(), "header" | "data") {
            section.push_str(line);
        }
        section.push('\n');
    }
    if section.trim().is_empty() {
        return (Cow::Borrowed(text), Vec::new());
    }
    (Cow::Owned(section), others)
}

/// The second cell of a line.
fn kind(line: &str) -> String {
    plain(line.split(',').nth(1).unwrap_or_default())
}
