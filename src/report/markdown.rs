//! A table for an issue, a wiki or a chat: the columns of the terminal's table, none of them dropped.

use std::io::{self, Write};

use super::table::{is_right, layout, text};
use super::{Report, totals};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let columns = layout(report);
    let headings: Vec<&str> = columns.iter().map(|(_, heading)| *heading).collect();
    line(out, headings.into_iter().map(String::from))?;
    line(
        out,
        columns.iter().map(
            |(column, _)| {
                if is_right(*column) { "---:".into() } else { "---".into() }
            },
        ),
    )?;
    let unpriced = report.unpriced();
    for (rank, row) in report.listed(&unpriced) {
        line(out, columns.iter().map(|(column, _)| escaped(&text(column.of(row, rank)))))?;
    }
    for (i, (label, figures)) in totals::lines(report).into_iter().enumerate() {
        if i == 0 {
            writeln!(out)?;
        }
        let figures: Vec<String> = figures.iter().map(|figure| escaped(figure)).collect();
        writeln!(out, "- {label}: {}", figures.join(", the other's "))?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// What would be markup in a cell: its border, emphasis, links and HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '&' | '~') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
