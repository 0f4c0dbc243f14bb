//! Prices that no trade explains: noted, shown, never ranked. Each kind as a vendor's body or a file has it.

use std::fs;

use chrono::NaiveDate;
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::ask::volume::Volume;
use screener::bars::{Bar, Bars, Dividend, Events, LastPrice, PriceBasis, Split};
use screener::compare::momentum::Momentum;
use screener::measure::doubt::doubts;
use screener::measure::fields::Field as F;
use screener::measure::note::Note;
use screener::universe::Symbol;
use serde_json::{Value, json};

use crate::faults::{Reply, Scripted, http};
use crate::support::{Ran, screener, shared, weekdays};

const N: usize = 300;
/// The bar at which something happens.
const EVENT: usize = 250;

fn days() -> Vec<NaiveDate> {
    weekdays().take(N).collect()
}

/// Closes that wander a little, each times its factor.
fn closes(factor: impl Fn(usize) -> f64) -> Vec<f64> {
    let wave = |i: usize| 100.0 + f64::from(u32::try_from(i * 37 % 100).expect("small")) / 50.0;
    (0..N).map(|i| wave(i) * factor(i)).collect()
}

/// Closes whose past is not adjusted for a split of this many new shares for one.
fn unapplied(ratio: f64) -> Vec<f64> {
    closes(|i| if i < EVENT { ratio } else { 1.0 })
}

fn bars_of(closes: &[f64], adjusted: &[f64], volume: impl Fn(usize) -> f64) -> Bars {
    let rows = days().into_iter().enumerate().map(|(i, date)| Bar {
        date,
        open: closes[i],
        high: closes[i],
        low: closes[i],
        close: closes[i],
        adjusted: adjusted[i],
        volume: volume(i),
    });
    Bars::new(rows.collect(), PriceBasis::Adjusted, false)
}

fn bars(closes: &[f64]) -> Bars {
    bars_of(closes, closes, |_| 1e6)
}

fn with_splits(bars: Bars, ratios: &[f64]) -> Bars {
    let splits = ratios.iter().map(|ratio| Split { date: days()[EVENT], ratio: *ratio }).collect();
    bars.with_events(Events { splits: Some(splits), dividends: None })
}

fn kinds(bars: &Bars) -> Vec<Note> {
    doubts(bars).into_iter().map(|doubt| doubt.note).collect()
}

#[test]
fn jumps_of_splits_that_were_not_applied() {
    for (ratio, kind) in [
        (0.1, Note::SuspectSplit),
        (1.0 / 12.0, Note::SuspectSplit),
        (1.0 / 35.0, Note::SuspectJump),
        (1.0 / 190.0, Note::SuspectJump),
        (4.0, Note::SuspectSplit),
        (3.0, Note::SuspectSplit),
        (1.5, Note::SuspectSplit),
    ] {
        let jumping = unapplied(ratio);
        let found = doubts(&bars(&jumping));
        assert_eq!(found.len(), 1, "{ratio}: {found:?}");
        assert_eq!((found[0].note, found[0].date), (kind, days()[EVENT]), "{ratio}");
        // Stated, and not applied all the same.
        assert_eq!(kinds(&with_splits(bars(&jumping), &[ratio])).len(), 1, "{ratio} stated");
        // Stated, and applied to the adjusted closes: no doubt; nor of plain prices, which follow.
        let smooth = closes(|_| 1.0);
        let applied = with_splits(bars_of(&jumping, &smooth, |_| 1e6), &[ratio]);
        assert_eq!(kinds(&applied), [], "{ratio} applied");
        let screen = Screen::new(Criteria::Volume(Volume { lookback: 100, ..Volume::default() }));
        let row = screen.measure(&Symbol::parse("A").expect("a ticker"), &applied);
        assert_eq!(row.notes, [], "{ratio} applied, volumes");
        for (plain, smooth) in applied.close().iter().zip(&smooth) {
            assert!((plain / smooth - 1.0).abs() < 1e-12);
        }
    }
}

/// OXY on 9 March 2020, and the like: a price may halve, if that is traded.
#[test]
fn a_price_that_halved_is_no_split_by_itself() {
    let halved = unapplied(2.0);
    assert_eq!(kinds(&bars(&halved)), [Note::SuspectSplit]);
    let traded = bars_of(&halved, &halved, |i| if i == EVENT { 2e7 } else { 1e6 });
    assert_eq!(kinds(&traded), [], "it was traded");
    let less = unapplied(1.3);
    assert_eq!(kinds(&bars(&less)), [], "it is small");
}

#[test]
fn changes_of_unit_and_frozen_series() {
    assert_eq!(kinds(&bars(&unapplied(0.01))), [Note::SuspectUnit]);
    assert_eq!(kinds(&with_splits(bars(&unapplied(100.0)), &[])), [Note::SuspectUnit]);
    let still = |from: usize| {
        let closes = closes(|_| 1.0);
        let frozen: Vec<f64> = (0..N).map(|i| closes[i.min(from)]).collect();
        bars_of(&frozen, &frozen, |i| if i >= from { 0.0 } else { 1e6 })
    };
    assert_eq!(kinds(&still(N - 9)), []);
    assert_eq!(kinds(&still(N - 10)), [Note::Frozen]);
    assert_eq!(doubts(&still(200))[0].date, days()[200]);
}

#[test]
fn ansuspect_price_is_todays_doubt_only() {
    let last = *days().last().expect("some");
    let close = closes(|_| 1.0)[N - 1];
    let told = |factor: f64, date: NaiveDate| {
        let last_price = LastPrice { date, price: factor * close, is_final: true };
        bars(&closes(|_| 1.0)).with_last_price(Some(last_price))
    };
    let at = |bars: Bars, until: NaiveDate| kinds(&bars.window(until, N, false));
    for factor in [1.5, 1.0 / 1.5, 40.0] {
        assert_eq!(at(told(factor, last), last), [Note::SuspectPrice], "{factor}");
        let earlier = days()[N - 2];
        assert_eq!(at(told(factor, last), earlier), [], "{factor} the day before");
    }
    assert_eq!(at(told(1.49, last), last), []);
    assert_eq!(at(told(40.0, days()[N - 2]), last), [], "a price older than the last bar");
}

/// What a chart of Yahoo's states beside the bars.
#[test]
fn events_and_the_last_price_of_a_chart() {
    let stamp = |day: NaiveDate| day.and_hms_opt(14, 30, 0).expect("a time").and_utc().timestamp();
    let (split, paid) = (days()[EVENT], days()[100]);
    let mut chart = chart("GB.L", &closes(|_| 100.0));
    chart["meta"]["currency"] = "GBp".into();
    chart["meta"]["regularMarketTime"] = stamp(days()[N - 1]).into();
    chart["meta"]["regularMarketPrice"] = "512.5".into();
    chart["events"] = json!({
        "splits": {
            "a": {"date": stamp(split), "numerator": "1", "denominator": 10.0, "splitRatio": "1:10"},
            "b": {"date": stamp(days()[10]), "splitRatio": "3/2"},
            "c": {"date": "yesterday", "splitRatio": "2:1"},
            "d": {"date": stamp(days()[20]), "splitRatio": "0:0"},
        },
        "dividends": {"a": {"date": stamp(paid), "amount": 150.0}, "b": 7},
    });
    let bars = crate::yahoo::read_chart("GB.L", &chart);
    let splits = vec![Split { date: days()[10], ratio: 1.5 }, Split { date: split, ratio: 0.1 }];
    let dividends = vec![Dividend { date: paid, amount: 1.5 }];
    let events = Events { splits: Some(splits), dividends: Some(dividends) };
    assert_eq!(bars.events(), &events);
    assert_eq!(
        bars.last_price(),
        Some(LastPrice { date: days()[N - 1], price: 5.125, is_final: false })
    );
    let kept = screener::cache::blob::decode(&screener::cache::blob::encode(&bars));
    assert_eq!(kept, Some(bars.with_hours(None)), "it is kept with the bars");
}

/// One result of a chart of these closes.
fn chart(symbol: &str, closes: &[f64]) -> Value {
    let newest = chrono::Utc::now().date_naive() - chrono::Days::new(1);
    let stamps: Vec<i64> = if symbol == "GB.L" { days() } else { recent_days(newest) }
        .into_iter()
        .map(|day| day.and_hms_opt(14, 30, 0).expect("a time").and_utc().timestamp())
        .collect();
    let volume = vec![1_000_000; closes.len()];
    json!({
        "meta": {"symbol": symbol, "currency": "USD", "dataGranularity": "1d",
                 "exchangeTimezoneName": "America/New_York"},
        "timestamp": stamps,
        "indicators": {
            "quote": [{"open": closes, "high": closes, "low": closes, "close": closes,
                       "volume": volume}],
            "adjclose": [{"adjclose": closes}],
        },
    })
}

fn recent_days(newest: NaiveDate) -> Vec<NaiveDate> {
    let mut days: Vec<NaiveDate> = (0..)
        .map(|back| newest - chrono::Days::new(back))
        .filter(|day| chrono::Datelike::weekday(day).number_from_monday() < 6)
        .take(N)
        .collect();
    days.reverse();
    days
}

/// A server of sound tickers and of BAD, whose price is a hundred and ninety times what it was.
fn server() -> Scripted {
    Scripted::start(|_, symbol| {
        let rising = |i: usize| 1.0 + 0.002 * f64::from(u32::try_from(i).expect("small"));
        let closes = match symbol {
            "BAD" => unapplied(1.0 / 190.0),
            _ => closes(|i| rising(i) * if symbol == "B" { 0.5 } else { 1.0 }),
        };
        let body = json!({"chart": {"error": null, "result": [chart(symbol, &closes)]}});
        Reply::Send(http("200 OK", "", &body.to_string()))
    })
}

fn asked(server: &Scripted, words: &[&str]) -> Ran {
    let usual = ["--base-url", &server.url, "--rate", "1000"];
    screener(&[words, &usual[..]].concat())
}

#[test]
fn doubtful_tickers_are_told_and_not_ranked() {
    let server = server();
    let words = ["top", "-t", "BAD,A,B,C", "--benchmark", "none"];
    let ran = asked(&server, &[&words[..], &["-f", "json"]].concat());
    let json = ran.json();
    let first = |json: &Value| json["top_stocks"][0]["ticker"].clone();
    assert_eq!((&json["top_count"], &json["total_analyzed"]), (&json!(3), &json!(4)), "{ran:#?}");
    assert_ne!(first(&json), "BAD");
    assert_eq!(json["set_aside"]["BAD"]["notes"], json!(["suspect_jump"]));
    let told = "not ranked: 1 with a jump that no trade explains (BAD); --include-suspect ranks doubtful ones";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let ran = asked(&server, &[&words[..], &["--include-suspect", "-f", "json"]].concat());
    assert_eq!((first(&ran.json()), ran.json()["top_count"].clone()), (json!("BAD"), json!(4)));
    assert!(ran.stderr.contains("doubtful, and ranked"), "{}", ran.stderr);

    // Listed with its numbers, and marked; its score is of no use.
    let words = ["momentum", "-t", "BAD,A", "--benchmark", "none"];
    let ran = asked(&server, &words);
    assert!(ran.stdout.lines().any(|line| line.starts_with("BAD! ")), "{}", ran.stdout);
    let row =
        asked(&server, &[&words[..], &["-f", "json"]].concat()).json()["results"]["BAD"].clone();
    assert!(row["return_1m"].is_number() && row["overall_momentum_score"].is_null(), "{row}");

    // Valued, and marked.
    let ran = asked(&server, &["portfolio", "BAD=1", "A=2", "--benchmark", "none"]);
    assert!(ran.stdout.contains("BAD!") && ran.stderr.contains("not ranked"), "{ran:#?}");
    let ran =
        asked(&server, &["volume-screen", "-t", "BAD,A", "--multiplier", "0.5", "-f", "json"]);
    assert_eq!(ran.json()["hits"], 2, "its jump is older than what this screen is about");
    let narrow = ["volume-screen", "-t", "BAD,A", "--multiplier", "0.5", "--lookback", "100"];
    let ran = asked(&server, &[&narrow[..], &["-f", "json"]].concat());
    assert_eq!(ran.json()["hits"], 1, "{ran:#?}");

    let ran = asked(&server, &["explain", "BAD", "--benchmark", "none"]);
    let day = &recent_days(chrono::Utc::now().date_naive() - chrono::Days::new(1))[EVENT];
    let told = format!("doubtful: on {day} the price is 191.");
    assert!(ran.stdout.contains(&told) && ran.stdout.contains("not ranked"), "{}", ran.stdout);
}

/// Shards keep what makes a row doubtful, and the merge decides.
#[test]
fn merged_shards_set_the_same_aside() {
    let server = server();
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["top", "-t", "BAD,A,B,C", "--benchmark", "none"];
    let mut files = Vec::new();
    for shard in ["1/2", "2/2"] {
        let file = folder.path().join(format!("s{}.ndjson", &shard[..1])).display().to_string();
        let ran = asked(&server, &[&words[..], &["--shard", shard, "-o", &file, "-q"]].concat());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        files.push(file);
    }
    for more in [&[][..], &["--include-suspect"]] {
        let one = asked(&server, &[&words[..], more, &["-f", "csv", "-q"]].concat());
        let words = [&["merge", &files[0], &files[1], "-f", "csv", "-q"], more].concat();
        assert_eq!(screener(&words).stdout, one.stdout, "{more:?}");
    }
}

/// Real prices: none is doubtful where their splits are known, and only falls as at a split where they are not.
#[test]
fn real_prices_are_not_doubted() {
    let Some(path) = shared("data/prices/sp500_2018_2021.parquet") else { return };
    let path = path.to_string_lossy();
    for day in ["2019-06-28", "2020-03-23", "2020-06-30", "2020-09-10", "2021-04-21"] {
        for command in ["momentum", "volume-screen"] {
            let words = [command, "--provider", "files", "--data", &path, "--as-of", day];
            let json = screener(&[&words[..], &["-f", "json"]].concat()).json();
            assert!(json["set_aside"].is_null(), "{command} {day}: {}", json["set_aside"]);
        }
    }
    // Apple split 4:1 and Tesla 5:1 on 31 August 2020: their volumes are compared in new shares.
    let words = ["volume-screen", "-t", "AAPL,TSLA", "--provider", "files", "--data", &path];
    let ran = screener(
        &[&words[..], &["--as-of", "2020-09-01", "--multiplier", "0", "-f", "json"]].concat(),
    );
    for stock in ran.json()["stocks"].as_array().expect("hits") {
        let ratio = stock["volume_ratio"].as_f64().expect("a number");
        assert!((0.5..2.0).contains(&ratio), "{stock}");
    }
}

/// A file with a column of splits, however it spells one; without adjusted closes a split is not applied.
#[test]
fn splits_of_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p.csv");
    let write = |header: &str, ratio: &str, none: &str, adjusted: bool| {
        let (jumping, smooth) = (unapplied(4.0), closes(|_| 1.0));
        let mut text = format!("symbol,date,close,volume,{header}\n");
        for (i, day) in days().into_iter().enumerate() {
            let split = if i == EVENT { ratio } else { none };
            let adjusted = if adjusted { format!(",{}", smooth[i]) } else { String::new() };
            text += &format!("AAA,{day},{},1000000,{split}{adjusted}\n", jumping[i]);
        }
        fs::write(&file, text).expect("written");
        let path = file.display().to_string();
        let words = ["momentum", "--provider", "files", "--data", &path, "-f", "json"];
        screener(&words).json()["results"]["AAA"]["notes"].clone()
    };
    for (header, ratio, none) in [
        ("split", "4", "1"),
        ("Stock Splits", "4.0", "0.0"),
        ("splitFactor", "4.0", ""),
        ("split_ratio", "4:1", "1:1"),
    ] {
        let notes = write(&format!("{header},adj_close"), ratio, none, true);
        assert_eq!(notes, json!(["no_benchmark"]), "{header}");
        let notes = write(header, ratio, none, false);
        assert_eq!(notes, json!(["unadjusted", "suspect_split"]), "{header}, not applied");
    }
}

/// A coin has a bar every day: its year is 365 of them.
#[test]
fn a_series_with_weekends_has_years_of_365_bars() {
    let first = NaiveDate::from_ymd_opt(2022, 1, 1).expect("a date");
    let rows = first.iter_days().take(500).zip(1_u32..).map(|(date, i)| {
        let close = f64::from(i);
        Bar { open: close, high: close, low: close, volume: 1e6, ..Bar::of_close(date, close) }
    });
    let bars = Bars::new(rows.collect(), PriceBasis::Adjusted, false);
    let momentum = Momentum { model: screener::models::risk_adjusted::MODEL, benchmark: None };
    let screen = Screen::new(Criteria::Momentum(momentum));
    let row = screen.measure(&Symbol::parse("BTC-USD").expect("a ticker"), &bars);
    for (field, bars_ago) in
        [(F::Return1m, 30), (F::Return3m, 91), (F::Return6m, 182), (F::Return12m, 365)]
    {
        let expected = 500.0 / (500.0 - f64::from(bars_ago)) - 1.0;
        assert_eq!(row.get(field), Some(expected), "{field:?}");
    }
    let expected = (500.0 - 30.0) / (500.0 - 395.0) - 1.0;
    let ratio = row.get(F::MomentumRatio12).expect("435 bars suffice");
    let volatility = row.get(F::Volatility1y).expect("a year");
    assert!((ratio * volatility / expected - 1.0).abs() < 1e-12);
    // The same closes on weekdays only.
    let on_weekdays: Vec<Bar> =
        weekdays().zip(bars.rows()).map(|(date, bar)| Bar { date, ..bar }).collect();
    let bars = Bars::new(on_weekdays, PriceBasis::Adjusted, false);
    let row = screen.measure(&Symbol::parse("A").expect("a ticker"), &bars);
    assert_eq!(row.get(F::Return12m), Some(500.0 / 248.0 - 1.0));
}

/// Whether a series is doubted for a day, by a window that ends with it or with the session after.
fn is_doubted(bars: &Bars, date: NaiveDate) -> bool {
    let Ok(day) = bars.dates().binary_search(&date) else { return false };
    [day + 1, (day + 2).min(bars.len())].into_iter().any(|to| {
        let window = bars.cut(to.saturating_sub(N)..to);
        doubts(&window).iter().any(|doubt| doubt.date == date)
    })
}

/// Overnight moves of real prices, each with what it was: crashes are no splits.
#[test]
fn real_moves_are_not_doubted_and_most_artefacts_are() {
    let Some(folder) = shared("data") else { return };
    let facts = fs::read_to_string(folder.join("golden/doubts.csv")).expect("facts");
    let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let (mut real, mut artefacts, mut found) = (0, 0, 0);
    for name in ["sp500_1999_2021", "sp500_2018_2021"] {
        let file = folder.join(format!("prices/{name}.parquet"));
        let days = chrono::Days::new(100_000);
        let options = screener::provider::FilesOptions::default();
        let local = screener::provider::files(&file, None, days, today, &options).expect("prices");
        for line in facts.lines().filter(|line| line.starts_with(name)) {
            let cells: Vec<&str> = line.splitn(7, ',').collect();
            let [_, symbol, date, series, _, label, why] = cells[..] else { panic!("{line}") };
            if series != "adj_close" {
                continue;
            }
            let bars = local.get(&Symbol::parse(symbol).expect("a ticker")).expect("there");
            let doubted = is_doubted(&bars, date.parse().expect("a day"));
            if label == "real" {
                real += 1;
                assert!(!doubted, "{symbol} {date}: {why}");
            } else {
                artefacts += 1;
                found += usize::from(doubted);
            }
        }
        for (symbol, date) in [
            ("AIG", "2008-09-24"),
            ("KEY", "2008-09-29"),
            ("CF", "2008-10-02"),
            ("NFLX", "2011-10-25"),
            ("WMB", "2016-02-08"),
            ("APA", "2020-03-16"),
            ("MGM", "2020-03-16"),
            ("RCL", "2020-03-12"),
            ("NVDA", "2002-07-31"),
        ] {
            let Some(bars) = local.get(&Symbol::parse(symbol).expect("a ticker")) else { continue };
            assert!(!is_doubted(&bars, date.parse().expect("a day")), "{symbol} {date}");
        }
    }
    assert_eq!((real, artefacts), (226, 18));
    assert!(found >= 10, "{found} of {artefacts} artefacts are found");
}

/// Volume, range and what is usual decide, each by itself.
#[test]
fn trade_explains_a_move() {
    let halved = unapplied(2.0);
    // Within the day the price went most of the way.
    let rows = days().into_iter().enumerate().map(|(i, date)| Bar {
        date,
        open: halved[i],
        high: if i == EVENT { halved[i] * 1.6 } else { halved[i] },
        low: halved[i],
        close: halved[i],
        adjusted: halved[i],
        volume: 1e6,
    });
    assert_eq!(kinds(&Bars::new(rows.collect(), PriceBasis::Adjusted, false)), []);
    // A price that always moves so.
    let wild = closes(|i| if i % 2 == 0 { 1.0 } else { 1.45 });
    assert_eq!(kinds(&bars(&wild)), []);
    // One bad close, and back.
    let slip = closes(|i| if i == EVENT { 0.7 } else { 1.0 });
    assert_eq!(doubts(&bars(&slip)).len(), 1);
}
