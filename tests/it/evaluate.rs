//! Whether a score works: against an independent program's results, against chance, and without looking ahead.

use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use screener::bars::{Bar, Bars, PriceBasis};
use screener::evaluate::{Evaluation, Panel, Rules, Score, Settings, Summary, check_lookahead};
use screener::models::{
    Model, clenow, composite, continuity, high_52w, relative_strength, risk_adjusted, six_one,
    twelve_one,
};
use screener::provider::{FilesOptions, files};
use screener::universe::{Memberships, Symbol};
use serde_json::Value;

use crate::html::{browse, browser};
use crate::support::{Ran, screener, shared, skip, weekdays};

/// The models that the golden values know.
const GOLDEN_MODELS: [Model; 8] = [
    composite::MODEL,
    twelve_one::MODEL,
    six_one::MODEL,
    risk_adjusted::MODEL,
    clenow::MODEL,
    high_52w::MODEL,
    relative_strength::MODEL,
    continuity::MODEL,
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
        let file = folder.join(format!("data/golden/evaluate-2/{name}.json"));
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

/// Names that wander at random from 2010 on, one closing price a weekday.
fn wanderers(names: usize, sessions: usize, seed: u64) -> Vec<(Symbol, Vec<Bar>)> {
    let mut random = fastrand::Rng::with_seed(seed);
    let first = NaiveDate::from_ymd_opt(2010, 1, 4).expect("a day");
    let days: Vec<NaiveDate> = first
        .iter_days()
        .filter(|day| day.weekday().number_from_monday() < 6)
        .take(sessions)
        .collect();
    let mut all = Vec::with_capacity(names);
    for name in 0..names {
        let mut close = 20.0 + 80.0 * random.f64();
        let bar = |date: &NaiveDate| {
            close *= 0.97 + 0.0602 * random.f64();
            Bar {
                date: *date,
                open: close,
                high: close,
                low: close,
                close,
                adjusted: close,
                volume: 1e6,
            }
        };
        let symbol = Symbol::parse(&format!("W{name}")).expect("a ticker");
        all.push((symbol, days.iter().map(bar).collect()));
    }
    all
}

fn panel_of(all: &[(Symbol, Vec<Bar>)]) -> Panel {
    let bars = |bars: &[Bar]| Bars::new(bars.to_vec(), PriceBasis::Adjusted, false);
    Panel::new(all.iter().map(|(symbol, own)| (symbol.clone(), bars(own))))
}

/// Of 200 scores that know nothing one in twenty seems to, by either t-value: that many, within what chance allows.
#[test]
fn scores_that_know_nothing_are_found_out() {
    let panel = panel_of(&wanderers(30, 700, 11));
    let draw = |draw: u64| {
        Score::of_series("chance", move |bars: &Bars, known| {
            let seed = bars.adjusted()[0].to_bits() ^ (known as u64) << 20 ^ draw << 40;
            Some(fastrand::Rng::with_seed(seed).f64())
        })
    };
    let scores: Vec<Score> = (1..=200).map(draw).collect();
    let settings = Settings { horizons: vec![5], quantiles: 5, ..Settings::default() };
    let evaluation = Evaluation::of(&panel, &scores, &settings);
    let beyond = |t: fn(&Summary) -> Option<f64>| {
        let all = evaluation.summaries.iter().filter_map(t);
        all.filter(|t| t.abs() > 1.96).count()
    };
    // Between the first and the last thousandth of the binomial distribution of 200 draws at 5 %; a mean over the ways to
    // choose dates that do not overlap is beyond more seldom than each of them.
    for (least, t) in [
        (2, (|summary| summary.ic.t) as fn(&Summary) -> Option<f64>),
        (0, |summary| summary.ic.disjoint_t),
        (2, |summary| summary.top.t),
        (0, |summary| summary.top.disjoint_t),
    ] {
        assert!((least..=21).contains(&beyond(t)), "{} of 200", beyond(t));
    }
    for summary in &evaluation.summaries {
        let (low, high) = summary.ic.disjoint_t_range.expect("phases");
        assert!(summary.ic.disjoint_t.is_some_and(|t| low <= t && t <= high));
    }
    let bar = evaluation.t_bar;
    assert!((3.6..3.8).contains(&bar), "a bar for 200: {bar}");
}

/// A score that looks at the next bar is told with its name, symbol and date; the models do not look.
#[test]
fn a_score_that_peeks_is_caught() {
    let panel = panel_of(&wanderers(25, 400, 3));
    let settings = Settings { horizons: vec![5], ..Settings::default() };
    let models: Vec<Score> = Model::ALL.map(Score::model).into();
    let compared = check_lookahead(&panel, &models, &settings).expect("models do not look ahead");
    assert!(compared > 25 * 20 * 5, "{compared} scores");
    let own = Score::own("own", |bars: &Bars| Some(bars.adjusted().last()? / bars.adjusted()[0]));
    check_lookahead(&panel, &[own], &settings).expect("it has no later bars");
    let peeking = Score::of_series("peeking", |bars: &Bars, known| {
        let next = bars.adjusted().get(known).or(bars.adjusted().last())?;
        Some(next / bars.adjusted()[known - 1])
    });
    let caught = check_lookahead(&panel, &[peeking], &settings).expect_err("it looks ahead");
    assert_eq!(caught.score, "peeking");
    assert!(
        caught.to_string().starts_with("look-ahead: the peeking score of W0 on 2010-"),
        "{caught}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Noise over the future changes nothing of what was known before it.
    #[test]
    fn nothing_later_matters(seed in any::<u64>(), cut in 260..420_usize) {
        let all = wanderers(25, 450, seed);
        let mut other = all.clone();
        let mut random = fastrand::Rng::with_seed(seed ^ 1);
        for bar in other.iter_mut().flat_map(|(_, bars)| &mut bars[cut..]) {
            let close = bar.close * (0.5 + random.f64());
            *bar = Bar { open: close, high: close, low: close, close, adjusted: close, ..*bar };
        }
        let scores = Model::ALL.map(Score::model);
        let settings = Settings { horizons: vec![5], ..Settings::default() };
        let last = wanderers(1, cut, seed)[0].1[cut - 1].date;
        let known = |all| {
            let evaluation = Evaluation::of(&panel_of(all), &scores, &settings);
            let until = |summary: &Summary| {
                let dates = summary.series.iter().filter(|(day, _)| *day + Days::new(10) < last);
                dates.cloned().collect::<Vec<_>>()
            };
            evaluation.summaries.iter().map(until).collect::<Vec<_>>()
        };
        let known: [Vec<_>; 2] = [known(&all), known(&other)];
        prop_assert!(known[0].iter().any(|dates| dates.len() > 50));
        for (one, two) in known[0].iter().zip(&known[1]) {
            prop_assert_eq!(one.len(), two.len());
            // As texts: an empty bucket has no mean, and that is not equal to itself.
            let differs = |(a, b): &(_, _)| format!("{a:?}") != format!("{b:?}");
            prop_assert_eq!(one.iter().zip(two).find(differs), None);
        }
    }
}

fn evaluate(words: &[&str]) -> Ran {
    screener(&[&["evaluate", "--provider", "files"], words].concat())
}

/// The prices of 504 names as a path.
fn market() -> Option<String> {
    Some(shared("data/prices/sp500_2018_2021.parquet")?.to_string_lossy().into_owned())
}

/// The command says what the library does, in every format.
#[test]
fn the_command_writes_what_was_found() {
    let Some(data) = market() else { return };
    let words =
        ["--data", &data, "--model", "composite,clenow", "--horizon", "21,63", "--every", "5"];
    let document = evaluate(&[&words[..], &["-f", "json", "--check-lookahead"]].concat()).json();
    let keys: Vec<&String> = document["results"].as_object().expect("results").keys().collect();
    assert_eq!(keys, ["clenow/21", "clenow/63", "composite/21", "composite/63"]);
    let clenow = &document["results"]["clenow/21"];
    assert_eq!(clenow["buckets"].as_array().map(Vec::len), Some(10));
    let series = clenow["series"].as_array().expect("dates");
    assert_eq!(clenow["dates"], series.len());
    assert_eq!(clenow["verdict"]["top_excess"], "no verdict: survivors only");
    assert_eq!(document["results"]["clenow/63"]["ic_t"], Value::Null, "too few dates");
    assert_eq!((&document["tried"], &document["failed"]), (&4.into(), &0.into()));
    let notes = document["notes"].to_string();
    assert!(notes.contains("only survivors") && notes.contains("no look-ahead: "), "{notes}");

    let table = evaluate(&words);
    insta::assert_snapshot!(table.told());
    let csv = evaluate(&[&words[..], &["-f", "csv", "-q"]].concat());
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("model,horizon,dates,first,last,mean_names,ic_mean,"), "{csv:#?}");
    let ndjson = evaluate(&[&words[..], &["-f", "ndjson", "-q"]].concat());
    let line: Value =
        serde_json::from_str(ndjson.stdout.lines().next().expect("a line")).expect("JSON");
    assert_eq!(
        (&line["model"], &line["ic_mean"]),
        (&"composite".into(), &document["results"]["composite/21"]["ic_mean"])
    );
    let markdown = evaluate(&[&words[..], &["-f", "markdown", "-q"]].concat());
    assert!(markdown.stdout.starts_with("| Model | Horizon | Dates |"), "{markdown:#?}");
}

/// Who left is missed, who was not yet in is left out, and today's members are said to flatter.
#[test]
fn members_of_each_day_and_todays() {
    let Some(data) = market() else { return };
    let words = ["sp500", "--data", &data, "--every", "21", "-f", "json", "-q"];
    let day = evaluate(&words).json();
    assert_eq!(day["members"], "day");
    let (listed, priced) = (day["members_listed"].as_u64(), day["members_priced"].as_u64());
    assert!(listed > priced && listed.is_some_and(|n| (550..650).contains(&n)), "{listed:?}");
    assert!(day["left_out"]["not_member"].as_u64() > Some(0));
    assert!(day["errors"]["AGN"]["kind"] == "not_found", "it left in 2020: {}", day["errors"]);
    assert!(day["errors"].get("ENRN").is_none(), "who left before there are prices is not missed");
    let today = evaluate(&[&words[..], &["--members", "today"]].concat()).json();
    assert!(today["notes"].to_string().contains("levels are too good"));
    assert_eq!(today["left_out"]["not_member"], 0);
    let neutral = evaluate(&[&words[..], &["--neutral", "sector"]].concat()).json();
    let mean = |of: &Value| of["results"]["composite/21"]["ic_mean"].as_f64();
    assert!(mean(&neutral).is_some() && mean(&neutral) != mean(&day));
}

#[test]
fn what_cannot_be_judged_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("two.csv");
    let mut rows = String::from("symbol,date,close\n");
    for day in weekdays().take(300) {
        rows += &format!("A,{day},5\nB,{day},6\n");
    }
    std::fs::write(&file, rows).expect("written");
    let data = file.to_str().expect("UTF-8");
    let ran = evaluate(&["--data", data]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.unfolded().contains("no date can be judged: there are 300 sessions and 2 names"));
    let ran = evaluate(&["--data", data, "--members", "nowhere.csv"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("nowhere.csv"), "{ran:#?}");
    let ran = evaluate(&["--data", data, "--model", "composit"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("'composite'"), "{ran:#?}");
}

/// Everything stands on the page, and a browser has nothing to complain of.
#[test]
fn the_page_of_an_evaluation() {
    let Some(data) = market() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    let path = file.to_str().expect("UTF-8");
    let words =
        ["--data", &data, "--every", "5", "--model", "composite,clenow", "--html", path, "-q"];
    assert_eq!(evaluate(&words).code, Some(0));
    let page = std::fs::read_to_string(&file).expect("it is there");
    assert!(!page.contains("<script") && !page.contains("://"), "it loads and runs nothing");
    let Some(browser) = browser() else { return skip("there is no Chromium") };
    let (dom, complaints) = browse(browser, folder.path(), "");
    assert_eq!(complaints, "");
    assert_eq!(dom.matches("<svg").count(), 8, "four drawings for each of two");
    assert!(dom.contains("only survivors") && dom.contains("equity curves"));
}
