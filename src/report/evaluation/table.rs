//! The table: a block a model and horizon, then what has to be said with all of them.

use std::io::{self, Write};

use super::facts::EvaluationReport;
use super::notes::notes;
use crate::evaluate::{Estimate, Evaluation, Part, Summary};
use crate::table::{Format, Sheet, Style, grouped, plural, write as write_sheet};

/// Headings of the means, and whether their columns are aligned to the right.
const MEANS: [(&str, bool); 5] =
    [("", false), ("Mean", true), ("t", true), ("t disjoint", true), ("Verdict", false)];

pub(super) fn write(
    report: &EvaluationReport,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for summary in &report.evaluation.summaries {
        writeln!(out, "{}", head(summary))?;
        let means = Sheet::of_texts(&MEANS, means(summary, &report.evaluation));
        write_sheet(&means, Format::Table, Style { width: None, ..style }, out)?;
        for line in lines(report, summary) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    for note in notes(report) {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

/// The same for an issue or a wiki: a line a model and horizon.
pub(super) fn write_markdown(report: &EvaluationReport, out: &mut dyn Write) -> io::Result<()> {
    const HEADINGS: [(&str, bool); 8] = [
        ("Model", false),
        ("Horizon", true),
        ("Dates", true),
        ("IC", true),
        ("Top", true),
        ("Top t", true),
        ("Top t disjoint", true),
        ("Top, verdict", false),
    ];
    let mut rows = Vec::with_capacity(report.evaluation.summaries.len());
    for summary in &report.evaluation.summaries {
        rows.push(vec![
            summary.score.clone(),
            summary.horizon.to_string(),
            summary.dates.to_string(),
            correlation(summary.ic.mean),
            basis_points(summary.top.mean),
            t_value(summary.top.t),
            t_value(summary.top.disjoint_t),
            report.evaluation.verdict(&summary.top).words().into(),
        ]);
    }
    write_sheet(&Sheet::of_texts(&HEADINGS, rows), Format::Markdown, Style::default(), out)?;
    writeln!(out)?;
    for note in notes(report) {
        writeln!(out, "- {note}")?;
    }
    Ok(())
}

/// `composite, held 21 sessions: 652 dates from 2018-08-16 to 2021-03-19, 499 names a date`.
pub(super) fn head(summary: &Summary) -> String {
    let (sessions, dates) = (plural(summary.horizon, "session"), plural(summary.dates, "date"));
    let mut head = format!("{}, held {sessions}: {dates}", summary.score);
    if let (Some((first, last)), Some(names)) = (summary.span, summary.mean_names) {
        head += &format!(" from {first} to {last}, {names:.0} names a date");
    }
    head
}

/// The three means, each with its t-values and what may be said of it.
pub(super) fn means(summary: &Summary, evaluation: &Evaluation) -> Vec<Vec<String>> {
    let row = |label: &str, estimate: &Estimate, mean: String| {
        let verdict = evaluation.verdict(estimate).words();
        vec![
            label.to_owned(),
            mean,
            t_value(estimate.t),
            t_value(estimate.disjoint_t),
            verdict.to_owned(),
        ]
    };
    vec![
        row("rank IC", &summary.ic, correlation(summary.ic.mean)),
        row("top less mean", &summary.top, basis_points(summary.top.mean)),
        row("top less bottom", &summary.spread, basis_points(summary.spread.mean)),
    ]
}

/// What stands below the means.
pub(super) fn lines(report: &EvaluationReport, summary: &Summary) -> Vec<String> {
    let mut lines = Vec::with_capacity(5);
    let buckets: Vec<String> = summary.buckets.iter().map(|excess| short(*excess)).collect();
    if !buckets.is_empty() {
        lines.push(format!("buckets less mean, bp, lowest scores first: {}", buckets.join(" ")));
    }
    if let (Some(turnover), Some(net)) = (summary.top_turnover, summary.net_excess) {
        let cost = report.asked.cost;
        let mut line = format!(
            "top: turnover {:.0}% a period, {} net of {cost} bp a side",
            100.0 * turnover,
            basis_points(Some(net))
        );
        if let Some(break_even) = summary.break_even.filter(|cost| *cost > 0.0) {
            line += &format!(", nothing left at {} a side", basis_points(Some(break_even)));
        }
        lines.push(line);
    }
    if let [Some(top), Some(bottom), Some(all)] = summary.curves.worst_falls {
        let [top, bottom, all] = [top, bottom, all].map(|fall| format!("{:.0}%", 100.0 * fall));
        lines.push(format!("worst fall: top {top}, bottom {bottom}, all {all}"));
    }
    lines.extend(parts("top less mean by year", &summary.by_year));
    lines.extend(parts("by thirds", &summary.thirds));
    if summary.no_entry + summary.ended_early > 0 {
        let counted = |count: usize| grouped(&count.to_string());
        let (no_entry, ended) = (counted(summary.no_entry), counted(summary.ended_early));
        lines.push(format!("not to be bought: {no_entry}; ended before the sale: {ended}"));
    }
    lines
}

/// The top bucket's excess in each part. `None`: there are no parts.
fn parts(label: &str, parts: &[Part]) -> Option<String> {
    let of = |part: &Part| format!("{} {}", part.name, short(part.top_excess));
    let told: Vec<String> = parts.iter().map(of).collect();
    (!told.is_empty()).then(|| format!("{label}, bp: {}", told.join(", ")))
}

fn correlation(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:+.4}"))
}

pub(super) fn basis_points(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{:+.1} bp", 1e4 * value))
}

fn short(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{:+.0}", 1e4 * value))
}

fn t_value(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:+.2}"))
}
