//! The real binary against the replay server: concurrency, politeness, and the same answer every time.

use std::time::{Duration, Instant};

use crate::replay::{Options, Server};
use crate::support::{Ran, screener, timeless};

fn server(options: Options) -> Server {
    Server::start(0, options).expect("a free port")
}

fn run(server: &Server, words: &[&str]) -> Ran {
    let url = server.url();
    let ran = screener(&[words, &["--base-url", &url]].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    ran
}

#[test]
fn the_same_bytes_for_any_number_of_workers_and_any_time_zone() {
    let server = server(Options { latency: Duration::from_millis(5), ..Options::default() });
    let words = |workers| {
        [
            "top",
            "-n",
            "15",
            "nasdaq100",
            "-t",
            "NOPE1,BRK.B",
            "-f",
            "json",
            "--rate",
            "5000",
            "-w",
            workers,
        ]
    };
    let one = timeless(&run(&server, &words("1")));
    assert!(one.contains("\"NOPE1\"") && one.contains("\"benchmark\": \"SPY\""), "{one}");
    for workers in ["8", "32"] {
        assert_eq!(timeless(&run(&server, &words(workers))), one, "{workers} workers");
    }
    let elsewhere =
        crate::support::command(&[&words("8")[..], &["--base-url", &server.url()]].concat())
            .envs([("TZ", "Pacific/Kiritimati"), ("LC_ALL", "de_DE.UTF-8")])
            .output()
            .expect("it runs");
    let stdout = String::from_utf8(elsewhere.stdout).expect("UTF-8");
    assert_eq!(timeless(&Ran { code: None, stdout, stderr: String::new() }), one);
}

#[test]
fn as_many_requests_at_once_as_workers_each_on_its_own_connection() {
    let server = server(Options { latency: Duration::from_millis(300), ..Options::default() });
    let ran = run(&server, &["momentum", "dow30", "-w", "12", "--rate", "1000", "-f", "json"]);
    let stats = server.stats();
    assert_eq!((stats.requests, stats.peak_concurrency, stats.connections), (31, 12, 12));
    assert_eq!(ran.json()["successful"], 30);
    assert!(
        ran.stderr.contains("scored 30 of 30 ·") && ran.stderr.contains("· 31 requests ·"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_rate_is_kept() {
    let server = server(Options::default());
    let start = Instant::now();
    run(&server, &["top", "dow30", "-w", "16", "--rate", "20", "--burst", "4"]);
    let stats = server.stats();
    assert!(stats.requests == 31 && stats.peak_per_s <= 25, "{stats:?}");
    assert!(start.elapsed() >= Duration::from_millis(1350), "(31 − 4) / 20 s");
}

#[test]
fn faults_on_the_way_do_not_change_the_answer() {
    let words = ["top", "-n", "30", "dow30", "-f", "json", "--rate", "1000"];
    let smooth = run(&server(Options::default()), &words);
    let rough = server(Options { fail_every: Some(5), ..Options::default() });
    assert_eq!(timeless(&run(&rough, &words)), timeless(&smooth));
    let stats = rough.stats();
    assert!(stats.requests > 31 && stats.throttled > 0, "{stats:?}");
}

#[test]
fn a_strict_server_is_obeyed() {
    let server = server(Options { rate_limit: Some(15), ..Options::default() });
    let ran = run(&server, &["momentum", "dow30", "-w", "8", "--rate", "100", "-f", "json"]);
    assert_eq!(ran.json()["successful"], 30);
    assert!(server.stats().throttled > 0);
}

#[test]
fn tickers_are_shown_as_written_and_asked_for_as_spelt() {
    let server = server(Options::default());
    let ran = run(&server, &["momentum", "-t", "brk.b,BF/B,^GSPC", "-f", "json"]);
    let json = ran.json();
    let tickers: Vec<&String> = json["results"].as_object().expect("an object").keys().collect();
    assert_eq!(tickers, ["BF/B", "BRK.B", "^GSPC"], "serde_json sorts keys when it reads");
    let place = |ticker: &str| ran.stdout.find(&format!("\"{ticker}\": {{")).expect("it is there");
    assert!(place("BRK.B") < place("BF/B") && place("BF/B") < place("^GSPC"), "in the order given");
}

#[test]
fn a_benchmark_in_the_list_is_fetched_once_and_one_that_is_named_has_to_be_there() {
    let server = server(Options::default());
    let ran = run(&server, &["momentum", "-t", "SPY,AAPL", "-f", "json"]);
    assert_eq!((server.stats().requests, &ran.json()["benchmark"]), (2, &"SPY".into()));
    for tickers in ["AAPL", "NOPE,AAPL"] {
        let words = ["momentum", "-t", tickers, "--benchmark", "NOPE", "--base-url"];
        let ran = screener(&[&words[..], &[&server.url()]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
        let told = "error: the benchmark NOPE has no prices: not found";
        assert!(ran.stderr.starts_with(told), "{}", ran.stderr);
    }
    let words = ["momentum", "dow30", "--benchmark", "none", "-f", "json", "--rate", "1000"];
    let json = run(&server, &words).json();
    assert_eq!(json["benchmark"], "universe-median");
    assert!(json["results"]["AAPL"]["relative_momentum"].is_number());
}

#[test]
fn few_bars_are_a_row_without_a_score() {
    let server = server(Options { bars: Some(100), ..Options::default() });
    let ran = run(&server, &["momentum", "-t", "A,B", "-f", "json"]);
    let json = ran.json();
    assert_eq!((&json["successful"], &json["failed"]), (&2.into(), &0.into()));
    let row = &json["results"]["A"];
    assert_eq!((&row["rating"], &row["bars"]), (&"Insufficient Data".into(), &100.into()));
    assert!(row["overall_momentum_score"].is_null() && row["return_3m"].is_number());
    let top = run(&server, &["top", "-t", "A,B", "-f", "json"]);
    assert_eq!((&top.json()["total_analyzed"], &top.json()["top_count"]), (&2.into(), &0.into()));
}
