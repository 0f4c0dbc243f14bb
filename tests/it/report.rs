//! Reports as bytes: tables that fit, cells that are inert.

use std::time::Duration;

use chrono::NaiveDate;
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::ask::layouts::momentum_columns;
use screener::compare::momentum::Momentum;
use screener::compare::row::Row;
use screener::fetch::Counts;
use screener::measure::calendar::SESSIONS;
use screener::models::composite;
use screener::provider::sample;
use screener::report::{self, Report, RunCost};
use screener::table::{Format, Style};
use screener::universe::Symbol;

fn screen() -> Screen {
    let momentum = Momentum { model: composite::MODEL, benchmark: None };
    Screen { limit: Some(99), ..Screen::new(Criteria::Top(momentum)) }
}

fn report(rows: Vec<Row>) -> Report {
    let screen = screen();
    let ranking = screen.rank(rows, None).expect("they rank");
    let cost =
        RunCost { elapsed: Duration::from_millis(1), counts: Counts::default(), latency: None };
    Report {
        screen,
        shard: None,
        past_lists: Vec::new(),
        provider: "sample".into(),
        as_of: None,
        ranking,
        failures: vec![],
        incomplete: None,
        cost,
    }
}

fn sample_rows() -> Vec<Row> {
    let local = sample().expect("the sample is sound");
    let row = |symbol: &Symbol| {
        let bars = local.get(symbol).expect("it is there").into_owned();
        screen().measure(symbol, &bars.window(NaiveDate::MAX, SESSIONS, false))
    };
    local.symbols().map(row).collect()
}

fn written(report: &Report, format: Format, style: Style) -> String {
    let mut bytes = Vec::new();
    report::write(report, format, style, &mut bytes).expect("memory takes it all");
    String::from_utf8(bytes).expect("it is text")
}

/// The characters that take a place on a terminal.
fn visible(line: &str) -> usize {
    let mut escape = false;
    line.chars()
        .filter(|c| {
            let hidden = escape || *c == '\u{1b}';
            escape = hidden && *c != 'm';
            !hidden
        })
        .count()
}

#[test]
fn a_table_fits_its_terminal() {
    let report = report(sample_rows());
    let whole = written(&report, Format::Table, Style::default());
    let widest = whole.lines().map(visible).max().expect("it has lines");
    for width in 20..130 {
        for color in [false, true] {
            let table = written(&report, Format::Table, Style { width: Some(width), color });
            assert_eq!(table.lines().count(), 7);
            assert!(table.lines().all(|line| visible(line) <= width.into()), "{width}\n{table}");
            let cut = usize::from(width) < widest;
            assert_eq!(table.contains("Year"), !cut, "{width}\n{table}");
        }
    }
    let narrow = written(&report, Format::Table, Style { width: Some(1), color: false });
    assert!(narrow.starts_with("#  Ticker"), "the two first columns always stand:\n{narrow}");
}

#[test]
fn colour_is_there_only_when_asked_for() {
    let report = report(sample_rows());
    let table = |color| written(&report, Format::Table, Style { width: None, color });
    assert!(table(true).contains("\u{1b}[") && !table(false).contains('\u{1b}'));
}

#[test]
fn csv_holds_every_number_at_full_precision() {
    let report = report(sample_rows());
    let csv = written(&report, Format::Csv, Style::default());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().expect("it has one").clone();
    let mut compared = 0;
    for (record, row) in reader.records().zip(report.rows()) {
        let record = record.expect("it is CSV");
        for field in momentum_columns().into_iter().filter_map(|column| column.field()) {
            let place = header.iter().position(|name| name == field.name()).expect("it is there");
            assert_eq!(record[place].parse().ok(), row.get(field), "{}", field.name());
            compared += 1;
        }
    }
    assert_eq!(compared, 6 * 65);
}

#[test]
fn an_empty_ranking_is_a_report() {
    let report = report(vec![]);
    assert_eq!(written(&report, Format::Table, Style::default()), "");
    assert_eq!(written(&report, Format::Ndjson, Style::default()), "");
    assert_eq!(written(&report, Format::Csv, Style::default()).lines().count(), 1);
    let json: serde_json::Value =
        serde_json::from_str(&written(&report, Format::Json, Style::default())).expect("JSON");
    assert_eq!((&json["total_analyzed"], &json["as_of"]), (&0.into(), &().into()));
}

#[test]
fn markdown_is_a_table_wherever_markdown_is() {
    let ran = crate::support::screener(&[
        "top",
        "-n",
        "2",
        "--provider",
        "sample",
        "-f",
        "markdown",
        "-q",
    ]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{ran:#?}");
    assert!(lines[0].starts_with("| # | Ticker | Last | Score | Pct | Rating |"), "{}", lines[0]);
    assert!(lines[1].starts_with("| ---: | --- | ---: | ---: | ---: | --- |"), "{}", lines[1]);
    assert!(lines[2].starts_with("| 1 | NVDA | "), "{}", lines[2]);
    let cells = |line: &str| line.matches(" | ").count();
    assert!(lines.iter().all(|line| cells(line) == cells(lines[0])));
}

/// Read back by polars: every number as JSON has it, counts as whole numbers.
#[test]
fn parquet_holds_what_json_does() {
    use polars::prelude::{ParquetReader, SerReader};
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.parquet");
    let path = file.to_str().expect("UTF-8");
    let words = ["momentum", "-t", "AAPL,NVDA,NOPE1", "--provider", "sample"];
    let ran = crate::support::screener(&[&words[..], &["-o", path]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:#?}");
    let frame = ParquetReader::new(std::fs::File::open(&file).expect("it is there"));
    let frame = frame.finish().expect("it is Parquet");
    assert_eq!(frame.height(), 2, "failures are not rows");
    let json = crate::support::screener(&[&words[..], &["-f", "json"]].concat()).json();
    let text = |column: &str, row: usize| {
        let column = frame.column(column).expect("a column").str().expect("text");
        column.get(row).map(String::from)
    };
    assert_eq!(text("ticker", 1), Some("NVDA".into()));
    for column in ["bars", "rank_1w", "sessions_since_high"] {
        let counts = frame.column(column).expect("a column").i64().expect("whole numbers");
        assert_eq!(counts.get(1), json["results"]["NVDA"][column].as_i64(), "{column}");
    }
    for column in ["overall_momentum_score", "raw", "return_3m", "rsi_14", "volume_ratio"] {
        let numbers = frame.column(column).expect("a column").f64().expect("numbers");
        assert_eq!(numbers.get(1), json["results"]["NVDA"][column].as_f64(), "{column}");
    }
}

/// Names are cut and aligned by the width they have in a terminal, not by characters or bytes.
#[test]
fn wide_names_are_cut_by_their_width() {
    let list = "symbol,sector\nNVDA,半導体製造装置関連企業一覧表示用長い名前\nAAPL,Tech\n";
    let words = ["top", "-", "--provider", "sample", "--columns", "ticker,sector,score", "-q"];
    let ran = crate::support::screener_reading(&words, list.as_bytes());
    insta::assert_snapshot!(ran.stdout, @"
    ticker  sector                       overall_momentum_score
    NVDA    半導体製造装置関連企業一覧…                    9.99
    AAPL    Tech                                           5.04
    ");
}
