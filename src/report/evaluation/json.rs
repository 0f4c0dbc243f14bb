//! JSON: everything by name, a result a model and horizon; NDJSON: a line each.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::facts::{EvaluationReport, MembersUsed};
use super::figures::FIGURES;
use super::notes::notes;
use crate::evaluate::{Curves, Evaluation, Part, Summary};
use crate::report::json::{Entries, SCHEMA_VERSION, errors};

pub(super) fn write(report: &EvaluationReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

pub(super) fn write_lines(report: &EvaluationReport, out: &mut dyn Write) -> io::Result<()> {
    for summary in &report.evaluation.summaries {
        let line = ResultObject { summary, evaluation: &report.evaluation, is_line: true };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

impl Serialize for EvaluationReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { asked, evaluation, .. } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &SCHEMA_VERSION)?;
        map.serialize_entry("total_requested", &self.requested)?;
        map.serialize_entry("successful", &(self.requested - self.failures.len()))?;
        map.serialize_entry("failed", &self.failures.len())?;
        map.serialize_entry("execution_time_seconds", &self.cost.elapsed.as_secs_f64())?;
        map.serialize_entry("provider", &self.provider)?;
        map.serialize_entry("lag", &asked.lag)?;
        map.serialize_entry("every", &asked.every)?;
        map.serialize_entry("quantiles", &asked.quantiles)?;
        map.serialize_entry("cost_bps", &asked.cost)?;
        map.serialize_entry("neutral", &asked.within_sectors.then_some("sector"))?;
        map.serialize_entry("benchmark", &asked.benchmark)?;
        map.serialize_entry("members", members(&asked.members))?;
        map.serialize_entry("sessions", &evaluation.sessions)?;
        map.serialize_entry("names", &evaluation.names)?;
        map.serialize_entry("members_listed", &self.listed)?;
        map.serialize_entry("members_priced", &evaluation.members)?;
        map.serialize_entry("ended_series", &evaluation.ended)?;
        let left_out = evaluation.left_out;
        map.serialize_entry(
            "left_out",
            &json!({
                "stale": left_out.stale,
                "doubtful": left_out.doubtful,
                "not_member": left_out.not_member,
            }),
        )?;
        map.serialize_entry("tried", &evaluation.summaries.len())?;
        map.serialize_entry("t_bar", &evaluation.t_bar)?;
        map.serialize_entry("notes", &notes(self))?;
        map.serialize_entry("results", &Results(self))?;
        map.serialize_entry("errors", &errors(&self.failures))?;
        map.end()
    }
}

/// Whose members took part, in a word.
fn members(used: &MembersUsed) -> &str {
    match used {
        MembersUsed::All => "all",
        MembersUsed::OfTheDay => "day",
        MembersUsed::Today => "today",
        MembersUsed::File(file) => file,
    }
}

struct Results<'a>(&'a EvaluationReport);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let evaluation = &self.0.evaluation;
        let object = |summary| ResultObject { summary, evaluation, is_line: false };
        let key = |summary: &Summary| format!("{}/{}", summary.score, summary.horizon);
        serializer
            .collect_map(evaluation.summaries.iter().map(|summary| (key(summary), object(summary))))
    }
}

struct ResultObject<'a> {
    summary: &'a Summary,
    evaluation: &'a Evaluation,
    /// Whether it stands alone in a line: it says what it is of, and not what was on each date.
    is_line: bool,
}

impl Serialize for ResultObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { summary, evaluation, is_line } = self;
        let mut map = serializer.serialize_map(None)?;
        if *is_line {
            map.serialize_entry("model", &summary.score)?;
            map.serialize_entry("horizon", &summary.horizon)?;
        }
        for (name, of) in FIGURES {
            map.serialize_entry(name, &of(summary))?;
            if name == "disjoint_ic_t" {
                map.serialize_entry("buckets", &summary.buckets)?;
            }
        }
        let words = |estimate| evaluation.verdict(estimate).words();
        let verdict = [
            ("ic", words(&summary.ic)),
            ("top_excess", words(&summary.top)),
            ("spread", words(&summary.spread)),
        ];
        map.serialize_entry("verdict", &Entries(verdict.to_vec()))?;
        let (ic, top, spread) = (&summary.ic, &summary.top, &summary.spread);
        let ranges = [
            ("ic_min", ic.disjoint_t_range.map(|range| range.0)),
            ("ic_max", ic.disjoint_t_range.map(|range| range.1)),
            ("top_excess_min", top.disjoint_t_range.map(|range| range.0)),
            ("top_excess_max", top.disjoint_t_range.map(|range| range.1)),
            ("spread_min", spread.disjoint_t_range.map(|range| range.0)),
            ("spread_max", spread.disjoint_t_range.map(|range| range.1)),
        ];
        map.serialize_entry("disjoint_t_range", &Entries(ranges.to_vec()))?;
        map.serialize_entry("empty_bucket_dates", &summary.empty_bucket_dates)?;
        if !is_line {
            map.serialize_entry("by_year", &Parts(&summary.by_year))?;
            map.serialize_entry("thirds", &Parts(&summary.thirds))?;
            map.serialize_entry("curves", &CurvesObject(&summary.curves))?;
            map.serialize_entry("series", &Dates(summary))?;
        }
        map.end()
    }
}

struct Parts<'a>(&'a [Part]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|part| {
            json!({
                "name": part.name,
                "dates": part.dates,
                "ic_mean": part.ic_mean,
                "top_excess": part.top_excess,
                "spread": part.spread,
            })
        }))
    }
}

struct CurvesObject<'a>(&'a Curves);

impl Serialize for CurvesObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Curves { dates, top, bottom, all, worst_falls: [of_top, of_bottom, of_all] } = self.0;
        let mut map = serializer.serialize_map(Some(5))?;
        let dates: Vec<String> = dates.iter().map(ToString::to_string).collect();
        map.serialize_entry("dates", &dates)?;
        map.serialize_entry("top", top)?;
        map.serialize_entry("bottom", bottom)?;
        map.serialize_entry("all", all)?;
        let falls = [("top", of_top), ("bottom", of_bottom), ("all", of_all)];
        map.serialize_entry("worst_falls", &Entries(falls.to_vec()))?;
        map.end()
    }
}

/// What was on each date: its rank correlation and its buckets' mean excess.
struct Dates<'a>(&'a Summary);

impl Serialize for Dates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.series.iter().map(|(day, of)| {
            let (day, names, ic, mean) = (day.to_string(), of.names, of.ic, of.mean_return);
            json!({ "date": day, "names": names, "ic": ic, "mean": mean, "buckets": of.buckets })
        }))
    }
}
