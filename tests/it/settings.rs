//! The layers of settings, and what the program says about itself.

use std::path::PathBuf;

use crate::support::{Ran, command, screener};

/// A command with a configuration and an environment.
fn run(config: &str, environment: &[(&str, &str)], words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = folder.path().join("config.toml");
    std::fs::write(&file, config).expect("written");
    let mut command = command(words);
    command.env("SCREENER_CONFIG", &file).envs(environment.iter().copied());
    let mut ran = Ran::of(command.output());
    for text in [&mut ran.stdout, &mut ran.stderr] {
        *text = text.replace(&file.display().to_string(), "FILE");
    }
    ran
}

/// The line of a setting in `config show`.
fn shown(config: &str, environment: &[(&str, &str)], name: &str) -> String {
    let ran = run(config, environment, &["config", "show"]);
    let line = ran.stdout.lines().find(|line| line.trim_start_matches("# ").starts_with(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {ran:#?}"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_flag_before_the_environment_before_the_file_before_the_default() {
    assert_eq!(shown("", &[], "workers"), "workers = 10 # default");
    let file = "workers = 20\nmax_wait = '2m'\nbase_url = ['http://h', 'http://i']";
    assert_eq!(shown(file, &[], "workers"), "workers = 20 # workers in FILE");
    assert_eq!(shown(file, &[], "max-wait"), "max-wait = \"2m\" # max_wait in FILE");
    let urls = "base-url = [\"http://h\", \"http://i\"] # base_url in FILE";
    assert_eq!(shown(file, &[], "base-url"), urls);
    let workers = [("SCREENER_WORKERS", "30")];
    assert_eq!(shown(file, &workers, "workers"), "workers = 30 # SCREENER_WORKERS");
    assert_eq!(shown("", &[], "rate"), "# rate is not set");

    let config = "model = 'clenow'\nformat = 'csv'\ncount = 2\nstrict = true";
    let top = ["top", "--provider", "sample", "-q"];
    let ran = run(config, &[], &top);
    assert!(ran.stdout.starts_with("rank,ticker,"), "{ran:#?}");
    let lenient = ["momentum", "-t", "AAPL,NOPE1", "--provider", "sample"];
    assert_eq!(run(config, &[], &lenient).code, Some(3));
    let allowed = run(config, &[], &[&lenient[..], &["--allow-failures", "1"]].concat());
    assert_eq!(allowed.code, Some(0), "what is typed goes before the file");
    assert_eq!(run(config, &[], &["explain", "AAPL", "--provider", "sample"]).code, Some(0));
    assert_eq!(ran.stdout.lines().count(), 3);
    let ran = run(config, &[("SCREENER_FORMAT", "ndjson")], &top);
    assert!(ran.stdout.starts_with("{\"rank\":"), "{ran:#?}");
    let ran = run(config, &[], &[&top[..], &["-f", "json", "-n", "1"]].concat());
    assert_eq!((&ran.json()["model"], &ran.json()["top_count"]), (&"clenow".into(), &1.into()));
    // A setting for one provider does not hinder another.
    let ran = run("base-url = 'http://127.0.0.1:9'\ndata = 'prices.csv'", &[], &top);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

/// A configuration, an environment, and how the error begins.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn a_bad_value_is_told_with_its_place() {
    let top = ["top", "--provider", "sample"];
    let cases: [Case<'_>; 11] = [
        ("workers = 'many'", &[], "error: invalid value 'many' of workers in FILE: "),
        ("", &[("SCREENER_RATE", "fast")], "error: invalid value 'fast' of SCREENER_RATE: "),
        ("", &[("SCREENER_MODEL", "clenw")], "error: invalid value 'clenw' of SCREENER_MODEL\n"),
        (
            "",
            &[("SCREENER_MODEL", "clenow\r")],
            "error: invalid value 'clenow\\r' of SCREENER_MODEL\n",
        ),
        ("", &[("SCREENER_FORMAT", "xml")], "error: invalid value 'xml' of SCREENER_FORMAT\n"),
        ("", &[("CONCURRENT_TIMEOUT", "x")], "error: invalid value 'x' of CONCURRENT_TIMEOUT: "),
        ("worker = 3", &[], "error: FILE: no option is called worker\nhint: did you mean workers?"),
        ("zebra = 3", &[], "error: FILE: no option is called zebra\nhint: screener config show"),
        ("workers = ", &[], "error: FILE is not valid TOML: "),
        ("workers = []", &[], "error: FILE: workers is not one plain value\nhint: "),
        ("workers = [5, 10]", &[], "error: FILE: workers is not one plain value\nhint: "),
    ];
    for (config, environment, wanted) in cases {
        let ran = run(config, environment, &top);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{wanted}");
        assert!(ran.stderr.starts_with(wanted), "{} is not {wanted}", ran.stderr);
    }
    let help = run("worker = 3", &[], &["top", "--help"]);
    assert_eq!(help.code, Some(0), "help is to be had all the same");
    let mut missing = command(&top);
    let ran = Ran::of(missing.env("SCREENER_CONFIG", "/no/such/file").output());
    assert!(ran.code == Some(2) && ran.stderr.starts_with("error: cannot read /no/such/file: "));
}

#[test]
fn the_old_names_are_still_read() {
    let workers = [("CONCURRENT_MAX_WORKERS", "7")];
    assert_eq!(shown("workers = 20", &workers, "workers"), "workers = 7 # CONCURRENT_MAX_WORKERS");
    let ran = run("", &workers, &["top", "--provider", "sample"]);
    let hint = "hint: CONCURRENT_MAX_WORKERS is still read; its name here is SCREENER_WORKERS\n";
    assert!(ran.code == Some(0) && ran.stderr.starts_with(hint), "{ran:#?}");
    let both = [("CONCURRENT_RATE_LIMIT", "7"), ("SCREENER_RATE", "8")];
    assert_eq!(shown("", &both, "rate"), "rate = 8 # SCREENER_RATE");
}

#[test]
fn keys_are_settings_and_never_shown() {
    let config = "apca_api_key_id = 'AKID'\napca_api_secret_key = 'hunter2'";
    let ran = run(config, &[], &["config", "show"]);
    assert!(ran.stdout.contains("apca-api-key-id = \"***\""), "{}", ran.stdout);
    let words =
        ["top", "dow30", "--provider", "alpaca", "--base-url", "http://127.0.0.1:9", "-vvv"];
    let ran = run(config, &[], &words);
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    let bad = run("apca_api_secret_key = 'hunter2 '", &[], &words);
    assert_eq!(bad.code, Some(2));
    let warm = ["cache", "warm", "AAPL", "--provider", "alpaca"];
    let deep = run("", &[("APCA_API_SECRET_KEY", "hunter2 ")], &warm);
    assert_eq!(deep.code, Some(2));
    for ran in [ran, bad, deep] {
        assert!(!format!("{ran:?}").contains("AKID"), "{ran:#?}");
        assert!(!format!("{ran:?}").contains("hunter2"), "{ran:#?}");
    }
}

#[test]
fn completions_and_manuals() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = screener(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("COMPLETE") && ran.stdout.contains("screener"), "{ran:#?}");
    }
    // As a shell asks: what may stand where the cursor is.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mine.txt"), "AAPL\n").expect("written");
    let complete = |words: &[&str]| {
        let mut command = command(&[&["--", "screener"], words].concat());
        command.env_remove("SCREENER_NO_CACHE").env("SCREENER_CACHE_DIR", folder.path());
        let command = command.env("COMPLETE", "fish").current_dir(folder.path());
        Ran::of(command.output()).stdout
    };
    let server =
        crate::replay::Server::start(0, crate::replay::Options::default()).expect("a port");
    let words = ["cache", "warm", "-t", "ZETA,ZULU", "--base-url", &server.url(), "-q"];
    let warmed = crate::support::cached(folder.path(), &words).status().expect("it runs");
    assert!(warmed.success());
    for (words, wanted) in [
        (&["vol"][..], "volume-screen"),
        (&["top", "--columns", "ticker,sessions_since_r"], "ticker,sessions_since_rs_high"),
        (&["top", "--model", "cle"], "clenow"),
        (&["top", "nas"], "nasdaq100"),
        (&["top", "mi"], "mine.txt"),
        (&["top", "ZE"], "ZETA"),
        (&["top", "-t", "ZETA,Z"], "ZETA,ZULU"),
        (&["top", "--preset", "trend"], "trend-template"),
        (&["guide", "col"], "columns"),
        (&["lists", "sp"], "sp1500"),
        (&["top", "--min-do"], ""),
        (&["volume-screen", "--min-do"], "--min-dollar-volume"),
    ] {
        let offered = complete(words);
        assert!(offered.contains(wanted), "{words:?} {offered}");
    }
    for (words, title) in [
        (&["man"][..], ".TH screener 1"),
        (&["man", "top"], ".TH screener-top 1"),
        (&["man", "screener-volume-screen"], ".TH screener-volume-screen 1"),
    ] {
        let ran = screener(words);
        assert!(
            ran.code == Some(0) && ran.stdout.contains(title),
            "{words:?}: {:.200}",
            ran.stdout
        );
    }
    assert_eq!(screener(&["man", "nope"]).code, Some(2));
}

/// What is typed wrong is told in lines of 80 columns at most, with the next step.
#[test]
fn help_and_errors_fit_eighty_columns() {
    let commands = [
        &["--help"][..],
        &["-h"],
        &["top", "--help"],
        &["top", "-h"],
        &["momentum", "--help"],
        &["volume-screen", "--help"],
        &["compare", "--help"],
        &["explain", "--help"],
        &["cache", "--help"],
        &["config", "--help"],
        &["lists"],
        &["models"],
    ];
    for words in commands {
        let ran = screener(words);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{words:?}");
        for line in ran.stdout.lines() {
            assert!(line.chars().count() <= 80, "{words:?}: {line}");
        }
    }
    for command in ["top", "momentum", "volume-screen", "compare", "explain"] {
        let ran = screener(&[command, "--help"]);
        assert!(ran.stdout.contains("\nExamples:\n  screener "), "{command}");
    }
    for (words, tip) in [
        (&["tops"][..], "similar subcommands exist: 'groups', 'top'"),
        (&["top", "--model", "clenw"], "a similar value exists: 'clenow'"),
        (&["top", "--wrokers", "3"], "a similar argument exists: '--workers'"),
        (&["top", "AAPL", "--columns", "scroe"], "did you mean score?"),
        (&["top", "sp50.txt"], "did you mean sp500?"),
    ] {
        let ran = screener(words);
        assert!(ran.code == Some(2) && ran.stderr.contains(tip), "{words:?}: {}", ran.stderr);
    }
    for words in [
        &["top"][..],
        &["top", "--rate", "fast"],
        &["top", "--model", "x"],
        &["top", "--timeout", "9 9"],
        &["top", "AAPL", "--base-url", "localhost:9801"],
        &["top", "AAPL", "--as-of", "someday"],
        &["top", "no/such/list.txt"],
        &["top", "AAPL", "--provider", "files"],
        &["top", "AAPL", "-o", "x.zip"],
        &["top", "AAPL", "--filter", "rsi_14 <"],
        &["top", "AAPL", "--provider", "alpaca"],
        &["explain", "AAPL", "-f", "csv"],
        &["nothing"],
        &["man", "nothing"],
        &["top", "AAPL", "--refresh", "--no-cache"],
    ] {
        let ran = screener(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}: {}", ran.stderr);
        for line in ran.stderr.lines() {
            assert!(line.chars().count() <= 80, "{words:?}: {line}");
        }
        let next = ["hint: ", "--help", "[possible values", "tip: "];
        assert!(next.iter().any(|step| ran.stderr.contains(step)), "{words:?}: {}", ran.stderr);
    }
}

#[test]
fn stats_and_logs_for_machines() {
    let server =
        crate::replay::Server::start(0, crate::replay::Options::default()).expect("a port");
    let url = server.url();
    let words = ["top", "dow30", "--base-url", &url, "--rate", "1000", "-f", "json", "--stats"];
    let ran = screener(&words);
    let json = ran.json();
    let stats = &json["stats"];
    assert_eq!(
        (&stats["requests"], &stats["retries"], &stats["throttled"]),
        (&31.into(), &0.into(), &0.into())
    );
    assert!(stats["bytes"].as_u64() > Some(31 * 10_000), "{stats}");
    let seconds = |key: &str| stats[key].as_f64().expect("a number");
    assert!(seconds("latency_p50_seconds") <= seconds("latency_p95_seconds"));
    assert!(seconds("tickers_per_second") > 1.0 && stats["cache_hits"].is_null());
    assert!(
        ran.stderr.contains("\nstats: 31 requests, 0 retries, 0 throttled, "),
        "{}",
        ran.stderr
    );
    assert!(screener(&words[..8]).json().get("stats").is_none());

    let ran =
        screener(&["momentum", "-t", "AAPL", "--base-url", &url, "-vv", "--log-format", "json"]);
    let first = ran.stderr.lines().next().expect("a line");
    let line: serde_json::Value = serde_json::from_str(first).expect("JSON");
    assert_eq!((&line["level"], &line["message"]), (&"DEBUG".into(), &"answered".into()), "{line}");
}

#[test]
fn colour_is_forced_and_forbidden_by_the_usual_variables() {
    let top = ["top", "--provider", "sample", "-q"];
    let coloured = |environment: &[(&str, &str)], words: &[&str]| {
        run("", environment, words).stdout.contains('\u{1b}')
    };
    assert!(!coloured(&[], &top), "no terminal");
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &top));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0")], &top));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &top));
    let always = [&top[..], &["--color", "always"]].concat();
    assert!(coloured(&[("NO_COLOR", "1")], &always), "what is typed goes first");
}
