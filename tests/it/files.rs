//! Prices of one's own: spellings, dates, bad rows, folders, Parquet, and what is no price file.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame, DataType, ParquetWriter};

use crate::support::{Ran, screener, shared};

/// 300 days of two symbols in long form, as CSV.
fn long(header: &str, date: impl Fn(NaiveDate) -> String) -> String {
    let mut text = format!("{header}\n");
    for name in ["AAA", "BBB"] {
        for (i, day) in days().enumerate() {
            let close = 100.0
                + f64::from(u32::try_from(i).expect("few")) * if name == "AAA" { 0.1 } else { 0.2 };
            text += &format!("{name},{},{close},{close},{close},{close},1000,{close}\n", date(day));
        }
    }
    text
}

fn days() -> impl Iterator<Item = NaiveDate> {
    NaiveDate::from_ymd_opt(2023, 1, 2).expect("a date").iter_days().take(300)
}

fn momentum(path: &Path, words: &[&str]) -> Ran {
    let path = path.to_string_lossy();
    screener(&[&["momentum", "--provider", "files", "--data", &path, "-f", "json"], words].concat())
}

/// The two scores, which depend on nothing but the prices.
fn scores(path: &Path) -> (f64, f64) {
    let ran = momentum(path, &[]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let json = ran.json();
    let score =
        |name: &str| json["results"][name]["raw"].as_f64().unwrap_or_else(|| panic!("{json}"));
    (score("AAA"), score("BBB"))
}

#[test]
fn common_spellings_and_dates_are_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p.csv");
    let iso = |day: NaiveDate| day.to_string();
    let noon = |day: NaiveDate| day.and_hms_opt(12, 0, 0).expect("noon").and_utc().timestamp();
    let usual = "symbol,date,open,high,low,close,volume,adjusted";
    fs::write(&file, long(usual, iso)).expect("written");
    let expected = scores(&file);
    assert!(expected.0 < expected.1);
    for header in [
        "Ticker,Date,Open,High,Low,Close,Volume,Adj Close",
        "Name,DATE,OPEN,HIGH,LOW,CLOSE,VOLUME,adj_close",
        "SYMBOL,time,o,h,l,Close,Vol,Adjusted_Close",
    ] {
        fs::write(&file, long(header, iso)).expect("written");
        assert_eq!(scores(&file), expected, "{header}");
    }
    fs::write(&file, long(usual, |day| format!("{day}T00:00:00Z"))).expect("written");
    assert_eq!(scores(&file), expected);
    fs::write(&file, long(usual, |day| noon(day).to_string())).expect("written");
    assert_eq!(scores(&file), expected);
    fs::write(&file, long(usual, |day| format!("{}000", noon(day)))).expect("written");
    assert_eq!(scores(&file), expected);
}

#[test]
fn a_folder_holds_a_file_a_symbol_in_csv_or_parquet() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = folder.path().join("whole.csv");
    fs::write(
        &whole,
        long("symbol,date,open,high,low,close,volume,adjusted", |day| day.to_string()),
    )
    .expect("written");
    let expected = scores(&whole);

    let parts = folder.path().join("parts");
    fs::create_dir(&parts).expect("made");
    let closes = |step: f64| (0_u32..300).map(move |i| 100.0 + f64::from(i) * step);
    let mut csv = "date,close,adj close,volume\n".to_owned();
    for (day, close) in days().zip(closes(0.1)) {
        csv += &format!("{day},{close},{close},1000\n");
    }
    fs::write(parts.join("aaa.csv"), csv).expect("written");
    let dates: Vec<i32> = days().map(|day| day.to_epoch_days()).collect();
    let dates = Column::new("Date".into(), dates).cast(&DataType::Date).expect("dates");
    let column = |name: &str| Column::new(name.into(), closes(0.2).collect::<Vec<f64>>());
    let mut frame =
        DataFrame::new(300, vec![dates, column("Close"), column("AdjClose")]).expect("a frame");
    let file = fs::File::create(parts.join("BBB.parquet")).expect("made");
    ParquetWriter::new(file).finish(&mut frame).expect("written");
    fs::write(parts.join("README.md"), "no prices").expect("written");
    assert_eq!(scores(&parts), expected);
}

#[test]
fn bad_rows_are_counted_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p.csv");
    let usual = "symbol,date,open,high,low,close,volume,adjusted";
    let sound = long(usual, |day| day.to_string());
    fs::write(&file, &sound).expect("written");
    let expected = scores(&file);
    let bad = "AAA,2023-05-01,1,1,1,-5,1,1\nAAA,2023-05-02,1,1,1,,1,1\nAAA,someday,1,1,1,1,1,1\nAAA,2023-05-03,1,1,1,NaN,1,1\n";
    fs::write(&file, sound + bad).expect("written");
    assert_eq!(scores(&file), expected, "they change nothing");
    let ran = momentum(&file, &["-q"]);
    // Four rows, the first of which also stands out of order.
    assert_eq!(ran.json()["results"]["AAA"]["bad_rows"], 5);
    assert_eq!(ran.json()["results"]["BBB"]["bad_rows"], 0);
    let told = momentum(&file, &[]).stderr;
    assert!(told.contains("5 bad rows in 1 ticker (AAA)"), "{told}");
}

#[test]
fn closes_without_adjustment_say_so_and_class_shares_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p.csv");
    let mut text = "symbol,date,close\n".to_owned();
    for day in days() {
        text += &format!("BRK-B,{day},400\nno ticker,{day},1\n");
    }
    fs::write(&file, text).expect("written");
    let ran = momentum(&file, &["-t", "BRK.B,BRK/B,ZZZ"]);
    let json = ran.json();
    assert_eq!(
        (&json["successful"], &json["failed"]),
        (&1.into(), &1.into()),
        "one of two spellings"
    );
    assert_eq!(json["errors"]["ZZZ"]["message"], "not in the files");
    let notes = json["results"]["BRK.B"]["notes"].to_string();
    assert!(notes.contains("unadjusted"), "{notes}");
    assert!(ran.stderr.starts_with("prices of 1 ticker to 2023-10-28, closes not adjusted for dividends; left out, not valid tickers: 1 (\"NO TICKER\" the first)\n"), "{}", ran.stderr);
}

#[test]
fn one_series_has_one_basis_and_one_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = folder.path().join("parts");
    fs::create_dir(&parts).expect("made");
    let write = |file: &str, days: &[NaiveDate], adjusted: bool| {
        let mut text = format!("date,close{}\n", if adjusted { ",adj close" } else { "" });
        for (i, day) in (0_u32..).zip(days) {
            let close = 100.0 + f64::from(i);
            text += &format!("{day},{close}");
            text += &if adjusted { format!(",{}\n", close / 2.0) } else { "\n".into() };
        }
        fs::write(parts.join(file), text).expect("written");
    };
    let all: Vec<NaiveDate> = days().collect();
    write("aaa.csv", &all[..150], true);
    write("AAA.csv", &all[150..], false);
    write("BBB.csv", &all, true);
    let json = momentum(&parts, &[]).json();
    assert_eq!(json["results"]["AAA"]["bars"], 300, "both halves, whatever their names' case");
    assert!(json["results"]["AAA"]["notes"].to_string().contains("unadjusted"), "{json}");
    assert!(!json["results"]["BBB"]["notes"].to_string().contains("unadjusted"));
}

#[test]
fn stray_dates_do_not_move_the_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p.csv");
    let usual = "symbol,date,open,high,low,close,volume,adjusted";
    let sound = long(usual, |day| day.to_string());
    fs::write(&file, &sound).expect("written");
    let expected = scores(&file);
    let old = "OLD,2001-01-02,1,1,1,1,1,1\n";
    let future = "AAA,2099-01-01,1,1,1,1,1,1\n";
    for text in
        [format!("{sound}{old}{future}"), sound.replacen('\n', &format!("\n{old}{future}"), 1)]
    {
        fs::write(&file, text).expect("written");
        assert_eq!(scores(&file), expected);
        let json = momentum(&file, &["-t", "AAA,OLD"]).json();
        assert_eq!((&json["successful"], &json["results"]["OLD"]["bars"]), (&2.into(), &0.into()));
        assert_eq!(json["results"]["AAA"]["bad_rows"], 1);
    }
    let newest_first: Vec<&str> = sound.lines().skip(1).collect();
    let newest_first: Vec<&str> = newest_first.into_iter().rev().collect();
    fs::write(&file, format!("{usual}\n{}", newest_first.join("\n"))).expect("written");
    assert_eq!(scores(&file), expected);
    assert_eq!(
        momentum(&file, &[]).json()["results"]["AAA"]["bad_rows"],
        0,
        "that is an order, too"
    );
    fs::write(&file, long(usual, |day| day.format("%Y%m%d").to_string())).expect("written");
    assert_eq!(scores(&file), expected, "20230102 is a date");
}

#[test]
fn what_is_no_price_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("made");
    let cases = [
        (folder.path().join("none.csv"), "cannot read"),
        (empty, "holds no CSV or Parquet file with prices"),
        (write("a.csv", "date,open\n2023-01-01,1\n"), "has no close column; it has date, open"),
        (write("b.csv", "symbol,close\nA,1\n"), "has no date column; it has symbol, close"),
        (write("c.parquet", "rubbish"), "is not valid Parquet"),
        (write("d.csv", "symbol,date,close\n"), "holds no CSV or Parquet file with prices"),
        (write("e.csv", "symbol,date,close\nA,01/02/2024,3\n"), "--date-format says it"),
        (write("f.csv", "symbol,date,\x1b[31mclose\n"), "it has symbol, date, \\u{1b}[31mclose"),
    ];
    for (path, message) in cases {
        let ran = momentum(&path, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", path.display());
        assert!(ran.unfolded().contains(message), "{}", ran.stderr);
    }
    for words in
        [&["top", "--provider", "files"][..], &["top", "--provider", "sample", "--data", "x"]]
    {
        assert_eq!(screener(words).code, Some(2));
    }
}

#[test]
fn as_of_a_past_day_is_the_same_as_data_that_end_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p.csv");
    let usual = "symbol,date,open,high,low,close,volume,adjusted";
    let text = long(usual, |day| day.to_string());
    fs::write(&file, &text).expect("written");
    let then = momentum(&file, &["--as-of", "2023-09-30", "-q"]).json();
    let cut: Vec<&str> = text.lines().filter(|line| !line.contains("2023-10")).collect();
    fs::write(&file, cut.join("\n")).expect("written");
    assert_eq!(momentum(&file, &["-q"]).json()["results"], then["results"]);
}

#[test]
fn five_hundred_names_of_real_prices() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    let ran = screener(&["top", "-n", "20", "sp500", "--provider", "files", "--data", &path]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.starts_with("prices of 504 tickers to 2021-04-21, adjusted closes\nranked 404 of 503 · 3 new among them since a week earlier (*) · 1 with too few bars (VTRS) · 98 not found"), "{}", ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 21);
}

/// Prices without volumes say nothing about volume: not 0, but nothing.
#[test]
fn closes_alone_have_no_volume() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("closes.csv");
    let mut text = "symbol,date,close\n".to_owned();
    for (price, day) in (100..).zip(days()) {
        text += &format!("AAA,{day},{price}\n");
    }
    fs::write(&file, text).expect("written");
    let row = momentum(&file, &[]).json()["results"]["AAA"].clone();
    for name in ["average_volume_20", "dollar_volume_20", "volume_ratio", "volume_zscore", "mfi_14"]
    {
        assert!(row[name].is_null(), "{name} is {}", row[name]);
    }
    assert!(row["return_1m"].is_f64());
}

/// A damaged Parquet file is an error that names it, or it is read; it never ends the program.
#[test]
fn flipped_bits_of_a_parquet_file_are_survived() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.parquet");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/market/sample.parquet");
    let bytes = fs::read(sample).expect("it is there");
    // The footer holds what a reader trusts.
    let footer = bytes.len().saturating_sub(4_000)..bytes.len();
    let mut refusals = 0;
    for place in footer.step_by(80) {
        let mut bytes = bytes.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(&path, bytes).expect("written");
        let ran = momentum(&path, &[]);
        assert!(matches!(ran.code, Some(0 | 2)), "{place}: {ran:#?}");
        refusals += usize::from(ran.code == Some(2));
        assert!(ran.code == Some(0) || ran.stderr.contains("p.parquet"), "{place}: {ran:#?}");
    }
    assert!(refusals > 5, "{refusals}");
}

/// Partitions as Hive and Spark write them: a folder a ticker, also within others.
#[test]
fn folders_of_partitions_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = ["prices", "--provider", "sample", "--from", "2021-01-01", "-q", "-o"];
    for ticker in ["AAPL", "NVDA"] {
        for (above, ending) in [("", "csv"), ("exchange=NASDAQ/", "parquet")] {
            let place = folder.path().join(ending).join(format!("{above}symbol={ticker}"));
            std::fs::create_dir_all(&place).expect("made");
            let whole = place.join(format!("part-0.{ending}"));
            let whole = whole.to_str().expect("UTF-8");
            let ran = screener(&[&sample[..], &[whole, "-t", ticker]].concat());
            assert_eq!(ran.code, Some(0), "{ran:#?}");
            if ending == "csv" {
                // The folder alone says which ticker it is.
                let text = std::fs::read_to_string(whole).expect("written");
                let rest =
                    text.lines().map(|line| line.split_once(',').map_or("", |(_, rest)| rest));
                std::fs::write(whole, rest.collect::<Vec<_>>().join("\n")).expect("written");
            }
        }
    }
    for ending in ["csv", "parquet"] {
        let data = folder.path().join(ending);
        let words = ["momentum", "--provider", "files", "--data", data.to_str().expect("UTF-8")];
        let ran = screener(&[&words[..], &["-f", "json"]].concat());
        let results = ran.json()["results"].clone();
        let tickers: Vec<&String> = results.as_object().expect("rows").keys().collect();
        assert_eq!(tickers, ["AAPL", "NVDA"], "{ran:#?}");
    }
}
