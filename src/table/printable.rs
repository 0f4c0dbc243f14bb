//! What of a text may reach a terminal.

/// `text` without control and direction characters, which must not reach a terminal.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_control() && !is_unseen(c) {
            plain.push(c);
        }
    }
    plain
}

/// Characters that set the direction of a text or are not seen at all.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{061c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
