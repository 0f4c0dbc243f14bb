//! Parts of a list, and what `merge` makes of them: the same bytes as one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use screener::models::Model;
use screener::shard::{ShardFile, write};
use screener::universe::{Shard, Symbol, Universe};

use crate::replay::{Options, Server};
use crate::support::{Ran, command, screener, shared, timeless};

fn symbol(text: &str) -> Symbol {
    Symbol::parse(text).expect("a ticker")
}

/// Runs a command once for each of `count` parts, and gives their files.
fn parts(folder: &Path, words: &[&str], count: u32) -> Vec<String> {
    let one = |index| {
        let file = folder.join(format!("shard-{index}.ndjson"));
        let (file, shard) = (file.display().to_string(), format!("{index}/{count}"));
        let ran = screener(&[words, &["--shard", &shard, "-o", &file, "-q"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:#?}");
        file
    };
    (1..=count).map(one).collect()
}

fn merged(files: &[String], words: &[&str]) -> Ran {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    screener(&[&["merge"], &files[..], words].concat())
}

/// A part as lines with another word in it, and a checksum that fits.
fn edited(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    let body = text[..=text.trim_end().rfind('\n').expect("it has lines")].replace(from, to);
    format!("{body}{{\"crc32\":{}}}\n", crc32fast::hash(body.as_bytes()))
}

fn refused(files: &[String], why: &str) {
    let ran = merged(files, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
    assert!(ran.unfolded().contains(why), "{why} is not in {ran:#?}");
}

/// The places are those of CRC-32 as zlib computes it (Python's `zlib.crc32(text) * count >> 32`).
#[test]
fn a_symbol_is_of_one_part_on_every_machine() {
    for (ticker, places) in [
        ("AAPL", [1, 2, 11, 712]),
        ("MSFT", [1, 3, 14, 925]),
        ("BRK.B", [0, 1, 6, 414]),
        ("^GSPC", [0, 1, 7, 485]),
        ("SPY", [0, 0, 3, 225]),
    ] {
        for (count, place) in [2, 4, 16, 1000].into_iter().zip(places) {
            let shard = Shard::of(&symbol(ticker), count);
            assert_eq!((shard.number() - 1, shard.count()), (place, count), "{ticker}");
        }
    }
}

proptest! {
    #[test]
    fn parts_are_a_partition_in_the_order_of_the_list(
        tickers in prop::collection::vec("[A-Z]{1,5}(\\.[AB])?", 0..60),
        count in 1_u32..20,
    ) {
        let universe = |tickers: &mut dyn Iterator<Item = &String>| {
            let mut universe = Universe::default();
            tickers.for_each(|ticker| universe.add(symbol(ticker)));
            universe
        };
        let (there, back) = (universe(&mut tickers.iter()), universe(&mut tickers.iter().rev()));
        let mut places: BTreeMap<Symbol, Shard> = BTreeMap::new();
        for shard in Shard::new(1, count).expect("there is one").all() {
            let part = there.shard(shard);
            let in_order = there.symbols().iter().filter(|symbol| part.symbols().contains(symbol));
            prop_assert!(in_order.eq(part.symbols()));
            for symbol in part.symbols() {
                prop_assert!(places.insert(symbol.clone(), shard).is_none());
                prop_assert!(back.shard(shard).symbols().contains(symbol));
            }
        }
        prop_assert_eq!(places.len(), there.symbols().len());
    }
}

/// 503 names in 16 parts: none has more than twice its share, none less than half.
#[test]
fn parts_are_of_a_size() {
    let mut universe = Universe::default();
    let (_, list) = screener::universe::LISTS[2];
    universe.add_list("sp500", list).expect("it is built in");
    for shard in Shard::new(1, 16).expect("there is one").all() {
        let size = universe.shard(shard).symbols().len();
        assert!((16..=63).contains(&size), "{shard} has {size}");
    }
}

#[test]
fn merged_is_the_same_as_one_run_for_the_built_in_prices() {
    let folder = tempfile::tempdir().expect("a folder");
    for (words, formats) in [
        (&["top", "--provider", "sample"][..], &["json", "csv", "table", "markdown"][..]),
        (&["momentum", "-t", "NVDA,NOPE1,AAPL,META", "--provider", "sample"], &["json", "ndjson"]),
        (&["momentum", "--provider", "sample", "--benchmark", "AMZN"], &["json"]),
        (
            &["volume-screen", "--provider", "sample", "--min-volume", "0", "--multiplier", "1"],
            &["json", "csv"],
        ),
    ] {
        for count in [1, 3, 9] {
            let files = parts(folder.path(), words, count);
            for format in formats {
                let one = screener(&[words, &["-f", format]].concat());
                let all = merged(&files, &["-f", format]);
                assert_eq!((all.code, timeless(&all)), (one.code, timeless(&one)), "{words:?}");
            }
        }
    }
}

/// Benchmark, filter, order, sectors and failures over HTTP; each part asks for its own tickers only.
#[test]
fn merged_is_the_same_as_one_run_over_the_network() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let url = server.url();
    let words = ["dow30", "-t", "NOPE1,NOPE2,SPY", "--base-url", &url, "--rate", "5000"];
    let folder = tempfile::tempdir().expect("a folder");
    for model in ["composite", "relative-strength", "alphavelocity"] {
        let asked = [&["top", "--model", model], &words[..]].concat();
        let before = server.stats().requests;
        let files = parts(folder.path(), &asked, 4);
        // SPY is in the list, and the benchmark of the other three parts.
        assert_eq!(server.stats().requests - before, 33 + 3);
        for view in [
            &["-n", "7", "-f", "json"][..],
            &["--filter", "rsi_14 < 60 and return_3m > 0", "-f", "json"],
            &["--by", "sector", "-n", "2", "-f", "csv"],
            &[
                "--sort",
                "volatility_1y:asc",
                "--columns",
                "rank,ticker,volatility_1y",
                "-f",
                "ndjson",
            ],
        ] {
            let (one, all) = (screener(&[&asked, view].concat()), merged(&files, view));
            assert_eq!((all.code, timeless(&all)), (one.code, timeless(&one)), "{model} {view:?}");
        }
    }
}

#[test]
fn merged_is_the_same_as_one_run_for_every_model_and_503_names() {
    let Some(data) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let data = data.display().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    for model in Model::ALL.map(|model| model.name) {
        let words = ["top", "sp500", "--model", model, "--provider", "files", "--data", &data];
        let files = parts(folder.path(), &words, 4);
        let one = screener(&[&words[..], &["-n", "20", "-f", "json"]].concat());
        let all = merged(&files, &["-n", "20", "-f", "json"]);
        assert_eq!(timeless(&all), timeless(&one), "{model}");
        assert!(one.stdout.contains("\"top_count\": 20"));
    }
}

/// Whatever a number is, it is read as it was written.
#[test]
fn numbers_come_back_to_the_last_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["momentum", "--provider", "sample", "--benchmark", "GOOG"];
    let files = parts(folder.path(), &words, 1);
    let part = ShardFile::read(&fs::read(&files[0]).expect("it is there")).expect("a part");
    let field = screener::measure::fields::Field::Rsi14;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let numbers = prop::collection::vec(proptest::num::f64::NORMAL, part.rows.len());
    runner
        .run(&numbers, |numbers| {
            let mut part = part.clone();
            for (row, number) in part.rows.iter_mut().zip(&numbers) {
                row.set(field, Some(*number));
                row.about.year = vec![*number; 3];
            }
            let mut bytes = Vec::new();
            write(&part.facts, &part.rows, &part.failures, &mut bytes).expect("memory");
            let back = ShardFile::read(&bytes).expect("a part");
            prop_assert_eq!(&back, &part);
            Ok(())
        })
        .expect("every number comes back");
}

#[test]
fn shards_that_make_no_whole_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = ["top", "--provider", "sample"];
    let files = parts(folder.path(), &sample, 3);
    refused(&files[..2], "shard 3/3 is missing: ");
    refused(&files[1..2], "shards 1/3 and 3/3 are missing: ");
    refused(&[&files[..], &files[1..2]].concat(), "shard-2.ndjson are both shard 2/3");

    let other = folder.path().join("other");
    fs::create_dir(&other).expect("made");
    let with = |words: &[&str], why: &str| {
        let others = parts(&other, words, 3);
        refused(&[&files[..2], &others[2..]].concat(), why);
    };
    with(
        &["top", "--provider", "sample", "--model", "clenow"],
        "its model is clenow, not composite",
    );
    with(&["momentum", "--provider", "sample"], "its screen is momentum, not top");
    with(&["top", "--provider", "sample", "-t", "AAPL,NVDA"], "its list has 2 tickers, not 6");
    with(
        &["top", "--provider", "sample", "--benchmark", "AAPL"],
        "its benchmark is AAPL, not none",
    );
    with(
        &["top", "--provider", "sample", "--as-of", "2023-06-01"],
        "its --as-of is 2023-06-01, not none",
    );
    with(&["volume-screen", "--provider", "sample"], "its screen is volume-screen");
    let two = parts(&other, &sample, 2);
    refused(&[&files[..1], &two[1..]].concat(), "it is one of 2 shards, not of 3");

    let text = fs::read_to_string(&files[2]).expect("it is there");
    let changed = |text: &str, from: &str, to: &str| {
        let file = other.join("changed.ndjson").display().to_string();
        fs::write(&file, edited(text, from, to)).expect("written");
        [&files[..2], &[file]].concat()
    };
    let today = chrono::Utc::now().date_naive().to_string();
    let asked = format!("\"asked_on\":\"{today}\"");
    // Over midnight a run is still one run, but not over a session.
    let midnight = edited(&text, &asked, "\"asked_on\":\"2023-09-20\"");
    assert_eq!(merged(&changed(&midnight, "3/3", "3/3"), &[]).code, Some(0));
    let why = "gathered on 2023-09-20, its newest bars are of 2023-09-20, not 2023-09-21";
    refused(&changed(&midnight, "2023-09-21", "2023-09-20"), why);
    // A part that knows of no session is of any.
    let unknown = edited(&midnight, "\"session\":\"2023-09-21\"", "\"session\":null");
    assert_eq!(merged(&changed(&unknown, "3/3", "3/3"), &[]).code, Some(0));

    let damaged = |from: &str, to: &str, why: &str| refused(&changed(&text, from, to), why);
    damaged("\"screener_shard\":6", "\"screener_shard\":7", "its layout is version 7");
    damaged("\"bars\":", "\"bar\":", "line 2 cannot be read");
    damaged("\"program\":\"screener", "\"program\":\"sieve", "its program is sieve");
    damaged("\"AAPL\",\"AMZN\"", "\"AAPL\",\"AAPL\"", "AAPL is twice in its list");
    damaged("\"AAPL\",\"AMZN\"", "\"A A\",\"AMZN\"", "is not a valid ticker");
    let cut = other.join("cut.ndjson").display().to_string();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&cut, lines[..lines.len() - 1].join("\n")).expect("written");
    refused(&[&files[..2], std::slice::from_ref(&cut)].concat(), "it is damaged: it has no end");
    let body = [&lines[..1], &lines[2..lines.len() - 1]].concat().join("\n") + "\n";
    let end = format!("{{\"crc32\":{}}}\n", crc32fast::hash(body.as_bytes()));
    fs::write(&cut, body + &end).expect("written");
    refused(&[&files[..2], &[cut]].concat(), "it is damaged: it holds ");
}

/// Of parts of one day, too, some may have been asked for before the close and some after it.
#[test]
fn parts_of_different_sessions_are_refused() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let url = server.url();
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["top", "dow30", "--base-url", &url, "--rate", "5000", "--benchmark", "none"];
    let files = parts(folder.path(), &words, 2);
    assert_eq!(merged(&files, &[]).code, Some(0));
    let text = fs::read_to_string(&files[0]).expect("it is there");
    let session = text.split("\"session\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let session = session.expect("a session").to_owned();
    fs::write(&files[0], edited(&text, &session, "2020-01-02")).expect("written");
    refused(&files, &format!("its newest bars are of 2020-01-02, not {session}"));
}

/// What travels between machines may be damaged; it never becomes another number.
#[test]
fn flipped_bits_are_never_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = parts(folder.path(), &["top", "--provider", "sample"], 1);
    let bytes = fs::read(&files[0]).expect("it is there");
    let whole = ShardFile::read(&bytes).expect("a part");
    let mut refusals = 0;
    for place in (0..bytes.len()).step_by(bytes.len() / 150 + 1) {
        let mut bytes = bytes.clone();
        bytes[place] ^= 1 << (place % 8);
        match ShardFile::read(&bytes) {
            Ok(part) => assert_eq!(part, whole, "at {place}"),
            Err(_) => refusals += 1,
        }
    }
    assert!(refusals > 60, "{refusals}");
}

#[test]
fn words_of_a_part_never_reach_a_terminal_raw() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["momentum", "--provider", "sample", "-t", "AAPL,NOPE1"];
    let files = parts(folder.path(), &words, 1);
    let text = fs::read_to_string(&files[0]).expect("it is there");
    let escape = "\\u001b]0;x\\u0007";
    let text = edited(&text, "\"incomplete\":null", &format!("\"incomplete\":\"{escape}\""));
    let text = edited(&text, "not in the sample data", escape);
    fs::write(&files[0], edited(&text, "Information Technology", escape)).expect("written");
    for format in ["table", "json", "csv"] {
        let ran = merged(&files, &["-f", format, "--by", "sector"]);
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert!(!(ran.stdout + &ran.stderr).contains(['\u{1b}', '\u{7}']));
    }
}

/// How many a `top` shows may be a setting, which is not for a screen that shows everything.
#[test]
fn a_count_that_is_a_setting_gives_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = parts(folder.path(), &["momentum", "--provider", "sample"], 2);
    let config = folder.path().join("config.toml");
    fs::write(&config, "count = 2\n").expect("written");
    let merge = |words: &[&str]| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let words = [&["merge", "-f", "csv"], &files[..], words].concat();
        Ran::of(command(&words).env("SCREENER_CONFIG", &config).output())
    };
    let ran = merge(&[]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 7), "{ran:#?}");
    let ran = merge(&["-n", "2"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
}

#[test]
fn what_is_no_part_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, ending) in [("report", "parquet"), ("report", "ndjson"), ("report", "csv")] {
        let file = folder.path().join(format!("{name}.{ending}")).display().to_string();
        let ran = screener(&["top", "--provider", "sample", "-q", "-o", &file]);
        assert_eq!(ran.code, Some(0));
        refused(&[file], &format!("report.{ending}: it is not a shard file"));
    }
    let ran = screener(&["merge", "nowhere.parquet"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("cannot read nowhere.parquet"), "{ran:#?}");
}

#[test]
fn missing_parts_are_counted_where_they_are_allowed() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = parts(folder.path(), &["momentum", "--provider", "sample"], 3);
    let whole = merged(&files, &["-f", "json"]).json();
    let ran = merged(&files[..2], &["--allow-missing", "-f", "json"]);
    let report = ran.json();
    assert_eq!(ran.code, Some(3), "{ran:#?}");
    let allowed = merged(&files[..2], &["--allow-missing", "--allow-failures", "70%"]);
    assert_eq!(allowed.code, Some(0), "{allowed:#?}");
    assert_eq!(report["total_requested"], 6);
    let (there, missing) = (&report["successful"], &report["failed"]);
    assert_eq!(there.as_u64().zip(missing.as_u64()).map(|(a, b)| a + b), Some(6));
    assert_eq!(report["incomplete"], "shard 3/3 is missing");
    for (ticker, error) in report["errors"].as_object().expect("failures") {
        assert_eq!(Shard::of(&symbol(ticker), 3).number(), 3);
        assert_eq!(
            (&error["kind"], &error["message"]),
            (&"missing".into(), &"shard 3/3 is missing".into())
        );
    }
    for (ticker, row) in report["results"].as_object().expect("rows") {
        // What compares tickers depends on which there are.
        let own = |row: &serde_json::Value| (row["raw"].clone(), row["rsi_14"].clone());
        assert_eq!(own(row), own(&whole["results"][ticker]));
    }
    let strict = merged(&files[..2], &["--allow-missing", "--strict"]);
    assert_eq!(strict.code, Some(3), "{strict:#?}");
}

/// A part whose run was cut short says so in the whole, with the exit code of such a run.
#[test]
fn a_part_that_was_cut_short_is_told() {
    let slow = Options { latency: std::time::Duration::from_millis(400), ..Options::default() };
    let server = Server::start(0, slow).expect("a free port");
    let url = server.url();
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["momentum", "dow30", "--base-url", &url, "-w", "2", "--benchmark", "none"];
    let files: Vec<String> = (1..=2)
        .map(|index| {
            let file = folder.path().join(format!("{index}.ndjson")).display().to_string();
            let shard = format!("{index}/2");
            let time = if index == 1 { "1s" } else { "60s" };
            let own = ["--shard", &shard, "-o", &file, "--max-time", time, "--rate", "1000"];
            let ran = screener(&[&words[..], &own].concat());
            assert_eq!(ran.code, Some(if index == 1 { 5 } else { 0 }), "{ran:#?}");
            assert!(ran.stderr.contains(&format!("shard {index}/2: measured ")), "{ran:#?}");
            file
        })
        .collect();
    let ran = merged(&files, &["-f", "json"]);
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    let report = ran.json();
    assert_eq!(report["total_requested"], 30);
    let told = "shard 1/2: the time for the run (--max-time) is over";
    assert_eq!(report["incomplete"], told);
}

#[test]
fn a_part_takes_no_choice_and_no_other_format() {
    for (words, why) in [
        (&["top", "--shard", "1/2", "-n", "5"][..], "cannot be used with '--count <N>'"),
        (
            &["top", "--shard", "1/2", "--filter", "rsi_14 < 70"],
            "cannot be used with '--filter <CONDITION>'",
        ),
        (
            &["momentum", "--shard", "1/2", "--html", "a.html"],
            "cannot be used with '--html <FILE>'",
        ),
        (&["top", "--shard", "1/2", "--prefilter"], "cannot be used with '--prefilter'"),
        (&["top", "--shard", "1/2", "-f", "json"], "--shard does not write json"),
        (&["top", "--shard", "1/2", "-o", "a.csv"], "--shard does not write csv"),
        (&["top", "--shard", "1/2", "-o", "a.parquet"], "--shard does not write parquet"),
        (&["top", "--shard", "0/4"], "shards count from 1: 1/4 to 4/4"),
        (&["top", "--shard", "3/2"], "shards count from 1: 1/2 to 2/2"),
        (&["top", "--shard", "1-2"], "write a shard as 3/16"),
        (&["top", "--shard", "0/0"], "write a shard as 3/16"),
        (
            &["top", "--shard", "auto"],
            "neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID is set",
        ),
    ] {
        let ran = screener(&[words, &["--provider", "sample"]].concat());
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(ran.unfolded().contains(why), "{why} is not in {ran:#?}");
    }
}

#[test]
fn the_part_is_numbered_by_who_starts_the_program() {
    let run = |environment: &[(&str, &str)]| {
        let words = ["top", "--provider", "sample", "--shard", "auto"];
        Ran::of(command(&words).envs(environment.iter().copied()).output())
    };
    for (environment, shard) in [
        (&[("JOB_COMPLETION_INDEX", "3"), ("JOB_COMPLETIONS", "5")][..], "4/5"),
        (&[("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_COUNT", "4")], "1/4"),
        (
            &[
                ("SLURM_ARRAY_TASK_ID", "16"),
                ("SLURM_ARRAY_TASK_COUNT", "16"),
                ("SLURM_ARRAY_TASK_MIN", "1"),
                ("SLURM_ARRAY_TASK_MAX", "16"),
            ],
            "16/16",
        ),
        (
            &[
                ("SLURM_ARRAY_TASK_ID", "6"),
                ("SLURM_ARRAY_TASK_COUNT", "3"),
                ("SLURM_ARRAY_TASK_MIN", "2"),
                ("SLURM_ARRAY_TASK_MAX", "6"),
                ("SLURM_ARRAY_TASK_STEP", "2"),
            ],
            "3/3",
        ),
    ] {
        let ran = run(environment);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        assert!(ran.stdout.contains(&format!("\"shard\":\"{shard}\"")), "{ran:#?}");
    }
    for (environment, why) in [
        (&[("JOB_COMPLETION_INDEX", "3")][..], "JOB_COMPLETIONS is not"),
        (
            &[("JOB_COMPLETION_INDEX", "x"), ("JOB_COMPLETIONS", "5")],
            "JOB_COMPLETION_INDEX is not a number",
        ),
        (
            &[("JOB_COMPLETION_INDEX", "5"), ("JOB_COMPLETIONS", "5")],
            "shards count from 1: 1/5 to 5/5",
        ),
        (
            &[
                ("SLURM_ARRAY_TASK_ID", "7"),
                ("SLURM_ARRAY_TASK_COUNT", "2"),
                ("SLURM_ARRAY_TASK_MIN", "3"),
                ("SLURM_ARRAY_TASK_MAX", "7"),
            ],
            "the tasks of this Slurm array are not a plain range",
        ),
    ] {
        let ran = run(environment);
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(ran.unfolded().contains(why), "{why} is not in {ran:#?}");
    }
}

/// Ranks, ratings, groups and breadth are worked out after the merge, whatever is asked of it.
#[test]
fn merged_is_the_same_as_one_run_whatever_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["top", "--provider", "sample", "--benchmark", "AMZN"];
    for count in [2, 5] {
        let files = parts(folder.path(), &words, count);
        for shown in [
            &["--columns", "ticker,rank_1w,rank_1m,rank_change_1w,rs_rating,percentile"][..],
            &["--columns", "ticker, x = sessions_since_rs_high + 1", "-f", "csv"],
            &["--preset", "liquid", "-f", "json"],
            &["--by", "sub_industry", "-n", "1", "-f", "json"],
            &["--sort", "sessions_since_rs_high:asc", "-f", "ndjson"],
            &["--filter", "benchmark_is_no_column > 1"],
            &["--only-if", "benchmark > sma_200", "-f", "csv"],
            &["--only-if", "above_sma_50 > 0.99"],
        ] {
            let (one, all) = (screener(&[&words[..], shown].concat()), merged(&files, shown));
            assert_eq!((all.code, timeless(&all)), (one.code, timeless(&one)), "{shown:?}");
        }
    }
}
