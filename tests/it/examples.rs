//! The examples that the help shows, run as they stand against a server on loopback.

use std::fs;
use std::path::Path;

use crate::replay::{Options, Server};
use crate::support::{screener, shell, skip};

/// The commands with examples; those that look at what others leave behind come last.
const COMMANDS: [&str; 15] = [
    "",
    "momentum",
    "top",
    "volume-screen",
    "compare",
    "portfolio",
    "explain",
    "prices",
    "evaluate",
    "chart",
    "cache",
    "config",
    "merge",
    "watch",
    "history",
];

/// Files that the examples name.
const FILES: [(&str, &str); 7] = [
    ("sp500.txt", "AAPL\nMSFT\nNVDA\n"),
    ("my.csv", "symbol\nAAPL\nMSFT\n"),
    ("my.tsv", "AAPL\tApple\nMSFT\tMicrosoft\n"),
    ("mine.txt", "AAPL, NVDA\n"),
    ("holdings.csv", "ticker,shares,cost_basis\nAAPL,100,150\nNVDA,50,200\n"),
    ("mine.csv", "ticker,shares\nAAPL,100\n"),
    ("60-40.csv", "ticker,shares\nSPY,60\nAGG,40\n"),
];

/// The examples of a command, without the words beside them.
fn examples(command: &str) -> Vec<String> {
    let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
    let help = screener(&words).stdout;
    let Some((_, after)) = help.split_once("\nExamples:\n") else { return Vec::new() };
    let lines = after.lines().take_while(|line| line.starts_with("  "));
    lines.map(|line| line.trim().split("  ").next().unwrap_or_default().to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn every_example_of_the_help_runs() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text).expect("it is written");
    }
    let mut count = 0;
    for command in COMMANDS {
        let examples = examples(command);
        assert!(examples.len() >= 2, "{command:?} has {examples:?}");
        for example in examples {
            if example.contains("jq") && !run("jq --version", folder.path(), &server).0 {
                skip("there is no jq");
                continue;
            }
            let goes_on = example.starts_with("screener watch") && !example.contains("--rehearse");
            let line = if goes_on { format!("{example} --cycles 1") } else { example };
            let (ok, said) = run(&line, folder.path(), &server);
            assert!(ok, "{line}\n{said}");
            count += 1;
        }
    }
    assert!(count > 30, "only {count} examples were found");
}

/// Runs a line in a shell; whether it succeeded, and what it said.
fn run(line: &str, folder: &Path, server: &Server) -> (bool, String) {
    let output = shell(line, folder)
        .env("SCREENER_BASE_URL", server.url())
        .env("SCREENER_RATE", "100000")
        .env("SCREENER_CACHE_DIR", folder)
        .env("SCREENER_STORE", folder.join("watch.db"))
        .output()
        .expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
}
