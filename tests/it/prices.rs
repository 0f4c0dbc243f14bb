//! Daily bars written for other programs, and the long histories that the cache keeps of them.

use std::path::Path;
use std::process::Command;

use chrono::{Days, Utc};

use crate::replay::{Options, Server};
use crate::support::{Ran, cached, screener, skip, timeless};

fn server() -> Server {
    Server::start(0, Options::default()).expect("a free port")
}

/// A command against a server, with a cache in `folder`.
fn run(folder: &Path, server: &Server, words: &[&str]) -> Ran {
    let url = server.url();
    let fetch = ["--base-url", &url, "--rate", "1000", "-w", "16"];
    Ran::of(cached(folder, &[words, &fetch].concat()).output())
}

/// So many days ago.
fn ago(days: u64) -> String {
    (Utc::now().date_naive() - Days::new(days)).to_string()
}

#[test]
fn rows_by_symbol_and_date() {
    let words = ["prices", "-t", "META,AAPL,NOPE1", "--provider", "sample", "--from", "2023-09-19"];
    insta::assert_snapshot!(screener(&words).told());
    let lines = screener(&[&words[..], &["-f", "ndjson", "-q"]].concat());
    let first: serde_json::Value =
        serde_json::from_str(lines.stdout.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["symbol"], &first["date"]), (&"AAPL".into(), &"2023-09-19".into()));
    let array = screener(&[&words[..], &["-f", "json", "-q", "--to", "2023-09-20"]].concat());
    assert_eq!(array.json().as_array().map(Vec::len), Some(4), "{array:#?}");
    let none = screener(&["prices", "-t", "NOPE1", "--provider", "sample", "--from", "2023-01-01"]);
    assert_eq!(none.code, Some(1), "{none:#?}");
    let turned = screener(&[&words[..], &["--to", "2023-01-01"]].concat());
    assert!(turned.code == Some(2) && turned.stderr.contains("is before --from"), "{turned:#?}");
    assert_eq!(screener(&[&words[..], &["-f", "table"]].concat()).code, Some(2));
}

/// What is written is read again as it was: the same scores, by way of both formats.
#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = |words: &[&str]| {
        let words = [&["top", "-f", "json", "-q", "--include-suspect"], words].concat();
        let mut document = screener(&words).json();
        for key in ["provider", "execution_time_seconds"] {
            document[key] = serde_json::Value::Null;
        }
        document
    };
    let before = top(&["--provider", "sample"]);
    for ending in ["csv", "parquet"] {
        let file = folder.path().join(format!("prices.{ending}"));
        let file = file.to_str().expect("UTF-8");
        let words = ["prices", "--provider", "sample", "--from", "2013-01-01", "-o", file];
        let ran = screener(&words);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        assert!(ran.stderr.contains("of 6 of 6 tickers"), "{ran:#?}");
        assert_eq!(top(&["--provider", "files", "--data", file]), before, "{ending}");
    }
    // Other programs read it, too.
    let script = "import pandas, polars, duckdb, sys\n\
                  a = pandas.read_parquet(sys.argv[1]); b = polars.read_parquet(sys.argv[1])\n\
                  n = duckdb.sql(f\"select count(*) from '{sys.argv[1]}'\").fetchall()[0][0]\n\
                  assert len(a) == len(b) == n > 10000 and list(a.columns) == b.columns\n\
                  assert str(b['date'].dtype) == 'Date' and a['symbol'].is_monotonic_increasing";
    let file = folder.path().join("prices.parquet");
    let python = Command::new("python3").args(["-c", script]).arg(&file).output();
    match python {
        Ok(ran) if String::from_utf8_lossy(&ran.stderr).contains("ModuleNotFoundError") => {
            skip("pandas, polars and duckdb are not all here");
        }
        Ok(ran) => assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr)),
        Err(_) => skip("there is no Python"),
    }
}

/// Long histories are fetched once, and neither slow the short questions down nor leave past days to be fetched.
#[test]
fn a_long_history_serves_any_day_within_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server();
    let out = folder.path().join("prices.csv");
    let from = ago(3000);
    let out = out.to_str().expect("UTF-8");
    let words = ["prices", "dow30", "-t", "NOPE1", "--from", &from, "-o", out];
    let first = run(folder.path(), &server, &words);
    assert_eq!((first.code, server.stats().requests), (Some(0), 31), "{first:#?}");
    assert!(first.stderr.contains("of 30 of 31 tickers · 1 not found (NOPE1)"), "{first:#?}");
    let written = std::fs::read(out).expect("it is there");
    run(folder.path(), &server, &words);
    assert_eq!(server.stats().requests, 31, "resumed from the cache");
    assert_eq!(std::fs::read(out).expect("it is there"), written);

    let size = |folder: &Path| {
        let ran = Ran::of(cached(folder, &["cache", "stats"]).output());
        ran.stdout.lines().find(|line| line.starts_with("size")).map(String::from)
    };
    let before = size(folder.path());
    assert!(before.is_some());
    let plain = ["-f", "json", "-q", "--benchmark", "none", "--members", "today"];
    let newest = [&["top", "dow30"], &plain[..]].concat();
    run(folder.path(), &server, &newest);
    for days in [3, 40, 200, 700, 2000] {
        let as_of = ago(days);
        let words = [&newest[..], &["--as-of", &as_of]].concat();
        let past = run(folder.path(), &server, &words);
        assert_eq!(server.stats().requests, 31, "{days} days ago: {past:#?}");
        let fresh = tempfile::tempdir().expect("a folder");
        let other = self::server();
        assert_eq!(timeless(&past), timeless(&run(fresh.path(), &other, &words)), "{days}");
    }
    assert_eq!(size(folder.path()), before, "no copy a day");
    let stats = Ran::of(cached(folder.path(), &["cache", "stats"]).output());
    assert!(stats.stdout.starts_with("tickers    30\n"), "tickers, not rows: {stats:#?}");
}

/// Rows of past days that an earlier version kept go; the others stay.
#[test]
fn an_older_cache_is_taken_over() {
    let (folder, server) = (tempfile::tempdir().expect("a folder"), server());
    let words = ["momentum", "-t", "A", "--benchmark", "none"];
    run(folder.path(), &server, &words);
    let database =
        rusqlite::Connection::open(folder.path().join("bars.sqlite3")).expect("it is there");
    let older = "INSERT INTO bars SELECT provider, origin, symbol, '1d@2024-06-28', fetched_at, valid_until, since,
                 data, attempts, http_status, message, checksum FROM bars; PRAGMA user_version = 1";
    database.execute_batch(older).expect("written");
    drop(database);
    let again = run(folder.path(), &server, &words);
    assert!(again.stderr.contains("0 requests, 1 cached"), "{again:#?}");
    let database =
        rusqlite::Connection::open(folder.path().join("bars.sqlite3")).expect("it is there");
    let rows: u32 =
        database.query_row("SELECT count(*) FROM bars", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, 1);
}

/// Prices fetched, then judged.
#[test]
fn prices_then_an_evaluation() {
    let (folder, server) = (tempfile::tempdir().expect("a folder"), server());
    let out = folder.path().join("p.parquet");
    let out = out.to_str().expect("UTF-8");
    let from = ago(1500);
    let ran = run(folder.path(), &server, &["prices", "dow30", "--from", &from, "-o", out]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let words = ["evaluate", "-f", "json", "-q", "--quantiles", "5"];
    let local = screener(&[&words[..], &["--provider", "files", "--data", out]].concat()).json();
    assert_eq!((&local["names"], &local["failed"]), (&30.into(), &0.into()));
    assert!(local["results"]["composite/21"]["dates"].as_u64() > Some(500), "{local}");
    let live = ["dow30", "--members", "today", "--from", &ago(800), "--benchmark", "none"];
    let asked = server.stats().requests;
    let live = run(folder.path(), &server, &[&words[..], &live].concat()).json();
    assert_eq!(server.stats().requests, asked, "what was fetched for prices is enough");
    assert!(live["results"]["composite/21"]["dates"].as_u64() > Some(300), "{live}");
}

/// The oldest rows go, by age or by size, and the files are their owner's.
#[cfg(unix)]
#[test]
fn a_cache_stays_small_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, server) = (tempfile::tempdir().expect("a folder"), server());
    let cache = folder.path().join("cache");
    let ask = |words: &[&str]| Ran::of(cached(&cache, words).output());
    let from = ago(3000);
    run(
        &cache,
        &server,
        &["prices", "dow30", "--from", &from, "-q", "-f", "csv", "-o", "/dev/null"],
    );
    let mode =
        |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&cache), mode(&cache.join("bars.sqlite3"))), (0o700, 0o600));
    let log = std::fs::metadata(cache.join("bars.sqlite3-wal")).map_or(0, |meta| meta.len());
    assert!(log < 100_000, "the log is cut off: {log}");
    assert_eq!(ask(&["cache", "prune", "--older-than", "1d"]).stdout, "removed 0 rows\n");
    let before = std::fs::metadata(cache.join("bars.sqlite3")).expect("it is there").len();
    let pruned = ask(&["cache", "prune", "--max-size", "1mb"]);
    assert!(pruned.stdout.starts_with("removed "), "{pruned:#?}");
    let after = std::fs::metadata(cache.join("bars.sqlite3")).expect("it is there").len();
    assert!(after < 1_400_000 && after < before / 2, "{before} to {after}");
    std::thread::sleep(std::time::Duration::from_millis(20));
    ask(&["cache", "prune", "--older-than", "10ms"]);
    assert!(ask(&["cache", "stats"]).stdout.starts_with("tickers    0\n"));
    assert_eq!(ask(&["cache", "prune"]).code, Some(2), "what is to go has to be said");
}
