//! Nothing untrusted panics, speaks to the terminal, fills the memory or is believed.

use std::path::Path;
use std::process::Stdio;

use crate::support::{Ran, command, screener, skip};

/// What no program should ever say.
fn assert_no_panic(ran: &Ran, at: &str) {
    assert!(matches!(ran.code, Some(0..=5)), "{at}: {ran:#?}");
    for text in ["panicked", "RUST_BACKTRACE", "bug in this program"] {
        assert!(!ran.stderr.contains(text), "{at}: {ran:#?}");
    }
}

/// A copy with some bytes changed, cut off or repeated.
pub(crate) fn damaged(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    for _ in 0..random.usize(1..12) {
        let at = random.usize(..copy.len());
        match random.u8(..5) {
            0 => copy[at] = random.u8(..),
            1 => copy[at] ^= 1 << random.u8(..8),
            2 => copy[at] = 0xff,
            // The end of a Parquet file says what is where.
            3 => {
                let end = copy.len() - 1 - random.usize(..copy.len().min(3000));
                copy[end] = random.u8(..);
            }
            _ => copy.truncate(copy.len() - random.usize(..=copy.len() / 20)),
        }
    }
    copy
}

/// 900 damaged copies, of prices and of a shard: read or refused by name.
#[test]
fn damaged_parquet_is_read_or_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let prices = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/market/sample.parquet");
    let prices = std::fs::read(prices).expect("it is there");
    let shard = folder.path().join("shard.ndjson");
    let words = ["top", "--provider", "sample", "--shard", "1/1", "-q", "-o"];
    screener(&[&words[..], &[shard.to_str().expect("UTF-8")]].concat());
    let shard = std::fs::read(shard).expect("it was written");
    let mut random = fastrand::Rng::with_seed(17);
    let mut refused = 0;
    for nth in 0..900 {
        let name = format!("copy{nth}.parquet");
        let file = folder.path().join(&name);
        let path = file.to_str().expect("UTF-8");
        let ran = if nth % 2 == 0 {
            std::fs::write(&file, damaged(&prices, &mut random)).expect("written");
            screener(&["top", "--provider", "files", "--data", path, "-q"])
        } else {
            std::fs::write(&file, damaged(&shard, &mut random)).expect("written");
            screener(&["merge", path, "-q"])
        };
        assert_no_panic(&ran, &name);
        assert!(matches!(ran.code, Some(0 | 2)), "{name}: {ran:#?}");
        if ran.code == Some(2) {
            refused += 1;
            assert!(ran.unfolded().replace('\n', " ").contains(&name), "{name}: {ran:#?}");
        }
        std::fs::remove_file(&file).expect("removed");
    }
    assert!(refused > 100, "{refused} of 900");
}

/// A marker in each secret, by file and by environment: it is in no help, no listing, no error and no log.
#[test]
fn secrets_are_shown_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    let text = "shared = 'redis://:MARKER@127.0.0.1:1/0'\nshared-key = 'MARKER-and-ten-more'\nwebhook = 'http://127.0.0.1:1/MARKER'\n\
                exec = 'true MARKER'\napca-api-key-id = 'MARKER'\napca-api-secret-key = 'MARKER'\n";
    std::fs::write(&config, text).expect("written");
    let environment = [
        ("SCREENER_SHARED_URL", "redis://:MARKER@127.0.0.1:1/0"),
        ("SCREENER_SHARED_KEY", "MARKER-and-ten-more"),
        ("SCREENER_WEBHOOK", "http://127.0.0.1:1/MARKER"),
        ("SCREENER_EXEC", "true MARKER"),
        ("APCA_API_KEY_ID", "MARKER"),
        ("APCA_API_SECRET_KEY", "MARKER"),
    ];
    let commands: [&[&str]; 18] = [
        &["--help"],
        &["top", "--help"],
        &["top", "-h"],
        &["help", "watch"],
        &["watch", "--help"],
        &["man", "watch"],
        &["man", "top"],
        &["config", "show"],
        &["config", "path"],
        &["momentum", "-t", "A", "--base-url", "http://127.0.0.1:1", "--retries", "0", "-vvv"],
        &[
            "top",
            "dow30",
            "--provider",
            "alpaca",
            "--base-url",
            "http://127.0.0.1:1",
            "--retries",
            "0",
            "-vvv",
        ],
        &["watch", "-t", "A", "--webhook", "ftp://h/MARKER"],
        &["doctor", "--base-url", "http://127.0.0.1:1"],
        &["doctor", "--base-url", "http://127.0.0.1:1", "--provider", "alpaca", "--json"],
        &["schema", "config"],
        &["schema", "report"],
        &["guide", "options"],
        &["completions", "bash"],
    ];
    for words in commands {
        for by_file in [true, false] {
            let mut command = command(words);
            if by_file {
                command.env("SCREENER_CONFIG", &config);
            } else {
                command.envs(environment);
            }
            let ran = Ran::of(command.output());
            let typed = words.iter().any(|word| word.contains("MARKER"));
            let shown = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!shown.contains("MARKER"), "{words:?}, typed: {typed}: {shown}");
        }
    }
}

/// What a store, a list or a file name says is text: it does not set colours, titles or the clipboard.
#[test]
fn nothing_speaks_to_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let escape = "\u{1b}[31mX\u{1b}]0;owned\u{7}\u{202e}\u{200b}";
    let named = folder.path().join("q\u{1b}[31mX.csv");
    std::fs::write(&named, "nothing,of,the,kind\n1,2,3,4\n").expect("written");
    let store = folder.path().join("w.db");
    let path = store.to_str().expect("UTF-8");
    // Made by ourselves, then filled by somebody else.
    let words = [
        "watch",
        "-t",
        "A",
        "--base-url",
        "http://127.0.0.1:1",
        "--retries",
        "0",
        "--cycles",
        "1",
        "--always",
    ];
    screener(&[&words[..], &["--store", path]].concat());
    let database = rusqlite::Connection::open(&store).expect("it is there");
    let details =
        serde_json::json!({ "screen": escape, "as_of": "=1+1", "price": 1.0 }).to_string();
    let insert = "INSERT INTO signals (cycle, time, ticker, event, definition, details)
                  VALUES (1, '2026-01-01T00:00:00.000Z', ?1, ?1, ?1, ?2)";
    database.execute(insert, [escape, &details]).expect("written");
    let insert =
        "INSERT INTO quotes (cycle, ticker, as_of, matched, error) VALUES (1, 'EVIL', ?1, 0, ?1)";
    database.execute(insert, [escape]).expect("written");
    drop(database);
    let data = named.to_str().expect("UTF-8");
    let list = folder.path().join("list.csv");
    std::fs::write(&list, format!("symbol,sector\nAAPL,\"{escape}\"\n")).expect("written");
    let list = list.to_str().expect("UTF-8");
    for words in [
        &["top", "--provider", "files", "--data", data][..],
        &["merge", data],
        &["signals", "--store", path],
        &["signals", "--store", path, "-f", "csv"],
        &["history", "EVIL", "--store", path],
        &["history", "EVIL", "--store", path, "-f", "csv"],
        &["momentum", list, "--provider", "sample", "--columns", "ticker,sector"],
        &["momentum", list, "--provider", "sample", "--columns", "ticker,sector", "-f", "csv"],
        &["momentum", list, "--provider", "sample", "--columns", "ticker,sector", "-f", "markdown"],
        &["momentum", escape, "--provider", "sample"],
    ] {
        let ran = screener(words);
        assert_no_panic(&ran, &format!("{words:?}"));
        for text in [&ran.stdout, &ran.stderr] {
            let is_bad =
                |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{200b}".contains(*c);
            assert_eq!(text.chars().find(is_bad), None, "{words:?}: {text:?}");
        }
    }
    let csv = screener(&["signals", "--store", path, "-f", "csv"]).stdout;
    assert!(csv.contains("'=1+1"), "no formula: {csv}");
}

/// What is read is never written over, and what a killed process left is swept by the next.
#[cfg(unix)]
#[test]
fn outputs_are_files_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("list.csv"), "AAPL\nNVDA\n").expect("written");
    let prices = ["prices", "--provider", "sample", "--from", "2022-01-01", "-q", "-o"];
    screener(&[&prices[..], &[&path("prices.csv")]].concat());
    screener(&["top", "--provider", "sample", "--shard", "1/1", "-q", "-o", &path("p0.ndjson")]);
    let kept = |name: &str| std::fs::read(path(name)).expect("it is there");
    let names = ["list.csv", "prices.csv", "p0.ndjson"];
    let before = names.map(kept);
    let (list, prices, shard) = (path("list.csv"), path("prices.csv"), path("p0.ndjson"));
    let within = format!("{}/./prices.csv", folder.path().display());
    let whole = folder.path().display().to_string();
    for line in [
        format!("momentum {list} --provider sample -o {list}"),
        format!("momentum {list} --provider sample --html {list}"),
        format!("top --provider files --data {prices} -o {prices}"),
        format!("top --provider files --data {prices} -o {within} -f csv"),
        format!("top --provider files --data {prices} --failures {prices}"),
        format!("top --provider files --data {whole} -o {prices}"),
        format!("top --provider files --data {whole} -o {whole}/new.TXT -f csv"),
        format!("portfolio {list} --provider sample -o {list}"),
        format!("portfolio AAPL=1 --against {list} --provider sample -o {list}"),
        format!("evaluate {list} --provider sample -o {list}"),
        format!("evaluate --provider files --data {prices} --members {list} -o {list}"),
        format!("top --provider sample --join {list} -o {list}"),
        format!("top --provider sample --rank-among {list} -o {list}"),
        format!("prices {list} --provider sample --from 2022-01-01 -o {list}"),
        format!("watch AAPL --cycles 1 --append {whole}/w.db --store {whole}/w.db"),
        format!("merge {shard} -o {shard}"),
        format!("merge {shard} --html {shard}"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let ran = screener(&words);
        let said = ran.unfolded();
        let is_refused = said.contains("which is read")
            || said.contains("whose files are read")
            || said.contains("name the same file")
            || (line.starts_with("merge") && ran.stderr.contains("--html"));
        assert!(ran.code == Some(2) && is_refused, "{line} {ran:#?}");
    }
    assert_eq!(names.map(kept), before);
    // A device holds nothing; a configuration is read by every command.
    let null =
        ["top", "--provider", "sample", "-f", "csv", "-o", "/dev/null", "--failures", "/dev/null"];
    assert_eq!(screener(&null).code, Some(0));
    std::fs::write(path("config.toml"), "workers = 4\n").expect("written");
    let words = ["top", "--provider", "sample", "-f", "csv", "-o", &path("config.toml")];
    let ran = Ran::of(command(&words).env("SCREENER_CONFIG", path("config.toml")).output());
    assert!(ran.code == Some(2) && ran.unfolded().contains("which is read"), "{ran:#?}");
    std::fs::remove_file(path("config.toml")).expect("it is there");
    for round in 0..100_u64 {
        let words = ["prices", "--provider", "sample", "--from", "2013-01-01", "-q", "-o"];
        let mut child = command(&[&words[..], &[&path("out.csv")]].concat())
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(std::time::Duration::from_micros(300 * (round % 60)));
        child.kill().expect("it is there");
        child.wait().expect("it ended");
    }
    std::thread::sleep(std::time::Duration::from_millis(250));
    let ran = screener(&["top", "--provider", "sample", "-q", "-o", &path("out.csv")]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let left = Path::new(folder.path()).read_dir().expect("a folder").flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn absurd_numbers_are_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("v.csv");
    std::fs::write(&file, "date,close,volume\n2023-01-02,5,1e308\n2023-01-03,6,3\n")
        .expect("written");
    let data = file.to_str().expect("UTF-8");
    let ran = screener(&["chart", "--provider", "files", "--data", data]);
    assert_no_panic(&ran, "chart");
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let ran = Ran::of(
        command(&["top", "--provider", "sample"]).env("SCREENER_CONFIG", "/dev/zero").output(),
    );
    if cfg!(unix) {
        assert!(ran.code == Some(2) && ran.stderr.contains("cannot read /dev/zero"), "{ran:#?}");
    } else {
        skip("there is no /dev/zero");
    }
    let vague = |value: &str| {
        let mut command = command(&["top", "--provider", "sample", "-q"]);
        Ran::of(command.env("SCREENER_STRICT", value).output()).code
    };
    assert_eq!(
        ["1", "true", "no", "off", "maybe"].map(vague),
        [Some(0), Some(0), Some(0), Some(0), Some(2)]
    );
}
