//! The columns: independent values on real prices, and what holds for the whole list of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::ask::columns::Column;
use screener::bars::{Bar, Bars, PriceBasis};
use screener::compare::momentum::Momentum;
use screener::compare::row::Row;
use screener::measure::entry::{Group, Pass};
use screener::measure::fields::{self, FIELDS, Field};
use screener::models::{Model, alphavelocity, composite};
use screener::table::Unit;
use screener::universe::Symbol;
use serde_json::Value;

use crate::golden::{agree, golden};
use crate::support::{screener, shared, weekdays};

const GOLDEN: &str = include_str!("../fixtures/golden_columns.csv");
const BENCHMARK: &str = include_str!("../fixtures/eqw.csv");
const SAMPLE: [&str; 3] = ["top", "--provider", "sample"];

type Values = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

/// Values by day, symbol and field.
fn golden_columns() -> Values {
    let mut values = Values::new();
    for record in csv::Reader::from_reader(GOLDEN.as_bytes()).records() {
        let record = record.expect("the golden file is CSV");
        let value = record[3].parse().expect("a number");
        let day = values.entry(record[0].into()).or_default();
        day.entry(record[1].into()).or_default().insert(record[2].into(), value);
    }
    values
}

fn results(words: &[&str]) -> Value {
    let ran = screener(&[&["momentum", "--provider", "files", "-f", "json", "-q"], words].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    ran.json()["results"].clone()
}

/// Computed with numpy and pandas on the same file: 24 names on three days.
#[test]
fn every_golden_value_on_real_prices() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(&path, folder.path().join("prices.parquet")).expect("it is there");
    fs::write(folder.path().join("eqw.csv"), BENCHMARK).expect("written");
    let (alone, both) = (path.to_string_lossy(), folder.path().to_string_lossy());
    let mut compared = 0;
    for (day, symbols) in golden_columns() {
        let names: Vec<&str> = symbols.keys().map(String::as_str).collect();
        let names = names.join(",");
        let own = ["--data", &both, "--as-of", &day, "-t", &names, "--benchmark", "EQW"];
        let (own, rated) = (results(&own), results(&["--data", &alone, "--as-of", &day]));
        for (symbol, values) in symbols {
            for (name, theirs) in values {
                let from = if name == "rs_rating" { &rated } else { &own };
                let ours = from[&symbol][&name].as_f64();
                let ours = ours.unwrap_or_else(|| panic!("{day} {symbol} has no {name}"));
                let is_near = agree(ours, theirs) || (ours - theirs).abs() < 1e-12;
                assert!(is_near, "{day} {symbol} {name}: {ours}, not {theirs}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 1644);
}

#[test]
fn presets_and_breadth_on_real_prices() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    let words = ["momentum", "--provider", "files", "-f", "json", "--data", &path, "--as-of"];
    for (day, in_trend, above, highs, lows) in [
        ("2019-06-28", 118, 77.2, 44, 0),
        ("2019-12-31", 110, 84.1, 26, 0),
        ("2020-03-23", 4, 3.6, 0, 278),
        ("2020-06-30", 47, 44.1, 26, 1),
        ("2020-12-31", 133, 92.3, 62, 0),
        ("2021-04-21", 120, 97.2, 105, 0),
    ] {
        let json = screener(&[&words[..], &[day, "--preset", "trend-template"]].concat()).json();
        let count = json["results"].as_object().expect("rows").len();
        if !["2019-12-31", "2020-06-30"].contains(&day) {
            assert_eq!(count, in_trend, "{day}"); // counted by other means on these days only
        }
        let breadth = &json["breadth"];
        let share = 100.0 * breadth["above_sma_200"].as_f64().expect("a share");
        assert!((share - above).abs() < 0.06, "{day}: {share}");
        assert_eq!((&breadth["new_highs"], &breadth["new_lows"]), (&highs.into(), &lows.into()));
    }
    let cron =
        ["top", "--provider", "files", "--data", &path, "--as-of", "2020-03-23", "--only-if"];
    let ran = screener(&[&cron[..], &["above_sma_200 > 0.5"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:#?}");
    assert!(ran.stderr.contains("above_sma_200 > 0.5 does not hold (above_sma_200 is 0.036)"));
    let ran = screener(&[&cron[..], &["above_sma_200 < 0.5", "-q", "-n", "1"]].concat());
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 2), "{ran:#?}");
}

/// What the registry says of itself.
#[test]
fn the_list_is_sound() {
    let keys: BTreeSet<&str> = FIELDS.iter().map(|(_, entry)| entry.key).collect();
    assert_eq!(keys.len(), FIELDS.len(), "keys are unique");
    let names: Vec<Column> = Column::all().collect();
    let distinct: BTreeSet<&str> = names.iter().map(Column::name).collect();
    assert_eq!(distinct.len(), names.len());
    let mut known: BTreeSet<String> =
        golden().into_values().flat_map(BTreeMap::into_keys).collect();
    known.extend(
        golden_columns()
            .into_values()
            .flat_map(BTreeMap::into_values)
            .flat_map(BTreeMap::into_keys),
    );
    // Held by tests of their own.
    let elsewhere = [
        "raw",
        "percentile",
        "rank_1w",
        "rank_1m",
        "rank_change_1w",
        "relative_momentum",
        "sma_100",
        "sessions_since_low",
        "price",
        "current_volume",
        "average_volume",
        "median_volume",
        "median_ratio",
        "dollar_volume",
    ];
    for (field, entry) in FIELDS {
        let is_told = entry.group == Group::Holding || entry.group == Group::Model;
        let has_golden = known.contains(entry.key) || elsewhere.contains(&entry.key) || is_told;
        assert!(has_golden, "{field:?} has no golden value");
        assert!(!entry.heading.is_empty() && !entry.meaning.is_empty(), "{field:?}");
    }
}

/// Bars that move up and down, with opens, ranges and volumes.
fn bars(n: usize, factor: f64) -> Bars {
    let mut rows = Vec::with_capacity(n);
    for (i, date) in weekdays().enumerate().take(n) {
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let t = i as f64;
        let close = factor * (50.0 + 0.05 * t + 3.0 * (0.7 * t).sin() + (0.13 * t).cos());
        let spread = factor * (0.4 + 0.2 * (1.7 * t).sin());
        rows.push(Bar {
            date,
            open: close - 0.3 * spread,
            high: close + spread,
            low: close - spread,
            close,
            adjusted: close * (0.9 + 0.0002 * t),
            volume: 1e6 + 2e5 * (0.9 * t).cos(),
        });
    }
    Bars::new(rows, PriceBasis::Adjusted, false)
}

fn measured(bars: &Bars) -> Row {
    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    let symbol = Symbol::parse("A").expect("a ticker");
    Screen::new(Criteria::Momentum(momentum)).measure(&symbol, bars)
}

fn window_fields() -> impl Iterator<Item = Field> {
    fields::all().filter(|field| matches!(field.entry().pass, Pass::Window(_)))
}

/// The bars that an entry names are the least at which it is defined.
#[test]
fn a_column_is_defined_from_its_bars_on() {
    for field in window_fields() {
        let needed = field.entry().bars;
        assert!(measured(&bars(needed, 1.0)).get(field).is_some(), "{field:?} with {needed} bars");
        if needed > 1 {
            let few = measured(&bars(needed - 1, 1.0));
            assert!(few.get(field).is_none(), "{field:?} with {} bars", needed - 1);
        }
    }
}

/// Whatever the unit of account, ratios are the same and prices move with it.
#[test]
fn prices_times_k_move_price_columns_by_k_and_nothing_else() {
    let (one, other) = (measured(&bars(300, 1.0)), measured(&bars(300, 8.0)));
    for field in window_fields() {
        let (Some(a), Some(b)) = (one.get(field), other.get(field)) else {
            panic!("{field:?} is undefined");
        };
        let moves = matches!(field.unit(), Unit::Price | Unit::Traded | Unit::Money);
        let expected = if moves { 8.0 * a } else { a };
        assert!((b - expected).abs() <= 1e-9 * expected.abs().max(1e-9), "{field:?}: {a}, {b}");
    }
}

/// The last adjusted close is what was traded, so prices can be compared with it.
#[test]
fn price_columns_are_on_the_basis_of_the_last_day() {
    let row = measured(&bars(300, 1.0));
    let flat = |n: usize| -> f64 {
        let bars = bars(300, 1.0);
        let last = bars.close()[299] / bars.adjusted()[299];
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let mean = bars.adjusted()[300 - n..].iter().sum::<f64>() / n as f64;
        last * mean
    };
    for (field, n) in [(Field::Sma20, 20), (Field::Sma100, 100), (Field::Sma200, 200)] {
        assert!(agree(row.get(field).expect("defined"), flat(n)), "{field:?}");
    }
    let from_high = row.get(Field::CurrentPrice).expect("it is there")
        / row.get(Field::High52w).expect("a year")
        - 1.0;
    assert!(agree(from_high, row.get(Field::FromHigh52w).expect("a year")));
}

/// A model's numbers depend on the last values of a window alone, so earlier ranks are what they were.
#[test]
fn what_models_are_made_of_does_not_depend_on_where_the_history_begins() {
    let long = bars(320, 1.0);
    let short = long.clone().window(*long.dates().last().expect("some"), 280, true);
    let (long, short) = (measured(&long), measured(&short));
    for model in Model::ALL {
        for field in model.inputs {
            let is_cliff = model == alphavelocity::MODEL; // its price pillar begins at 249 bars
            let same = long.get(*field).map(f64::to_bits) == short.get(*field).map(f64::to_bits);
            assert!(same || is_cliff, "{field:?}");
        }
    }
}

/// The rank a week ago is the rank that a run on the bars of then gives.
#[test]
fn earlier_ranks_are_those_of_earlier_runs() {
    let now = screener(&[&SAMPLE[..], &["-f", "json"]].concat()).json();
    for (key, day) in [("rank_1w", "2023-09-14"), ("rank_1m", "2023-08-22")] {
        let then = screener(&[&SAMPLE[..], &["-f", "json", "--as-of", day]].concat()).json();
        for stock in then["top_stocks"].as_array().expect("rows") {
            let mut rows = now["top_stocks"].as_array().expect("rows").iter();
            let row = rows.find(|row| row["ticker"] == stock["ticker"]).expect("the same tickers");
            assert_eq!(row[key], stock["rank"], "{key} of {}", stock["ticker"]);
        }
    }
    for row in now["top_stocks"].as_array().expect("rows") {
        let (then, rank) = (row["rank_1w"].as_i64(), row["rank"].as_i64());
        assert_eq!(row["rank_change_1w"].as_i64(), then.zip(rank).map(|(a, b)| a - b));
    }
}

#[test]
fn percentiles_and_ratings_are_of_those_compared() {
    let among = |words: &[&str]| {
        let words = [&["momentum", "--provider", "sample", "-f", "json"], words].concat();
        screener(&words).json()["results"].clone()
    };
    let all = among(&[]);
    assert_eq!(
        (&all["NVDA"]["percentile"], &all["AAPL"]["percentile"]),
        (&100.0.into(), &0.0.into())
    );
    let two = among(&["-t", "AAPL,META"]);
    assert_eq!(two["META"]["percentile"], 100.0);
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("all.txt");
    fs::write(&list, "AAPL AMZN GOOG META NFLX NVDA".replace(' ', "\n")).expect("written");
    let rated = among(&["-t", "AAPL,META", "--rank-among", &list.to_string_lossy()]);
    for (ticker, key) in [("AAPL", "percentile"), ("META", "percentile"), ("META", "rs_rating")] {
        assert_eq!(rated[ticker][key], all[ticker][key], "{ticker} {key}");
    }
    assert_eq!(rated.as_object().expect("rows").len(), 2, "the others are not in the report");
}

#[test]
fn a_column_in_full_a_preset_to_copy_a_model_to_work_out() {
    let told = |words: &[&str]| screener(words).told();
    insta::assert_snapshot!("a_column", told(&["columns", "adr_20", "rank"]));
    insta::assert_snapshot!("a_preset", told(&["presets", "trend-template"]));
    insta::assert_snapshot!("presets", told(&["presets"]));
    insta::assert_snapshot!("a_model", told(&["models", "composite"]));
    let listed = screener(&["columns", "-f", "json"]).json();
    let lines = screener(&["columns"]).stdout.lines().count();
    assert_eq!((listed.as_array().expect("a list").len(), lines), (Column::all().count(), lines));
    let ran = screener(&["columns", "rs_line_high"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("did you mean sessions_since_rs_high?"), "{}", ran.stderr);
    // What is copied from a preset runs as it is.
    let text = screener(&["presets", "liquid"]).stdout;
    let line = format!(
        "screener top --provider sample -q {}",
        text.lines().skip(1).collect::<Vec<_>>().join("\n")
    );
    let output = crate::support::shell(&line, std::path::Path::new(".")).output().expect("it runs");
    let preset = screener(&[&SAMPLE[..], &["-q", "--preset", "liquid"]].concat());
    assert_eq!(String::from_utf8_lossy(&output.stdout), preset.stdout);
}

#[test]
fn groups_of_real_prices() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    let words = ["groups", "sp500", "--provider", "files", "--data", &path];
    let json = screener(&[&words[..], &["--by", "sub_industry", "-f", "json"]].concat()).json();
    let groups = json["groups"].as_array().expect("groups");
    let mut members = 0;
    for (place, group) in (1..).zip(groups) {
        assert_eq!(group["rank"], place);
        members += group["members"].as_u64().filter(|members| *members >= 5).expect("5 or more");
    }
    let left_out = json["ungrouped"].as_u64().zip(json["in_small_groups"].as_u64());
    let all = left_out.map(|(unknown, small)| members + unknown + small);
    assert_eq!(all, json["successful"].as_u64(), "every ticker is in a group or counted");
    let by_rating = |group: &Value| group["mean_rs_rating"].as_f64().expect("a rating");
    assert!(groups.windows(2).all(|pair| by_rating(&pair[0]) >= by_rating(&pair[1])));
    // Ranked within groups, the strongest group comes first.
    let words = ["top", "sp500", "--provider", "files", "--data", &path, "-n", "1", "-f", "json"];
    let top = screener(&[&words[..], &["--by", "sector"]].concat()).json();
    let sectors =
        screener(&["groups", "sp500", "--provider", "files", "--data", &path, "-f", "json"]);
    let strongest = &sectors.json()["groups"][0]["group"];
    assert_eq!(&top["top_stocks"][0]["sector"], strongest);
}

/// A joined file is read as every other: its delimiter, its encoding, its decimal mark.
#[test]
fn files_of_other_dialects_are_joined() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("caps.csv");
    let path = file.to_string_lossy().into_owned();
    let caps = |bytes: &[u8]| {
        fs::write(&file, bytes).expect("written");
        let ran = screener(&[&SAMPLE[..], &["--join", &path, "-f", "json"]].concat());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        let rows = ran.json()["top_stocks"].as_array().expect("rows").clone();
        let row = rows.into_iter().find(|row| row["ticker"] == "AAPL").expect("AAPL");
        (row["cap"].clone(), ran.unfolded())
    };
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("ticker\tcap\nAAPL\t2.5\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for bytes in [
        &b"ticker;cap\nAAPL;2,5\nNVDA;1.234,50\n"[..],
        b"sep=;\nticker;cap\nAAPL;2,5\n",
        b"ticker|cap\nAAPL|2.5\n",
        b"ticker,cap,n\nAAPL,2.5,\"1,000\"\n",
        b"ticker;cap;firma\nAAPL;2,5;M\xfcller\n",
        &utf_16,
    ] {
        assert_eq!(caps(bytes).0, 2.5, "{}", String::from_utf8_lossy(bytes));
    }
    // Thousands or thousandths: nothing in the file shows it, so it is neither.
    let (cap, told) = caps(b"ticker;cap\nAAPL;2,500\nNVDA;1,234\n");
    assert!(cap.is_null() && told.contains("cap (its marks may be"), "{cap} {told}");
}

#[test]
fn columns_of_a_file_and_columns_worked_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("caps.csv");
    let text = "Symbol,Market Cap,Yield %,Sector,Next\nAAPL,\"2,700.5\",0.5%,X,2026-12-01\nNVDA,1000,-,Y,soon\n??,1,1,1,1\n";
    fs::write(&file, text).expect("written");
    let path = file.to_string_lossy();
    let told = screener(
        &[
            &SAMPLE[..],
            &[
                "--join",
                &path,
                "--filter",
                "market_cap > 900",
                "--sort",
                "market_cap",
                "--columns",
                "ticker, market_cap, yield, next, shares = floor(100 / atr_14), twice = 2 * shares",
            ],
        ]
        .concat(),
    );
    insta::assert_snapshot!("joined", told.told().replace(&*path, "caps.csv"));
    let json = screener(&[&SAMPLE[..], &["--join", &path, "-f", "json"]].concat()).json();
    assert_eq!(json["top_stocks"][0]["market_cap"], 1000.0);
    assert!(json["top_stocks"][1]["market_cap"].is_null(), "META is not in the file");
    for (words, why) in [
        (["--columns", "ticker, rsi_14 = 3 * adr_20"], "there is a column rsi_14 already"),
        (["--columns", "x = sector * 2"], "sector is a text, not a number"),
        (["--columns", "x = "], "expected a column, a number"),
        (
            ["--join", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/golden.txt")],
            "cannot read",
        ),
        (
            ["--join", concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE")],
            "has no column ticker or symbol",
        ),
    ] {
        let ran = screener(&[&SAMPLE[..], &words].concat());
        assert!(ran.code == Some(2) && ran.stderr.contains(why), "{words:?}: {}", ran.stderr);
    }
}

/// One question under a name; what is typed goes before it.
#[test]
fn saved_screens() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    let text = "provider = \"sample\"\n[screens.mine]\nfilter = [\"rsi_14 < 45\", \"score > 6\"]\nsort = \"rsi_14\"\n\
                columns = \"ticker,rsi_14\"\nn = 2\nlist = [\"AAPL\", \"NVDA\", \"NFLX\", \"AMZN\"]\n";
    fs::write(&config, text).expect("written");
    let run = |words: &[&str]| {
        let mut command = crate::support::command(words);
        crate::support::Ran::of(command.env("SCREENER_CONFIG", &config).output())
    };
    let ran = run(&["top", "--screen", "mine", "-f", "csv", "-q"]);
    let tickers = |ran: &crate::support::Ran| {
        let lines = ran.stdout.lines().skip(1);
        lines.map(|line| line.split(',').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tickers(&ran), ["AMZN", "NVDA"], "{ran:#?}");
    assert!(ran.stdout.starts_with("ticker,rsi_14\n"));
    let ran = run(&["top", "--screen", "mine", "-f", "csv", "-q", "-n", "9", "--sort", "ticker"]);
    assert_eq!(tickers(&ran), ["AMZN", "NFLX", "NVDA"], "{ran:#?}");
    let ran = run(&["top", "--screen", "mine", "-t", "AMZN,META", "-f", "csv", "-q"]);
    assert_eq!(tickers(&ran), ["AMZN"], "its list gives way to what is typed: {ran:#?}");
    let ran = run(&["top", "--screen", "yours"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("no screen is called \"yours\"\nhint: the file has mine"),
        "{ran:#?}"
    );
    assert!(run(&["config", "show"]).stdout.contains("# screens: mine"));
}

proptest! {
    /// Any filter of words of the language is read or refused, and judged without a panic.
    #[test]
    fn expressions_never_panic(words in proptest::collection::vec(prop_oneof![
        Just("rsi_14"), Just("sector"), Just("return_12m"), Just("5%"), Just("1.2b"), Just("12m"), Just("("), Just(")"),
        Just("and"), Just("or"), Just("not"), Just("between"), Just("in"), Just("is"), Just("null"), Just("+"), Just("-"),
        Just("*"), Just("/"), Just("<"), Just(">="), Just("="), Just("'Energy'"), Just(","), Just("abs"), Just("min"), Just("&&"),
    ], 0..24)) {
        if let Ok(filter) = screener::ask::filter::Filter::parse(&words.join(" ")) {
            let _ = filter.matches(&measured(&bars(260, 1.0)));
        }
    }
}

/// What would give wrong rows, or lose some, in silence.
#[test]
fn what_would_mislead_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("r.csv").display().to_string();
    let sample = |words: &[&str]| screener(&[&SAMPLE[..], words].concat());
    for (words, why) in [
        (&["-o", &file, "--failures", &file][..], "-o and --failures name the same file"),
        (&["-o", &file, "--html", &file], "-o and --html name the same file"),
        (&["--failures", "-"], "--failures writes a file"),
        (&["--filter", "12m > return_3m"], "did you mean return_12m?"),
        (&["--filter", "12m > 5%"], "did you mean return_12m?"),
        (&["--filter", "rsi_14 = null"], "«is null»"),
        (&["--columns", "ticker,rsi_14,RSI"], "rsi_14 is there twice"),
        (&["--columns", "rsi_14 * 2"], "--columns 'x = rsi_14 * 2' works out a new one"),
        (&["--columns", "x = rsi_14, X = 2 * rsi_14"], "there is a column X already"),
        (&["--columns", ","], "--columns names no column"),
        (&["--sort", "rsi_14", "--sort", "raw"], "cannot be used multiple times"),
        (&["--filter", "sessions_since_rs_high = 0"], "there is no benchmark"),
        (&["--sort", "rs_rating", "--as-of", "2013-06-03"], "it needs 253 bars"),
        (&["--only-if", "benchmark > sma_200"], "there is none"),
        (&["--only-if", "rsi_14 > 5"], "no number of the market is called"),
        (&["--as-of", "someday"], "write a day as"),
    ] {
        let ran = sample(words);
        let told = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}: {ran:#?}");
        assert!(told.contains(why), "{words:?}: {told}");
    }
    assert!(!std::path::Path::new(&file).exists(), "nothing was written");
    let ran = screener(&["volume-screen", "--provider", "sample", "--preset", "liquid"]);
    assert!(ran.stderr.contains("does not take the preset liquid"), "{ran:#?}");
    let shard = folder.path().join("s.ndjson").display().to_string();
    assert_eq!(sample(&["--shard", "1/1", "-o", &shard, "-q"]).code, Some(0));
    let ran = screener(&["merge", &shard, "--preset", "clenow"]);
    assert!(ran.stderr.contains("the preset clenow ranks by clenow"), "{ran:#?}");
    let ran = sample(&["--filter", "-rsi_14 < -45", "-f", "csv", "-q"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 2), "{ran:#?}");
}

/// A day after the last one of the data counts from the last one.
#[test]
fn a_day_after_the_data_is_their_last_day() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    let on = |day: &str| {
        let words = ["top", "dow30", "--provider", "files", "--data", &path, "-f", "csv", "-q"];
        screener(&[&words[..], &["--as-of", day, "--members", "today"]].concat()).stdout
    };
    assert_eq!(on("2022-01-03"), on("2021-04-21"));
    assert_eq!(on("yesterday"), on("2021-04-21"));
}
