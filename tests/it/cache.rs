//! The cache: nothing is fetched twice, nothing stale or damaged is believed, and nothing it suffers costs
//! more than the speed.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use screener::bars::{Bar, Bars, Hours, PriceBasis};
use screener::cache::{
    Cache, CacheMode, CachePolicy, Earlier, Lookup, Namespace, blob, valid_until,
};
use screener::fetch::{Fault, FaultKind};
use screener::provider::Query;
use screener::universe::Symbol;
use tempfile::TempDir;

use crate::replay::{Options, Server};
use crate::support::{Ran, cached, command, timeless};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn server() -> Server {
    Server::start(0, Options::default()).expect("a free port")
}

fn run(folder: &Path, server: &Server, words: &[&str]) -> Ran {
    let url = server.url();
    let words = [words, &["--base-url", &url, "--rate", "5000", "-f", "json"]].concat();
    Ran::of(cached(folder, &words).output())
}

#[test]
fn a_second_run_asks_nobody_and_says_the_same() {
    let (folder, server) = (folder(), server());
    let words = ["top", "-n", "30", "dow30", "-t", "NOPE1,BRK.B"];
    let first = run(folder.path(), &server, &words);
    assert_eq!((first.code, server.stats().requests), (Some(0), 33), "{first:#?}");
    assert!(first.stderr.contains("33 requests, 0 cached"), "{}", first.stderr);
    let second = run(folder.path(), &server, &words);
    assert_eq!(server.stats().requests, 33);
    assert_eq!(timeless(&second), timeless(&first));
    assert!(second.stderr.contains("0 requests, 33 cached"), "{}", second.stderr);
    assert_eq!(
        second.json()["errors"]["NOPE1"]["attempts"],
        1,
        "an unknown symbol is remembered as it was"
    );

    let offline = run(
        folder.path(),
        &server,
        &["top", "-n", "30", "dow30", "-t", "NOPE1,BRK.B", "--offline"],
    );
    assert_eq!(timeless(&offline), timeless(&first));
    let lacking = run(folder.path(), &server, &["momentum", "-t", "AAPL,ZZZZ", "--offline"]);
    assert_eq!(lacking.json()["errors"]["ZZZZ"]["kind"], "offline");
    assert_eq!(server.stats().requests, 33);

    let refreshed = run(
        folder.path(),
        &server,
        &["top", "-n", "30", "dow30", "-t", "NOPE1,BRK.B", "--refresh"],
    );
    assert_eq!((server.stats().requests, timeless(&refreshed)), (66, timeless(&first)));
    let without = run(
        folder.path(),
        &server,
        &["top", "-n", "30", "dow30", "-t", "NOPE1,BRK.B", "--no-cache"],
    );
    assert_eq!((server.stats().requests, timeless(&without)), (99, timeless(&first)));
}

#[test]
fn what_one_screen_fetched_serves_the_others_and_any_day_it_covers() {
    let (folder, server) = (folder(), server());
    run(folder.path(), &server, &["volume-screen", "-t", "A,B"]);
    assert_eq!(server.stats().requests, 2);
    run(folder.path(), &server, &["momentum", "-t", "A,B", "--benchmark", "none"]);
    assert_eq!(server.stats().requests, 2);
    let past = (Utc::now() - TimeDelta::days(400)).date_naive().to_string();
    let words = ["momentum", "-t", "A", "--benchmark", "none", "--as-of", &past];
    let then = run(folder.path(), &server, &words);
    assert_eq!(server.stats().requests, 3, "a year before that day is not there");
    assert_eq!(timeless(&run(folder.path(), &server, &words)), timeless(&then));
    assert_eq!(server.stats().requests, 3, "a past day does not change");
    run(folder.path(), &server, &["momentum", "-t", "A,B", "--benchmark", "none"]);
    assert_eq!(server.stats().requests, 3, "and did not displace the present");
}

#[test]
fn prices_of_one_server_are_never_anothers() {
    let (folder, one, other) = (folder(), server(), server());
    run(folder.path(), &one, &["momentum", "-t", "A", "--benchmark", "none"]);
    run(folder.path(), &other, &["momentum", "-t", "A", "--benchmark", "none"]);
    assert_eq!((one.stats().requests, other.stats().requests), (1, 1));
}

#[test]
fn failures_other_than_unknown_are_never_kept() {
    let folder = folder();
    let server = Server::start(0, Options { fail_every: Some(1), ..Options::default() })
        .expect("a free port");
    let words = ["momentum", "-t", "A", "--benchmark", "none", "--retries", "0", "--max-wait", "0"];
    run(folder.path(), &server, &words);
    run(folder.path(), &server, &words);
    assert_eq!(server.stats().requests, 2);
    let stats = Ran::of(cached(folder.path(), &["cache", "stats"]).output());
    assert!(stats.stdout.starts_with("tickers    0\nunknown    0\n"), "{}", stats.stdout);
}

#[test]
fn damage_costs_one_warning_and_the_speed() {
    let server = server();
    let words = ["top", "-n", "30", "dow30"];
    let expected = timeless(&run(folder().path(), &server, &words));
    let file = |folder: &TempDir| folder.path().join("bars.sqlite3");
    let warnings =
        |ran: &Ran| ran.stderr.lines().filter(|line| line.starts_with("warning: ")).count();

    // Rubbish in its place, an empty file, a database of another version.
    let rubbish = folder();
    fs::write(file(&rubbish), "rubbish".repeat(5000)).expect("written");
    let ran = run(rubbish.path(), &server, &words);
    assert_eq!((timeless(&ran), warnings(&ran)), (expected.clone(), 1), "{}", ran.stderr);
    assert!(rubbish.path().join("bars.unusable").exists(), "it is set aside, not thrown away");
    let before = server.stats().requests;
    assert_eq!(timeless(&run(rubbish.path(), &server, &words)), expected);
    assert_eq!(server.stats().requests, before, "and begun anew");

    let empty = folder();
    fs::write(file(&empty), "").expect("written");
    assert_eq!(timeless(&run(empty.path(), &server, &words)), expected);

    let other = folder();
    run(other.path(), &server, &["momentum", "-t", "A"]);
    let mut bytes = fs::read(file(&other)).expect("it is there");
    bytes[63] = 77; // the low byte of user_version
    fs::write(file(&other), bytes).expect("written");
    let ran = run(other.path(), &server, &words);
    assert_eq!((timeless(&ran), warnings(&ran)), (expected.clone(), 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("could not be read (version 77)"), "{}", ran.stderr);

    // A folder that may not be written (it may by root, and then is no hindrance).
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let closed = folder();
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o555)).expect("it is ours");
        let ran = run(closed.path(), &server, &words);
        assert_eq!(timeless(&ran), expected);
        assert!(warnings(&ran) <= 1, "{}", ran.stderr);
    }

    // A file where the folder should be, and no home at all.
    let blocked = folder();
    fs::write(blocked.path().join("file"), "").expect("written");
    let ran = run(&blocked.path().join("file"), &server, &words);
    assert_eq!((timeless(&ran), warnings(&ran)), (expected.clone(), 1), "{}", ran.stderr);
    let url = server.url();
    let words = [&words[..], &["--base-url", &url, "--rate", "5000", "-f", "json"]].concat();
    let ran = Ran::of(command(&words).env_clear().current_dir("/").output());
    assert_eq!((timeless(&ran), warnings(&ran)), (expected, 1), "{}", ran.stderr);
}

/// A bit flipped anywhere: the entry, or the whole file, is not believed.
#[test]
fn flipped_bits_are_never_prices() {
    let (folder, server) = (folder(), server());
    let words = ["momentum", "-t", "A,B,C,D", "--benchmark", "none"];
    let expected = timeless(&run(folder.path(), &server, &words));
    let file = folder.path().join("bars.sqlite3");
    for side in ["bars.sqlite3-wal", "bars.sqlite3-shm"] {
        let _ = fs::remove_file(folder.path().join(side)); // folded in by the run's end
    }
    let sound = fs::read(&file).expect("it is there");
    assert!(sound.len() > 40_000, "the bars are in the file itself: {}", sound.len());
    for i in 0..60 {
        let mut bytes = sound.clone();
        let place = (i * 7919 + 104_729 * i * i) % bytes.len();
        bytes[place] ^= 1 << (i % 8);
        for side in ["bars.sqlite3-wal", "bars.sqlite3-shm"] {
            let _ = fs::remove_file(folder.path().join(side));
        }
        fs::write(&file, bytes).expect("written");
        let ran = run(folder.path(), &server, &words);
        assert_eq!(ran.code, Some(0), "byte {place}: {ran:#?}");
        assert_eq!(timeless(&ran), expected, "byte {place}");
    }
}

fn start(folder: &Path, url: &str, list: &str) -> Child {
    let words = [
        "momentum",
        list,
        "--base-url",
        url,
        "--rate",
        "5000",
        "-w",
        "4",
        "-f",
        "json",
        "-q",
        "--batch-size",
        "5",
    ];
    cached(folder, &words).stdout(Stdio::piped()).spawn().expect("it starts")
}

#[test]
fn four_processes_share_it() {
    let (folder, server) = (folder(), server());
    let url = server.url();
    let children: Vec<Child> = (0..4).map(|_| start(folder.path(), &url, "sp500")).collect();
    let reports: Vec<String> =
        children.into_iter().map(|child| timeless(&Ran::of(child.wait_with_output()))).collect();
    assert!(reports.iter().all(|report| *report == reports[0]));
    let before = server.stats().requests;
    assert_eq!(timeless(&run(folder.path(), &server, &["momentum", "sp500"])), reports[0]);
    assert_eq!(server.stats().requests, before, "all that any of them fetched is there");
}

#[test]
fn killed_at_any_moment_it_is_sound() {
    let (folder, server) = (folder(), server());
    let url = server.url();
    let expected = timeless(&run(self::folder().path(), &server, &["momentum", "nasdaq100"]));
    for i in 0..200_u64 {
        let mut child = start(folder.path(), &url, "nasdaq100");
        std::thread::sleep(Duration::from_micros(i * 997 % 90_000));
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        if i % 20 == 19 {
            for list in fs::read_dir(folder.path()).expect("it is there").flatten() {
                let name = list.file_name().to_string_lossy().into_owned();
                assert!(name.starts_with("bars.sqlite3"), "a stray file: {name}");
            }
            let ran = run(folder.path(), &server, &["momentum", "nasdaq100"]);
            assert_eq!(timeless(&ran), expected, "after {i} kills");
            assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
            fs::remove_file(folder.path().join("bars.sqlite3")).expect("it is there");
            for side in ["bars.sqlite3-wal", "bars.sqlite3-shm"] {
                let _ = fs::remove_file(folder.path().join(side));
            }
        }
    }
}

#[test]
fn its_commands() {
    let (folder, server) = (folder(), server());
    let told = |words: &[&str]| Ran::of(cached(folder.path(), words).output());
    assert_eq!(told(&["cache", "path"]).stdout, format!("{}\n", folder.path().display()));
    assert!(told(&["cache", "stats"]).stdout.starts_with("empty: "));
    let url = server.url();
    let warm = ["cache", "warm", "dow30", "--base-url", &url, "--rate", "5000"];
    let ran = told(&warm);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    told(&[&warm[..], &["-t", "NOPE1"]].concat());
    let stats = told(&["cache", "stats"]).stdout;
    assert!(stats.starts_with("tickers    31\nunknown    1\nsize       "), "{stats}");
    assert!(stats.contains("last run   31 of 32 from the cache"), "{stats}");
    assert!(told(&["cache", "clear"]).stdout.starts_with("removed: "));
    assert!(told(&["cache", "stats"]).stdout.starts_with("empty: "));
    assert_eq!(told(&["cache", "warm", "--provider", "sample"]).code, Some(2));
    assert_eq!(told(&["top", "dow30", "--offline", "--no-cache"]).code, Some(2));
}

// --- Freshness, with the time as a number.

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Daily bars up to `last`, and the told session's start, end and last trade.
fn series(zone: &str, last: &str, every_day: bool, hours: [&str; 3], partial: bool) -> Bars {
    let last: NaiveDate = last.parse().expect("a date");
    let days = (0..14).rev().map(|back| last - chrono::Days::new(back));
    let weekday = |day: &NaiveDate| chrono::Datelike::weekday(day).number_from_monday() < 6;
    let rows = days.filter(|day| every_day || weekday(day)).map(|date| Bar {
        date,
        open: 1.0,
        high: 1.0,
        low: 1.0,
        close: 1.0,
        adjusted: 1.0,
        volume: 1.0,
    });
    let [start, end, trade] = hours.map(time);
    let hours = Hours { zone: zone.parse().expect("a zone"), start, end, last_trade: Some(trade) };
    Bars::new(rows.collect(), PriceBasis::Adjusted, partial).with_hours(Some(hours))
}

#[test]
fn freshness_is_by_session() {
    let ny = "America/New_York";
    // Friday 15 May 2026 in New York: 13:30 to 20:00 UTC.
    let friday = ["2026-05-15T13:30:00Z", "2026-05-15T20:00:00Z", "2026-05-15T20:00:01Z"];
    let open = ["2026-05-15T13:30:00Z", "2026-05-15T20:00:00Z", "2026-05-15T15:00:00Z"];
    let monday = ["2026-05-18T13:30:00Z", "2026-05-18T20:00:00Z", "2026-05-15T20:00:01Z"];
    let ttl = TimeDelta::minutes(5);
    let cases = [
        (
            "open, with today's bar",
            series(ny, "2026-05-15", false, open, true),
            "2026-05-15T15:00:00Z",
            "2026-05-15T15:05:00Z",
        ),
        (
            "open, without it",
            series(ny, "2026-05-14", false, open, false),
            "2026-05-15T15:00:00Z",
            "2026-05-15T15:05:00Z",
        ),
        (
            "closed, bar not there yet",
            series(ny, "2026-05-14", false, friday, false),
            "2026-05-15T20:05:00Z",
            "2026-05-15T20:10:00Z",
        ),
        (
            "after the close",
            series(
                ny,
                "2026-05-14",
                false,
                ["2026-05-14T13:30:00Z", "2026-05-14T20:00:00Z", "2026-05-14T20:00:01Z"],
                false,
            ),
            "2026-05-14T21:00:00Z",
            "2026-05-15T20:00:00Z",
        ),
        (
            "Friday night",
            series(ny, "2026-05-15", false, friday, false),
            "2026-05-16T02:00:00Z",
            "2026-05-18T20:00:00Z",
        ),
        (
            "Sunday",
            series(ny, "2026-05-15", false, friday, false),
            "2026-05-17T12:00:00Z",
            "2026-05-18T20:00:00Z",
        ),
        (
            "Monday before the open",
            series(ny, "2026-05-15", false, monday, false),
            "2026-05-18T12:00:00Z",
            "2026-05-18T20:00:00Z",
        ),
        (
            "Monday after the open",
            series(
                ny,
                "2026-05-15",
                false,
                ["2026-05-18T13:30:00Z", "2026-05-18T20:00:00Z", "2026-05-18T14:00:00Z"],
                false,
            ),
            "2026-05-18T14:00:00Z",
            "2026-05-18T14:05:00Z",
        ),
        // Memorial Day, 25 May: the evening's fetch brings nothing new and is good until Tuesday's close.
        (
            "a holiday",
            series(
                ny,
                "2026-05-22",
                false,
                ["2026-05-26T13:30:00Z", "2026-05-26T20:00:00Z", "2026-05-22T20:00:01Z"],
                false,
            ),
            "2026-05-25T21:00:00Z",
            "2026-05-26T20:00:00Z",
        ),
        (
            "London",
            series(
                "Europe/London",
                "2026-05-14",
                false,
                ["2026-05-14T07:00:00Z", "2026-05-14T15:30:00Z", "2026-05-14T15:35:00Z"],
                false,
            ),
            "2026-05-14T18:00:00Z",
            "2026-05-15T15:30:00Z",
        ),
        (
            "Tokyo, whose Monday begins on Sunday",
            series(
                "Asia/Tokyo",
                "2026-05-15",
                false,
                ["2026-05-15T00:00:00Z", "2026-05-15T06:30:00Z", "2026-05-15T06:30:00Z"],
                false,
            ),
            "2026-05-17T20:00:00Z",
            "2026-05-18T06:30:00Z",
        ),
        (
            "crypto on a Saturday",
            series(
                "UTC",
                "2026-05-16",
                true,
                ["2026-05-16T00:00:00Z", "2026-05-16T23:59:00Z", "2026-05-16T09:00:00Z"],
                true,
            ),
            "2026-05-16T09:00:00Z",
            "2026-05-16T09:05:00Z",
        ),
        (
            "crypto, a finished Saturday",
            series(
                "UTC",
                "2026-05-16",
                true,
                ["2026-05-16T00:00:00Z", "2026-05-16T23:59:00Z", "2026-05-16T23:58:00Z"],
                false,
            ),
            "2026-05-16T23:59:30Z",
            "2026-05-17T23:59:00Z",
        ),
        // The clocks changed on 8 March 2026: 16:00 in New York was 21:00 UTC before and 20:00 after.
        (
            "across a change of the clocks",
            series(
                ny,
                "2026-03-06",
                false,
                ["2026-03-06T14:30:00Z", "2026-03-06T21:00:00Z", "2026-03-06T21:00:00Z"],
                false,
            ),
            "2026-03-07T12:00:00Z",
            "2026-03-09T20:00:00Z",
        ),
    ];
    for (name, bars, fetched, expected) in cases {
        assert_eq!(valid_until(&bars, time(fetched), ttl), time(expected), "{name}");
    }
    let unknown = series(ny, "2026-05-15", false, friday, false).with_hours(None);
    assert_eq!(
        valid_until(&unknown, time("2026-05-16T02:00:00Z"), ttl),
        time("2026-05-16T02:05:00Z")
    );
}

// --- What is believed when, with the time as a number.

fn asking(symbol: &str, now: &str) -> Query {
    let now = time(now);
    Query {
        symbol: Symbol::parse(symbol).expect("a ticker"),
        from: now.date_naive() - chrono::Days::new(3),
        until: now.date_naive(),
        as_of: None,
        include_partial: false,
        now,
    }
}

fn open(folder: &Path) -> Cache {
    let owner = Namespace { provider: "yahoo", origin: "http://h".into() };
    let manner = CachePolicy { ttl: TimeDelta::minutes(5), mode: CacheMode::Fresh, batch_size: 50 };
    let (cache, warning) = Cache::open(Ok(folder.into()), None, owner, manner).expect("it opens");
    assert_eq!(warning, None);
    cache
}

fn answer(cache: &Cache, query: &Query) -> &'static str {
    match cache.look_up(std::slice::from_ref(query)).remove(0) {
        Lookup::Hit(_) => "bars",
        Lookup::NotFound(_) => "unknown",
        Lookup::Miss(_) => "miss",
    }
}

#[test]
fn what_is_believed_when() {
    let folder = folder();
    let ny = "America/New_York";
    let open_hours = ["2026-05-15T13:30:00Z", "2026-05-15T20:00:00Z", "2026-05-15T15:00:00Z"];
    let closed_hours = ["2026-05-15T13:30:00Z", "2026-05-15T20:00:00Z", "2026-05-15T20:00:01Z"];
    let cache = open(folder.path());
    cache.keep(
        &asking("OPEN", "2026-05-15T15:00:00Z"),
        &series(ny, "2026-05-15", false, open_hours, true),
    );
    cache.keep(
        &asking("CLOSED", "2026-05-15T21:00:00Z"),
        &series(ny, "2026-05-15", false, closed_hours, false),
    );
    let gone = Fault {
        attempts: 1,
        http_status: Some(404),
        ..Fault::new(FaultKind::NotFound, "not found")
    };
    cache.keep_unknown(&asking("GONE", "2026-05-15T15:00:00Z"), &gone, Earlier::default());
    let earlier = Earlier { unknown_on: "2026-05-14".parse().ok(), ..Earlier::default() };
    cache.keep_unknown(&asking("AGAIN", "2026-05-15T15:00:00Z"), &gone, earlier);
    assert_eq!(cache.close(0, 3), None);

    let cache = open(folder.path());
    for (symbol, now, expected) in [
        ("OPEN", "2026-05-15T15:04:59Z", "bars"),
        ("OPEN", "2026-05-15T15:05:00Z", "miss"),
        ("OPEN", "2026-05-15T21:00:00Z", "miss"), // taken in the session, stale after its close
        ("OPEN", "2026-05-15T14:59:00Z", "miss"), // the clock was set back
        ("CLOSED", "2026-05-15T21:00:00Z", "bars"),
        ("CLOSED", "2026-05-17T12:00:00Z", "bars"),
        ("CLOSED", "2026-05-18T19:59:59Z", "bars"),
        ("CLOSED", "2026-05-18T20:00:00Z", "miss"),
        ("CLOSED", "2026-05-15T20:59:59Z", "miss"),
        ("GONE", "2026-05-15T20:59:59Z", "unknown"),
        ("GONE", "2026-05-15T21:00:00Z", "miss"),
        ("AGAIN", "2026-05-16T14:59:59Z", "unknown"),
        ("AGAIN", "2026-05-16T15:00:00Z", "miss"),
        ("NEVER", "2026-05-15T21:00:00Z", "miss"),
    ] {
        assert_eq!(answer(&cache, &asking(symbol, now)), expected, "{symbol} {now}");
    }
    let live = Query { include_partial: true, ..asking("CLOSED", "2026-05-18T15:00:00Z") };
    assert_eq!(answer(&cache, &live), "miss", "whoever wants the open session's bar asks anew");
    let past =
        |day: &str| Query { as_of: day.parse().ok(), ..asking("CLOSED", "2026-06-30T12:00:00Z") };
    let longer_ago =
        Query { from: time("2026-05-14T00:00:00Z").date_naive(), ..past("2026-05-15") };
    assert_eq!(answer(&cache, &longer_ago), "bars", "a past day that it covers, for ever");
    assert_eq!(answer(&cache, &past("2026-05-18")), "miss", "a day after its last bar");
    // The same day asked for while its session was open is not settled by that.
    let today = |now: &str| Query { as_of: "2026-05-15".parse().ok(), ..asking("TODAY", now) };
    cache.keep(&today("2026-05-15T15:00:00Z"), &series(ny, "2026-05-15", false, open_hours, true));
    cache.keep(
        &Query {
            symbol: Symbol::parse("LATER").expect("a ticker"),
            ..today("2026-05-18T12:00:00Z")
        },
        &series(ny, "2026-05-14", false, closed_hours, false), // it did not trade that day
    );
    assert_eq!(cache.close(0, 0), None);
    let cache = open(folder.path());
    for (symbol, now, expected) in [
        ("TODAY", "2026-05-15T15:04:00Z", "bars"),
        ("TODAY", "2026-05-15T21:00:00Z", "miss"),
        ("LATER", "2027-01-01T00:00:00Z", "bars"),
    ] {
        let from = time("2026-05-15T00:00:00Z").date_naive();
        let symbol = Symbol::parse(symbol).expect("a ticker");
        assert_eq!(answer(&cache, &Query { symbol, from, ..today(now) }), expected, "{now}");
    }
    let wide = Query { from: time("2020-01-01T00:00:00Z").date_naive(), ..longer_ago };
    assert_eq!(answer(&cache, &wide), "miss", "it does not go back so far");
}

/// A split after a fetch changes every price before it: the series is replaced, not spliced.
#[test]
fn a_split_after_caching_replaces_the_history() {
    let folder = folder();
    let bars = |factor: f64, days: std::ops::Range<u32>| {
        let bar = |day| {
            let price = factor * f64::from(day);
            let date = NaiveDate::from_ymd_opt(2026, 5, day).expect("a date");
            Bar {
                date,
                open: price,
                high: price,
                low: price,
                close: price,
                adjusted: price,
                volume: 1.0,
            }
        };
        Bars::new(days.map(bar).collect(), PriceBasis::Adjusted, false)
    };
    let owner = || Namespace { provider: "test", origin: "http://h".into() };
    let manner = CachePolicy { ttl: TimeDelta::minutes(5), mode: CacheMode::Fresh, batch_size: 50 };
    let query = Query {
        symbol: Symbol::parse("X").expect("a ticker"),
        from: time("2026-05-04T00:00:00Z").date_naive(),
        until: time("2026-05-15T00:00:00Z").date_naive(),
        as_of: Some(time("2026-05-15T00:00:00Z").date_naive()),
        include_partial: false,
        now: time("2026-05-20T00:00:00Z"),
    };
    for series in [bars(1.0, 4..13), bars(0.1, 7..15)] {
        let (cache, _) =
            Cache::open(Ok(folder.path().into()), None, owner(), manner).expect("it opens");
        cache.keep(&query, &series);
        assert_eq!(cache.close(0, 1), None);
        let (cache, _) =
            Cache::open(Ok(folder.path().into()), None, owner(), manner).expect("it opens");
        match cache.look_up(std::slice::from_ref(&query)).remove(0) {
            Lookup::Hit(kept) => {
                assert_eq!((kept.dates(), kept.close()), (series.dates(), series.close()));
            }
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_blob_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = blob::decode(&bytes);
        let _ = blob::decode(&[&[1, 5, 0, 0, 0][..], &bytes].concat());
    }

    #[test]
    fn a_series_comes_back_as_it_went_and_damaged_ones_do_not_panic(
        prices in prop::collection::vec(1e-3..1e9_f64, 0..40),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let first = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date");
        let rows = prices.iter().enumerate().map(|(i, price)| Bar {
            date: first + chrono::Days::new(i as u64),
            open: price * 2.0, high: price * 2.0, low: f64::NAN, close: *price, adjusted: price / 3.0, volume: price * 1e6,
        });
        let bars = Bars::new(rows.collect(), PriceBasis::Adjusted, true);
        let mut bytes = blob::encode(&bars);
        let back = blob::decode(&bytes).expect("it is whole");
        prop_assert_eq!((back.dates(), back.adjusted(), back.volume()), (bars.dates(), bars.adjusted(), bars.volume()));
        let place = place.index(bytes.len());
        bytes[place] ^= byte;
        let _ = blob::decode(&bytes);
        bytes.truncate(place);
        prop_assert!(blob::decode(&bytes).is_none());
    }
}

#[test]
fn a_locked_database_costs_the_speed() {
    let (folder, server) = (folder(), server());
    let words = ["momentum", "-t", "A,B", "--benchmark", "none"];
    let expected = timeless(&run(folder.path(), &server, &words));
    let lock = rusqlite::Connection::open(folder.path().join("bars.sqlite3")).expect("it opens");
    lock.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let start = Instant::now();
    let ran = run(folder.path(), &server, &words);
    assert_eq!((ran.code, timeless(&ran)), (Some(0), expected.clone()));
    assert!(start.elapsed() < Duration::from_secs(3), "readers do not wait for a writer");
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    let ran = run(folder.path(), &server, &[&words[..], &["--refresh"]].concat());
    assert_eq!((ran.code, timeless(&ran)), (Some(0), expected));
    assert!(
        ran.stderr.contains("warning: the cache cannot be used: database is locked"),
        "{}",
        ran.stderr
    );
}
