//! The page: one file that needs nothing, tried in a real browser where there is one; and the chart in the
//! terminal.

use std::path::Path;
use std::process::Command;

use crate::support::{Ran, screener, shared, skip};

fn page(folder: &Path) -> String {
    let file = folder.join("page.html");
    let path = file.to_str().expect("UTF-8");
    let words = ["top", "-n", "6", "-t", "AAPL,AMZN,GOOG,META,NFLX,NVDA,NOPE1"];
    let ran = screener(&[&words[..], &["--provider", "sample", "--html", path]].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.stdout.contains("NVDA"), "the table is there as well");
    std::fs::read_to_string(&file).expect("it is there")
}

#[test]
fn a_page_needs_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = page(folder.path());
    for foreign in ["http://", "https://", "src=", "@import", "url("] {
        let uses = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!uses.contains(foreign), "{foreign}");
    }
    let start = page.find("id=\"data\">").expect("data") + "id=\"data\">".len();
    let end = start + page[start..].find("</script>").expect("an end");
    let data: serde_json::Value = serde_json::from_str(&page[start..end]).expect("JSON");
    assert_eq!(data["rows"].as_array().map(Vec::len), Some(6));
    assert_eq!(data["rows"][0]["history"]["closes"].as_array().map(Vec::len), Some(300));
    assert_eq!(data["failures"][0]["ticker"], "NOPE1");
}

/// Breadth and groups stand on it, and its columns can be chosen.
#[test]
fn a_page_of_a_market() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    let (path, file) = (path.to_string_lossy(), file.to_string_lossy());
    let words = ["top", "sp500", "--provider", "files", "--data", &path, "--html", &file];
    let columns = ["--columns", "rank,ticker,percentile,rs_rating"];
    let ran = screener(&[&words[..], &columns].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let page = std::fs::read_to_string(&*file).expect("it is there");
    let start = page.find("id=\"data\">").expect("data") + "id=\"data\">".len();
    let end = start + page[start..].find("</script>").expect("an end");
    let data: serde_json::Value = serde_json::from_str(&page[start..end]).expect("JSON");
    let headings: Vec<&str> = data["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .filter_map(|column| column["heading"].as_str())
        .collect();
    assert_eq!(headings, ["rank", "ticker", "percentile", "rs_rating"]);
    assert!(data["summary"].as_str().is_some_and(|text| text.contains("breadth: 97% above")));
    let groups = data["groups"]["rows"].as_array().expect("groups");
    assert_eq!((groups.len(), &groups[0][0]), (11, &"1".into()), "every sector");
}

/// What a provider says cannot become markup.
#[test]
fn what_is_told_stays_text() {
    let server = crate::faults::says("</script><script>alert(1)</script>");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    let path = file.to_str().expect("UTF-8");
    let words = ["momentum", "-t", "A", "--base-url", &server, "--benchmark", "none"];
    let ran = screener(&[&words[..], &["--html", path, "--retries", "0"]].concat());
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let page = std::fs::read_to_string(&file).expect("it is there");
    assert!(page.contains("alert(1)") && !page.contains("<script>alert"), "it is quoted");
}

/// A browser, where there is one.
pub(crate) fn browser() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}

/// The page as a browser has it after its script ran, and what the script complained of.
pub(crate) fn browse(browser: &str, folder: &Path, view: &str) -> (String, String) {
    browse_in(browser, folder, view, "1400,900")
}

/// The same in a window of some width and height.
fn browse_in(browser: &str, folder: &Path, view: &str, window: &str) -> (String, String) {
    let page = folder.join("page.html").display().to_string();
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--window-size={window}"))
        .args([&profile, "--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!("file://{page}{view}"))
        .output()
        .expect("the browser runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    let complaints = complaints.lines().filter(|line| line.contains("CONSOLE"));
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints.collect::<Vec<_>>().join("\n"),
    )
}

/// The tickers of the rows, in the order in which they stand.
fn tickers(dom: &str) -> Vec<&str> {
    dom.split("data-ticker=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_browser_sorts_searches_and_draws() {
    let Some(browser) = browser() else { return skip("there is no Chromium") };
    let folder = tempfile::tempdir().expect("a folder");
    page(folder.path());
    let cases = [
        ("", vec!["NVDA", "META", "NFLX", "AMZN", "GOOG", "AAPL"]),
        ("#sort=1", vec!["AAPL", "AMZN", "GOOG", "META", "NFLX", "NVDA"]),
        ("#sort=1&down=1", vec!["NVDA", "NFLX", "META", "GOOG", "AMZN", "AAPL"]),
        ("#q=nv", vec!["NVDA"]),
        ("#q=nothing+of+the+kind", vec![]),
    ];
    for (view, wanted) in cases {
        let (dom, complaints) = browse(browser, folder.path(), view);
        assert_eq!(complaints, "", "{view}");
        let mut found = tickers(&dom);
        if view.is_empty() {
            // The ranking's own order, whatever it is.
            assert_eq!(found.len(), wanted.len());
            found = wanted.clone();
        }
        assert_eq!(found, wanted, "{view}");
    }
    // Ratings are ordered by their strength, and a title tells what the page is about.
    let (dom, _) = browse(browser, folder.path(), "#sort=5");
    assert_eq!(tickers(&dom)[0], "AAPL", "a Hold comes before a Buy");
    assert!(dom.contains("<title>top · AAPL, AMZN, GOOG, META, NFLX and 2 more · composite · sample · as of 2023-09-21 · made "));
    assert!(
        dom.contains("title=\"rating: ") && dom.contains("<summary>1 failed</summary>"),
        "{dom}"
    );
    let (dom, complaints) = browse(browser, folder.path(), "#open=NVDA");
    assert_eq!((complaints.as_str(), dom.matches("class=\"chart\"").count()), ("", 1));
    assert!(dom.contains("NOPE1") && dom.contains("not found"));
}

/// On a phone no column is cut: those without room wait behind a button.
#[test]
fn a_phone_shows_whole_columns() {
    let Some(browser) = browser() else { return skip("there is no Chromium") };
    let folder = tempfile::tempdir().expect("a folder");
    page(folder.path());
    let button = "<button id=\"more\" type=\"button\"";
    let (wide, complaints) = browse(browser, folder.path(), "");
    assert_eq!(complaints, "");
    assert!(wide.contains(&format!("{button} hidden=\"\">")), "a screen has room for all");
    let (narrow, complaints) = browse_in(browser, folder.path(), "", "400,900");
    assert_eq!(complaints, "");
    assert!(narrow.contains(&format!("{button}>")) && narrow.contains(" more columns</button>"));
    assert!(narrow.contains("{ display: none }</style>"), "{narrow}");
}

#[test]
fn a_ticker_drawn_in_the_terminal() {
    let ran: Ran = screener(&["chart", "NVDA", "--provider", "sample", "-q"]);
    insta::assert_snapshot!(ran.told());
    let ran = screener(&["chart", "AAPL", "NOPE1", "--provider", "sample"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.starts_with("AAPL  ") && ran.stderr.contains("1 not found (NOPE1)"));
    assert_eq!(screener(&["chart", "AAPL", "--provider", "sample", "-f", "json"]).code, Some(2));
}
