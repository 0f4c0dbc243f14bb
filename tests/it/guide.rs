//! What README and guide show is run as it stands, and what they list is what there is.

use std::fmt::Write;
use std::path::Path;

use screener::guide::TOPICS;
use serde_json::Value;

use crate::replay::{Options, Server};
use crate::support::{screener, shell, skip};

const README: &str = include_str!("../../README.md");
const MARKER: &str = "<!-- generated: ";

/// A block of code: its language and its lines.
struct Block<'a> {
    language: &'a str,
    text: &'a str,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let fenced = text.split("\n```").collect::<Vec<_>>();
    // Odd pieces are within fences.
    let within = fenced.iter().skip(1).step_by(2);
    within
        .filter_map(|block| block.split_once('\n'))
        .map(|(language, text)| Block { language, text })
        .collect()
}

/// What is printed right below the block that prints it.
fn shown_below<'a>(document: &'a str, block: &Block<'a>) -> Option<&'a str> {
    let end = block.text.as_ptr() as usize - document.as_ptr() as usize + block.text.len();
    let below = document[end..].strip_prefix("\n```\n\n```text\n")?;
    below.split("\n```").next()
}

/// Runs a line in a folder, where `screener` is on the path and asks a server on loopback.
fn run(line: &str, folder: &Path, server: &Server) -> (bool, String, String) {
    let mut command = shell(line, folder);
    command.env("SCREENER_CACHE_DIR", folder.join("cache"));
    command.env("SCREENER_STORE", folder.join("watch.db"));
    if !line.contains("--dry-run") {
        command.env("SCREENER_BASE_URL", server.url()).env("SCREENER_RATE", "100000");
    }
    let output = command.output().expect("there is a shell");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// Whether what a line needs beside the program is here: the programs it calls, and what Python imports.
fn is_here(line: &str, folder: &Path) -> bool {
    let unquoted: String = line.split(['\'', '"']).step_by(2).collect();
    let calls = unquoted.split(['|', '&', ';']).filter_map(|call| call.split_whitespace().next());
    let mut needs: Vec<(&str, String)> = Vec::new();
    for word in calls.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
        needs.push((word, format!("command -v {word}")));
    }
    for module in ["pandas", "duckdb"] {
        if line.contains(&format!("import {module}")) {
            needs.push((module, format!("python3 -c 'import {module}'")));
        }
    }
    needs.into_iter().all(|(word, test)| {
        let here = shell(&test, folder).output().is_ok_and(|output| output.status.success());
        if !here {
            skip(&format!("there is no {word} for: {line}"));
        }
        here
    })
}

/// Runs what a document shows, as far as what it needs is here. Returns how many commands it shows.
fn runs(name: &str, document: &str) -> usize {
    let server = Server::start(0, Options::default()).expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    std::fs::write(folder.join("sp500.txt"), "AAPL\nMSFT\nNVDA\n").expect("it is written");
    let mut count = 0;
    for block in blocks(document).iter().filter(|block| block.language == "sh") {
        let lines =
            block.text.lines().filter(|line| !line.is_empty() && !line.starts_with("cargo"));
        let mut printed = String::new();
        let mut was_skipped = false;
        for line in lines {
            count += 1;
            if !is_here(line, folder) {
                was_skipped = true;
                continue;
            }
            let code = line.split("  #").next().unwrap_or(line).trim();
            let goes_on = code.starts_with("screener watch") && !code.contains("--rehearse");
            let code = if goes_on { format!("{code} --cycles 1") } else { code.to_owned() };
            let (ok, stdout, stderr) = run(&code, folder, &server);
            assert!(ok, "{name}: {code}\n{stdout}{stderr}");
            printed += &stdout;
        }
        if let Some(shown) = shown_below(document, block).filter(|_| !was_skipped) {
            assert!(
                printed.contains(shown.trim()),
                "{name} shows\n{shown}\nand there was\n{printed}"
            );
        }
    }
    count
}

#[cfg(unix)]
#[test]
fn what_the_readme_shows_runs() {
    assert!(runs("README", README) >= 5);
    let first = run(
        "screener top -n 5 --provider sample -q",
        Path::new("/"),
        &Server::start(0, Options::default()).expect("a port"),
    )
    .1;
    let picture = include_str!("../../examples/pictures/terminal.svg");
    for ticker in first.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)) {
        assert!(picture.contains(ticker), "the picture is of another day: {ticker}");
    }
}

#[cfg(unix)]
#[test]
fn what_the_guide_shows_runs() {
    let mut count = 0;
    for topic in TOPICS {
        count += runs(topic.name, topic.text);
    }
    assert!(count > 50, "the guide shows {count} commands");
}

/// The scripts that the guide names, under what Slurm sets.
#[cfg(unix)]
#[test]
fn fleets_run() {
    let server = Server::start(0, Options::default()).expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let run = |line: &str| run(line, folder.path(), &server);
    let one = run("screener top --provider sample -n 3 -q").1;
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/fleet");
    let line = format!("sh {scripts}/parallel.sh 3 --provider sample | head -4");
    if is_here("parallel", folder.path()) {
        let (ok, printed, _) = run(&line);
        assert!(ok && printed.contains(one.trim()), "{line}\n{printed}");
    }
    for task in 0..3 {
        let slurm = format!(
            "SLURM_ARRAY_TASK_ID={task} SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=0 \
             SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_STEP=1 bash {scripts}/slurm.sh --provider sample"
        );
        let (ok, _, said) = run(&slurm);
        assert!(ok, "{said}");
    }
    let (ok, printed, _) = run("screener merge shards/shard-*.ndjson -n 3");
    assert!(ok && printed.contains(one.trim()), "{printed}");
}

/// The front page is short, and everything that it links is there.
#[test]
fn the_readme_is_a_front_page() {
    assert!(README.split_whitespace().count() <= 1300);
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for link in links {
        assert!(root.join(link).exists(), "{link}");
    }
    for topic in TOPICS {
        assert!(
            README.contains(&format!("src/guide/{}.md", topic.name)),
            "{} is not linked",
            topic.name
        );
    }
}

#[test]
fn every_topic_is_shown_and_a_misspelt_one_suggested() {
    let listed = screener(&["guide"]).stdout;
    for topic in TOPICS {
        assert!(listed.contains(&format!("  {} ", topic.name)), "{listed}");
        assert_eq!(screener(&["guide", topic.name]).stdout, topic.shown());
        for (_, rest) in topic
            .text
            .match_indices("screener guide ")
            .map(|(at, word)| topic.text.split_at(at + word.len()))
        {
            let named = rest.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next();
            let named = named.unwrap_or_default();
            assert!(named.is_empty() || TOPICS.iter().any(|topic| topic.name == named), "{named}");
        }
    }
    let files =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide").read_dir().expect("it is there");
    let texts =
        files.flatten().filter(|file| file.path().extension().is_some_and(|ending| ending == "md"));
    assert_eq!(texts.count(), TOPICS.len());
    let ran = screener(&["guide", "colums"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("did you mean columns?"), "{ran:#?}");
    let ran = screener(&["guide", "xyz"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("screener guide lists"), "{ran:#?}");
}

/// Each command's help points at a topic.
#[test]
fn help_points_at_the_guide() {
    for line in screener(&["--help"]).stdout.lines().skip_while(|line| *line != "Commands:").skip(1)
    {
        let Some(name) = line.split_whitespace().next() else { break };
        if line.starts_with("   ") {
            continue; // the rest of a description
        }
        if !["help", "guide", "man"].contains(&name) {
            let help = screener(&[name, "--help"]).stdout;
            assert!(help.contains("\nGuide: screener guide "), "{name}");
        }
    }
}

/// The lists of columns and options are generated; `UPDATE_GUIDE=1` writes them anew.
#[test]
fn what_is_generated_is_up_to_date() {
    for (name, expected) in
        [("columns", columns()), ("options", screener::cli::options_reference())]
    {
        let topic = TOPICS.iter().find(|topic| topic.name == name).expect("a topic");
        let (head, rest) = topic.text.split_once(MARKER).expect("a marker");
        let (_, generated) = rest.split_once("-->\n").expect("its end");
        let file = format!("{}/src/guide/{name}.md", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_GUIDE").is_some() {
            let text = format!("{head}{MARKER}{name} -->\n{expected}");
            std::fs::write(&file, text).expect("it is written");
        } else {
            assert_eq!(generated, expected, "{name} drifted: UPDATE_GUIDE=1 writes it anew");
        }
    }
}

fn columns() -> String {
    let all: Vec<Value> =
        serde_json::from_str(&screener(&["columns", "-f", "json"]).stdout).expect("JSON");
    let mut text =
        "\n| column | heading | unit | bars | meaning |\n| --- | --- | --- | --: | --- |\n"
            .to_owned();
    for column in all {
        let cell = |key: &str| match &column[key] {
            Value::String(text) => text.replace('|', "\\|"),
            Value::Number(number) if number.as_u64() != Some(0) => number.to_string(),
            _ => String::new(),
        };
        let [name, heading, unit, bars, meaning] =
            ["name", "heading", "unit", "bars", "meaning"].map(cell);
        writeln!(text, "| `{name}` | {heading} | {unit} | {bars} | {meaning} |").expect("memory");
    }
    text
}
