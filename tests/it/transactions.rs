//! Tables of transactions, of lots beside positions, and of several accounts: what is held in the end, or what is asked.

use serde_json::Value;

use crate::support::{Ran, screener_reading};

fn portfolio(text: &str, more: &[&str]) -> Ran {
    let words = ["portfolio", "-", "--provider", "sample", "-f", "json"];
    screener_reading(&[&words[..], more].concat(), text.as_bytes())
}

/// Shares of the only ticker held, and what one of them cost.
fn held(text: &str, more: &[&str]) -> (Value, Value) {
    let ran = portfolio(text, more);
    assert_eq!(ran.code, Some(0), "{text}{ran:#?}");
    let holdings = ran.json()["holdings"].clone();
    assert_eq!(holdings.as_array().map(Vec::len), Some(1), "{text}{holdings:#}");
    (holdings[0]["shares"].clone(), holdings[0]["cost_basis"].clone())
}

fn refused(text: &str, word: &str) {
    let ran = portfolio(text, &[]);
    assert!(ran.code == Some(2) && ran.unfolded().contains(word), "{text}{ran:#?}");
}

#[test]
fn transactions_are_ordered_by_their_dates() {
    // Newest first: what was sold stands above what was bought, and the dearer shares were bought after the sale.
    let backwards = "Date,Type,Ticker,Quantity,Price\n\
        2024-03-20,Buy,AAPL,4,180\n2024-02-20,Sell,AAPL,10,160\n2024-01-20,Buy,AAPL,20,150\n";
    assert_eq!(held(backwards, &[]), (14.0.into(), ((10.0 * 150.0 + 4.0 * 180.0) / 14.0).into()));
    // In no order at all, with times of one day.
    let mixed = "Date,Type,Ticker,Quantity,Price\n2024-01-20T15:30:00Z,Sell,AAPL,20,160\n\
        2024-01-21T10:00:00Z,Buy,AAPL,4,180\n2024-01-20T09:45:00Z,Buy,AAPL,20,150\n";
    assert_eq!(held(mixed, &[]), (4.0.into(), 180.0.into()));
    // A day without times: it was bought before it was sold.
    let day =
        "Date,Type,Ticker,Quantity,Price\n2024-01-20,Sell,AAPL,5,160\n2024-01-20,Buy,AAPL,20,150\n";
    assert_eq!(held(day, &[]).0, 15.0);
}

#[test]
fn a_date_that_could_be_two_is_asked_about_where_it_matters() {
    let head = "Date,Type,Ticker,Quantity,Price\n";
    // The first of February, or the second of January: either way it follows the first of January.
    let same = format!("{head}02/01/2024,Sell,AAPL,5,160\n01/01/2024,Buy,AAPL,20,150\n");
    assert_eq!(held(&same, &[]).0, 15.0);
    let unclear = format!("{head}03/04/2024,Sell,AAPL,5,160\n04/03/2024,Buy,AAPL,20,150\n");
    refused(&unclear, "--date-format");
    assert_eq!(held(&unclear, &["--date-format", "dmy"]).0, 15.0);
    let ran = portfolio(&unclear, &["--date-format", "mdy"]);
    assert!(ran.code == Some(2) && ran.unfolded().contains("sold before it is bought"), "{ran:#?}");
    refused(&format!("{head}2024-01-20,Buy,AAPL,5,160\nsoon,Buy,AAPL,20,150\n"), "\"soon\"");
}

#[test]
fn what_was_done_is_seen_in_the_cells() {
    let words = "Datum;Vorgang;Stück;Ticker\n2024-01-20;Kauf;10;AAPL\n2024-02-20;Verkauf;4;AAPL\n\
        2024-03-20;Dividende;6;AAPL\n2024-03-21;Kauf;1;AAPL\n";
    assert_eq!(held(words, &[]).0, 7.0);
    // A quantity that was sold may be below 0; one that was bought may not.
    let signed = "Trade Date,Transaction Type,Symbol,Shares\n2024-01-20,Buy,AAPL,10\n2024-02-20,Sell,AAPL,-4\n";
    assert_eq!(held(signed, &[]).0, 6.0);
    refused(&signed.replace(",10", ",-10"), "below 0");
    let reinvested = "Date,Action,Symbol,Quantity,Price\n2024-01-20,Buy,AAPL,10,150\n\
        2024-02-20,Reinvestment,AAPL,1,151\n2024-02-21,Reinvest Dividend,AAPL,,\n";
    assert_eq!(held(reinvested, &[]).0, 11.0);
    // Advice is no transaction.
    let advice = "Symbol,Quantity,Date,Analyst Rating\nAAPL,10,2024-01-20,Sell\n";
    assert_eq!(held(advice, &[]).0, 10.0);
}

#[test]
fn orders_that_were_not_carried_out_hold_nothing() {
    let orders = "Date,Side,Symbol,Quantity,Status\n2024-01-20,Buy,AAPL,10,Executed\n\
        2024-01-21,Buy,AAPL,5,Cancelled\n2024-01-22,Sell,AAPL,4,Filled\n2024-01-23,Buy,AAPL,2,Rejected\n";
    assert_eq!(held(orders, &[]).0, 6.0);
    let ran = portfolio(orders, &[]);
    assert!(
        ran.unfolded().contains("cancelled") && ran.unfolded().contains("rejected"),
        "{ran:#?}"
    );
    refused(&orders.replace("Cancelled", "Partially filled"), "Partially filled");
    refused(&orders.replace("22,Sell", "22,Cancel Buy"), "takes back another row");
}

#[test]
fn lots_beside_their_positions_are_counted_once() {
    let statement = "Level,Symbol,Quantity,Cost Price\n\
        Summary,AAPL,100,150\nLot,AAPL,60,140\nLot,AAPL,40,165\n";
    assert_eq!(held(statement, &[]), (100.0.into(), 150.0.into()));
    assert!(portfolio(statement, &[]).unfolded().contains("2 parts"));
    refused(&statement.replace("60", "50"), "100 shares");
    // Two accounts with as many shares are no levels.
    let accounts = "Account,Symbol,Quantity\nher own,AAPL,100\nhis own,AAPL,100\n";
    assert_eq!(held(accounts, &[]).0, 200.0);
    // Lots of which the table has no position are held.
    assert_eq!(held("Level,Symbol,Quantity\nLot,AAPL,60\nLot,AAPL,40\n", &[]).0, 100.0);
}

#[test]
fn several_tables_under_one_header_are_one() {
    let accounts = "Own account\nSymbol,Quantity,Avg Cost\nAAPL,100,150\nAccount Total,--,--\n\n\
        Pension\nSymbol,Quantity,Avg Cost\nAAPL,20,180\nNVDA,50,200\nGrand Total,170,\n";
    let ran = portfolio(accounts, &[]);
    let json = ran.json();
    let shares = |place: usize| json["holdings"][place]["shares"].clone();
    let mut both: Vec<Value> = vec![shares(0), shares(1)];
    both.sort_by_key(Value::to_string);
    assert_eq!(both, [Value::from(120.0), Value::from(50.0)], "{ran:#?}");
    assert!(ran.unfolded().contains("a sum"), "{ran:#?}");
    // What was closed is held no more.
    let closed = accounts.replace("Pension", "Closed positions");
    let ran = portfolio(&closed, &[]);
    assert_eq!(ran.json()["holdings"][0]["shares"], 100.0);
    assert!(ran.unfolded().contains("the table from line"), "{ran:#?}");
}

#[test]
fn cells_that_are_formulas_and_sides() {
    let kept = "Symbol,Quantity,Price Paid\n\"=\"\"AAPL\"\"\",\"=\"\"100\"\"\",150\n";
    assert_eq!(held(kept, &[]), (100.0.into(), 150.0.into()));
    let listed = screener_reading(
        &["momentum", "-", "--provider", "sample", "-f", "json"],
        "Symbol,Name\n\"=\"\"AAPL\"\"\",Apple\n".as_bytes(),
    );
    assert!(listed.json()["results"]["AAPL"].is_object(), "{listed:#?}");
    let sides = "Symbol,Quantity,Position Direction\nAAPL,100,LONG\nNVDA,50,SHORT\n";
    assert_eq!(held(sides, &[]).0, 100.0);
    assert!(portfolio(sides, &[]).unfolded().contains("a short position"));
}
