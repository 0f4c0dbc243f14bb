//! Who was in an index on a past day.

use screener::universe::Universe;

use crate::support::{screener, shared};

fn members(list: &str, day: &str) -> Vec<String> {
    let day = day.parse().expect("a date");
    let universe =
        Universe::embedded(list, Some(day)).expect("it had members").expect("it is there");
    universe.symbols().iter().map(ToString::to_string).collect()
}

#[test]
fn members_of_days() {
    for (list, day, n) in [
        ("sp500", "2024-06-28", 502),
        ("sp500", "2019-03-29", 504),
        ("dow30", "2020-08-28", 30),
        ("dow30", "2026-11-20", 30),
        ("nasdaq100", "2024-06-28", 101),
    ] {
        assert_eq!(members(list, day).len(), n, "{list} {day}");
    }
    // On 31 August 2020 Amgen, Honeywell and Salesforce replaced Exxon Mobil, Pfizer and Raytheon.
    let (before, after) = (members("dow30", "2020-08-30"), members("dow30", "2020-08-31"));
    for (gone, new) in [("XOM", "CRM"), ("PFE", "AMGN"), ("RTX", "HON")] {
        let has = |list: &[String], ticker: &str| list.iter().any(|own| own == ticker);
        assert!(has(&before, gone) && !has(&after, gone), "{gone}");
        assert!(!has(&before, new) && has(&after, new), "{new}");
    }
    let today = Universe::embedded("sp500", None).expect("it is").expect("there");
    let newest = members("sp500", "2026-11-20");
    assert_eq!(newest.len(), today.symbols().len());
    assert!(today.symbols().iter().all(|symbol| newest.contains(&symbol.to_string())));
    assert!(Universe::embedded("nasdaq100", "2001-01-02".parse().ok()).is_err());
    assert!(matches!(Universe::embedded("nowhere", None), Ok(None)));
}

#[test]
fn a_past_day_is_asked_of_its_members() {
    let dry = |more: &[&str]| {
        let words = ["top", "sp500", "--as-of", "2019-03-29", "--dry-run", "--no-cache"];
        screener(&[&words[..], more].concat())
    };
    let ran = dry(&[]);
    assert!(ran.stdout.contains("for 504 tickers and SPY"), "{ran:#?}");
    let told = "sp500: members of 2019-03-29: 504, of which 115 are not in today's list";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    assert_eq!(dry(&["-f", "json"]).json()["members"][0]["no_longer"], 115);
    let ran = dry(&["--members", "today"]);
    assert!(ran.stdout.contains("for 503 tickers") && !ran.stdout.contains("members"), "{ran:#?}");
    let ran = screener(&["top", "sp500", "--as-of", "2010-03-29", "--dry-run", "--no-cache"]);
    assert!(ran.stdout.contains("(many have no prices any more)"), "{}", ran.stdout);
    let ran = screener(&["top", "sp600", "--as-of", "2019-03-29", "--dry-run", "--no-cache"]);
    assert!(ran.stdout.contains("sp600: today's members, for those of 2019-03-29 are not known"));
    let ran = screener(&["top", "nasdaq100", "--as-of", "2001-01-02", "--dry-run"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.unfolded().contains("from 2006-01-01 on"), "{}", ran.stderr);
}

#[test]
fn lists_print_their_tickers() {
    let ran = screener(&["lists", "dow30"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 30));
    assert!(
        ran.stdout.lines().all(|line| !line.contains(' ')) && ran.stderr.is_empty(),
        "{ran:#?}"
    );
    let ran = screener(&["lists", "sp500", "--as-of", "2024-06-28"]);
    assert_eq!(ran.stdout.lines().count(), 502);
    assert!(ran.stderr.contains("of which 42 are not in today's list"), "{}", ran.stderr);
    let ran = screener(&["lists", "sp50"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("embedded lists are dow30"), "{}", ran.stderr);
}

/// The footer of a run and of merged shards says whose members were ranked.
#[test]
fn reports_say_whose_members_they_rank() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    let words = ["top", "dow30", "--provider", "files", "--data", &path, "--as-of", "2020-06-30"];
    let ran = screener(&words);
    let told = "dow30: members of 2020-06-30: 30, of which";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let json = screener(&[&words[..], &["-f", "json"]].concat()).json();
    assert_eq!(json["members"][0]["members"], 30);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.ndjson").display().to_string();
    screener(&[&words[..], &["--shard", "1/1", "-o", &file, "-q"]].concat());
    let merged = screener(&["merge", &file]);
    assert_eq!(merged.stdout, ran.stdout);
    assert!(merged.stderr.contains(told), "{}", merged.stderr);
}

/// A day before the data begin is refused with the day on which they do.
#[test]
fn a_day_before_the_data() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    let ran = screener(&["top", "--provider", "files", "--data", &path, "--as-of", "2010-01-04"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.unfolded().contains("begin on 2018-02-15, after 2010-01-04"), "{}", ran.stderr);
}
