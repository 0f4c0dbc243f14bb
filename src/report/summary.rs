//! The footer: one line for a person on what was done, what failed and what it cost, and a hint where the
//! numbers call for one.

use std::collections::BTreeMap;

use super::Report;
use crate::fetch::{FaultKind, StopReason};
use crate::screen::Criteria;
use crate::screen::models::Model;
use crate::screen::momentum::BenchmarkUsed;
use crate::screen::row::Note;

/// The footer of a report: `ranked 500 of 503 · 2 not found (XYZ, ABC) · …`. At most `named` tickers of a
/// kind are spelt out.
#[must_use]
pub fn summary(report: &Report, named: usize) -> String {
    let done = match (&report.screen.criteria, report.part) {
        (_, Some(part)) => {
            format!("part {part}: measured {} of {}", report.successful(), report.requested())
        }
        (Criteria::Momentum(_), _) => {
            format!("scored {} of {}", report.result.matched, report.requested())
        }
        (Criteria::Portfolio(_), _) => {
            format!("valued {} of {}", report.successful(), report.requested())
        }
        (Criteria::Top(_), _) => {
            format!("ranked {} of {}", report.result.matched, report.requested())
        }
        (Criteria::Volume(_), _) => {
            let hits = plural(report.result.matched, "hit");
            format!("{hits} among {} of {}", report.successful(), report.requested())
        }
    };
    let mut parts = vec![done];
    if report.screen.filter.is_some() {
        parts.push(format!("{} filtered out", report.result.filtered_out));
    }

    for (note, label) in [
        (Note::TooFewBars, "with too few bars"),
        (Note::TooFewTrades, "with too few trading days"),
        (Note::Stale, "stale"),
        (Note::SuspectSplit, "with a suspected split"),
        (Note::SuspectUnit, "with a suspected change of unit"),
    ] {
        let noted = report.rows().filter(|row| row.notes.contains(&note));
        let symbols: Vec<&str> = noted.map(|row| row.symbol.as_str()).collect();
        if !symbols.is_empty() {
            parts.push(group(&symbols, label, named));
        }
    }
    if !report.failures.is_empty() {
        parts.push(failures(report, named));
    }
    if report.judged_on_closes() > 0 {
        parts.push(format!("{} judged on closes only", report.judged_on_closes()));
    }

    if let Some(date) = report.as_of {
        parts.push(format!("as of {date}"));
    }
    let left_out = report.rows().filter(|row| row.notes.contains(&Note::OpenSessionLeftOut));
    match left_out.count() {
        0 => {}
        n => parts.push(format!("{} left out", plural(n, "open session"))),
    }
    if let Some(m) = report.screen.criteria.momentum()
        && m.model.compares_tickers()
        && report.part.is_none()
    {
        let scored = report.rows().filter(|row| row.is_scored()).count();
        parts.push(format!("scores compare these {scored} tickers"));
    }
    let bad: usize = report.rows().map(|row| row.bad_rows).sum();
    if bad > 0 {
        let worst = report.rows().filter(|row| row.bad_rows > 0);
        let tickers: Vec<&str> = worst.map(|row| row.symbol.as_str()).collect();
        parts.push(format!(
            "{} in {}",
            plural(bad, "bad row"),
            group(&tickers, if tickers.len() == 1 { "ticker" } else { "tickers" }, named)
        ));
    }
    if let Some(m) = report.screen.criteria.momentum()
        && m.model == Model::Composite
        && report.result.matched > 0
    {
        match report.result.against {
            BenchmarkUsed::Symbol(_) => {}
            BenchmarkUsed::UniverseMedian => parts.push("against the median ticker".into()),
            BenchmarkUsed::Nothing => parts.push("no benchmark".into()),
        }
    }
    let counts = report.cost.counts;
    if let Some(cached) = counts.cached {
        parts.push(format!("{}, {cached} cached", plural(counts.requests, "request")));
    } else if counts.requests > 0 {
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

/// The failures by kind: `2 not found (XYZ, ABC) · 1 timed out (DEF)`.
#[must_use]
pub fn failures(report: &Report, named: usize) -> String {
    let mut by_kind: BTreeMap<FaultKind, Vec<&str>> = BTreeMap::new();
    for failure in &report.failures {
        by_kind.entry(failure.fault.kind).or_default().push(failure.symbol.as_str());
    }
    let groups = by_kind.iter().map(|(kind, symbols)| group(symbols, kind.label(), named));
    groups.collect::<Vec<_>>().join(" · ")
}

/// `12 ms`, `5.2 s`; with the speed where there was a network to wait for.
fn time(report: &Report) -> String {
    let seconds = report.cost.elapsed.as_secs_f64();
    if report.cost.counts.requests == 0 {
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

/// `1 hit`, `2 hits`.
#[must_use]
pub fn plural(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn hint(report: &Report) -> Option<String> {
    if let Some(hint) = report.stopped.as_ref().and_then(StopReason::hint) {
        return Some(hint.into());
    }
    let throttled = report.cost.counts.throttled;
    (throttled > 0).then(|| {
        format!(
            "the provider asked to slow down {}; a lower --rate avoids the pauses",
            times(throttled)
        )
    })
}

fn times(n: usize) -> String {
    if n == 1 { "once".into() } else { format!("{n} times") }
}
