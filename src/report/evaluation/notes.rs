//! What has to be said with every evaluation, in sentences: who is missing, who took part, how many were tried.

use super::facts::{EvaluationReport, MembersUsed};
use crate::evaluate::LeftOut;
use crate::models::Model;
use crate::table::{grouped, plural};

/// A sentence. `None`: there is nothing to say.
type Note = fn(&EvaluationReport) -> Option<String>;

const NOTES: [Note; 7] =
    [members, survivors, left_out, empty_buckets, bar, benchmark, no_look_ahead];

/// Every sentence that is called for.
pub(super) fn notes(report: &EvaluationReport) -> Vec<String> {
    NOTES.iter().filter_map(|note| note(report)).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "one of the notes, which may be left out")]
fn members(report: &EvaluationReport) -> Option<String> {
    let (priced, listed) = (report.evaluation.members, report.listed);
    let of = format!("{priced} of {listed} have prices");
    Some(match &report.asked.members {
        MembersUsed::All => format!("{of}; every one of them takes part while it has prices"),
        MembersUsed::OfTheDay => format!("members of each day: {of}"),
        MembersUsed::File(file) => format!("members of each day by {file}: {of}"),
        MembersUsed::Today => format!(
            "today's members on past days: {of}; who left is missing, and who joined since is in because it rose, so \
             levels are too good"
        ),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "one of the notes, which may be left out")]
fn survivors(report: &EvaluationReport) -> Option<String> {
    let (ended, names) = (report.evaluation.ended, report.evaluation.names);
    let verdict = if report.evaluation.are_survivors() {
        ": hardly any, as if only survivors were kept, so levels are too good and there is no verdict"
    } else {
        ""
    };
    Some(format!("{ended} of {names} series end before the last date{verdict}"))
}

fn left_out(report: &EvaluationReport) -> Option<String> {
    let LeftOut { stale, doubtful, not_member } = report.evaluation.left_out;
    let counts =
        [(stale, "stale"), (doubtful, "of doubtful prices"), (not_member, "no member that day")];
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(&count.to_string())))
        .collect();
    (!told.is_empty())
        .then(|| format!("left out, names added up over the dates: {}", told.join(", ")))
}

fn empty_buckets(report: &EvaluationReport) -> Option<String> {
    let summaries = report.evaluation.summaries.iter().filter(|of| of.empty_bucket_dates > 0);
    let told: Vec<String> = summaries
        .map(|of| format!("{}/{}: {}", of.score, of.horizon, plural(of.empty_bucket_dates, "date")))
        .collect();
    (!told.is_empty()).then(|| format!("ties left a bucket empty: {}", told.join(", ")))
}

#[expect(clippy::unnecessary_wraps, reason = "one of the notes, which may be left out")]
fn bar(report: &EvaluationReport) -> Option<String> {
    let (tried, bar) = (report.evaluation.summaries.len(), report.evaluation.t_bar);
    let results = plural(tried, "result");
    Some(format!(
        "{results} tried: both |t| have to pass {bar:.2} (5 % for all together, Bonferroni)"
    ))
}

fn benchmark(report: &EvaluationReport) -> Option<String> {
    if report.evaluation.summaries.iter().all(|summary| !takes_median(&summary.score)) {
        return None;
    }
    let against = report.asked.benchmark.as_ref().map_or_else(
        || "the median of the names, where there are 20 or more".into(),
        ToString::to_string,
    );
    Some(format!("the composite's relative pillar is measured against {against}"))
}

/// Whether a score is that of a model that takes the median for a benchmark.
fn takes_median(score: &str) -> bool {
    Model::find(score).is_some_and(Model::takes_median)
}

fn no_look_ahead(report: &EvaluationReport) -> Option<String> {
    let compared = report.compared_scores?;
    let compared = grouped(&compared.to_string());
    Some(format!("no look-ahead: {compared} scores are the same on prices that end at their date"))
}
