//! Everything at once: a faulty server, two processes on one cache, one of them killed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::{Reply, Scripted, refusal, throttle};
use crate::replay;
use crate::support::{Ran, cached, timeless};

const TICKERS: usize = 1000;

/// What goes wrong with a ticker the first time it is asked for: one in ten each.
fn mishap(i: usize, whole: &[u8]) -> Option<Reply> {
    match (i * 7919 + 13) % 10 {
        0 => Some(refusal("500 Internal Server Error")),
        2 => Some(Reply::Reset(whole[..whole.len() / 3].into())),
        4 => Some(Reply::SendAndClose(whole[..whole.len() / 2].into())),
        6 => Some(Reply::Silence(Duration::from_secs(3))),
        8 => Some(throttle("Retry-After: 1\r\n")),
        _ => None,
    }
}

/// The replay server's charts through a server that fails each ticker's first request, if it is one to.
fn chaotic() -> Scripted {
    let seen: Mutex<HashMap<String, usize>> = Mutex::default();
    Scripted::choosy(move |_, arrival| {
        thread::sleep(Duration::from_millis(150));
        let whole = replay::answer_to(&arrival.path);
        let i = arrival.symbol.trim_start_matches('S').parse().unwrap_or(1);
        let mut seen = seen.lock().expect("sound");
        let times = seen.entry(arrival.symbol.clone()).or_default();
        *times += 1;
        match mishap(i, &whole) {
            Some(mishap) if *times == 1 => mishap,
            _ => Reply::Send(whole),
        }
    })
}

fn start(url: &str, cache: &Path) -> Child {
    let list: Vec<String> = (0..TICKERS).map(|i| format!("S{i}")).collect();
    let list = list.join(",");
    let words = ["top", "-n", "1000", "-t", &list, "--base-url", url, "-f", "json"];
    let rate_limit = ["-w", "64", "--rate", "1000", "--timeout", "1s"];
    cached(cache, &[&words[..], &rate_limit].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

#[test]
fn chaos() {
    let calm = tempfile::tempdir().expect("a folder");
    let plain = replay::Server::start(0, replay::Options::default()).expect("a free port");
    let expected = Ran::of(start(&plain.url(), calm.path()).wait_with_output());
    assert_eq!(expected.json()["total_analyzed"], TICKERS);

    let (server, folder) = (Arc::new(chaotic()), tempfile::tempdir().expect("a folder"));
    let survivor = start(&server.url, folder.path());
    let mut victim = start(&server.url, folder.path());
    thread::sleep(Duration::from_millis(500 + fastrand::u64(..2500)));
    victim.kill().expect("it is ours");
    victim.wait().expect("it ends");
    let ran = Ran::of(survivor.wait_with_output());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(timeless(&ran), timeless(&expected));
    let footer = ran.stderr.split(" · ").find_map(|part| part.strip_suffix(" cached"));
    let requests = footer.and_then(|part| part.split(' ').next()?.parse().ok());
    let requests: usize = requests.unwrap_or_else(|| panic!("no requests in {}", ran.stderr));
    assert!(requests <= TICKERS * 16 / 10, "{requests} requests");
    for file in fs::read_dir(folder.path()).expect("it is there").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        assert!(name.starts_with("bars.sqlite3"), "a stray file: {name}");
    }
    // And all of it is kept.
    let before = server.requests();
    let again = Ran::of(start(&server.url, folder.path()).wait_with_output());
    assert_eq!((timeless(&again), server.requests()), (timeless(&expected), before));
}
