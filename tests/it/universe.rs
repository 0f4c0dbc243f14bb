//! Ticker lists: what is understood, what is refused, and that nothing is lost.

use proptest::prelude::*;
use screener::universe::{LISTS, Symbol, Universe, UniverseError};

fn list(text: &str) -> Result<Vec<String>, UniverseError> {
    let mut universe = Universe::default();
    universe.add_list("test", text)?;
    Ok(universe.symbols().iter().map(ToString::to_string).collect())
}

#[test]
fn lists_people_keep() {
    let cases = [
        ("AAPL\nMSFT\n", vec!["AAPL", "MSFT"]),
        (
            "aapl, msft,brk.b\r\n\r\n# all of it\r\nGOOG # best\r\n",
            vec!["AAPL", "MSFT", "BRK.B", "GOOG"],
        ),
        ("AAPL\nMSFT\nAAPL\n", vec!["AAPL", "MSFT"]),
        ("name,Ticker,weight\n\"Apple, Inc.\",AAPL,3\nMicrosoft,MSFT,2\n", vec!["AAPL", "MSFT"]),
        ("# my list\nsymbol\nAAPL\n", vec!["AAPL"]),
        ("\"Name, full\",Symbol,Sector\n\"Apple, Inc.\",AAPL,TECH\n", vec!["AAPL"]),
        (
            "^GSPC\nEURUSD=X\nGC=F\nM&M.NS\n0700.HK\nBRK/B\nPRN\nCON",
            vec!["^GSPC", "EURUSD=X", "GC=F", "M&M.NS", "0700.HK", "BRK/B", "PRN", "CON"],
        ),
    ];
    for (text, symbols) in cases {
        assert_eq!(list(text).expect(text), symbols, "{text:?}");
    }
}

#[test]
fn every_bad_ticker_is_named_with_its_line() {
    let error =
        list("AAPL\n../../x\n\nMSFT_GOOG\n😀,-A\n\u{1b}[31m\n").expect_err("it is bad").to_string();
    insta::assert_snapshot!(error, @r#"5 bad tickers in test: line 2 "../../x", line 4 "MSFT_GOOG", line 5 "😀", line 5 "-A", line 6 "\u{1b}[31m""#);
    // In a table what is no ticker is left out, and told.
    let mut universe = Universe::default();
    universe.add_list("test", "ticker,weight\nAAPL,1\n,2\nMS FT,3\n").expect("a table");
    assert_eq!(universe.symbols().len(), 1);
    assert_eq!(
        universe.left_out(),
        [r#"left out of test: 2 rows without a ticker (line 3, line 4 "MS FT")"#]
    );
    assert!(matches!(list("# nothing\n\n"), Err(UniverseError::Empty(_))));
    assert!(matches!(list("symbol\n"), Err(UniverseError::Empty(_))));
}

#[test]
fn the_grammar_has_an_end() {
    assert!(Symbol::parse(&"A".repeat(32)).is_ok());
    for bad in
        ["", " ", ".A", "A B", "A\0", "A\n\nB", &"A".repeat(33), &"A".repeat(1 << 20), "Ä", "A_B"]
    {
        assert!(Symbol::parse(bad).is_err(), "{bad:.40}");
    }
}

#[test]
fn embedded_lists_are_whole() {
    let sizes = LISTS.map(|(name, text)| (name, list(text).expect(name).len()));
    assert_eq!(
        sizes,
        [
            ("dow30", 30),
            ("nasdaq100", 102),
            ("sp500", 503),
            ("sp400", 400),
            ("sp600", 603),
            ("sp1500", 1505)
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = list(&text);
    }

    #[test]
    fn what_is_read_is_what_was_written(tickers in prop::collection::vec("[A-Z0-9^][A-Z0-9.=^&/-]{0,31}", 1..50)) {
        prop_assume!(!tickers.iter().any(|t| t == "SYMBOL" || t == "TICKER"));
        let mut distinct: Vec<String> = Vec::new();
        for ticker in &tickers {
            if !distinct.contains(ticker) {
                distinct.push(ticker.clone());
            }
        }
        // Two spellings of one class share are one ticker.
        let plain = |ticker: &String| ticker.replace(['.', '/'], "-");
        let spelt: std::collections::BTreeSet<String> = distinct.iter().map(plain).collect();
        prop_assume!(spelt.len() == distinct.len());
        prop_assert_eq!(list(&tickers.join("\n")).expect("all are tickers"), distinct.clone());
        prop_assert_eq!(list(&tickers.join(",")).expect("all are tickers"), distinct);
    }
}
