//! The footer: one line for a person on what was done, what failed and what it cost, and a hint where the
//! numbers call for one.

use std::collections::BTreeMap;

use super::Report;
use crate::fetch::Kind;
use crate::screen::Against;
use crate::screen::columns::Field;
use crate::screen::models::Model;

/// The footer of a report: `ranked 500 of 503 · 2 not found (XYZ, ABC) · …`. At most `named` tickers of a
/// kind are spelt out.
#[must_use]
pub fn summary(report: &Report, named: usize) -> String {
    let verb = if report.screen.top.is_some() { "ranked" } else { "scored" };
    let mut parts = vec![format!("{verb} {} of {}", report.scored(), report.requested())];

    let short: Vec<&str> = report
        .rows
        .iter()
        .filter(|row| row.get(Field::OverallMomentumScore).is_none())
        .map(|row| row.symbol.as_str())
        .collect();
    if !short.is_empty() {
        parts.push(group(&short, "with too few bars", named));
    }
    let mut by_kind: BTreeMap<Kind, Vec<&str>> = BTreeMap::new();
    for failure in &report.failures {
        by_kind.entry(failure.fault.kind).or_default().push(failure.symbol.as_str());
    }
    parts.extend(by_kind.iter().map(|(kind, symbols)| group(symbols, kind.label(), named)));

    if let Some(date) = report.as_of {
        parts.push(format!("as of {date}"));
    }
    if report.screen.model == Model::Composite && report.scored() > 0 {
        match report.against {
            Against::Symbol(_) => {}
            Against::UniverseMedian => parts.push("against the median ticker".into()),
            Against::Nothing => parts.push("no benchmark".into()),
        }
    }
    let counts = report.spent.counts;
    if counts.requests > 0 {
        parts.push(plural(counts.requests, "request"));
    }
    parts.push(time(report));

    let mut footer = parts.join(" · ");
    if let Some(stop) = &report.stopped {
        footer += &format!("\nincomplete: {stop}");
    }
    if let Some(hint) = hint(report) {
        footer += &format!("\nhint: {hint}");
    }
    footer
}

/// `12 ms`, `5.2 s`; with the speed where there was a network to wait for.
fn time(report: &Report) -> String {
    let seconds = report.spent.elapsed.as_secs_f64();
    if report.spent.counts.requests == 0 {
        return format!("{:.0} ms", 1e3 * seconds);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of tickers")]
    let speed = report.requested() as f64 / seconds.max(1e-9);
    format!("{seconds:.1} s ({speed:.0} tickers/s)")
}

/// `3 not found (A, B, …)`.
fn group(symbols: &[&str], label: &str, named: usize) -> String {
    let listed = symbols[..symbols.len().min(named)].join(", ");
    let more = symbols.len().saturating_sub(named);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {label} ({listed}{rest})", symbols.len())
}

fn plural(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn hint(report: &Report) -> Option<String> {
    let throttled = report.spent.counts.throttled;
    (throttled > 0).then(|| {
        format!(
            "the provider asked to slow down {}; a lower --rate avoids the pauses",
            times(throttled)
        )
    })
}

fn times(n: u64) -> String {
    if n == 1 { "once".into() } else { format!("{n} times") }
}
