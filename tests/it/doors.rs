//! One foreign crate, one door: which module may use what; and one order: what a file may import.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// Crates that only the named files and folders may use.
const DOORS: &[(&str, &[&str])] = &[
    ("ureq", &["fetch/http.rs", "fetch/webhook.rs", "fetch/resolver.rs", "fetch/proxy.rs"]),
    ("libdeflater", &["fetch/gzip.rs"]),
    ("rayon", &["pipeline/workers.rs", "provider/files/", "evaluate/scores.rs", "table/parquet/"]),
    ("rusqlite", &["cache/database.rs", "cache/prune.rs", "watch/"]),
    ("shlex", &["cli/args/values.rs", "cli/commands/guide.rs"]),
    ("polars", &["report/frame.rs"]),
    ("polars_arrow", &["table/parquet/"]),
    ("polars_buffer", &["table/parquet/"]),
    ("polars_parquet", &["table/parquet/"]),
    ("half", &["table/parquet/"]),
    ("flate2", &["table/text.rs"]),
    ("redis", &["shared/"]),
    ("rustls", &["shared/connection.rs"]),
    ("rustls_native_certs", &["shared/connection.rs"]),
    ("rustix", &["cli/settings/descriptors.rs"]),
    ("clap_complete", &["cli/completion.rs", "cli/commands/completions.rs"]),
    ("ring", &["shared/seal.rs", "cli/settings/vendor.rs"]),
    ("signal_hook", &["cli/terminal/interrupts.rs"]),
    ("indicatif", &["cli/terminal/"]),
    ("clap", &["cli/"]),
    ("anyhow", &["cli/", "main.rs"]),
    ("tempfile", &["cli/terminal/destination.rs"]),
    ("comfy_table", &["table/write/grid.rs"]),
];

/// Modules that know HTTP, and those that know finance.
const NETWORK: [&str; 5] = ["shared", "fetch", "provider", "cache", "source"];
const FINANCE: [&str; 6] = ["measure", "models", "compare", "portfolio", "ask", "evaluate"];

/// A source file: its path below `src` and its lines, those of comments empty.
struct SourceFile {
    name: String,
    lines: Vec<String>,
}

/// A path that a file names: its segments from the crate on, and its line.
struct Import {
    line: usize,
    segments: Vec<String>,
}

#[test]
fn each_crate_has_its_door() {
    for file in sources() {
        for (name, doors) in DOORS {
            for (number, line) in (1..).zip(&file.lines) {
                let used = line.contains(&format!(" {name}::"))
                    || line.contains(&format!("({name}::"))
                    || line.contains(&format!("<{name}::"))
                    || line.contains(&format!("use {name};"));
                let allowed = doors.iter().any(|door| file.name.starts_with(door));
                let place = format!("{}:{number}", file.name);
                assert!(!used || allowed, "{place} uses {name}, whose door is {doors:?}");
            }
        }
    }
}

#[test]
fn nothing_prints_or_exits_past_the_command_line() {
    for file in sources() {
        for (number, line) in (1..).zip(&file.lines) {
            for call in ["println!", "eprintln!", "print!(", "eprint!(", "process::exit"] {
                assert!(!line.contains(call), "{}:{number} uses {call}", file.name);
            }
        }
    }
}

/// Files stay small enough to be read in one go.
#[test]
fn no_file_is_long() {
    for file in sources() {
        assert!(file.lines.len() <= 340, "{} has {} lines", file.name, file.lines.len());
    }
}

/// Closures bound to a name on a thousand lines of code: more of them, and a function is a list of fragments.
const MAX_NAMED_CLOSURES: usize = 2;
/// Rooms that have more than that, and how many: each number may only shrink, and goes when it is within the bound.
const ROOMS_OF_CLOSURES: &[(&str, usize)] =
    &[("cli", 39), ("pipeline", 15), ("provider", 36), ("report", 17), ("universe", 16)];

#[test]
fn closures_with_names_are_few() {
    let mut rooms: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for file in sources() {
        let (lines, named) = rooms.entry(module_of(&file.name)).or_default();
        *lines += file.lines.iter().filter(|line| !line.trim().is_empty()).count();
        let text = file.lines.join("\n");
        let bindings = text.match_indices("let ").filter(|(at, _)| names_a_closure(&text[*at..]));
        *named += bindings.count();
    }
    for (room, (lines, named)) in rooms {
        let bound = (lines * MAX_NAMED_CLOSURES).div_ceil(1_000);
        let known = ROOMS_OF_CLOSURES.iter().find(|(name, _)| *name == room);
        match known {
            None => assert!(named <= bound, "{room}: {named} named closures on {lines} lines"),
            Some((_, known)) => {
                assert!(named <= *known, "{room}: {named} named closures, and there were {known}");
                assert!(*known > bound, "{room} is within the bound: strike it out");
            }
        }
    }
}

/// Whether a `let` binds a closure: `let name = |…|`, perhaps with a type, perhaps moving.
fn names_a_closure(text: &str) -> bool {
    let Some((pattern, value)) = text.split_once(" =") else { return false };
    let name = pattern.trim_start_matches("let ").trim_start_matches("mut ");
    let name = name.split(':').next().unwrap_or_default().trim();
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let value = value.trim_start();
    is_name && value.strip_prefix("move ").unwrap_or(value).starts_with('|')
}

/// Names that stand for two types that others can use.
const MAX_DOUBLE_NAMES: usize = 4;

#[test]
fn a_name_stands_for_one_type() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources() {
        for line in &file.lines {
            let Some(declared) = line.trim_start().strip_prefix("pub") else { continue };
            let mut words = declared.split_whitespace().skip_while(|word| word.starts_with('('));
            let is_visible_only_so_far = declared.starts_with("(in ");
            let words: Vec<&str> = if is_visible_only_so_far {
                words.by_ref().skip(1).collect()
            } else {
                words.collect()
            };
            if let ["struct" | "enum" | "trait" | "type", name, ..] = words[..] {
                let end = name.find(|c: char| !c.is_ascii_alphanumeric());
                let name = name[..end.unwrap_or(name.len())].to_owned();
                places.entry(name).or_default().insert(file.name.clone());
            }
        }
    }
    let double: Vec<_> = places.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(double.len() <= MAX_DOUBLE_NAMES, "{double:#?}");
}

/// What is added most, how its names are written (after a prefix or before `::MODEL`), where it lives, and the most files elsewhere that name one of it:
/// the number may only shrink.
const ADDITIONS: &[(&str, &[&str], &[&str], usize)] = &[
    ("a column", &["F::", "Field::"], &["measure/fields.rs", "models/"], 10),
    ("a model", &["::MODEL"], &["models/"], 3),
    ("a format", &["Format::"], &["table/"], 16),
    ("a provider", &["ProviderName::", "Vendor::"], &["provider/"], 2),
];

#[test]
fn adding_something_touches_few_files() {
    for (what, prefixes, homes, known) in ADDITIONS {
        let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in sources() {
            if homes.iter().any(|home| file.name.starts_with(home)) {
                continue;
            }
            for line in &file.lines {
                let models = line.match_indices(MODEL).map(|(at, _)| last_word(&line[..at]));
                let variants = prefixes.iter().flat_map(|prefix| variants(line, prefix));
                let is_of_models = prefixes.contains(&MODEL);
                let names: Vec<String> =
                    if is_of_models { models.collect() } else { variants.collect() };
                for name in names {
                    places.entry(name).or_default().insert(file.name.clone());
                }
            }
        }
        let (name, files) =
            places.iter().max_by_key(|(_, files)| files.len()).expect("there are some");
        assert!(files.len() <= *known, "{what}, {name}, is named in {files:#?}");
    }
}

/// How a model is named elsewhere: `clenow::MODEL`.
const MODEL: &str = "::MODEL";

/// The word that a text ends with.
fn last_word(text: &str) -> String {
    text.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default().into()
}

/// The variants of an enum that a line names.
fn variants<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = String> + 'a {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(prefix).filter_map(move |(at, _)| {
        let is_whole = !line[..at].ends_with(is_word);
        let name: String = line[at + prefix.len()..].chars().take_while(|c| is_word(*c)).collect();
        let is_variant = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.contains(|c: char| c.is_ascii_lowercase());
        (is_whole && is_variant).then_some(name)
    })
}

/// The list in the crate's documentation is the order: a module imports only what stands above it.
#[test]
fn modules_import_only_what_stands_above_them() {
    let order = reading_order();
    let place = |name: &str| order.iter().position(|module| module == name);
    let mut crossings = 0;
    for file in sources() {
        let own = module_of(&file.name);
        let Some(own_place) = place(&own) else {
            assert!(["lib", "main"].contains(&own.as_str()), "{} is not in the order", file.name);
            continue;
        };
        for import in imports(&file) {
            let other = &import.segments[0];
            if *other == own {
                continue;
            }
            let at = format!("{}:{} imports {other}", file.name, import.line);
            let Some(other_place) = place(other) else { panic!("{at}, which is not in the order") };
            assert!(other_place < own_place, "{at}, which stands below {own}");
            let is_of_the_other_half =
                FINANCE.contains(&own.as_str()) && NETWORK.contains(&other.as_str());
            assert!(!is_of_the_other_half, "{at}: finance knows no network");
            crossings += 1;
        }
    }
    assert!(crossings > 200, "only {crossings} imports were found");
}

/// Within a module, too, no file imports, by way of others, itself; a `mod.rs` stands after what it lists.
#[test]
fn files_are_in_no_circle() {
    let files = sources();
    let names: BTreeSet<String> = files.iter().map(|file| file.name.clone()).collect();
    let mut edges: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for file in &files {
        let own = edges.entry(file.name.clone()).or_default();
        for (number, line) in (1..).zip(&file.lines) {
            let declared = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            if let Some(child) =
                declared.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'))
                && let Some(folder) = file.name.strip_suffix("mod.rs")
                && let Some(target) = file_of(&names, &format!("{folder}{child}"))
            {
                own.insert(target, number);
            }
        }
        for import in imports(file) {
            let target = resolve(&names, &import.segments);
            if target != file.name {
                own.insert(target, import.line);
            }
        }
    }
    let mut done = BTreeSet::new();
    for name in edges.keys() {
        visit(name, &edges, &mut Vec::new(), &mut done);
    }
    assert_eq!(done.len(), files.len());
}

/// Follows imports from a file; panics with the circle when there is one.
fn visit(
    name: &str,
    edges: &BTreeMap<String, BTreeMap<String, usize>>,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) {
    if done.contains(name) {
        return;
    }
    way.push(name.into());
    for (target, line) in &edges[name] {
        let circle = way.iter().position(|step| step == target);
        assert!(
            circle.is_none(),
            "{name}:{line} closes a circle: {} → {target}",
            way[circle.unwrap_or_default()..].join(" → ")
        );
        visit(target, edges, way, done);
    }
    way.pop();
    done.insert(name.into());
}

/// The file that a path leads to: the deepest module in it.
fn resolve(names: &BTreeSet<String>, segments: &[String]) -> String {
    for length in (1..=segments.len()).rev() {
        if let Some(file) = file_of(names, &segments[..length].join("/")) {
            return file;
        }
    }
    "lib.rs".into()
}

fn file_of(names: &BTreeSet<String>, module: &str) -> Option<String> {
    [format!("{module}.rs"), format!("{module}/mod.rs")]
        .into_iter()
        .find(|name| names.contains(name))
}

/// The numbered list of modules in the documentation of the crate.
fn reading_order() -> Vec<String> {
    let text = fs::read_to_string(Path::new(SRC).join("lib.rs")).expect("it is there");
    let mut order = Vec::new();
    for line in text.lines() {
        let entry = line.strip_prefix(&format!("//! {}. [`", order.len() + 1));
        if let Some((name, _)) = entry.and_then(|rest| rest.split_once("`]")) {
            order.push(name.to_owned());
        }
    }
    assert!(order.len() > 10, "the list of modules in lib.rs is {order:?}");
    order
}

/// The module below the crate that a file belongs to.
fn module_of(name: &str) -> String {
    name.split('/').next().unwrap_or_default().trim_end_matches(".rs").into()
}

/// The paths of this crate that a file names.
fn imports(file: &SourceFile) -> Vec<Import> {
    let mut base: Vec<String> =
        file.name.trim_end_matches(".rs").split('/').map(String::from).collect();
    if base.last().is_some_and(|last| last == "mod") {
        base.pop();
    }
    let text = file.lines.join("\n");
    let mut found = Vec::new();
    for root in ["crate::", "super::"] {
        for (at, _) in text.match_indices(root) {
            let before = &text[..at];
            if before.ends_with(|c: char| c.is_alphanumeric() || "_:$".contains(c))
                || before.ends_with("in ")
            {
                continue; // the rest of a longer path, or a visibility
            }
            let mut rest = &text[at + root.len()..];
            let mut from = if root == "crate::" { Vec::new() } else { base.clone() };
            if root == "super::" && !is_in_inline_module(before) {
                from.pop();
            }
            while let Some(further) = rest.strip_prefix("super::") {
                from.pop();
                rest = further;
            }
            let line = before.matches('\n').count() + 1;
            let mut paths = Vec::new();
            expand(rest, &from, &mut paths);
            found.extend(paths.into_iter().map(|segments| Import { line, segments }));
        }
    }
    found.retain(|import| !import.segments.is_empty());
    found
}

/// Whether a place is in a `mod name { … }` of its file.
fn is_in_inline_module(before: &str) -> bool {
    let item = before.lines().rev().find(|line| !line.is_empty() && !line.starts_with(' '));
    item.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
}

/// The paths of `a::b::{c, d::{e, f}}`, and how much of the text they are.
fn expand(text: &str, from: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = from.to_vec();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if word > 0 {
            path.push(rest[..word].into());
            at += word;
            if text[at..].starts_with("::") {
                at += 2;
                continue;
            }
            paths.push(path);
            return at;
        }
        if !rest.starts_with('{') {
            paths.push(path);
            return at;
        }
        at += 1;
        loop {
            at += text[at..].len() - text[at..].trim_start_matches([' ', '\n', ',']).len();
            if text[at..].starts_with('}') || text[at..].is_empty() {
                return at + 1;
            }
            let taken = expand(&text[at..], &path, paths);
            let renamed = text[at + taken..].find([',', '}']).unwrap_or(0);
            at += taken + renamed;
        }
    }
}

fn sources() -> Vec<SourceFile> {
    let mut files = Vec::new();
    collect(Path::new(SRC), &mut files);
    assert!(files.len() > 100, "the sources are at {SRC}");
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file is text");
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let lines = text.lines().map(|line| Some(line).filter(is_code).unwrap_or_default().into());
        let name = file.strip_prefix(SRC).expect("it is below src");
        let name = name.to_string_lossy().replace('\\', "/");
        sources.push(SourceFile { name, lines: lines.collect() });
    }
    sources
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
