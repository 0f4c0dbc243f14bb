//! Shapes of real files: the same contents, whatever stands around them, in which order, in which form.

use std::fs;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{Ran, screener, weekdays};

/// A holding as it is made up: ticker, shares, cost of one.
type Held = (&'static str, u32, u32);

const HELD: [Held; 4] =
    [("AAPL", 100, 150), ("NVDA", 50, 200), ("META", 7, 310), ("AMZN", 1_200, 97)];

/// What the program makes of holdings in a file: ticker, shares and cost, or why it refuses.
fn holdings(text: &[u8]) -> Result<Vec<(String, f64, f64)>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("h.csv");
    fs::write(&file, text).expect("written");
    let file = file.to_string_lossy();
    let ran = screener(&["portfolio", &file, "--provider", "sample", "-f", "json", "-q"]);
    if ran.code != Some(0) {
        return Err(ran.unfolded());
    }
    let mut held = Vec::new();
    for row in ran.json()["holdings"].as_array().expect("rows") {
        let number = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let ticker = row["ticker"].as_str().expect("a ticker").to_owned();
        held.push((ticker, number("shares"), number("cost_basis")));
    }
    held.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(held)
}

fn expected() -> Vec<(String, f64, f64)> {
    let mut held: Vec<_> = HELD
        .iter()
        .map(|(ticker, shares, cost)| ((*ticker).into(), f64::from(*shares), f64::from(*cost)))
        .collect();
    held.sort_by(|a: &(String, f64, f64), b| a.0.cmp(&b.0));
    held
}

/// A number as it is written with a mark of thousands and one of fractions.
fn written(number: u32, thousands: &str, decimal: &str) -> String {
    let whole = number.to_string();
    let (head, tail) = whole.split_at(whole.len().saturating_sub(3));
    let mark = if head.is_empty() { "" } else { thousands };
    format!("{head}{mark}{tail}{decimal}50")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// The order of rows and columns, what stands above the table, the delimiter, the marks of numbers and the encoding
    /// change no holding.
    #[test]
    fn form_changes_no_holding(
        rows in Just((0..HELD.len()).collect::<Vec<_>>()).prop_shuffle(),
        columns in Just(vec![0, 1, 2, 3]).prop_shuffle(),
        preamble in 0_usize..4,
        form in any::<Index>(),
        encoding in 0_u8..4,
    ) {
        let forms = [(";", ".", ","), (";", "", "."), ("\t", ",", "."), ("\t", ".", ","), (";", "'", ".")];
        let (delimiter, thousands, decimal) = form.get(&forms);
        let names = ["Symbol", "Quantity", "Average price", "Name"];
        let mut lines: Vec<String> = (0..preamble).map(|line| format!("Konto {line} für Köln")).collect();
        lines.push(columns.iter().map(|place| names[*place]).collect::<Vec<_>>().join(delimiter));
        for row in rows {
            let (ticker, shares, cost) = HELD[row];
            let cells = [
                ticker.to_owned(),
                written(shares, thousands, decimal),
                written(cost, thousands, decimal),
                format!("Société {ticker}"),
            ];
            lines.push(columns.iter().map(|place| cells[*place].clone()).collect::<Vec<_>>().join(delimiter));
        }
        let text = lines.join("\r\n") + "\r\n";
        let bytes = match encoding {
            0 => text.into_bytes(),
            1 => [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
            2 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            _ => text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin 1")).collect(),
        };
        let half: Vec<_> = expected().into_iter().map(|(name, n, cost)| (name, n + 0.5, cost + 0.5)).collect();
        match holdings(&bytes) {
            Ok(held) => prop_assert_eq!(held, half),
            Err(refusal) => prop_assert!(refusal.contains("--decimal"), "{}", refusal),
        }
    }
}

/// With names that say nothing a table is refused, and never read by its numbers.
#[test]
fn nonsense_names_give_no_numbers() {
    let mut text = String::from("qxa,qxb,qxc\n");
    for (ticker, shares, cost) in HELD {
        text += &format!("{ticker},{shares},{cost}\n");
    }
    let refusal = holdings(text.as_bytes()).expect_err("it is refused");
    assert!(refusal.contains("no ticker column"), "{refusal}");
}

/// A line is counted as an editor counts it, empty ones and comments among them.
#[test]
fn lines_are_those_of_an_editor() {
    let refusal = holdings(b"ticker,shares\nAAPL,10\n\n# mine\n\nNVDA,x\n").expect_err("refused");
    assert!(refusal.contains("line 6 \"NVDA\""), "{refusal}");
}

#[test]
fn a_column_of_companies_is_no_column_of_tickers() {
    let held = holdings(
        b"Stock,Code,Units held,Cost per share\nApple Inc,AAPL,100,150\nNvidia Corp,NVDA,50,200\n",
    );
    let held = held.expect("it is read");
    assert_eq!(held[0], ("AAPL".into(), 100.0, 150.0), "{held:?}");
}

fn prices(name: &str, text: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("written");
    let folder = folder.path().to_string_lossy();
    screener(&["momentum", "--provider", "files", "--data", &folder, "-f", "json"])
}

/// Names of files and of columns, and dates, as vendors write them.
#[test]
fn price_files_of_vendors_are_read() {
    for (name, header, date, ticker) in [
        ("AAPL_data.csv", "Date,Close", "%Y-%m-%d", "AAPL"),
        ("stock_TSLA_2023.csv", "Date,Close", "%Y-%m-%d", "TSLA"),
        ("BINANCE_BTCUSDT, 1D.csv", "time,close", "%Y-%m-%d", "BTCUSDT"),
        ("NSE_SBIN, 1D.csv", "time,close", "%Y-%m-%d", "SBIN.NS"),
        ("BF_B.csv", "Date,Close", "%Y-%m-%d", "BF.B"),
        ("AAPL.csv", "Date,Latest", "%Y-%m-%d", "AAPL"),
        ("AAPL.csv", "time,close", "%Y%m%dT%H%M%S", "AAPL"),
        ("7203.csv", "日付,終値", "%Y-%m-%d", "7203"),
    ] {
        let mut text = format!("{header}\n");
        for (number, day) in (0..130_u32).zip(weekdays()) {
            let day = day.and_hms_opt(0, 0, 0).expect("midnight").format(date);
            text += &format!("{day},{}\n", 100 + number % 9);
        }
        let ran = prices(name, &text);
        let report = ran.json();
        assert_eq!(report["results"][ticker]["current_price"], 103.0, "{name}: {ran:#?}");
    }
    let ran = prices("HistoricalData_1719590000000.csv", "Date,Close\n2023-01-02,100\n");
    assert_eq!(ran.code, Some(2), "{ran:#?}");
}

/// Beside a file that is named after the ticker, a column of names holds the company's.
#[test]
fn a_companys_name_is_no_ticker() {
    let mut text = String::from("Name,Date,Close\n");
    for (number, day) in (0..130_u32).zip(weekdays()) {
        text += &format!("Apple Inc,{day},{}\n", 100 + number % 9);
    }
    assert_eq!(prices("AAPL.csv", &text).json()["results"]["AAPL"]["current_price"], 103.0);
}

/// Shift JIS and GBK are read as what they are.
#[test]
fn encodings_of_asia_are_seen() {
    let header: [(&[u8], &str); 2] = [
        (b"\x93\xfa\x95t,\x8fI\x92l,\x8fo\x97\x88\x8d\x82", "7203"),
        (b"\xc8\xd5\xc6\xda,\xca\xd5\xc5\xcc,\xb3\xc9\xbd\xbb\xc1\xbf", "600519"),
    ];
    for (header, ticker) in header {
        let folder = tempfile::tempdir().expect("a folder");
        let mut text = header.to_vec();
        for (number, day) in (0..130_u32).zip(weekdays()) {
            text.extend(format!("\n{day},{},1000", 100 + number % 9).bytes());
        }
        fs::write(folder.path().join(format!("{ticker}.csv")), text).expect("written");
        let folder = folder.path().to_string_lossy();
        let words = ["momentum", "--provider", "files", "--data", &folder, "-f", "json"];
        let ran = screener(&words);
        assert_eq!(ran.json()["results"][ticker]["current_price"], 103.0, "{ran:#?}");
    }
}

/// The unit that a column's name tells is its own: a price in pence makes no cost a hundredth.
#[test]
fn a_price_in_pence_changes_no_cost() {
    let held = holdings(
        "Symbol,Quantity,Price (pence),Total cost (£)\nAAPL,1000,17250,80000\n".as_bytes(),
    );
    assert_eq!(held.expect("read")[0], ("AAPL".into(), 1000.0, 80.0));
    let held = holdings(b"Symbol,Quantity,Average price (pence)\nAAPL,1000,8000\n");
    assert_eq!(held.expect("read")[0], ("AAPL".into(), 1000.0, 80.0));
    // Windows writes a pound as one byte, of which no language is to be guessed.
    let held = holdings(b"Symbol,Quantity,Cost per share\nAAPL,1000,\xa380.50\n");
    assert_eq!(held.expect("read")[0], ("AAPL".into(), 1000.0, 80.5));
}
