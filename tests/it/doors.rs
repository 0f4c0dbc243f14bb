//! One foreign crate, one door: which module may use what, and who may import whom.

use std::fs;
use std::path::{Path, PathBuf};

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// Crates that only the named files and folders may use.
const DOORS: &[(&str, &[&str])] = &[
    ("ureq", &["fetch/http.rs", "fetch/webhook.rs", "fetch/resolver.rs", "fetch/proxy.rs"]),
    ("libdeflater", &["fetch/gzip.rs"]),
    ("rayon", &["pipeline", "provider/files"]),
    ("rusqlite", &["cache/database.rs", "watch/"]),
    ("shlex", &["cli/args/values.rs"]),
    (
        "polars",
        &[
            "screen/ranks.rs",
            "provider/sample.rs",
            "provider/files",
            "report/parquet.rs",
            "shard/table.rs",
        ],
    ),
    ("redis", &["shared"]),
    ("sha1_smol", &["cli/settings/vendor.rs"]),
    ("signal_hook", &["cli/terminal/interrupts.rs"]),
    ("indicatif", &["cli/terminal/progress.rs"]),
    ("clap", &["cli/"]),
    ("anyhow", &["cli/", "main.rs"]),
    ("tempfile", &["cli/terminal/destination.rs"]),
    ("comfy_table", &["report/"]),
];

#[test]
fn each_crate_has_its_door() {
    for (file, text) in sources() {
        for (name, doors) in DOORS {
            let used = text.contains(&format!("{name}::")) || text.contains(&format!("use {name}"));
            let allowed = doors.iter().any(|door| file.starts_with(door));
            assert!(!used || allowed, "{file} uses {name}, whose door is {doors:?}");
        }
    }
}

#[test]
fn nothing_prints_or_exits_past_the_command_line() {
    for (file, text) in sources() {
        for call in ["println!", "eprintln!", "print!(", "eprint!(", "process::exit"] {
            assert!(!text.contains(call), "{file} uses {call}");
        }
    }
}

/// Every source file: its path below `src` and its code without comments.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(Path::new(SRC), &mut files);
    assert!(files.len() > 20, "the sources are at {SRC}");
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a source file is text");
            let code: Vec<&str> =
                text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let name = file.strip_prefix(SRC).expect("it is below src");
            (name.to_string_lossy().replace('\\', "/"), code.join("\n"))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
