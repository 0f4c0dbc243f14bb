//! What the README shows offline is run as it stands.

use std::path::Path;

use crate::support::{shell, skip};

const README: &str = include_str!("../../README.md");

/// The lines of a section's shell blocks.
fn lines(heading: &str) -> Vec<&'static str> {
    let section = README.split("\n## ").find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading}"));
    let blocks = section.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.is_empty()).collect()
}

/// Runs a line in a folder, where `screener` is on the path and nobody is asked.
fn run(line: &str, folder: &Path) -> (bool, String) {
    let output =
        shell(line, folder).env("SCREENER_NO_CACHE", "1").output().expect("there is a shell");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), told + &String::from_utf8_lossy(&output.stderr))
}

/// Whether what a line needs beside the program is here.
fn is_here(line: &str, folder: &Path) -> bool {
    let needs = [
        ("jq", "jq --version"),
        ("parallel", "parallel --version"),
        ("import pandas", "python3 -c 'import pandas'"),
        ("import duckdb", "python3 -c 'import duckdb'"),
    ];
    needs.into_iter().filter(|(word, _)| line.contains(word)).all(|(word, test)| {
        let here = run(test, folder).0;
        if !here {
            skip(&format!("there is no {word}"));
        }
        here
    })
}

#[cfg(unix)]
#[test]
fn its_recipes_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let recipes = lines("In pipes, in cron, in CI");
    assert!(recipes.len() >= 8, "{recipes:#?}");
    for line in recipes.into_iter().filter(|line| is_here(line, folder.path())) {
        let (ok, told) = run(line, folder.path());
        assert!(ok && !told.trim().is_empty() || line.contains("> top.ndjson"), "{line}\n{told}");
    }
}

/// Every other command it shows that needs no network.
#[cfg(unix)]
#[test]
fn its_offline_commands_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let holdings = "ticker,shares\nAAPL,100\n";
    std::fs::write(folder.path().join("holdings.csv"), holdings).expect("it is written");
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let offline = |line: &&str| {
        line.starts_with("screener ")
            && ["--provider sample", "--dry-run", "screener lists"].iter().any(|w| line.contains(w))
            && !line.contains("python3")
    };
    let commands: Vec<&str> = blocks.flat_map(str::lines).filter(offline).collect();
    assert!(commands.len() >= 8, "{commands:#?}");
    for line in commands.into_iter().filter(|line| is_here(line, folder.path())) {
        let (ok, told) = run(line, folder.path());
        assert!(ok, "{line}\n{told}");
    }
}

/// Shards under GNU parallel, and the scripts that it names, under what Slurm sets.
#[cfg(unix)]
#[test]
fn its_fleets_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = run("screener top --provider sample -n 3 -q", folder.path()).1;
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/fleet");
    let line = lines("Many machines, one quota")[0];
    assert!(line.contains(" | parallel screener top"), "{line}");
    for line in [line.to_owned(), format!("sh {scripts}/parallel.sh 3 --provider sample | head -4")]
    {
        if is_here(&line, folder.path()) {
            let (ok, told) = run(&line, folder.path());
            assert!(ok && told.contains(one.trim()), "{line}\n{told}");
        }
    }
    assert!(README.contains(one.trim()), "{one}");
    for task in 0..3 {
        let slurm = format!(
            "SLURM_ARRAY_TASK_ID={task} SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=0 \
             SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_STEP=1 bash {scripts}/slurm.sh --provider sample"
        );
        let (ok, told) = run(&slurm, folder.path());
        assert!(ok, "{told}");
    }
    let (ok, told) = run("screener merge shards/shard-*.parquet -n 3", folder.path());
    assert!(ok && told.contains(one.trim()), "{told}");
}

/// The portfolio that it shows is what the lines above it print.
#[cfg(unix)]
#[test]
fn its_portfolio_is_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let told: Vec<String> =
        lines("What you hold").into_iter().map(|line| run(line, folder.path()).1).collect();
    let table = told[1].split("\nsample prices").next().expect("there is a table").trim();
    assert!(README.contains(table), "{table}");
}
