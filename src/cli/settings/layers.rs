//! The layers of settings: an option that is typed goes before the environment, that before `config.toml`, that
//! before the default.
//!
//! An option is a setting exactly when it has an environment variable. Environment and file are one layer: what
//! they say becomes the default that clap knows, with its place noted, so that a bad value is reported with the
//! place it came from.

use std::collections::BTreeMap;
use std::env::VarError;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgMatches, Command};
use etcetera::{BaseStrategy, choose_base_strategy};
use toml::Table;

use super::arguments::{
    all_arguments, is_secret, variable_of, with_variable_in_help, without_variables,
};
use super::saved::SavedScreens;
use super::toml_values::{quoted, read_bounded, values};
use crate::cli::error::{CommandError, failed, usage};
use crate::table::nearest;

/// Variables of the `AlphaVelocity` engine that are still read.
const OLD_NAMES: [(&str, &str); 4] = [
    ("CONCURRENT_MAX_WORKERS", "workers"),
    ("CONCURRENT_RATE_LIMIT", "rate"),
    ("CONCURRENT_TIMEOUT", "timeout"),
    ("CONCURRENT_BATCH_SIZE", "batch-size"),
];
/// The table of the file that keeps screens.
const SCREENS: &str = "screens";
/// The variable that names the file.
const FILE_VARIABLE: &str = "SCREENER_CONFIG";
/// Elsewhere an empty variable is one that is not set; a key that came out empty is a mistake.
const SHARED_KEY_VARIABLE: &str = "SCREENER_SHARED_KEY";
const FILE_HINT: &str = "write a line as: workers = 20";

/// What the environment and the file set.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    path: Option<PathBuf>,
    has_file: bool,
    settings: BTreeMap<String, Setting>,
    saved: SavedScreens,
}

#[derive(Debug)]
struct Setting {
    values: Vec<String>,
    /// The variable, or the key and the file.
    place: String,
}

impl Layers {
    /// Reads the file and the environment for the settings that a command knows.
    pub(crate) fn read(command: &Command) -> Result<Self, CommandError> {
        let mut layers = Self { path: path(), ..Self::default() };
        if let Some(path) = &layers.path {
            let place = path.display().to_string();
            match read_bounded(path) {
                Ok(text) => {
                    layers.has_file = true;
                    layers.add_file(command, &text, &place)?;
                }
                Err(e) if e.kind() == ErrorKind::NotFound && !is_set(FILE_VARIABLE) => {}
                Err(e) => return Err(usage(format!("cannot read {place}: {e}"))),
            }
        }
        for (old, name) in OLD_NAMES {
            layers.add_variable(old, name)?;
        }
        for argument in all_arguments(command) {
            if let (Some(name), Some(variable)) = (argument.get_long(), variable_of(argument)) {
                layers.add_variable(&variable, name)?;
            }
        }
        Ok(layers)
    }

    fn add_variable(&mut self, variable_name: &str, name: &str) -> Result<(), CommandError> {
        let value = match variable_name {
            SHARED_KEY_VARIABLE => stated_variable(variable_name)?,
            _ => variable(variable_name)?,
        };
        if let Some(value) = value {
            let setting = Setting { values: vec![value], place: variable_name.into() };
            self.settings.insert(name.into(), setting);
        }
        Ok(())
    }

    fn add_file(&mut self, command: &Command, text: &str, path: &str) -> Result<(), CommandError> {
        let table: Table = text.parse().map_err(|e: toml::de::Error| {
            usage(format!("{path} is not valid TOML: {}", e.message())).hinted(FILE_HINT)
        })?;
        for (key, value) in table {
            if key == SCREENS {
                self.saved = SavedScreens::read(&value, path)?;
                continue;
            }
            let name = key.replace('_', "-");
            let takers: Vec<&Arg> = all_arguments(command)
                .into_iter()
                .filter(|arg| arg.get_long() == Some(&name) && variable_of(arg).is_some())
                .collect();
            if takers.is_empty() {
                let error = usage(format!("{path}: no option is called {key}"));
                return Err(error.hinted(suggestion(command, &name)));
            }
            let takes_many = takers.iter().all(|arg| arg.get_value_delimiter().is_some());
            let values = values(&value, takes_many).ok_or_else(|| {
                usage(format!("{path}: {key} is not one plain value")).hinted(FILE_HINT)
            })?;
            self.settings.insert(name, Setting { values, place: format!("{key} in {path}") });
        }
        Ok(())
    }

    /// The command with these settings as its defaults. Its options are without their variables: clap would
    /// count a variable as typed.
    pub(crate) fn apply(&self, command: Command) -> Command {
        command.mut_args(|arg| self.apply_to(arg)).mut_subcommands(|sub| self.apply(sub))
    }

    fn apply_to(&self, arg: Arg) -> Arg {
        let Some(variable) = variable_of(&arg) else { return arg };
        let setting = arg.get_long().and_then(|long| self.settings.get(long));
        let is_secret = is_secret(&arg);
        let mut arg = with_variable_in_help(arg, &variable).env(Resettable::Reset);
        if let Some(setting) = setting {
            arg = arg.default_values(setting.values.clone()).hide_default_value(is_secret);
        }
        arg
    }

    /// The command with the defaults of the saved screen that was asked for. `None`: none was.
    pub(crate) fn with_saved_screen(
        &self,
        matches: &ArgMatches,
        command: &Command,
    ) -> Result<Option<Command>, CommandError> {
        let Some((subcommand, matches)) = matches.subcommand() else { return Ok(None) };
        let Ok(Some(name)) = matches.try_get_one::<String>("saved_screen") else { return Ok(None) };
        let is_typed = |id| matches!(matches.try_contains_id(id), Ok(true));
        let names_tickers = is_typed("lists") || is_typed("tickers");
        let applied = self.apply(command.clone());
        Ok(Some(self.saved.apply(name, subcommand, applied, !names_tickers)?))
    }

    /// Whether the saved screen that was asked for states a value for an argument.
    pub(crate) fn is_saved(&self, matches: &ArgMatches, id: &str) -> bool {
        let Some((_, matches)) = matches.subcommand() else { return false };
        let name = matches.try_get_one::<String>("saved_screen").ok().flatten();
        name.is_some_and(|name| self.saved.states(name, id))
    }

    /// A bad value's error, if the value is a setting's or a secret; else clap's own words will do.
    pub(crate) fn explain(
        &self,
        error: &clap::Error,
        plain: &Command,
        words: &[OsString],
    ) -> Option<CommandError> {
        let Some(ContextValue::String(meant)) = error.get(ContextKind::InvalidArg) else {
            return None;
        };
        let name = meant.strip_prefix("--")?.split([' ', '=', '[']).next()?;
        let argument = all_arguments(plain).into_iter().find(|arg| arg.get_long() == Some(name))?;
        // Without the settings the same words fail in the same way: then they were typed.
        let without = plain.clone().mut_args(|arg| arg.env(Resettable::Reset));
        let is_typed = without_variables(without).try_get_matches_from(words).is_err_and(|other| {
            other.get(ContextKind::InvalidArg) == error.get(ContextKind::InvalidArg)
        });
        let place = match self.settings.get(name) {
            Some(setting) if !is_typed => setting.place.clone(),
            _ if is_secret(argument) => format!("--{name}"),
            _ => return None,
        };
        Some(usage(describe(error, &place, is_secret(argument))))
    }

    /// Old variables that were read, and the names they have here.
    pub(crate) fn hints(&self) -> Vec<String> {
        let mut hints = Vec::new();
        for (old, name) in OLD_NAMES {
            if self.settings.get(name).is_some_and(|setting| setting.place == old) {
                let new = format!("SCREENER_{}", name.to_uppercase().replace('-', "_"));
                hints.push(format!("{old} is still read; its name here is {new}"));
            }
        }
        hints
    }

    /// Where the file is, there or not, as a line.
    pub(crate) fn path_line(&self) -> Result<String, CommandError> {
        match &self.path {
            Some(path) => Ok(format!("{}\n", path.display())),
            None => Err(failed("there is no home folder").hinted("SCREENER_CONFIG names a file")),
        }
    }

    /// Where the file is, there or not.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The file, where there is one, and what it sets.
    pub(crate) fn in_file(&self) -> Option<(String, Vec<&str>)> {
        let place = self.path.as_ref().filter(|_| self.has_file)?.display().to_string();
        let is_of_file = |setting: &Setting| setting.place.ends_with(&place);
        let names = self.settings.iter().filter(|(_, setting)| is_of_file(setting));
        let mut names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
        if !self.saved.names().is_empty() {
            names.push("screens");
        }
        Some((place, names))
    }

    /// The head of the listed settings: where the file is.
    pub(crate) fn head(&self) -> String {
        match &self.path {
            Some(path) if self.has_file => format!("# {}\n", path.display()),
            Some(path) => format!("# {} does not exist\n", path.display()),
            None => "# no folder for a configuration: SCREENER_CONFIG names a file\n".into(),
        }
    }

    /// The saved screens, as a line. `None`: there are none.
    pub(crate) fn screens_line(&self) -> Option<String> {
        let names = self.saved.names();
        (!names.is_empty()).then(|| format!("# screens: {names}\n"))
    }

    /// A setting with its value and where it comes from, as TOML. `None`: the option is no setting.
    pub(crate) fn line(&self, argument: &Arg, matches: &ArgMatches) -> Option<String> {
        variable_of(argument)?;
        let name = argument.get_long()?;
        let mut values = Vec::new();
        for value in matches.get_raw(argument.get_id().as_str()).into_iter().flatten() {
            values.push(quoted(&value.to_string_lossy()));
        }
        let value = match values.as_slice() {
            [] => return Some(format!("# {name} is not set")),
            _ if is_secret(argument) => "\"***\"".into(),
            [value] => value.clone(),
            values => format!("[{}]", values.join(", ")),
        };
        let place = self.settings.get(name).map_or("default", |setting| setting.place.as_str());
        let mut line = String::new();
        let _ = write!(line, "{:<32} # {place}", format!("{name} = {value}"));
        Some(line)
    }
}

/// What is wrong with a value, and where it stands. A secret is not shown.
fn describe(error: &clap::Error, place: &str, is_secret: bool) -> String {
    let reason = error.source().map(ToString::to_string);
    if is_secret {
        return format!("{place} is not valid: {}", reason.unwrap_or_default());
    }
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.as_str(),
        _ => "",
    };
    let mut text = format!("invalid value '{}' of {place}", value.escape_debug());
    if let Some(reason) = reason {
        text += &format!(": {reason}");
    }
    if let Some(ContextValue::Strings(possible)) = error.get(ContextKind::ValidValue) {
        text += &format!("\n  [possible values: {}]", possible.join(", "));
    }
    if let Some(ContextValue::String(similar)) = error.get(ContextKind::SuggestedValue) {
        text += &format!("\n\n  tip: a similar value exists: '{similar}'");
    }
    text
}

/// A variable's value, unless it is empty.
///
/// # Errors
/// One that is not UTF-8 is named: a setting that nobody can read is not a setting that nobody made.
pub(crate) fn variable(name: &str) -> Result<Option<String>, CommandError> {
    Ok(stated_variable(name)?.filter(|value| !value.is_empty()))
}

/// A variable's value, empty or not.
fn stated_variable(name: &str) -> Result<Option<String>, CommandError> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            let error = usage(format!("the environment variable {name} is not UTF-8"));
            Err(error.hinted(format!("set it again, or unset {name}")))
        }
    }
}

/// Whether a variable is set, and not empty.
pub(crate) fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Where the file is: `SCREENER_CONFIG`, else in the user's configuration folder.
fn path() -> Option<PathBuf> {
    if let Some(file) = std::env::var_os(FILE_VARIABLE).filter(|value| !value.is_empty()) {
        return Some(file.into());
    }
    if cfg!(unix) && !is_set("HOME") && !is_set("XDG_CONFIG_HOME") {
        return None;
    }
    let folders = choose_base_strategy().ok()?;
    Some(folders.config_dir().join("screener").join("config.toml"))
}

fn suggestion(command: &Command, name: &str) -> String {
    let settings =
        all_arguments(command).into_iter().filter(|argument| variable_of(argument).is_some());
    match nearest(name, settings.filter_map(Arg::get_long)) {
        Some(known) => format!("did you mean {known}?"),
        None => "screener config show lists them all".into(),
    }
}
