//! A table for an issue, a wiki or a chat: the columns of the terminal's table, none of them dropped.

use std::io::{self, Write};

use super::report::Report;
use super::table::{columns_of_table, is_right, shown_text};
use super::totals;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = columns_of_table(report);
    let headings: Vec<String> = columns.iter().map(|(_, heading)| heading.clone()).collect();
    write_line(&headings, out)?;
    let mut rules = Vec::with_capacity(columns.len());
    for (column, _) in &columns {
        rules.push(if is_right(column) { "---:".into() } else { "---".into() });
    }
    write_line(&rules, out)?;
    let unpriced = report.unpriced();
    for (rank, row) in report.listed(&unpriced) {
        let mut cells = Vec::with_capacity(columns.len());
        for (column, _) in &columns {
            cells.push(escape(&shown_text(report, column, row, rank)));
        }
        write_line(&cells, out)?;
    }
    for (i, line) in totals::lines(report).into_iter().enumerate() {
        if i == 0 {
            writeln!(out)?;
        }
        let figures: Vec<String> = line.figures.iter().map(|figure| escape(figure)).collect();
        writeln!(out, "- {}: {}", line.label, figures.join(", the other's "))?;
    }
    Ok(())
}

pub(super) fn write_line(cells: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| {} |", cells.join(" | "))
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
