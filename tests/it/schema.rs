//! Every JSON document is as its schema says, and `doctor` says what is in order.

use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};

use crate::faults::{Reply, Scripted, http};
use crate::replay::{Options, Server};
use crate::sharing::{free_port, start_redis};
use crate::support::{Ran, command, screener};
use crate::yahoo::chart;

fn schema(document: &str) -> Value {
    serde_json::from_str(&screener(&["schema", document]).stdout).expect("JSON")
}

/// A schema that documents are held against.
struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    fn of(schema: Value) -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        let address =
            schema["$id"].as_str().unwrap_or("https://screener.invalid/schema").to_owned();
        compiler.add_resource(&address, schema).expect("a document");
        let index = compiler.compile(&address, &mut schemas).expect("a schema");
        Self { schemas, index }
    }

    /// What is wrong with a document. `None`: it is as the schema says.
    fn error(&self, document: &Value) -> Option<String> {
        self.schemas.validate(document, self.index).err().map(|error| format!("{error:#}"))
    }

    fn is_valid(&self, document: &Value) -> bool {
        self.error(document).is_none()
    }
}

/// A validator of one of the documents.
fn of(name: &str) -> Validator {
    let mut schema = schema("report");
    schema["anyOf"] = json!([{ "$ref": format!("#/$defs/{name}") }]);
    Validator::of(schema)
}

fn assert_valid(name: &str, document: &Value) {
    let error = of(name).error(document);
    assert!(error.is_none(), "{name}: {}\n{document:#}", error.unwrap_or_default());
}

/// What a command writes, in documents.
fn documents(line: &str, folder: &Path, server: &Server) -> Vec<Value> {
    let url = server.url();
    let line = line.replace("URL", &format!("--base-url {url} --rate 10000"));
    let words: Vec<&str> = line.split(' ').collect();
    let ran = Ran::of(command(&words).current_dir(folder).output());
    assert!(matches!(ran.code, Some(0)), "{line} {ran:#?}");
    if line.contains("ndjson") {
        return ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    }
    vec![ran.json()]
}

#[test]
fn every_document_is_as_its_schema_says() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("h.csv"),
        "ticker,shares,cost_basis\nAAPL,100,150\nNVDA,5,\nNOPE1,1,\n",
    )
    .expect("written");
    let market = "groups nasdaq100 URL -w 32 -f json";
    for (name, line) in [
        ("momentum", "momentum -t AAPL,NVDA,NOPE1 --provider sample -f json --stats"),
        ("momentum", "momentum nasdaq100 URL -f json -w 32 --filter rsi_14<70 --as-of 2024-06-28"),
        (
            "momentum",
            "momentum --provider sample -f json --model alphavelocity --columns ticker,x=rsi_14*2",
        ),
        ("top", "top --provider sample -f json"),
        ("top", "top nasdaq100 URL -w 32 -f json --by sector -n 2 --html p.html"),
        ("volume_screen", "volume-screen --provider sample -f json --min-volume 0 --multiplier 1"),
        ("portfolio", "portfolio h.csv --provider sample -f json"),
        ("portfolio", "portfolio h.csv --against h.csv --provider sample -f json --currency USD"),
        ("groups", market),
        ("explain", "explain AAPL NVDA --provider sample -f json"),
        ("compare", "compare -t AAPL,MSFT,NOPE1 URL -w 2 -f json"),
        (
            "evaluate",
            "evaluate --provider sample --quantiles 2 --model all --horizon 21,63 -f json --check-lookahead",
        ),
        ("forecast", "top sp500 --dry-run -f json --as-of 2020-06-30"),
        ("line", "momentum -t AAPL,NOPE1 --provider sample -f ndjson"),
        ("line", "volume-screen --provider sample -f ndjson --min-volume 0 --multiplier 1"),
        ("bar", "prices -t AAPL --provider sample --from 2023-09-01 -f ndjson"),
        ("bars", "prices -t AAPL --provider sample --from 2023-09-01 -f json"),
        ("columns", "columns -f json"),
        ("bars", "prices -t AAPL --provider sample --from 2023-09-01 -f json"),
        ("columns", "columns -f json"),
        ("doctor", "doctor --json URL"),
    ] {
        for document in documents(line, folder.path(), &server) {
            assert_valid(name, &document);
        }
    }
    let watch = "watch -t AAPL,MSFT URL --cycles 1 --always --multiplier 0 --min-volume 0 -f ndjson --store w.db";
    for signal in documents(watch, folder.path(), &server) {
        assert_valid("signal_line", &signal);
    }
    for (name, line) in [
        ("signals", "signals -f json --store w.db"),
        ("quotes", "history AAPL -f json --store w.db"),
        ("signal", "signals -f ndjson --store w.db"),
        ("quote", "history AAPL -f ndjson --store w.db"),
    ] {
        let written = documents(line, folder.path(), &server);
        assert!(!written.is_empty(), "{line}");
        for document in &written {
            assert_valid(name, document);
        }
    }
    let words =
        ["momentum", "-t", "AAPL,NOPE1", "--provider", "sample", "-q", "--failures", "f.json"];
    assert_eq!(Ran::of(command(&words).current_dir(folder.path()).output()).code, Some(0));
    let line = std::fs::read_to_string(folder.path().join("f.json")).expect("it was written");
    assert_valid(
        "failure",
        &serde_json::from_str(line.lines().next().expect("a line")).expect("JSON"),
    );
}

/// The snapshots of JSON, and the golden documents of evaluations, too.
#[test]
fn every_snapshot_is_as_the_schema_says() {
    let validator = Validator::of(schema("report"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let mut count = 0;
    for file in folder.read_dir().expect("it is there").flatten() {
        let text = std::fs::read_to_string(file.path()).expect("UTF-8");
        let text = text.replace('…', ""); // of shortened numbers
        let body = text.splitn(3, "---\n").nth(2).unwrap_or_default();
        let stdout = body.split("-- stdout\n").nth(1).unwrap_or(body);
        let stdout = stdout.split("-- stderr").next().unwrap_or_default();
        let documents: Vec<Value> = match serde_json::from_str(stdout) {
            Ok(document) => vec![document],
            Err(_) => stdout
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .filter(Value::is_object)
                .collect(),
        };
        for mut document in documents {
            if document["schema_version"].is_number() {
                document["execution_time_seconds"] = 0.into(); // snapshots are without times
            }
            count += 1;
            assert!(validator.is_valid(&document), "{:?}: {document:#}", file.path());
        }
    }
    assert!(count >= 2, "{count} documents were found");
}

/// A schema that allows anything would not be one.
#[test]
fn what_is_not_a_document_is_refused() {
    let validator = Validator::of(schema("report"));
    let mut document = screener(&["top", "--provider", "sample", "-f", "json"]).json();
    assert!(validator.is_valid(&document));
    document["top_count"] = "6".into();
    assert!(!validator.is_valid(&document));
    let mut document = screener(&["top", "--provider", "sample", "-f", "json"]).json();
    document["another"] = 1.into();
    assert!(!validator.is_valid(&document));
}

#[test]
fn rows_hold_what_the_schema_of_columns_lists() {
    let columns = schema("columns");
    let known = columns["properties"].as_object().expect("properties");
    let row = screener(&["momentum", "-t", "AAPL", "--provider", "sample", "-f", "json"]).json();
    let row = row["results"]["AAPL"].as_object().expect("a row").clone();
    assert!(row.keys().all(|key| known.contains_key(key)), "{row:?}");
    assert!(Validator::of(columns.clone()).is_valid(&Value::Object(row)));
}

#[test]
fn a_configuration_is_as_its_schema_says() {
    let validator = Validator::of(schema("config"));
    let sound = json!({ "workers": 20, "max_wait": "2m", "model": "clenow", "base-url": ["http://h", "http://i"],
        "strict": true, "screens": { "leaders": { "list": "sp500", "filter": "rsi_14 < 70", "n": 20 } } });
    assert_eq!(validator.error(&sound), None);
    for wrong in [json!({ "wrokers": 20 }), json!({ "model": "clenov" }), json!({ "strict": "x" })]
    {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

fn doctor(words: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let words = [&["doctor", "--json"], words].concat();
    let mut command = command(&words);
    command.env_remove("SCREENER_NO_CACHE").env("SCREENER_CACHE_DIR", folder.path());
    let ran = Ran::of(command.envs(environment.iter().copied()).output());
    (ran.code, ran.json())
}

fn check<'a>(document: &'a Value, name: &str) -> &'a Value {
    let checks = document["checks"].as_array().expect("checks");
    checks
        .iter()
        .find(|check| check["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {document:#}"))
}

#[test]
fn doctor_asks_once_and_says_who_answers() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let (code, document) = doctor(&["--base-url", &server.url()], &[]);
    assert_eq!((code, &document["ok"]), (Some(0), &true.into()), "{document:#}");
    assert_eq!(server.stats().requests, 1);
    assert_eq!(check(&document, "clock")["status"], "ok");
    let yahoo = check(&document, "yahoo")["detail"].as_str().expect("text");
    assert!(yahoo.contains("answers") && yahoo.contains("User-Agent"), "{yahoo}");
}

#[test]
fn doctor_names_the_way_out() {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let (code, document) = doctor(&["--base-url", &nobody], &[]);
    assert_eq!((code, &document["ok"]), (Some(1), &false.into()), "{document:#}");
    assert!(check(&document, "yahoo")["hint"].as_str().is_some_and(|hint| hint.contains("files")));
    let refusing = Scripted::start(|_, _| Reply::Send(http("429 Too Many Requests", "", "")));
    let (code, document) = doctor(&["--base-url", &refusing.url], &[]);
    assert_eq!((code, refusing.requests()), (Some(1), 1), "{document:#}");
    assert!(check(&document, "yahoo")["hint"].as_str().is_some_and(|hint| hint.contains("alpaca")));
    let wrong = [("SCREENER_WORKERS", "abc")];
    let (code, document) = doctor(&["--offline"], &wrong);
    assert_eq!(
        (code, &check(&document, "config")["status"]),
        (Some(1), &"failed".into()),
        "{document:#}"
    );
    // Half a key, no server to share, no request.
    let half = [("APCA_API_KEY_ID", "PK-MARKER")];
    let (code, document) = doctor(&["--offline", "--shared", "redis://127.0.0.1:1/0"], &half);
    assert_eq!(check(&document, "keys")["status"], "failed");
    assert!(code == Some(1) && !document.to_string().contains("MARKER"), "{document:#}");
    let wrong_clock = Scripted::start(|_, symbol| {
        let body = chart(symbol).to_string();
        let date = "Date: Thu, 01 Jan 2015 00:00:00 GMT\r\n";
        Reply::Send(http("200 OK", date, &body))
    });
    let (code, document) = doctor(&["--base-url", &wrong_clock.url], &[]);
    assert_eq!(code, Some(0), "{document:#}");
    let clock = check(&document, "clock");
    assert!(
        clock["status"] == "warning"
            && clock["detail"].as_str().is_some_and(|text| text.contains("ahead of"))
    );
}

#[test]
fn doctor_asks_the_shared_server() {
    let Some(redis) = start_redis() else { return };
    let (code, document) = doctor(&["--offline", "--shared", &redis.url()], &[]);
    assert_eq!(code, Some(0), "{document:#}");
    let server = Server::start(0, Options::default()).expect("a free port");
    let words = ["--base-url", &server.url(), "--shared", &redis.url()];
    let (code, document) = doctor(&words, &[]);
    assert_eq!(
        (code, &check(&document, "shared")["status"]),
        (Some(0), &"warning".into()),
        "{document:#}"
    );
    let (_, document) = doctor(&words, &[("SCREENER_SHARED_KEY", "a-key-of-our-own")]);
    assert_eq!(check(&document, "shared")["status"], "ok", "{document:#}");
}
