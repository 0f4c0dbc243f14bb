//! Whether a score works: against an independent program's results, against chance, and without looking ahead.

use std::path::Path;

use chrono::{Days, NaiveDate};
use screener::bars::Bars;
use screener::evaluate::{Evaluation, Panel, Rules, Score, Settings, Summary};
use screener::provider::{FilesOptions, files};
use screener::screen::models::Model;
use screener::universe::Memberships;
use serde_json::Value;

use crate::support::shared;

/// The models that the golden values know.
const GOLDEN_MODELS: [Model; 8] = [
    Model::Composite,
    Model::TwelveOne,
    Model::SixOne,
    Model::RiskAdjusted,
    Model::Clenow,
    Model::High52w,
    Model::RelativeStrength,
    Model::Continuity,
];

fn panel(path: &Path) -> Panel {
    let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let options = FilesOptions::default();
    let local = files(path, None, Days::new(100_000), today, &options).expect("prices");
    let bars = |symbol| Some((Clone::clone(symbol), local.get(symbol)?.into_owned()));
    Panel::new(local.symbols().filter_map(bars))
}

fn settings(golden: &Value, horizon: usize) -> Settings<'static> {
    let count = |key: &str| usize::try_from(golden[key].as_u64().expect(key)).expect("small");
    Settings {
        horizons: vec![horizon],
        lag: count("lag"),
        every: count("every"),
        quantiles: count("quantiles"),
        cost: 0.001,
        days: (None, None),
        sectors: None,
        rules: Rules { members: None, benchmark: None, include_suspect: false },
    }
}

/// Every number of a summary that the golden values have; a t-value of too few dates is none.
fn assert_golden(summary: &Summary, golden: &Value) {
    let at = format!("{}/{}", summary.score, summary.horizon);
    let near = |key: &str, own: Option<f64>| {
        let expected = golden[key].as_f64().unwrap_or_else(|| panic!("{at} {key}"));
        let own = own.unwrap_or_else(|| panic!("{at}: no {key}, {expected} expected"));
        let error = (own - expected).abs() / expected.abs().max(1e-12);
        assert!(error < 1e-9, "{at} {key}: {own} for {expected}");
    };
    let count = |key: &str, own: usize| assert_eq!(golden[key], own, "{at} {key}");
    count("dates", summary.dates);
    count("disjoint_dates", summary.disjoint_dates);
    for key in ["no_entry", "ended_early"].into_iter().filter(|key| !golden[*key].is_null()) {
        let own = if key == "no_entry" { summary.no_entry } else { summary.ended_early };
        count(key, own);
    }
    let (first, last) = summary.span.expect("dates");
    assert_eq!(golden["first"], first.to_string(), "{at}");
    assert_eq!(golden["last"], last.to_string(), "{at}");
    near("mean_names", summary.mean_names);
    near("ic_mean", summary.ic.mean);
    near("ic_sd", summary.ic_sd);
    near("ic_ir", summary.ic_ir);
    near("ic_positive", summary.ic_positive);
    near("disjoint_ic_mean", summary.disjoint_ic_mean);
    near("top_excess", summary.top.mean);
    near("spread", summary.spread.mean);
    near("monotonicity", summary.monotonicity);
    near("top_turnover", summary.top_turnover);
    near("break_even", summary.break_even);
    let buckets = golden["buckets"].as_array().expect("buckets");
    assert_eq!(buckets.len(), summary.buckets.len());
    for (own, expected) in summary.buckets.iter().zip(buckets) {
        let (own, expected) = (own.expect("a bucket"), expected.as_f64().expect("a number"));
        assert!((own - expected).abs() < 1e-9 * expected.abs(), "{at}: {own} for {expected}");
    }
    let t_values = [
        ("ic_t", summary.ic.t),
        ("disjoint_ic_t", summary.ic.disjoint_t),
        ("top_t", summary.top.t),
        ("disjoint_top_t", summary.top.disjoint_t),
        ("spread_t", summary.spread.t),
        ("disjoint_spread_t", summary.spread.disjoint_t),
    ];
    for (key, own) in t_values {
        if summary.disjoint_dates < 24 {
            assert_eq!(own, None, "{at}: too few dates for {key}");
        } else {
            near(key, own);
        }
    }
}

/// numpy and scipy on the same prices, with the rules written down once more.
#[test]
fn results_are_those_of_an_independent_program() {
    let Some(folder) = shared("") else { return };
    let panel = panel(&folder.join("data/prices/sp500_2018_2021.parquet"));
    let list = folder.join("data/constituents/members_sp500.csv");
    let members = Memberships::read(list.to_str().expect("a path")).expect("members");
    let scores = GOLDEN_MODELS.map(Score::model);
    for name in ["lag1_h21_daily", "lag1_h21_every5_members", "lag1_h63_every21"] {
        let file = folder.join(format!("data/golden/evaluate/{name}.json"));
        let golden: Value =
            serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("JSON");
        let horizon = if name.contains("h63") { 63 } else { 21 };
        let mut settings = settings(&golden, horizon);
        settings.rules.members = Some(&members).filter(|_| name.contains("members"));
        let evaluation = Evaluation::of(&panel, &scores, &settings);
        assert_eq!(golden["sessions"], evaluation.sessions);
        assert_eq!(golden["names"], evaluation.names);
        for summary in &evaluation.summaries {
            let key = format!("{}/{horizon}", summary.score);
            assert_golden(summary, &golden["results"][&key]);
        }
    }
}

#[allow(dead_code)]
fn unused(_: &Bars) {}
