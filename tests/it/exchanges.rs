//! Which security a row means: an exchange beside a ticker gives it that exchange's ending, and never another company's
//! prices; what does not go together is left out by name.

use std::fs;

use crate::support::{Ran, screener};

/// A list or holdings in a file, and what the program makes of it with the built-in prices.
fn read(command: &str, text: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("own.csv");
    fs::write(&file, text).expect("written");
    screener(&[command, &file.to_string_lossy(), "--provider", "sample", "-f", "json"])
}

/// The tickers that a report is about, those that failed among them.
fn asked(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    let mut tickers: Vec<String> = Vec::new();
    for part in ["results", "errors"] {
        tickers
            .extend(report[part].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    for row in report["holdings"].as_array().into_iter().flatten() {
        tickers.extend(row["ticker"].as_str().map(String::from));
    }
    tickers.sort();
    tickers.dedup();
    tickers
}

#[test]
fn a_list_has_the_endings_of_its_exchanges() {
    let ran = read(
        "momentum",
        "Ticker,Name,Exchange,Currency\nAAPL,Apple,NASDAQ,USD\nROG,Roche,SIX Swiss Exchange,CHF\n\
         7203,Toyota,Tokyo Stock Exchange,JPY\n700,Tencent,Hong Kong Exchanges And Clearing Ltd,HKD\n\
         RDS.A,Shell,London Stock Exchange,GBP\nVOD,Vodafone,London Stock Exchange,JPY\n",
    );
    assert_eq!(asked(&ran), ["0700.HK", "7203.T", "AAPL", "RDS-A.L", "ROG.SW"], "{ran:#?}");
    let said = ran.unfolded();
    assert!(said.contains("ROG is ROG.SW") && said.contains("line 7 \"VOD\""), "{said}");
}

/// Codes name an exchange, too; a column that mostly holds other words does not.
#[test]
fn codes_are_exchanges_and_other_words_are_not() {
    let ran = read("momentum", "symbol,mic\nAAPL,XNAS\nSAP,XETR\n");
    assert_eq!(asked(&ran), ["AAPL", "SAP.DE"], "{ran:#?}");
    let ran = read("momentum", "symbol,market\nAAPL,Stocks\nMETA,Stocks\nNVDA,US\n");
    assert_eq!(asked(&ran), ["AAPL", "META", "NVDA"], "{ran:#?}");
}

#[test]
fn prefixes_and_endings_of_other_programs_are_read() {
    for (written, meant) in [
        ("TSE:SHOP", "SHOP.TO"),
        ("TSE:7203", "7203.T"),
        ("AAPL:xnas", "AAPL"),
        ("LSE:VOD", "VOD.L"),
        ("OMXSTO:ERIC_B", "ERIC-B.ST"),
        ("BRK.B", "BRK.B"),
        ("NIFTY_FIN_SERVICE.NS", "NIFTY_FIN_SERVICE.NS"),
    ] {
        let ran = read("momentum", &format!("{written}\n"));
        assert_eq!(asked(&ran), [meant], "{written}: {ran:#?}");
    }
}

/// What other programs write stays as it is written, and is asked for as Yahoo writes it.
#[test]
fn yahoo_is_asked_in_its_own_spelling() {
    for (written, spelt) in [
        ("AAPL.O", "AAPL"),
        ("JPM.N", "JPM"),
        ("AAPL.US", "AAPL"),
        ("US.AAPL", "AAPL"),
        ("HK.00700", "0700.HK"),
        ("700.HK", "0700.HK"),
        ("SH600036", "600036.SS"),
        ("600036.SH", "600036.SS"),
        ("00878", "00878"),
        ("BRK.B", "BRK-B"),
        ("SHOP", "SHOP"),
    ] {
        assert_eq!(screener::provider::Yahoo::spelling(written), spelt, "{written}");
    }
}

/// A ticker that names its market keeps it; an account's currency is not the listing's; class shares have a hyphen.
#[test]
fn what_is_named_already_stays() {
    let ran = read(
        "momentum",
        "Ticker,Exchange,Currency,Market Currency\nSAP.DE,Frankfurt,USD,EUR\n^GDAXI,GER,USD,EUR\nAAPL,NASDAQ,EUR,EUR\n\
         BP.,London Stock Exchange,USD,GBP\n8306,Tokyo Stock Exchange,USD,JPY\nXYZ,Some Exchange,USD,USD\n",
    );
    assert_eq!(asked(&ran), ["8306.T", "AAPL", "BP.L", "SAP.DE", "^GDAXI"], "{ran:#?}");
    assert!(ran.unfolded().contains("line 7 \"XYZ\""), "{ran:#?}");
    let ran = read("momentum", "Stock Code,Name\n00700,Tencent\n00005,HSBC\n");
    assert_eq!(asked(&ran), ["0005.HK", "0700.HK"], "{ran:#?}");
}

/// A receipt of a foreign exchange is not valued at New York's price.
#[test]
fn holdings_are_of_their_exchange() {
    let ran = read(
        "portfolio",
        "Symbol,Exchange,Quantity,Market Price Currency,ISIN\nAAPL,NASDAQ,100,USD,US0378331005\n\
         NFLX,NEO,40,CAD,CA64110L1067\nNVDA,XETRA,5,USD,US67066G1040\n",
    );
    assert_eq!(asked(&ran), ["AAPL", "NFLX.NE", "NVDA"], "{ran:#?}");
    let value = ran.json()["total_value"].as_f64().expect("a number");
    assert!((value - (100.0 * 173.93 + 5.0 * 410.17)).abs() < 0.01, "{ran:#?}");
    assert!(ran.unfolded().contains("NFLX is NFLX.NE"), "{ran:#?}");
}

/// Of a statement with many tables the open positions count; its cash is no share.
#[test]
fn a_statement_of_sections_has_its_open_positions() {
    let mut text = String::new();
    for row in 0..60 {
        text += &format!("Change in NAV,Data,Item {row},1\n");
    }
    text += "Forex Balances,Header,Asset Category,Currency,Symbol,Quantity\n\
             Forex Balances,Data,Forex,USD,EUR,1236.5\n\
             Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price\n\
             Open Positions,Data,Summary,Stocks,USD,AAPL,100,1,150\n\
             Open Positions,Data,Summary,Stocks,USD,NVDA,50,1,200\n\
             Open Positions,Total,,Stocks,USD,,,,\n";
    let ran = read("portfolio", &text);
    assert_eq!(asked(&ran), ["AAPL", "NVDA"], "{ran:#?}");
    assert_eq!(ran.json()["total_cost"], 25_000.0, "{ran:#?}");
    assert!(ran.unfolded().contains("the sections Change in NAV, Forex Balances"), "{ran:#?}");
}
