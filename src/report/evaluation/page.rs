//! The page: for each model and horizon the means with their doubt, buckets, cumulative rank correlation, equity
//! curves and years. It holds everything, loads nothing and runs no script.

use std::io::{self, Write};

use super::facts::{EvaluationReport, MembersUsed};
use super::notes::notes;
use super::svg::{Line, bars, lines};
use super::table::{basis_points, head, lines as sentences, means};
use crate::evaluate::{Curves, Part, Summary};
use crate::report::html::escaped;

const PAGE: &str = include_str!("page.html");

/// Writes the page of an evaluation.
///
/// # Errors
/// Those of `out`.
pub fn write_evaluation_page(report: &EvaluationReport, out: &mut dyn Write) -> io::Result<()> {
    let mut body = String::from("<ul>");
    for note in notes(report) {
        body += &format!("<li>{}</li>", escaped(&note));
    }
    body += "</ul>";
    for summary in &report.evaluation.summaries {
        body += &section(report, summary);
    }
    let page = PAGE.replace("{{title}}", &escaped(&title(report))).replacen("{{body}}", &body, 1);
    out.write_all(page.as_bytes())
}

fn title(report: &EvaluationReport) -> String {
    let mut models: Vec<&str> =
        report.evaluation.summaries.iter().map(|summary| summary.score.as_str()).collect();
    models.dedup();
    let members = match &report.asked.members {
        MembersUsed::OfTheDay | MembersUsed::File(_) => ", members of each day",
        MembersUsed::Today => ", today's members",
        MembersUsed::All => "",
    };
    format!("evaluation of {} · {}{members}", models.join(", "), report.provider)
}

fn section(report: &EvaluationReport, summary: &Summary) -> String {
    let mut html = format!("<section><h2>{}</h2>", escaped(&head(summary)));
    html += "<div class=\"wide\"><table><thead><tr><th></th><th class=\"r\">Mean</th><th class=\"r\">t</th>\
             <th class=\"r\">t disjoint</th><th>Verdict</th></tr></thead><tbody>";
    for row in means(summary, &report.evaluation) {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        let [label, mean, t, disjoint, verdict] = cells.as_slice() else { continue };
        html += &format!(
            "<tr><td>{label}</td><td class=\"r\">{mean}</td><td class=\"r\">{t}</td>\
             <td class=\"r\">{disjoint}</td><td>{verdict}</td></tr>"
        );
    }
    html += "</tbody></table></div>";
    for sentence in sentences(report, summary) {
        html += &format!("<p>{}</p>", escaped(&sentence));
    }
    html += "<div class=\"charts\">";
    for (heading, chart) in charts(summary) {
        html += &format!("<div><h3>{}</h3>{chart}</div>", escaped(heading));
    }
    html + "</div></section>"
}

fn charts(summary: &Summary) -> Vec<(&'static str, String)> {
    let mut charts = Vec::with_capacity(4);
    if summary.dates == 0 {
        return charts;
    }
    let as_points = |value: f64| basis_points(Some(value));
    let buckets: Vec<(String, Option<f64>)> = (1..)
        .zip(&summary.buckets)
        .map(|(number, excess): (usize, _)| (number.to_string(), *excess))
        .collect();
    let heading = "Buckets less the mean, the highest scores at the right";
    charts.push((heading, bars("buckets", &buckets, as_points)));
    charts.push(("Rank IC, added up over the dates", cumulative_ic(summary)));
    if let Some(chart) = curves(&summary.curves) {
        charts.push(("Money, invested again each period: top, bottom, all", chart));
    }
    let year = |part: &Part| (part.name.clone(), part.top_excess);
    let years: Vec<(String, Option<f64>)> = summary.by_year.iter().map(year).collect();
    charts.push(("Top less mean, by year", bars("years", &years, as_points)));
    charts
}

fn cumulative_ic(summary: &Summary) -> String {
    let mut sum = 0.0;
    let mut cumulative = Vec::with_capacity(summary.series.len());
    for (_, date) in &summary.series {
        sum += if date.ic.is_nan() { 0.0 } else { date.ic };
        cumulative.push(sum);
    }
    let day = |at: Option<&(chrono::NaiveDate, _)>| {
        at.map_or_else(String::new, |(day, _)| day.to_string())
    };
    let (first, last) = (day(summary.series.first()), day(summary.series.last()));
    let line = Line { name: "", color: "var(--accent)", values: &cumulative };
    lines("cumulative rank IC", (&first, &last), 0.0, &[line], |value| format!("{value:.1}"))
}

/// What 1 became. `None`: there was no whole period.
fn curves(curves: &Curves) -> Option<String> {
    let (first, last) = (curves.dates.first()?.to_string(), curves.dates.last()?.to_string());
    let begun = |values: &[f64]| [&[1.0], values].concat();
    let (top, bottom, all) = (begun(&curves.top), begun(&curves.bottom), begun(&curves.all));
    let drawn = [
        Line { name: "top", color: "var(--up)", values: &top },
        Line { name: "bottom", color: "var(--down)", values: &bottom },
        Line { name: "all", color: "var(--accent)", values: &all },
    ];
    Some(lines("equity curves", (&first, &last), 1.0, &drawn, |value| format!("{value:.2}")))
}
