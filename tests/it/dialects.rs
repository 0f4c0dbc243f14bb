//! One table in the dialects of many programs: the same numbers, or a refusal that names the way out.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use proptest::prelude::*;
use screener::provider::{FilesOptions, files};
use screener::universe::{Holdings, HoldingsOptions, ListOptions, Universe};
use serde_json::Value;

use crate::support::{Ran, command, screener, screener_reading, weekdays};

/// Three hundred sessions of one ticker: date, close, volume.
fn rows() -> Vec<(NaiveDate, f64, u32)> {
    (0..300_u32)
        .zip(weekdays())
        .map(|(i, day)| {
            (day, 1000.0 + f64::from(i * 37 % 100) + 0.25, 1_000_000 + i * 7919 % 90_000)
        })
        .collect()
}

/// The table, each row written by `row`, below a header.
fn table(header: &str, row: impl Fn(&(NaiveDate, f64, u32)) -> String) -> String {
    let mut text = format!("{header}\n");
    for one in rows() {
        let _ = writeln!(text, "{}", row(&one));
    }
    text
}

fn momentum(path: &Path, more: &[&str]) -> Ran {
    let path = path.to_string_lossy();
    let words = ["momentum", "--provider", "files", "--data", &path, "-f", "json"];
    screener(&[&words[..], more].concat())
}

/// The numbers of the one ticker that a file holds.
fn numbers(ran: &Ran) -> Value {
    let json = ran.json();
    let results = json["results"].as_object().unwrap_or_else(|| panic!("{ran:#?}")).clone();
    assert_eq!(results.len(), 1, "{ran:#?}");
    let mut row = results.values().next().expect("one").clone();
    row.as_object_mut().expect("an object").remove("ticker"); // aaa.us is AAA.US
    assert_eq!(row["bars"], 300, "{ran:#?}");
    row
}

fn grouped(number: f64, thousands: char, point: char) -> String {
    let text = format!("{number:.2}");
    let (whole, fraction) = text.split_once('.').expect("two decimals");
    let (head, tail) = whole.split_at(whole.len() - 3);
    format!("{head}{thousands}{tail}{point}{fraction}")
}

#[test]
fn prices_in_many_dialects() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain =
        table("Date,Close,Volume", |(day, close, volume)| format!("{day},{close},{volume}"));
    let dialects: Vec<(&str, Vec<u8>)> = vec![
        ("AAA.csv", plain.clone().into_bytes()),
        ("AAA.tsv", plain.replace(',', "\t").into_bytes()),
        ("aaa.us.txt", plain.replace(',', "|").into_bytes()),
        ("AAA (1).csv", format!("sep=,\n{plain}").into_bytes()),
        ("daily_AAA.csv", format!("AAA prices\nfrom a site\n\n{plain}").into_bytes()),
        ("AAA_d.csv", plain.replace('\n', "\r\n").into_bytes()),
        ("AAA-1d.csv", plain.replace('\n', "\r").into_bytes()),
        ("AAA Historical Data.csv", [&[0xef, 0xbb, 0xbf], plain.as_bytes()].concat()),
        ("AAA, 1D.csv", {
            let units = plain.encode_utf16().flat_map(u16::to_le_bytes);
            [0xff, 0xfe].into_iter().chain(units).collect()
        }),
        ("AAA.csv.gz", {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(plain.as_bytes()).expect("it packs");
            packed.finish().expect("it packs")
        }),
        (
            "AAA_1.csv",
            table("Datum;Schlusskurs;Stuecke", |(day, close, volume)| {
                format!("{};{};{volume}", day.format("%d.%m.%Y"), grouped(*close, '.', ','))
            })
            .into_bytes(),
        ),
        (
            "AAA_2.csv",
            table("date,close,volume", |(day, close, volume)| {
                format!("{},\"${}\",{volume}", day.format("%m/%d/%Y"), grouped(*close, ',', '.'))
            })
            .into_bytes(),
        ),
        (
            "AAA_3.csv",
            table("date,close,volume", |(day, close, volume)| {
                format!("\"{}\",{close},{volume}", day.format("%b %d, %Y"))
            })
            .into_bytes(),
        ),
        (
            "AAA_4.csv",
            table("<TICKER>,<PER>,<DTYYYYMMDD>,<CLOSE>,<VOL>", |(day, close, volume)| {
                format!("AAA,D,{},{close},{volume}", day.format("%Y%m%d"))
            })
            .into_bytes(),
        ),
        (
            "AAA_5.csv",
            table("tic,datadate,date,close,volume", |(day, close, volume)| {
                let days =
                    (*day - NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date")).num_days();
                format!("AAA,x,{days},{close},{volume}")
            })
            .into_bytes(),
        ),
        (
            "AAA_6.csv",
            table("Price,Close,Volume\nTicker,AAA,AAA\nDate,,", |(day, close, volume)| {
                format!("{day},{close},{volume}")
            })
            .into_bytes(),
        ),
    ];
    let mut expected = None;
    for (i, (name, bytes)) in dialects.iter().enumerate() {
        let file = folder.path().join(i.to_string()).join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(&file, bytes).expect("written");
        let is_named = !name.contains('_') || name.ends_with("_d.csv") || name.starts_with("daily");
        let ran = momentum(&file, &[]);
        let own = match ran.code {
            Some(0) => numbers(&ran),
            _ if !is_named => continue, // its name is no ticker, and no column holds one
            _ => panic!("{name}: {ran:#?}"),
        };
        assert_eq!(&own, expected.get_or_insert_with(|| own.clone()), "{name}");
    }
    let matrix = table("Date,AAA", |(day, close, _)| format!("{day},{close}"));
    let file = folder.path().join("matrix.csv");
    fs::write(&file, matrix).expect("written");
    let own = numbers(&momentum(&file, &[]));
    assert_eq!(own["return_12m"], expected.expect("some")["return_12m"]);
}

#[test]
fn what_cannot_be_seen_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("AAA.csv");
    let write = |text: &str| fs::write(&file, text).expect("written");
    let refused = |more: &[&str], words: &str| {
        let ran = momentum(&file, more);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
        assert!(ran.unfolded().contains(words) && ran.stderr.len() < 1000, "{}", ran.stderr);
    };
    write("date,close\n03/04/2024,10\n04/05/2024,11\n");
    refused(&[], "--date-format says it");
    let last = |order: &str| momentum(&file, &["--date-format", order]).json()["as_of"].clone();
    assert_eq!((last("dmy"), last("mdy")), ("2024-05-04".into(), "2024-04-05".into()));
    write("date;close\n2024-01-02;\"1,234\"\n2024-01-03;\"1,236\"\n");
    refused(&[], "--decimal says it");
    let price = |mark: &str| {
        momentum(&file, &["--decimal", mark]).json()["results"]["AAA"]["current_price"].clone()
    };
    assert_eq!((price("point"), price("comma")), (1236.0.into(), 1.236.into()));
    let mut text = "date,issue,close\n".to_owned();
    for day in weekdays().take(20) {
        text += &format!("{day},ONE,10\n{day},TWO,20\n");
    }
    write(&text);
    refused(&[], "--symbol-column names it; it has date, issue, close");
    let ran = momentum(&file, &["--symbol-column", "issue"]);
    assert_eq!(ran.json()["successful"], 2, "{ran:#?}");
    for (bytes, words) in [
        (&b"PK\x03\x04rest"[..], "an Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"<!DOCTYPE html><p>", "a web page"),
        (b"{\"a\": 1}", "JSON"),
        (b"\x00\x01\x02", "a binary file"),
    ] {
        fs::write(&file, bytes).expect("written");
        refused(&[], words);
    }
}

/// A wrong year, or one series that goes on alone, decides nothing; other files of a folder are left out and told.
#[test]
fn the_session_that_most_series_have() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["AAA", "BBB", "CCC"] {
        let mut text = table("Date,Close", |(day, close, _)| format!("{day},{close}"));
        if name == "CCC" {
            text += "2025-06-30,1000\n";
        }
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("written");
    }
    fs::write(folder.path().join("readme.txt"), "nothing here\n").expect("written");
    let ran = momentum(folder.path(), &[]);
    let json = ran.json();
    let last = rows().last().expect("some").0.to_string();
    assert_eq!(json["as_of"], last.as_str(), "{ran:#?}");
    for name in ["AAA", "BBB", "CCC"] {
        assert_eq!(json["results"][name]["bars"], 300, "{name}");
    }
    let told = format!("left out, no prices: readme.txt; left out, rows after {last}: CCC");
    assert!(ran.stderr.contains(&told), "{}", ran.stderr);
}

fn list(text: &str) -> Vec<String> {
    let words = ["momentum", "-", "--provider", "sample", "-f", "json"];
    let json = screener_reading(&words, text.as_bytes()).json();
    let mut all: Vec<String> = ["results", "errors"]
        .iter()
        .flat_map(|key| json[*key].as_object().expect("an object").keys().cloned())
        .collect();
    all.sort();
    all
}

#[test]
fn lists_in_many_dialects() {
    for text in [
        "AAPL NVDA META",
        "$AAPL, $NVDA, $META",
        "['AAPL', 'NVDA', 'META']",
        "[\"AAPL\", \"NVDA\", \"META\"]",
        "\"AAPL\",\"NVDA\",\"META\"",
        "###MINE,NASDAQ:AAPL,NASDAQ:NVDA,###YOURS,NYSE:META",
        "AAPL,Apple\nNVDA,Nvidia\nMETA,Meta Platforms\n",
        "Name;Symbol\nApple;AAPL\nNvidia;NVDA\nMeta;META\n",
        "A title\n\n#,Stock Symbol,x\n1,AAPL,2\n2,NVDA,3\n3,META,4\n",
        "Symbol|Test Issue\nAAPL|N\nNVDA|N\nMETA|N\nZZZZ|Y\n",
        "{\"0\":{\"ticker\":\"AAPL\"},\"1\":{\"ticker\":\"NVDA\"},\"2\":{\"ticker\":\"META\"}}",
        "{\"ticker\":\"AAPL\"}\n{\"ticker\":\"NVDA\"}\n{\"ticker\":\"META\"}\n",
        "| Ticker | x |\n| --- | --- |\n| AAPL | 1 |\n| NVDA | 2 |\n| META | 3 |\n",
        "AAPL # mine\r\n# all\r\nNVDA\r\nMETA\r\n",
    ] {
        assert_eq!(list(text), ["AAPL", "META", "NVDA"], "{text}");
    }
    // Our own reports, too.
    for format in ["json", "ndjson", "csv", "markdown"] {
        let words = ["top", "-t", "AAPL,NVDA,META", "--provider", "sample", "-f", format, "-q"];
        assert_eq!(list(&screener(&words).stdout), ["AAPL", "META", "NVDA"], "{format}");
    }
}

fn held(text: &str, more: &[&str]) -> Ran {
    let words = ["portfolio", "-", "--provider", "sample", "-f", "json"];
    screener_reading(&[&words[..], more].concat(), text.as_bytes())
}

#[test]
fn holdings_in_many_dialects() {
    for text in [
        "ticker,shares,cost_basis\nAAPL,10,150\n",
        "Symbol,Quantity,Average Cost Basis,Cost Basis Total\nAAPL,10,$150.00,\"$1,500.00\"\nSPAXX**,,,\n",
        "Symbol,Qty,Market Value,Cost Basis\nAAPL,10,1739.30,1500\n",
        "Positions of today\n\nSymbol;Anzahl;Einstandskurs\nAAPL;10,0;150,00\n",
        "Symbol,Type,Quantity,Price\nAAPL,BUY,20,150\nAAPL,DIVIDEND,20,1\nAAPL,SELL,10,190\n",
        "Symbol,Quantity,Avg. Price\nAAPL,5,140\nAAPL,5,160\nNVDA,-3,10\n",
    ] {
        let ran = held(text, &[]);
        let rows = ran.json()["holdings"].as_array().expect("holdings").clone();
        let own: Vec<_> = rows
            .iter()
            .map(|row| (row["ticker"].clone(), row["shares"].clone(), row["cost_basis"].clone()))
            .collect();
        assert_eq!(own, [("AAPL".into(), 10.0.into(), 150.0.into())], "{text}\n{}", ran.stderr);
    }
    // The documented form says what it is, whatever else it says of the ticker.
    let own = held("ticker,shares,cost_basis,currency,sector\nAAPL,10,150,USD,Technology\n", &[]);
    assert_eq!(
        (own.code, own.json()["holdings"][0]["cost_basis"].as_f64()),
        (Some(0), Some(150.0))
    );
    let unclear = "Symbol,Name,Quantity,Cost\nAAPL,Apple,10,1500\n";
    let ran = held(unclear, &[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--cost per-share or --cost total"), "{}", ran.stderr);
    let cost =
        |kind: &str| held(unclear, &["--cost", kind]).json()["holdings"][0]["cost_basis"].clone();
    assert_eq!((cost("total"), cost("per-share")), (150.0.into(), 1500.0.into()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    /// Whatever stands in a file: read or refused in few words, never a panic.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..4_u8) {
        let start: &[u8] = match kind {
            0 => b"",
            1 => b"symbol,date,close\nA,2024-01-02,",
            2 => b"Symbol;Quantity;Cost Basis\nAAPL;10;",
            _ => b"Price,Close,Close\nTicker,A,B\nDate,,\n2024-01-02,",
        };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("A.csv");
        fs::write(&file, [start, &bytes].concat()).expect("written");
        let path = file.display().to_string();
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        let options = FilesOptions::default();
        if let Err(error) = files(&file, None, chrono::Days::new(464), today, &options) {
            prop_assert!(error.to_string().len() < 1000 + path.len(), "{error}");
        }
        let words = [path];
        if let Err(error) = Universe::read(&words, &[], ListOptions::default(), &mut std::io::empty()) {
            prop_assert!(error.to_string().len() < 2000, "{error}");
        }
        if let Err(error) = Holdings::read(&words, HoldingsOptions::default(), &mut std::io::empty()) {
            prop_assert!(error.to_string().len() < 2000, "{error}");
        }
    }
}

const DIRECTORY: &str = "Symbol|Security Name|Test Issue|ETF\n\
    AAPL|Apple Inc. - Common Stock|N|N\n\
    AACIW|Armada Acquisition Corp. I - Warrant|N|N\n\
    AACIU|Armada Acquisition Corp. I - Unit|N|N\n\
    ABLVR|Able View - Rights|N|N\n\
    QQQ|Invesco QQQ Trust|N|Y\n\
    BHFAP|Brighthouse - 6.6% Non-Cumulative Preferred Stock|N|N\n\
    ET|Energy Transfer LP - Common Units representing limited partner interests|N|N\n\
    BABA|Alibaba - American Depositary Shares each representing eight Ordinary share|N|N\n\
    ZVZZT|Test|Y|N\n";

/// By the names of a directory's securities, warrants, units, rights, preferred shares and funds are left out and
/// counted; where there are no names that is refused. A row without a ticker is refused by `--strict`.
#[test]
fn only_common_shares_of_a_directory() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("d.txt"), DIRECTORY).expect("it is written");
    std::fs::write(folder.path().join("plain.csv"), "symbol,x\nAAPL,1\n").expect("it is written");
    std::fs::write(folder.path().join("foot.csv"), "symbol,x\nAAPL,1\nas of today,\n").expect("so");
    let run = |words: &[&str]| {
        let words = [&["momentum"], words, &["--dry-run", "--no-cache"]].concat();
        Ran::of(command(&words).current_dir(folder.path()).output())
    };
    let all = run(&["d.txt"]);
    assert!(all.stdout.contains("for 8 tickers"), "{all:#?}");
    let common = run(&["d.txt", "--only", "common"]);
    assert!(common.stdout.contains("for 3 tickers"), "{common:#?}");
    assert!(common.stderr.contains("5 rows of other securities than common shares"), "{common:#?}");
    let nameless = run(&["plain.csv", "--only", "common"]);
    assert_eq!(nameless.code, Some(2), "{nameless:#?}");
    assert_eq!(run(&["foot.csv"]).code, Some(0));
    let strict = run(&["foot.csv", "--strict"]);
    assert!(strict.code == Some(2) && strict.stderr.contains("as of today"), "{strict:#?}");
    assert_eq!(run(&["d.txt", "--strict"]).code, Some(0), "test issues have tickers");
}
