//! Whole commands on the embedded prices: status, standard output, standard error.

use std::fs;

use insta::{assert_snapshot, with_settings};

use crate::support::{command, screener, screener_reading, skip};

/// Numbers are compared to nine decimals.
const DIGITS: (&str, &str) = (r"(\.\d{9})\d+", "$1…");

const SAMPLE: [&str; 2] = ["--provider", "sample"];

fn told(words: &[&str]) -> String {
    screener(&[words, &SAMPLE].concat()).told()
}

#[test]
fn top_of_the_sample() {
    assert_snapshot!(told(&["top", "-n", "5"]));
}

#[test]
fn momentum_in_the_order_given() {
    assert_snapshot!(told(&["momentum", "-t", "AAPL,NVDA,NOPE1,META"]));
}

#[test]
fn momentum_as_json() {
    let ran =
        screener(&["momentum", "-t", "AAPL,NOPE1", "-f", "json", "--provider", "sample", "-q"]);
    let lines = ran.stdout.lines().filter(|line| !line.contains("execution_time_seconds"));
    let text = lines.collect::<Vec<_>>().join("\n");
    // The last digits are those of this platform's logarithm.
    with_settings!({filters => [DIGITS]}, { assert_snapshot!(text) });
    assert_eq!(ran.stderr, "");
}

#[test]
fn top_as_ndjson_and_csv() {
    for format in ["ndjson", "csv"] {
        let told = told(&["top", "-n", "1", "-t", "AAPL,NVDA,NOPE1", "-f", format]);
        with_settings!({filters => [DIGITS]}, { assert_snapshot!(format, told) });
    }
}

#[test]
fn json_has_the_keys_of_the_batch_api() {
    let ran = screener(&["top", "-n", "2", "-f", "json", "--provider", "sample"]);
    let json = ran.json();
    for key in [
        "schema_version",
        "total_analyzed",
        "top_count",
        "execution_time_seconds",
        "model",
        "provider",
        "as_of",
        "errors",
    ] {
        assert!(!json[key].is_null(), "{key}");
    }
    assert_eq!(json["top_stocks"][0]["rank"], 1);
    assert_eq!(json["top_stocks"][1]["rank"], 2);
}

#[test]
fn a_list_from_standard_input() {
    let words = ["momentum", "-", "--provider", "sample", "-f", "json"];
    let input = b"\xef\xbb\xbfAAPL\r\nNOPE1\nmsft # comment\n\nAAPL\n";
    let ran = screener_reading(&words, input);
    let json = ran.json();
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        (&json["total_requested"], &json["successful"], &json["failed"]),
        (&3.into(), &1.into(), &2.into())
    );
    for ticker in ["NOPE1", "MSFT"] {
        assert_eq!(json["errors"][ticker]["kind"], "not_found");
    }
    let strict = screener_reading(&[&words[..], &["--strict"]].concat(), input);
    assert_eq!(strict.code, Some(3));
    assert_eq!(strict.json()["failed"], 2, "the report is written all the same");
    for (allowed, code) in [("1", 3), ("2", 0), ("50%", 3), ("67%", 0)] {
        let ran = screener_reading(&[&words[..], &["--allow-failures", allowed]].concat(), input);
        assert_eq!(ran.code, Some(code), "{allowed}");
    }
}

#[test]
fn mistakes_are_named_with_the_way_out() {
    let mistakes: &[&[&str]] = &[
        &["top"],
        &["top", "nosuchlist.txt"],
        &["top", "lists/mine"],
        &["top", "no ticker"],
        &["top", "-t", "A B,😀"],
        &["top", "-n", "0", "sp500"],
        &["top", "sp500", "--workers", "0"],
        &["top", "sp500", "--rate", "fast"],
        &["top", "sp500", "--timeout", "soon"],
        &["top", "sp500", "--base-url", "localhost:9801"],
        &["top", "sp500", "--as-of", "someday"],
        &["top", "sp500", "--as-of", "24-06-28"],
        &["top", "sp500", "--as-of=-262143-06-01"],
        &["top", "sp500", "--as-of", "2999-01-01"],
        &["top", "sp500", "--model", "composit"],
        &["top", "sp500", "--benchmark", "S P Y"],
        &["top", "sp500", "--allow-failures", "few"],
        &["top", "sp500", "-o", "report.xyz"],
        &["tpo"],
    ];
    let mut all = String::new();
    for words in mistakes {
        let ran = screener(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}");
        all += &format!("$ screener {}\n{}\n", words.join(" "), ran.stderr);
    }
    assert_snapshot!(all);
}

#[test]
fn a_bad_line_of_a_file_is_refused_before_anything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("mine.txt");
    fs::write(&list, "AAPL\nMS_FT\n").expect("it is written");
    let ran = screener(&["top", &list.to_string_lossy(), "--provider", "sample"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("mine.txt: line 2 \"MS_FT\""), "{}", ran.stderr);
}

#[test]
fn endless_lists_are_bounded() {
    if !std::path::Path::new("/dev/zero").exists() {
        return skip("no /dev/zero here");
    }
    let ran = screener(&["top", "/dev/zero", "--provider", "sample"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("/dev/zero is larger than 8 MiB"), "{}", ran.stderr);
}

#[test]
fn a_report_replaces_its_file_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    for (name, starts) in [
        ("r.csv", "rank,ticker,"),
        ("r.json", "{"),
        ("r.ndjson", "{\"rank\""),
        ("r.txt", "#  Ticker"),
    ] {
        fs::write(path(name), "old").expect("it is written");
        let ran = screener(&["top", "-n", "2", "--provider", "sample", "-o", &path(name)]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:#?}");
        let text = fs::read_to_string(path(name)).expect("it is there");
        assert!(text.starts_with(starts), "{name}: {text}");
    }
    let ran = screener(&["top", "--provider", "sample", "-o", &path("no/such/folder/r.csv")]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("cannot write"), "{}", ran.stderr);
    let names: Vec<_> = fs::read_dir(folder.path())
        .expect("it is there")
        .flatten()
        .map(|f| f.file_name())
        .collect();
    assert_eq!(names.len(), 4, "nothing temporary is left: {names:?}");
}

#[cfg(unix)]
#[test]
fn a_new_report_is_as_readable_as_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let mode = |path: &std::path::Path| {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    };
    let (plain, report) = (folder.path().join("plain"), folder.path().join("r.csv"));
    fs::write(&plain, "").expect("it is written");
    screener(&["top", "--provider", "sample", "-o", &report.to_string_lossy()]);
    assert_eq!(mode(&report), mode(&plain));
    fs::set_permissions(&report, fs::Permissions::from_mode(0o600)).expect("it is ours");
    screener(&["top", "--provider", "sample", "-o", &report.to_string_lossy()]);
    assert_eq!(mode(&report), 0o600);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is_one() {
    let mut child = command(&["momentum", "--provider", "sample", "-f", "json", "-q"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));

    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        return skip("no /dev/full here");
    };
    let output = command(&["momentum", "--provider", "sample", "-q"])
        .stdout(full)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .starts_with("error: cannot write to standard output")
    );
}

#[test]
fn settings_come_from_the_environment_too() {
    let output = command(&["momentum", "-t", "AAPL"])
        .envs([
            ("SCREENER_PROVIDER", "sample"),
            ("SCREENER_FORMAT", "csv"),
            ("SCREENER_MODEL", "clenow"),
        ])
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("ticker,") && text.lines().count() == 2, "{text}");
    let record = csv::Reader::from_reader(text.as_bytes()).records().next();
    let record = record.expect("a row").expect("it is CSV");
    let of = |name: &str| record.get(place(&text, name)).map(String::from);
    assert_eq!(of("raw"), of("clenow"), "the model is the environment's");
    assert_ne!(of("raw"), of("composite_z"));

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("r.csv");
    let output = command(&["top", "--provider", "sample", "-o", &file.to_string_lossy()])
        .envs([
            ("SCREENER_FORMAT", "json"),
            ("SCREENER_STRICT", "1"),
            ("SCREENER_NO_PROGRESS", "0"),
        ])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    let text = fs::read_to_string(&file).expect("it is there");
    assert!(text.starts_with("rank,ticker"), "the ending of -o goes before the environment");
    let output = command(&["lists"]).env("SCREENER_FORMAT", "xml").output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "what is not used is not judged");
    let output = command(&["top", "--provider", "sample"]).env("SCREENER_FORMAT", "xml").output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .starts_with("error: invalid value 'xml' of SCREENER_FORMAT")
    );
}

fn place(csv: &str, column: &str) -> usize {
    let header = csv.lines().next().expect("a header");
    header.split(',').position(|name| name == column).expect("it is there")
}

#[test]
fn failures_are_told_even_quietly() {
    let ran = screener(&["top", "-t", "AAPL,NOPE1", "--provider", "sample", "-f", "csv", "-q"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "failed: 1 not found (NOPE1)\n"));
    let ran =
        screener(&["top", "-t", "NOPE1,NOPE2", "--provider", "sample", "-o", "-", "-f", "json"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.json()["errors"]["NOPE2"]["kind"], "not_found", "the report is written");
    let last = "error: every ticker failed, the first: NOPE1: not in the sample data\n";
    assert!(ran.stderr.ends_with(last), "{}", ran.stderr);
}

#[test]
fn a_score_taken_apart() {
    let ran = screener(&["explain", "NVDA", "--provider", "sample", "--benchmark", "META"]);
    assert_snapshot!(ran.told());
    let json = screener(&["explain", "NVDA", "NOPE1", "--provider", "sample", "-f", "json"]).json();
    let parts = json["explained"][0]["parts"].as_array().expect("parts");
    let sum: f64 =
        parts.iter().filter_map(|p| Some(p["z"].as_f64()? * p["weight"].as_f64()?)).sum();
    let raw = json["explained"][0]["raw"].as_f64().expect("a number");
    assert!((sum - raw).abs() < 1e-12, "the parts make up the whole: {sum}, {raw}");
    assert!(parts[2]["missing"].as_str().is_some_and(|why| why.contains("no benchmark")));
    assert_eq!(json["errors"]["NOPE1"]["kind"], "not_found");
    let early = ["explain", "NVDA", "--provider", "sample", "--as-of", "2013-04-01"];
    assert_snapshot!("too_early_to_explain", screener(&early).told());
    assert_eq!(screener(&["explain", "NVDA", "--provider", "sample", "-f", "csv"]).code, Some(2));
}

#[test]
fn lists_and_help() {
    assert_snapshot!("models", screener(&["models"]).told());
    assert_snapshot!(screener(&["lists"]).told());
    for words in [&["--help"][..], &["top", "--help"], &["--version"]] {
        let ran = screener(words);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout.contains("screener"), "{}", ran.stdout);
    }
}

/// With `--log-format json` every line on standard error is an object, the last of them the summary.
#[test]
fn logs_that_parse() {
    let lines = |words: &[&str]| -> Vec<serde_json::Value> {
        let ran = screener(words);
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        ran.stderr.lines().map(parse).collect()
    };
    let words =
        ["top", "-t", "AAPL,NVDA,NOPE1", "--provider", "sample", "--log-format", "json", "-vv"];
    let all = lines(&[&words[..], &["--stats"]].concat());
    let last = all.last().expect("a line");
    assert_eq!((&last["kind"], &last["level"]), (&"summary".into(), &"INFO".into()));
    assert_eq!((&last["total_requested"], &last["failures"]["not_found"]), (&3.into(), &1.into()));
    for (words, kind) in [
        (&["top", "--provider", "files", "--log-format=json"][..], "hint"),
        (&["top", "--nonsense", "--log-format", "json"], "warning"),
        (
            &[
                "momentum",
                "-t",
                "A",
                "--base-url",
                "http://127.0.0.1:9",
                "--retries",
                "0",
                "--log-format",
                "json",
            ],
            "error",
        ),
        (&["momentum", "-t", "?", "--log-format", "json"], "hint"),
        (
            &["evaluate", "--provider", "sample", "--quantiles", "2", "--log-format", "json"],
            "summary",
        ),
        (
            &[
                "prices",
                "AAPL",
                "--provider",
                "sample",
                "--from",
                "2023-01-01",
                "--log-format",
                "json",
            ],
            "summary",
        ),
    ] {
        let all = lines(words);
        assert_eq!(all.last().expect("a line")["kind"], kind, "{words:?} {all:?}");
        assert!(
            all.iter().all(|line| line["timestamp"].is_string() && line["message"].is_string())
        );
    }
}

#[test]
fn holdings_as_people_type_them() {
    let ran = screener(&[
        "portfolio",
        "AAPL=0.5@90",
        "NVDA=12.3456",
        "--provider",
        "sample",
        "-f",
        "csv",
        "-q",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let rows: Vec<Vec<&str>> = ran.stdout.lines().map(|line| line.split(',').collect()).collect();
    let place = |name: &str| rows[0].iter().position(|own| *own == name).expect(name);
    let of = |ticker: &str, name: &str| {
        let row = rows.iter().find(|row| row[place("ticker")] == ticker).expect(ticker);
        row[place(name)].to_owned()
    };
    assert_eq!((of("AAPL", "shares"), of("AAPL", "cost_basis")), ("0.5".into(), "90".into()));
    assert_eq!((of("NVDA", "shares"), of("NVDA", "cost_basis")), ("12.3456".into(), String::new()));
    let table =
        screener(&["portfolio", "AAPL=1@90", "META=1@900", "--provider", "sample", "-q"]).stdout;
    assert!(table.contains("+93.") && table.contains("-67.") && !table.contains("+28."), "{table}");
}
