//! What the system does to a process: signals, closed and full outputs, a missing home.
#![cfg(unix)]

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use socket2::{Domain, Socket, Type};

use super::{Reply, Scripted, good};
use crate::support::{Ran, cached, command, send_signal};

/// A server whose first 20 answers come at once; the others never do.
fn stuck() -> Scripted {
    Scripted::start(|nth, symbol| match nth {
        0..20 => good(symbol),
        _ => Reply::Silence(Duration::from_secs(20)),
    })
}

fn start(url: &str, cache: &Path) -> Child {
    let words = ["top", "dow30", "--base-url", url, "--benchmark", "none", "-w", "4"];
    cached(cache, &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

pub(super) fn send(signal: &str, child: &Child) {
    let signal = match signal {
        "INT" => Signal::INT,
        "TERM" => Signal::TERM,
        other => panic!("a signal of these tests, not {other}"),
    };
    send_signal(child.id(), signal);
}

/// Waits until `server` was asked for the n-th time.
pub(super) fn wait_for(server: &Scripted, n: usize) {
    let start = Instant::now();
    while server.requests() < n {
        assert!(start.elapsed() < Duration::from_secs(10), "{} requests", server.requests());
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn sigint_and_sigterm_end_the_run_in_order() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (server, cache) = (stuck(), tempfile::tempdir().expect("a folder"));
        let child = start(&server.url, cache.path());
        wait_for(&server, 24);
        let asked = Instant::now();
        send(signal, &child);
        let ran = Ran::of(child.wait_with_output());
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{ran:#?}");
        let told = "interrupted: 20 of 30 done; the next run goes on from the cache\n";
        assert_eq!(ran.stderr, told);
        let stats = command(&["cache", "stats"]).env("SCREENER_CACHE_DIR", cache.path()).output();
        let stats = Ran::of(stats).stdout;
        assert!(stats.starts_with("tickers    20\n"), "what was fetched is kept: {stats}");
    }
}

#[test]
fn sigint_goes_on_from_the_cache() {
    let cache = tempfile::tempdir().expect("a folder");
    let shut = Arc::new(AtomicBool::new(true));
    let server = {
        let shut = Arc::clone(&shut);
        Scripted::start(move |nth, symbol| {
            if nth >= 20 && shut.load(Ordering::Relaxed) {
                return Reply::Silence(Duration::from_secs(20));
            }
            good(symbol)
        })
    };
    let child = start(&server.url, cache.path());
    wait_for(&server, 24);
    send("INT", &child);
    assert_eq!(Ran::of(child.wait_with_output()).code, Some(130));
    shut.store(false, Ordering::Relaxed);
    let before = server.requests();
    let ran = Ran::of(start(&server.url, cache.path()).wait_with_output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(server.requests() - before, 10);
    assert!(ran.stderr.contains("10 requests, 20 cached"), "{}", ran.stderr);
}

/// Even where nothing can be freed, as in a connection that is not made, the end comes within a second; a
/// second signal does not wait for it.
#[test]
fn sigint_twice_ends_at_once() {
    let deaf = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    deaf.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a free port");
    deaf.listen(0).expect("it listens");
    let address = deaf.local_addr().expect("it is bound").as_socket().expect("IPv4");
    // Its queue is full, and it never accepts.
    let full: Vec<_> =
        (0..4).map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(50))).collect();
    for (times, most) in [(1, 1500), (2, 500)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = start(&format!("http://{address}"), folder.path());
        thread::sleep(Duration::from_millis(500));
        let asked = Instant::now();
        for _ in 0..times {
            send("INT", &child);
            thread::sleep(Duration::from_millis(50)); // two that are pending are one
        }
        let status = child.wait().expect("it ends");
        let took = asked.elapsed();
        assert!(took < Duration::from_millis(most), "{times}: {took:?}");
        assert_eq!(status.signal(), Some(2), "{times}: {status:?}");
    }
    drop(full);
}

fn shell(script: &str, words: &[&str]) -> Ran {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_screener")]).args(words);
    shell.env_clear().env("SCREENER_NO_CACHE", "1").env("PATH", "/usr/bin:/bin");
    Ran::of(shell.stdin(Stdio::null()).output())
}

#[test]
fn stdout_closed_by_head() {
    let words = ["momentum", "--provider", "sample", "-f", "json"];
    for format in ["table", "csv", "json", "ndjson"] {
        let script = "{ \"$0\" \"$@\"; echo \"exit $?\" >&2; } | head -1 >/dev/null";
        let ran = shell(script, &[&words[..3], &["-f", format]].concat());
        assert!(ran.stderr.ends_with("exit 0\n"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("panic") && !ran.stderr.contains("error"), "{}", ran.stderr);
    }
}

#[test]
fn stdout_or_stderr_closed_no_panic() {
    let words = ["top", "--provider", "sample"];
    for script in
        ["exec \"$0\" \"$@\" >&-", "exec \"$0\" \"$@\" 2>&-", "exec \"$0\" \"$@\" <&- >&- 2>&-"]
    {
        let ran = shell(script, &words);
        assert!(matches!(ran.code, Some(0 | 1)), "{script}: {ran:#?}");
        assert!(!ran.stderr.contains("panic"), "{}", ran.stderr);
    }
    if Path::new("/dev/full").exists() {
        let ran = shell("exec \"$0\" \"$@\" 2>/dev/full", &words);
        assert_eq!(ran.code, Some(0), "nobody is told, and the report is there");
        assert!(ran.stdout.contains("NVDA"));
        let ran = shell("exec \"$0\" \"$@\" >/dev/full", &words);
        assert_eq!(ran.code, Some(1));
        assert!(ran.stderr.contains("error: cannot write to standard output: "), "{}", ran.stderr);
    }
}

#[test]
fn no_home_no_environment_and_cwd_root() {
    let server = Scripted::start(|_, symbol| good(symbol));
    let mut child = Command::new(env!("CARGO_BIN_EXE_screener"));
    child.args(["momentum", "-t", "A", "--base-url", &server.url, "--benchmark", "none"]);
    let ran = Ran::of(child.env_clear().current_dir("/").stdin(Stdio::null()).output());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let warnings: Vec<&str> =
        ran.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings.len(), 1, "{}", ran.stderr);
    assert!(warnings[0].contains("SCREENER_CACHE_DIR"), "{}", warnings[0]);
}

/// A full disk, as far as it can be had without one: no file may grow beyond a limit. The cache costs a
/// warning and the speed; a report that cannot be written whole leaves the old one.
#[test]
fn disk_full() {
    let server =
        crate::replay::Server::start(0, crate::replay::Options::default()).expect("a port");
    let (url, folder) = (server.url(), tempfile::tempdir().expect("a folder"));
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (cache, report) = (path("cache"), path("report.json"));
    std::fs::write(&report, "old").expect("written");
    // In blocks of 512 bytes; the signal would end the process where others get an error.
    let script = format!(
        "trap '' XFSZ; ulimit -f 100; unset SCREENER_NO_CACHE; SCREENER_CACHE_DIR={cache} exec \"$0\" \"$@\""
    );
    let words = ["momentum", "dow30", "--base-url", &url, "--rate", "5000", "-f", "csv"];
    let ran = shell(&script, &words);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 31), "{ran:#?}");
    let warnings = ran.stderr.lines().filter(|line| line.starts_with("warning: ")).count();
    assert_eq!(warnings, 1, "{}", ran.stderr);
    // What is in there is sound, and the next run that can will fill it.
    let whole = shell(&script.replace("ulimit -f 100; ", ""), &words);
    assert_eq!(whole.stdout, ran.stdout);

    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"";
    let words = ["momentum", "dow30", "--base-url", &url, "--rate", "5000", "-o", &report];
    let ran = shell(script, &words);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.stderr.contains("error: cannot write "), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(&report).expect("it is there"), "old");
    let files = std::fs::read_dir(folder.path()).expect("it is there").flatten();
    let stray = files.filter(|file| file.file_name().to_string_lossy().contains("tmp")).count();
    assert_eq!(stray, 0);
}

#[test]
fn endless_input_is_bounded() {
    let mut child = command(&["top", "/dev/zero"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    let status = child.wait().expect("it ends");
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(status.code(), Some(2));
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
    assert!(told.starts_with("error: /dev/zero") && told.len() < 1000, "{told:.200}");
}
