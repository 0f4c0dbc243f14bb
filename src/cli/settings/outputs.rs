//! That no output is a file which is read, or another output: it would be gone.
//!
//! Judged by the options of the command that was meant, so that an input which is added later is looked at, too.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, ValueHint};

use crate::cli::error::{CommandError, usage};
use crate::provider::may_hold_prices;

/// The options that name what is written.
const OUTPUTS: [(&str, &str); 5] = [
    ("output", "-o"),
    ("failures", "--failures"),
    ("html", "--html"),
    ("append", "--append"),
    ("store", "--store"),
];

/// An error when an output names an input, `settings` among them, or what another output names.
pub(crate) fn reject_lost_files(
    matches: &ArgMatches,
    command: &Command,
    settings: Option<&Path>,
) -> Result<(), CommandError> {
    let (mut matches, mut command) = (matches, command);
    while let Some((name, deeper)) = matches.subcommand() {
        let Some(of_name) = command.find_subcommand(name) else { return Ok(()) };
        (matches, command) = (deeper, of_name);
    }
    let mut outputs: Vec<(&str, PathBuf)> = Vec::new();
    for (id, option) in OUTPUTS {
        let Some(file) = values(matches, id).next() else { continue };
        if file == "-" {
            if id == "output" {
                continue;
            }
            let error = usage(format!("{option} writes a file"));
            return Err(error.hinted("on standard output there is room for the report only"));
        }
        let file = Path::new(file);
        if file.metadata().is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
            continue; // a device or a pipe holds nothing
        }
        let place = place_of(file);
        if let Some((other, _)) = outputs.iter().find(|(_, written)| *written == place) {
            let error = usage(format!("{other} and {option} name the same file"));
            return Err(error.hinted("give each output a file of its own"));
        }
        outputs.push((option, place));
    }
    let arguments = command.get_arguments().filter(|argument| is_input(argument));
    let inputs = arguments.flat_map(|argument| values(matches, argument.get_id().as_str()));
    for input in inputs.map(Path::new).chain(settings) {
        if let Some((option, _)) = outputs.iter().find(|(_, output)| is_read(input, output)) {
            let error = usage(format!("{option} names {}, which is read", input.display()));
            return Err(error.hinted("give the output a file of its own"));
        }
        let is_within = |(_, output): &&(&str, PathBuf)| is_read_with(input, output);
        if let Some((option, _)) = outputs.iter().find(is_within) {
            let folder = input.display();
            let error = usage(format!("{option} names a file of {folder}, whose files are read"));
            return Err(error.hinted("write it to another folder"));
        }
    }
    Ok(())
}

fn is_input(argument: &Arg) -> bool {
    let is_path = matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath);
    is_path && OUTPUTS.iter().all(|(id, _)| argument.get_id() != id)
}

fn values<'a>(matches: &'a ArgMatches, id: &str) -> impl Iterator<Item = &'a OsStr> {
    matches.try_get_raw(id).ok().flatten().into_iter().flatten()
}

/// Whether a file that is there is read as this input.
fn is_read(input: &Path, output: &Path) -> bool {
    output.exists() && input.canonicalize().is_ok_and(|input| input == output)
}

/// Whether a file, there or not, is read with the folder that an input is.
fn is_read_with(input: &Path, output: &Path) -> bool {
    let Ok(input) = input.canonicalize() else { return false };
    input.is_dir() && output.starts_with(input) && may_hold_prices(output)
}

/// One name for each file, whether it is there yet or not.
fn place_of(file: &Path) -> PathBuf {
    if let Ok(place) = file.canonicalize() {
        return place;
    }
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = absolute.parent().and_then(|folder| folder.canonicalize().ok());
    match folder.zip(absolute.file_name()) {
        Some((folder, name)) => folder.join(name),
        None => absolute,
    }
}
