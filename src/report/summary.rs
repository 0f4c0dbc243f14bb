//! The footer: one line for a person on what was done, what failed and what it cost, and a hint where the numbers
//! call for one. One function says one thing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::report::Report;
use crate::ask::Ties;
use crate::ask::columns::{Column, Content};
use crate::compare::momentum::{BenchmarkUsed, Momentum};
use crate::compare::row::Row;
use crate::failure::{Failure, FailureKind, Incomplete};
use crate::measure::note::Note;
use crate::table;
use crate::table::Cell;
use crate::table::plural;

/// Notes of rows without a result that the footer counts, and what it calls them.
const COUNTED_NOTES: [(Note, &str); 2] =
    [(Note::TooFewBars, "with too few bars"), (Note::TooFewTrades, "with too few trading days")];
/// The same of rows that are not compared with the others.
const SET_ASIDE_NOTES: [(Note, &str); 6] = [
    (Note::Stale, "stale"),
    (Note::SuspectSplit, "with a suspected split"),
    (Note::SuspectUnit, "with a suspected change of unit"),
    (Note::SuspectJump, "with a jump that no trade explains"),
    (Note::Frozen, "frozen"),
    (Note::SuspectPrice, "with another last price"),
];

/// Ranked names of which breadth is told; fewer make no market.
const MIN_NAMES_OF_A_MARKET: usize = 20;

/// A report, and how many tickers of a kind are spelt out.
struct Footer<'a> {
    report: &'a Report,
    named: usize,
}

/// One thing that the footer says. `None`: there is nothing to say.
type Part = fn(&Footer<'_>) -> Option<String>;

/// What the footer says, in order.
const PARTS: [Part; 18] = [
    done,
    filtered_out,
    newcomers,
    ties,
    noted,
    set_aside,
    failed,
    judged_on_closes,
    as_of,
    past_lists,
    open_sessions,
    compared,
    compared_with,
    without_match,
    bad_rows,
    benchmark,
    requests,
    elapsed,
];

/// The footer of a report: `ranked 500 of 503 · 2 not found (XYZ, ABC) · …`. At most `named` tickers of a kind
/// are spelt out.
#[must_use]
pub fn summary(report: &Report, named: usize) -> String {
    let footer = Footer { report, named };
    let parts: Vec<String> = PARTS.iter().filter_map(|part| part(&footer)).collect();
    let mut text = parts.join(" · ");
    if let Some(breadth) = breadth(report) {
        text += &format!("\n{breadth}");
    }
    if let Some(incomplete) = &report.incomplete {
        text += &format!("\nincomplete: {incomplete}");
    }
    if let Some(hint) = hint(report) {
        text += &format!("\nhint: {hint}");
    }
    text
}

/// The failures by kind: `2 not found (XYZ, ABC) · 1 timed out (DEF)`.
#[must_use]
pub fn failures(failures: &[Failure], named: usize) -> String {
    let mut by_kind: BTreeMap<FailureKind, Vec<&str>> = BTreeMap::new();
    for failure in failures {
        by_kind.entry(failure.reason.kind()).or_default().push(failure.symbol.as_str());
    }
    let mut groups = Vec::with_capacity(by_kind.len());
    for (kind, symbols) in by_kind {
        groups.push(group(&symbols, kind.label(), named));
    }
    groups.join(" · ")
}

#[expect(clippy::unnecessary_wraps, reason = "one of the parts, which may be left out")]
fn done(footer: &Footer<'_>) -> Option<String> {
    let report = footer.report;
    let (successful, requested) = (report.successful(), report.requested());
    Some(match report.shard {
        Some(shard) => format!("shard {shard}: measured {successful} of {requested}"),
        None => report.screen.criteria.summary(report.ranking.matched, successful, requested),
    })
}

fn filtered_out(footer: &Footer<'_>) -> Option<String> {
    footer.report.screen.filter.as_ref()?;
    Some(format!("{} filtered out", footer.report.ranking.filtered_out))
}

fn newcomers(footer: &Footer<'_>) -> Option<String> {
    match footer.report.newcomers() {
        0 => None,
        n => Some(format!("{n} new among them since a week earlier (*)")),
    }
}

/// Rows with one value, of which only some are shown.
fn ties(footer: &Footer<'_>) -> Option<String> {
    let Ties { equal, shown, decided_by } = footer.report.ranking.ties?;
    let by = decided_by
        .map_or_else(|| "ticker".into(), |field| format!("{}, then ticker", field.name()));
    Some(format!("{shown} of {equal} with the same value as the last one are shown, by {by}"))
}

fn compared_with(footer: &Footer<'_>) -> Option<String> {
    let report = footer.report;
    let others = report.ranking.compared_with?;
    let asked = report.screen.rank_among.as_ref().map_or(others, |list| list.symbols().len());
    let of = if others < asked { format!(" of {asked}") } else { String::new() };
    let noun = if asked == 1 { "ticker" } else { "tickers" };
    Some(format!("rated among {others}{of} {noun}"))
}

/// Columns of a file that has none of the tickers.
fn without_match(footer: &Footer<'_>) -> Option<String> {
    let report = footer.report;
    let mut names = Vec::new();
    for extra in &report.screen.extra {
        let column = Column::Extra(Arc::clone(extra));
        let is_joined = !matches!(extra.content, Content::Computed(_));
        if is_joined && report.rows().all(|row| matches!(column.of(row, 0), Cell::Null)) {
            names.push(extra.name.as_str());
        }
    }
    (!names.is_empty()).then(|| format!("no ticker has {}", names.join(", ")))
}

fn noted(footer: &Footer<'_>) -> Option<String> {
    let groups = groups_noted(footer, &COUNTED_NOTES);
    (!groups.is_empty()).then(|| groups.join(" · "))
}

/// The rows that are not compared with the others; doubtful ones that are, too.
fn set_aside(footer: &Footer<'_>) -> Option<String> {
    let groups = groups_noted(footer, &SET_ASIDE_NOTES);
    if groups.is_empty() {
        return None;
    }
    let groups = groups.join(", ");
    if footer.report.screen.include_suspect {
        return Some(format!("doubtful, and ranked unless stale: {groups}"));
    }
    let has_doubts = footer.report.rows().any(Row::is_doubtful);
    let way_out = if has_doubts { "; --include-suspect ranks doubtful ones" } else { "" };
    Some(format!("not ranked: {groups}{way_out}"))
}

fn groups_noted(footer: &Footer<'_>, notes: &[(Note, &str)]) -> Vec<String> {
    let mut groups = Vec::new();
    for (note, label) in notes {
        let symbols = symbols_where(footer.report, |row| row.has_note(*note));
        if !symbols.is_empty() {
            groups.push(group(&symbols, label, footer.named));
        }
    }
    groups
}

fn failed(footer: &Footer<'_>) -> Option<String> {
    (!footer.report.failures.is_empty()).then(|| failures(&footer.report.failures, footer.named))
}

fn judged_on_closes(footer: &Footer<'_>) -> Option<String> {
    match footer.report.judged_on_closes() {
        0 => None,
        n => Some(format!(
            "{n} judged on closes only, in percentiles, ratings and earlier ranks too"
        )),
    }
}

fn as_of(footer: &Footer<'_>) -> Option<String> {
    footer.report.as_of.map(|date| format!("as of {date}"))
}

fn past_lists(footer: &Footer<'_>) -> Option<String> {
    let lists: Vec<String> = footer.report.past_lists.iter().map(ToString::to_string).collect();
    (!lists.is_empty()).then(|| lists.join(", "))
}

fn open_sessions(footer: &Footer<'_>) -> Option<String> {
    match symbols_where(footer.report, |row| row.has_note(Note::OpenSessionLeftOut)).len() {
        0 => None,
        n => Some(format!("{} left out", plural(n, "open session"))),
    }
}

fn compared(footer: &Footer<'_>) -> Option<String> {
    let report = footer.report;
    let compares = momentum(report).is_some_and(|momentum| momentum.model.compares_tickers());
    if !compares || report.shard.is_some() || report.ranking.compared_with.is_some() {
        return None;
    }
    let scored = report.rows().filter(|row| row.is_scored()).count();
    Some(format!("scores compare these {}", plural(scored, "ticker")))
}

fn bad_rows(footer: &Footer<'_>) -> Option<String> {
    let bad: usize = footer.report.rows().map(|row| row.about.bad_rows).sum();
    if bad == 0 {
        return None;
    }
    let tickers = symbols_where(footer.report, |row| row.about.bad_rows > 0);
    let noun = if tickers.len() == 1 { "ticker" } else { "tickers" };
    Some(format!("{} in {}", plural(bad, "bad row"), group(&tickers, noun, footer.named)))
}

fn benchmark(footer: &Footer<'_>) -> Option<String> {
    let report = footer.report;
    let model = momentum(report)?.model;
    if report.shard.is_some() || !report.rows().any(Row::is_scored) {
        return None;
    }
    match &report.ranking.benchmark {
        BenchmarkUsed::Symbol(symbol) => Some(format!("benchmark {symbol}")),
        BenchmarkUsed::UniverseMedian if model.takes_median() => {
            Some("benchmark: the median ticker".into())
        }
        BenchmarkUsed::UniverseMedian => None,
        BenchmarkUsed::Nothing => model.relative.map(|relative| relative.without.into()),
    }
}

/// The state of the market, where there are enough names to speak of one.
fn breadth(report: &Report) -> Option<String> {
    let breadth = report.ranking.breadth.as_ref()?;
    if breadth.ranked < MIN_NAMES_OF_A_MARKET {
        return None;
    }
    let share = |share: Option<f64>| share.map(|share| format!("{:.0}%", 100.0 * share));
    let mut parts = Vec::new();
    if let Some(above) = share(breadth.above_sma_200) {
        parts.push(format!("{above} above SMA200"));
    }
    if let Some(above) = share(breadth.above_sma_50) {
        parts.push(format!("{above} above SMA50"));
    }
    parts.push(format!(
        "{}, {}",
        plural(breadth.new_highs, "52-week high"),
        plural(breadth.new_lows, "low")
    ));
    if let Some(range) = breadth.median_adr_20 {
        parts.push(format!("median ADR {:.1}%", 100.0 * range));
    }
    if let (Some(trend), BenchmarkUsed::Symbol(symbol)) =
        (breadth.benchmark, &report.ranking.benchmark)
        && let Some(is_above) = trend.is_above_sma_200()
    {
        parts.push(format!("{symbol} {} SMA200", if is_above { "above" } else { "below" }));
    }
    Some(format!("breadth: {}", parts.join(" · ")))
}

fn requests(footer: &Footer<'_>) -> Option<String> {
    let counts = footer.report.cost.counts;
    match (counts.requests, counts.cached) {
        (requests, Some(cached)) => {
            Some(format!("{}, {cached} cached", plural(requests, "request")))
        }
        (0, None) => None,
        (requests, None) => Some(plural(requests, "request")),
    }
}

/// `12 ms`, `5.2 s`; with the speed where there was a network to wait for.
#[expect(clippy::unnecessary_wraps, reason = "one of the parts, which may be left out")]
fn elapsed(footer: &Footer<'_>) -> Option<String> {
    let report = footer.report;
    let seconds = report.cost.elapsed.as_secs_f64();
    if report.cost.counts.requests == 0 {
        return Some(format!("{:.0} ms", 1e3 * seconds));
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of tickers")]
    let speed = report.requested() as f64 / seconds.max(1e-9);
    Some(format!("{seconds:.1} s ({speed:.0} tickers/s)"))
}

fn momentum(report: &Report) -> Option<&Momentum> {
    report.screen.criteria.momentum()
}

fn symbols_where(report: &Report, is_meant: impl Fn(&Row) -> bool) -> Vec<&str> {
    let rows = report.rows().filter(|row| is_meant(row));
    rows.map(|row| row.symbol.as_str()).collect()
}

/// `3 not found (A, B, …)`.
fn group(symbols: &[&str], label: &str, named: usize) -> String {
    format!("{} {label} ({})", symbols.len(), table::named(symbols, named))
}

fn hint(report: &Report) -> Option<String> {
    if let Some(hint) = report.incomplete.as_ref().and_then(Incomplete::hint) {
        return Some(hint.into());
    }
    let times = match report.cost.counts.throttled {
        0 => return None,
        1 => "once".into(),
        n => format!("{n} times"),
    };
    Some(format!("the provider asked to slow down {times}; a lower --rate avoids the pauses"))
}
