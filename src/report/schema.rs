//! The shapes of all JSON documents, as JSON Schema: rows from the registry of columns, the rest from the words below,
//! which a test holds against what the program writes.
//!
//! A shape is a list of `key: type`. A key with `~` may be absent, a type with `?` may be null. `[T]` is an array,
//! `{T}` an object of any keys, `#name` a shape of that name.

use serde_json::{Map, Value, json};

use super::json::SCHEMA_VERSION;
use crate::ask::columns::Column;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What every report begins with.
const HEAD: &str = "schema_version: version, execution_time_seconds: number, provider: text, as_of: date?, \
    members~: [#members], compared_with~: int, breadth~: #breadth, set_aside~: {#set_aside}, filtered_out~: int, \
    judged_on_closes~: int, incomplete~: text, errors: {#error}, stats~: #stats";
/// What those of a model add.
const MODEL: &str = "model: text, benchmark: text?";
const COUNTS: &str = "total_requested: int, successful: int, failed: int";
const TOTALS: &str = "currency: text?, total_value: number?, total_cost: number?, total_gain: number?, \
    total_gain_percent: number?, by_currency: [#currency], average_score: number?, weighted_average_score: number?, \
    portfolio_volatility_1y: number?, volatility_sessions: int?, weighted_volatility_1y: number?, \
    top_5_concentration_percent: number?, priced: int, unpriced: [text], unconverted: [text], unclear_costs: [text]";

/// Documents: name, what writes it, the shapes that it is made of.
const DOCUMENTS: [(&str, &str, &[&str]); 14] = [
    ("momentum", "momentum -f json", &[COUNTS, MODEL, HEAD, "results: {#row}"]),
    (
        "top",
        "top -f json",
        &["total_analyzed: int, top_count: int", MODEL, HEAD, "top_stocks: [#row]"],
    ),
    (
        "volume_screen",
        "volume-screen -f json",
        &[
            "total_screened: int, hits: int, parameters: #volume",
            HEAD,
            "stocks: [#row], insufficient_data: [text]",
        ],
    ),
    (
        "portfolio",
        "portfolio -f json",
        &[
            COUNTS,
            MODEL,
            HEAD,
            TOTALS,
            "exchange_rates~: {#rate}, against~: #totals, holdings: [#row]",
        ],
    ),
    (
        "groups",
        "groups -f json",
        &[
            COUNTS,
            "schema_version: version, provider: text, as_of: date?, breadth: #breadth?, by: text, ungrouped: int, \
             in_small_groups: int, groups: [#group], errors: {#error}",
        ],
    ),
    (
        "explain",
        "explain -f json",
        &[MODEL, "schema_version: version, explained: [#explained], errors: {#error}"],
    ),
    (
        "compare",
        "compare -f json",
        &[
            "schema_version: version, tickers_processed: int, failed: int, sequential_time_seconds: number, \
           concurrent_time_seconds: number, speedup_factor: number, improvement_percent: number, \
           max_workers_used: int, recommendation: text, results_identical: bool, incomplete~: text, \
           runs: [#speed], recommended_workers: int",
        ],
    ),
    (
        "evaluate",
        "evaluate -f json",
        &[
            COUNTS,
            "schema_version: version, execution_time_seconds: number, provider: text, lag: int, every: int, \
             quantiles: int, cost_bps: number, neutral: text?, benchmark: text?, members: text, sessions: int, \
             names: int, members_listed: int, members_priced: int, ended_series: int, left_out: {int}, tried: int, \
             t_bar: number, notes: [text], results: {#result}, incomplete~: text, look_ahead~: any, errors: {#error}",
        ],
    ),
    (
        "forecast",
        "--dry-run -f json",
        &[
            "tickers: int, available: int, requests: int, seconds: number, host: text?, also_fetched: [text], \
           members: [#members]",
        ],
    ),
    (
        "failure",
        "a line of --failures",
        &["ticker: text, kind: text, message: text, attempts: int, http_status: int?"],
    ),
    (
        "bar",
        "a line of prices -f ndjson",
        &["symbol: text, date: date, open: number?, high: number?, low: number?, close: number, \
           adj_close: number, volume: number?, currency: text?, split: number?, dividend: number?"],
    ),
    (
        "signal",
        "a line of signals -f ndjson",
        &[
            "time: text, ticker: text, event: text, screen: text, as_of: date?, price: number?, details: any, \
           delivered_at: text?",
        ],
    ),
    (
        "quote",
        "a line of history -f ndjson",
        &["time: text, ticker: text, screen: text, provider: text, as_of: date?, price: number?, \
           change_percent: number?, volume: number?, volume_ratio: number?, score: number?, matched: bool, error: text?"],
    ),
    ("doctor", "doctor --json", &["schema_version: int, ok: bool, checks: [#check]"]),
];

/// Documents that are arrays: name, shape of their elements, what writes them.
const ARRAYS: [(&str, &str, &str); 4] = [
    ("bars", "bar", "prices -f json"),
    ("signals", "signal", "signals -f json"),
    ("quotes", "quote", "history -f json"),
    ("columns", "column", "columns -f json"),
];

/// Shapes within documents.
const SHAPES: [(&str, &str); 18] = [
    ("error", "kind: text, message: text, attempts: int, http_status: int?"),
    ("members", "list: text, day: date, members: int?, no_longer: int, is_old: bool"),
    ("set_aside", "notes: [text], as_of: date?"),
    (
        "breadth",
        "ranked: int, benchmark_above_sma_200: bool?, above_sma_50: number?, above_sma_200: number?, new_highs: int, \
         new_lows: int, median_adr_20: number?",
    ),
    (
        "stats",
        "requests: int, retries: int, throttled: int, bytes: int, cache_hits: int?, latency_p50_seconds: number?, \
         latency_p95_seconds: number?, peak_memory_bytes: int?, tickers_per_second: number?",
    ),
    (
        "volume",
        "min_volume: number, multiplier: number, lookback: int, baseline: text, direction: text, min_price: number?, \
         max_price: number?, min_dollar_volume: number?",
    ),
    (
        "currency",
        "currency: text?, total_value: number, total_cost: number?, total_gain: number?, total_gain_percent: number?, \
         priced: int",
    ),
    ("rate", "rate: number, date: date"),
    ("totals", TOTALS),
    (
        "group",
        "rank: int, group: text, members: int, mean_rs_rating: number?, median_rs_rating: number?, \
         above_sma_50: number?, return_1m: number?, return_3m: number?, rank_1w: int?",
    ),
    (
        "explained",
        "ticker: text, overall_momentum_score: number?, rating: text, raw: number?, as_of: date?, bars: int, \
         notes: [text], doubts: [any], parts: [#part]",
    ),
    ("part", "name: text, inputs: {number?}, z: number?, weight: number?, missing: text?"),
    (
        "speed",
        "workers: int, seconds: number, tickers_per_second: number, requests: int, ideal_seconds: number?",
    ),
    (
        "result",
        "dates: int, first: date?, last: date?, mean_names: number?, ic_mean: number?, ic_sd: number?, ic_ir: number?, \
         ic_positive: number?, ic_t: number?, disjoint_dates: int, disjoint_ic_mean: number?, disjoint_ic_t: number?, \
         buckets: [number?], top_excess: number?, top_t: number?, disjoint_top_t: number?, spread: number?, \
         spread_t: number?, disjoint_spread_t: number?, monotonicity: number?, top_turnover: number?, \
         break_even: number?, net_excess: number?, no_entry: int, ended_early: int, worst_fall_top: number?, \
         verdict: {text}, disjoint_t_range: {number?}, empty_bucket_dates: int, by_year: [#years], thirds: [#years], curves: #curves, series: [#date]",
    ),
    ("years", "name: text, dates: int, ic_mean: number?, top_excess: number?, spread: number?"),
    (
        "curves",
        "dates: [date], top: [number], bottom: [number], all: [number], worst_falls: {number?}",
    ),
    (
        "column",
        "name: text, heading: text, meaning: text, text: bool, unit: text?, group: text?, bars: int?, formula: text?, \
         source: text?, decided_by: text?",
    ),
    ("date", "date: date, names: int, ic: number, mean: number, buckets: [number?]"),
];

/// One more shape, of the checks of `doctor`.
const CHECK: &str = "name: text, status: text, detail: text, hint: text?";

/// The schema of every document.
#[must_use]
pub fn documents_schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("row".into(), row());
    for (name, shape) in SHAPES.into_iter().chain([("check", CHECK)]) {
        definitions.insert(name.into(), object(&[shape]));
    }
    definitions.insert("line".into(), line());
    definitions.insert("signal_line".into(), signal_line());
    for (name, elements, written_by) in ARRAYS {
        let of = json!({ "$ref": format!("#/$defs/{elements}") });
        let description = format!("screener … {written_by}");
        let array = json!({ "type": "array", "items": of, "description": description });
        definitions.insert(name.into(), array);
    }
    let more = ["line", "signal_line"].into_iter().chain(ARRAYS.map(|(name, ..)| name));
    let mut choices: Vec<Value> =
        more.map(|name| json!({ "$ref": format!("#/$defs/{name}") })).collect();
    for (name, written_by, shapes) in DOCUMENTS {
        let mut schema = object(shapes);
        schema["description"] = format!("screener … {written_by}").into();
        definitions.insert(name.into(), schema);
        choices.push(json!({ "$ref": format!("#/$defs/{name}") }));
    }
    json!({ "$schema": DIALECT, "title": "Documents of screener", "anyOf": choices, "$defs": definitions })
}

/// The schema of a row.
#[must_use]
pub fn row_schema() -> Value {
    let mut schema = row();
    schema["$schema"] = DIALECT.into();
    schema["title"] = "A row of screener's reports".into();
    schema
}

/// A row: any of the columns, and those that a user adds.
fn row() -> Value {
    let properties: Map<String, Value> =
        Column::all().map(|column| (column.name().to_owned(), of_column(&column))).collect();
    let own = json!({ "type": ["number", "string", "boolean", "null"] });
    json!({ "type": "object", "properties": properties, "additionalProperties": own })
}

fn of_column(column: &Column) -> Value {
    let mut schema = match column {
        Column::Notes => json!({ "type": ["array", "null"], "items": { "type": "string" } }),
        Column::Year => json!({ "type": ["array", "null"], "items": { "type": "number" } }),
        Column::Rank | Column::Bars | Column::BadRows => json!({ "type": ["integer", "null"] }),
        Column::AsOf => json!({ "type": ["string", "null"], "format": "date" }),
        Column::Value(_) => json!({ "type": ["number", "null"] }),
        _ => json!({ "type": ["string", "null"] }),
    };
    schema["title"] = column.heading().into();
    schema["description"] = column.meaning().into();
    schema
}

/// A line of NDJSON: a row, or a failed ticker's error.
fn line() -> Value {
    let mut schema = row();
    schema["description"] = "a line of -f ndjson".into();
    schema["properties"]["error"] = kind_of("#error?");
    schema["required"] = json!(["error"]);
    schema
}

/// A signal of a watch: a row with what happened.
fn signal_line() -> Value {
    let mut schema = row();
    schema["description"] = "a line of watch -f ndjson, --append, --exec and --webhook".into();
    for (key, kind) in [
        ("id", "int"),
        ("event", "text"),
        ("time", "text"),
        ("ticker", "text"),
        ("screen", "text"),
        ("definition", "any"),
        ("price", "number?"),
    ] {
        schema["properties"][key] = kind_of(kind);
    }
    schema["required"] = json!(["id", "event", "time", "screen"]);
    schema
}

/// An object of some shapes.
fn object(shapes: &[&str]) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for entry in shapes.iter().flat_map(|shape| shape.split(", ")) {
        let (key, kind) = entry.split_once(": ").unwrap_or((entry, "any"));
        let optional = key.strip_suffix('~');
        if optional.is_none() {
            required.push(key);
        }
        let key = optional.unwrap_or(key);
        properties.insert(key.into(), kind_of(kind));
    }
    json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    })
}

fn kind_of(kind: &str) -> Value {
    if let Some(kind) = kind.strip_suffix('?') {
        return json!({ "anyOf": [kind_of(kind), { "type": "null" }] });
    }
    let within =
        |open, close| kind.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    if let Some(items) = within('[', ']') {
        return json!({ "type": "array", "items": kind_of(items) });
    }
    if let Some(values) = within('{', '}') {
        return json!({ "type": "object", "additionalProperties": kind_of(values) });
    }
    if let Some(name) = kind.strip_prefix('#') {
        return json!({ "$ref": format!("#/$defs/{name}") });
    }
    match kind {
        "version" => json!({ "const": SCHEMA_VERSION }),
        "int" => json!({ "type": "integer" }),
        "number" => json!({ "type": "number" }),
        "bool" => json!({ "type": "boolean" }),
        "text" => json!({ "type": "string" }),
        "date" => json!({ "type": "string", "format": "date" }),
        _ => json!({}),
    }
}
