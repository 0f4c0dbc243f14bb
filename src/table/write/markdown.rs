//! A table for an issue, a wiki or a chat.

use std::io::{self, Write};

use crate::table::sheet::Sheet;
use crate::table::shown::cell_text;

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let headings: Vec<&str> = sheet.columns.iter().map(|column| &*column.heading).collect();
    write_line(&headings, out)?;
    let mut rules = Vec::with_capacity(headings.len());
    for column in &sheet.columns {
        rules.push(if column.is_right { "---:" } else { "---" });
    }
    write_line(&rules, out)?;
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(|cell| escape(&cell_text(cell))).collect();
        write_line(&cells, out)?;
    }
    Ok(())
}

fn write_line<T: AsRef<str>>(cells: &[T], out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Writes a line of a list: a label and figures.
///
/// # Errors
/// Those of `out`.
pub fn write_bullet(label: &str, figures: &[String], out: &mut dyn Write) -> io::Result<()> {
    let figures: Vec<String> = figures.iter().map(|figure| escape(figure)).collect();
    writeln!(out, "- {label}: {}", figures.join(", the other's "))
}

/// Escapes what would be markup in a cell: its border, emphasis, links, formulas, mentions and HTML.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let is_markup = match c {
            '|' | '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&' | '~' | '$' | '@' => true,
            // An address or an emoji; not the colon of a sentence or a time.
            ':' => rest.as_str().starts_with(|next: char| next == '/' || next.is_alphabetic()),
            '.' => safe.ends_with("www"),
            _ => false,
        };
        if is_markup {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
