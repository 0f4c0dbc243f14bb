//! Real bytes, mutated: whatever reads them reads or refuses, and neither panics nor grows.

use std::io::{Read as _, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use screener::provider::{FilesOptions, files};
use screener::shard::ShardFile;
use screener::universe::{Holdings, HoldingsOptions, ListOptions, Universe};

use crate::faults::{Reply, Scripted, good, http};
use crate::hardened::damaged;
use crate::support::{Ran, screener};

/// Copies of each file.
const COPIES: usize = 300;

const LIST: &str = "\u{feff}Symbol;Name;Sector;Weight\r\n\"AAPL\";\"Apple, Inc.\";Technology;6,1\r\n\
                    BRK.B;Berkshire;Financials;1,7\r\n# mine\r\n$NVDA;Nvidia;Technology;5,0\r\n";
const HOLDINGS: &str = "Account,Symbol,Description,Quantity,Last Price,Cost Basis Total\n\
                        X1,AAPL,APPLE INC,10,$222.95,\"$1,234.50\"\nX1,SPAXX**,CASH,,,\n\
                        X1,NVDA,NVIDIA,2.5,$410.17,--\n\n\"Date downloaded 11/20/2026\"\n";
const PRICES: &str = "symbol,date,open,high,low,close,adj_close,volume,split\n\
                      AAPL,2024-06-27,1,2,0.5,1.5,1.4,100,\nAAPL,2024-06-28,1.5,2,1,1.75,1.7,150,2:1\n\
                      MSFT,2024-06-28,400,410,399,405,404,1e6,\n";
/// Prices as pandas writes those of several tickers.
const WIDE: &str = "Price,Close,Close,Volume,Volume\nTicker,AAPL,MSFT,AAPL,MSFT\nDate,,,,\n\
                    2024-06-27,210.1,450.2,1000,2000\n2024-06-28,211.5,449.0,1100,2100\n";

fn mutants(name: &str, bytes: &[u8], seed: u64, read: impl Fn(&Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = folder.path().join(name);
    let mut random = fastrand::Rng::with_seed(seed);
    std::fs::write(&file, bytes).expect("written");
    read(&file);
    for _ in 0..COPIES {
        std::fs::write(&file, damaged(bytes, &mut random)).expect("written");
        read(&file);
    }
}

#[test]
fn lists() {
    for (name, text) in [("a.csv", LIST), ("a.txt", LIST), ("a.csv", HOLDINGS)] {
        mutants(name, text.as_bytes(), 3, |file| {
            let words = [file.display().to_string()];
            for only_common in [false, true] {
                let options = ListOptions { only_common, ..ListOptions::default() };
                let _ = Universe::read(&words, &[], options, &mut std::io::empty());
            }
        });
    }
}

#[test]
fn holdings() {
    for text in [HOLDINGS, LIST] {
        mutants("h.csv", text.as_bytes(), 5, |file| {
            let words = [file.display().to_string()];
            let _ = Holdings::read(&words, HoldingsOptions::default(), &mut std::io::empty());
        });
    }
}

#[test]
fn prices() {
    let today = NaiveDate::from_ymd_opt(2024, 7, 1).expect("a date");
    for (name, text) in [("p.csv", PRICES), ("p.csv", WIDE), ("AAPL.csv", PRICES)] {
        mutants(name, text.as_bytes(), 7, |file| {
            let options = FilesOptions::default();
            let _ = files(file, Some(today), Days::new(500), today, &options);
        });
    }
}

#[test]
fn shards() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.ndjson");
    let words = ["top", "--provider", "sample", "--shard", "1/1", "-q", "-o"];
    assert_eq!(screener(&[&words[..], &[file.to_str().expect("UTF-8")]].concat()).code, Some(0));
    let whole = std::fs::read(&file).expect("it was written");
    assert!(ShardFile::read(&whole).is_ok());
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..COPIES {
        let mut copy = damaged(&whole, &mut random);
        let _ = ShardFile::read(&copy);
        // With a checksum that is right, too.
        let body = copy.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
        let body = copy[..body].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        copy.truncate(body);
        writeln!(copy, "{{\"crc32\":{}}}", crc32fast::hash(&copy.clone())).expect("memory");
        let _ = ShardFile::read(&copy);
    }
}

/// What a server on loopback says to whoever connects, command by command.
fn speaking(
    say: impl Fn(&mut TcpStream, usize) -> std::io::Result<()> + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("redis://{}/0", listener.local_addr().expect("bound"));
    let say = std::sync::Arc::new(say);
    thread::spawn(move || {
        for (nth, stream) in (0..).zip(listener.incoming().take(200).flatten()) {
            let say = std::sync::Arc::clone(&say);
            thread::spawn(move || {
                let mut stream = stream;
                let mut command = [0; 4096];
                while stream.read(&mut command).is_ok_and(|read| read > 0) {
                    if say(&mut stream, nth).is_err() {
                        break;
                    }
                }
                let _ = stream.shutdown(Shutdown::Both);
            });
        }
    });
    url
}

/// The run that asks for some tickers with a shared server, and its peak of memory in MB.
fn with_shared(shared: &str, tickers: &str) -> (Option<i32>, f64) {
    let server = Scripted::start(|_, symbol| good(symbol));
    let words = ["momentum", "-t", tickers, "--base-url", &server.url, "--shared", shared];
    let more = ["--benchmark", "none", "--rate", "5000", "--retries", "0", "--max-time", "20s"];
    let ran = screener(&[&words[..], &more, &["-q", "--stats", "-f", "json"]].concat());
    (ran.code, peak(&ran))
}

fn peak(ran: &Ran) -> f64 {
    ran.json()["stats"]["peak_memory_bytes"].as_f64().expect("this system tells it") / 1e6
}

/// Answers of a Redis, mutated; lengths beyond all bounds; streams without end.
#[test]
fn redis_answers() {
    let answers: [&[u8]; 6] = [
        b"*1\r\n$-1\r\n",
        b"*3\r\n$5\r\nhello\r\n:17\r\n+OK\r\n",
        b"$9223372036854775807\r\nx",
        b"*9223372036854775807\r\n",
        b"-ERR \x1b]52;c;x\x07BAD\r\n",
        b"*2\r\n*2\r\n:1\r\n*1\r\n+a\r\n$3\r\nabc\r\n",
    ];
    let url = speaking(move |stream, nth| {
        let mut random = fastrand::Rng::with_seed(nth as u64);
        let answer = answers[nth % answers.len()];
        let bytes =
            if nth < answers.len() { answer.to_vec() } else { damaged(answer, &mut random) };
        stream.write_all(&bytes)
    });
    for _ in 0..6 {
        let (code, peak) = with_shared(&url, "A,B,C");
        assert!(matches!(code, Some(0 | 1 | 5)) && peak < 100.0, "{code:?}, {peak} MB");
    }
}

#[test]
fn a_redis_without_end_fills_no_memory() {
    let piece: &[&[u8]] = &[b"x", b":1\r\n", b"$100000\r\n", b"*1000\r\n", b"+"];
    for part in piece {
        let beginning: &'static [u8] =
            if part.starts_with(b"x") { b"$1000000000\r\n" } else { b"*1000000000\r\n" };
        let body = part.repeat(1 << 16);
        let url = speaking(move |stream, _| {
            stream.write_all(beginning)?;
            stream.set_write_timeout(Some(Duration::from_secs(10)))?;
            loop {
                stream.write_all(&body)?;
            }
        });
        let tickers: Vec<String> = (0..60).map(|i| format!("T{i}")).collect();
        let (code, peak) = with_shared(&url, &tickers.join(","));
        assert!(matches!(code, Some(0 | 1 | 5)) && peak < 100.0, "{code:?}, {peak} MB");
    }
}

/// A handshake a byte at a time is no longer waited for than a silence.
#[test]
fn a_dripping_handshake_is_over_in_a_moment() {
    let url = speaking(|stream, _| {
        // A record of 16 KiB, of which a byte comes every 50 ms.
        stream.write_all(&[0x16, 3, 3, 0x40, 0])?;
        for _ in 0..200 {
            stream.write_all(&[0])?;
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    });
    let url = url.replace("redis://", "rediss://");
    let begun = std::time::Instant::now();
    let ran = screener(&["doctor", "--offline", "--shared", &url]);
    // Offline nothing is asked; the server is asked without.
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let server = Scripted::start(|_, symbol| good(symbol));
    let ran = screener(&["doctor", "--base-url", &server.url, "--shared", &url]);
    assert!(ran.code == Some(1) && ran.stdout.contains("failed   shared"), "{ran:#?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// Charts of half a million rows by sixteen workers: each is too large, and memory stays small.
#[test]
fn endless_charts_fill_no_memory() {
    let rows = 500_000;
    let stamps: Vec<String> =
        (0..rows).map(|i| (1_000_000_000 + i * 86_400 % 700_000_000).to_string()).collect();
    let closes = vec!["123.456789"; rows].join(",");
    let body = format!(
        "{{\"chart\":{{\"result\":[{{\"meta\":{{\"symbol\":\"A\"}},\"timestamp\":[{}],\"indicators\":{{\"quote\":\
         [{{\"close\":[{closes}]}}]}}}}]}}}}",
        stamps.join(",")
    );
    let answer = http("200 OK", "", &body);
    let server = Scripted::start(move |_, _| Reply::SendAndClose(answer.clone()));
    let tickers: Vec<String> = (0..32).map(|i| format!("T{i}")).collect();
    let tickers = tickers.join(",");
    let words =
        ["momentum", "-t", &tickers, "--base-url", &server.url, "-w", "16", "--rate", "5000"];
    let words = [&words[..], &["--benchmark", "none", "--retries", "0", "-f", "json"]].concat();
    let ran = screener(&[&words[..], &["--stats"]].concat());
    let kinds = ran.stdout.matches("\"too_large\"").count();
    assert_eq!((ran.code, kinds), (Some(1), 32), "{ran:#?}");
    assert!(peak(&ran) < 150.0, "{} MB", peak(&ran));
}

/// A limit on the size of files is a full disk, one on open files means fewer connections.
#[cfg(target_os = "linux")]
#[test]
fn limits_of_the_system() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Scripted::start(|_, symbol| good(symbol));
    let limited = |limit: &str, words: &[&str]| {
        let script = format!("{limit}; exec \"$0\" \"$@\"");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_screener")]).args(words).env_clear();
        shell.env("SCREENER_CACHE_DIR", folder.path().join("cache"));
        Ran::of(shell.output())
    };
    let ran = limited("ulimit -f 8", &["top", "--provider", "sample", "-f", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let tickers: Vec<String> = (0..300).map(|i| format!("T{i}")).collect();
    let tickers = tickers.join(",");
    let words = ["momentum", "-t", &tickers, "--base-url", &server.url, "--rate", "5000"];
    let words = [&words[..], &["--benchmark", "none", "--retries", "0", "-f", "json"]].concat();
    let ran = limited("ulimit -f 8", &words);
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:#?}");
    let words = [&words[..], &["-w", "200", "--no-cache"]].concat();
    let ran = limited("ulimit -n 64", &words);
    let workers: Option<u16> = ran
        .stderr
        .split(" workers instead of 200")
        .next()
        .and_then(|text| text.rsplit(' ').next()?.parse().ok());
    assert!(workers.is_some_and(|workers| (20..=40).contains(&workers)), "{}", ran.stderr);
    assert!(!ran.stdout.contains("\"network\""), "{}", ran.stdout);
}
